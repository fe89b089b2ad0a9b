package container

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/go-pickle/pickle/graph"
)

// A format is something that a file may be.
type format struct {
	name string
	weak bool // a pickle may well begin with the same bytes
	open bool // reader knows how to look into it
	read reader
	// closed is set for formats that may hold pickles where we can't look.
	closed bool
	// search is set for formats that may hold pickles anywhere.
	search bool
}

// A reader visits what is inside, and returns how much of the data that was; ok is false if the
// data are of another format after all.
type reader func(w *walker, r *region) (used int64, ok bool)

// reader is nil for formats that hold no pickles, or none that we find.
func (f *format) reader() reader {
	if f.open {
		switch f.name {
		case zipName:
			return readZip
		case npyName:
			return readNpy
		case sevenZipName:
			return readSevenZip
		case sqliteName:
			return readSQLite
		}
	}
	return f.read
}

// magics are the formats that are known by their first bytes.
var magics = []struct {
	at    int
	magic string
	format
}{
	{0, zipLocal, format{name: zipName, open: true}},
	{0, zipEnd, format{name: zipName, open: true}},
	{0, npyMagic, format{name: npyName, open: true}},
	{0, sevenZipMagic, format{name: sevenZipName, open: true}},
	{0, "SQLite format 3\x00", format{name: sqliteName, open: true}},
	{0, "\x37\x7f\x06\x82", format{name: "log of an SQLite database", closed: true, search: true}},
	{0, "\x37\x7f\x06\x83", format{name: "log of an SQLite database", closed: true, search: true}},
	{0, "\xd9\xd5\x05\xf9 \xa1\x63\xd7", format{name: "journal of an SQLite database", closed: true, search: true}},
	{0, "Rar!\x1a\x07", format{name: "RAR archive", closed: true}},
	{0, "MSCF\x00\x00\x00\x00", format{name: "cabinet archive", closed: true}},
	{0, "\x1f\x9d", format{name: "file of compress", closed: true}},
	{0, "\xff\x06\x00\x00sNaPpY", format{name: "snappy stream", closed: true}},
	{0, "\x02!L\x18", format{name: "lz4 stream of the old format", closed: true}},
	{0, "LZIP\x01", format{name: "lzip file", closed: true}},
	{0, "hsqs", format{name: "squashfs image", closed: true, search: true}},
	{0, "!<arch>\n", format{name: "ar archive", closed: true, search: true}},
	{0, "070701", format{name: "cpio archive", closed: true, search: true}},
	{0, "070707", format{name: "cpio archive", closed: true, search: true}},
	{0, "BLOSC", format{name: "blosc file", closed: true}},
	{0, "Salted__", format{name: "encrypted file", closed: true}},
	{0, "-----BEGIN PGP MESSAGE", format{name: "encrypted file", closed: true}},
	{0, "age-encryption.org", format{name: "encrypted file", closed: true}},
	{0, "\x89HDF\r\n\x1a\n", format{name: "HDF5 file", search: true}},
	{0, "GGUF", format{name: "GGUF model"}},
	{4, "TFL3", format{name: "TensorFlow Lite model"}},
	{0, "PAR1", format{name: "Parquet file", search: true}},
	{0, "ARROW1", format{name: "Arrow file", search: true}},
	{0, "Obj\x01", format{name: "Avro file", search: true}},
	{0, "ORC", format{name: "ORC file", search: true}},
	{0, "\x89PNG\r\n\x1a\n", format{name: "PNG image"}},
	{0, "\xff\xd8\xff", format{name: "JPEG image"}},
	{0, "GIF8", format{name: "GIF image"}},
	{0, "II*\x00", format{name: "TIFF image"}},
	{0, "MM\x00*", format{name: "TIFF image"}},
	{0, "\x00\x00\x01\x00", format{name: "icon", search: true}},
	{0, "RIFF", format{name: "RIFF file"}},
	{4, "ftyp", format{name: "MP4 file"}},
	{0, "OggS", format{name: "Ogg file"}},
	{0, "fLaC", format{name: "FLAC file"}},
	{0, "ID3", format{name: "MP3 file"}},
	{0, "%PDF-", format{name: "PDF document"}},
	{0, "wOFF", format{name: "font"}},
	{0, "wOF2", format{name: "font"}},
	{0, "\x00\x01\x00\x00\x00", format{name: "font", search: true}},
	{0, "OTTO", format{name: "font"}},
	{0, "\x7fELF", format{name: "program", search: true}},
	{0, "MZ", format{name: "program", weak: true, search: true}},
	{0, "\xcf\xfa\xed\xfe", format{name: "program", search: true}},
	{0, "\xca\xfe\xba\xbe", format{name: "program", search: true}},
	{0, "\x00asm", format{name: "WebAssembly module"}},
	{0, "MATLAB 5.0 MAT-file", format{name: "MATLAB file"}},
	{0, "CDF\x01", format{name: "NetCDF file"}},
	{0, "CDF\x02", format{name: "NetCDF file"}},
	{0, "SIMPLE  = ", format{name: "FITS file"}},
	{0, "CBM1", format{name: "CatBoost model"}},
	{0, "RDX3\n", format{name: "file of R"}},
	{16, "\xde\xc0\xef\xbe", format{name: "LMDB database", closed: true, search: true}},
	{0, "version https://git-lfs", format{name: "pointer of Git LFS"}},
}

const textName = "text"

// recognise says what data is, nil if it is nothing known.
func recognise(data []byte) *format {
	if len(data) == 0 {
		return nil
	}
	for i := range magics {
		m := &magics[i]
		if len(data) >= m.at+len(m.magic) && string(data[m.at:m.at+len(m.magic)]) == m.magic {
			return &m.format
		}
	}
	if c := codec(data); c != nil {
		return &format{name: c.Name, read: func(w *walker, r *region) (int64, bool) { return readCodec(c, w, r) }}
	}
	switch {
	case isTar(data):
		return &format{name: "tar", read: readTar}
	case len(data) > 26 && string(data[:2]) == "BM" && le.Uint32(data[6:]) == 0:
		return &format{name: "BMP image"}
	case isGDBM(data):
		return &format{name: "GNU dbm database", read: readGDBM}
	case isBerkeley(data):
		return &format{name: "Berkeley DB database", read: readBerkeley}
	case isSafetensors(data):
		return &format{name: "safetensors file"}
	case isFrames(data):
		return &format{name: "messages behind their lengths", weak: true, read: readFrames}
	case isBang(data):
		return &format{name: "marked pickle", weak: true, read: readBang}
	case isZFile(data):
		return &format{name: "file of joblib's old compression", read: readZFile}
	case isBase64(data):
		return &format{name: "base64", weak: true, read: readBase64}
	case isEncoded(data):
		return &format{name: "encoded text", weak: true, read: readEncoded}
	case isText(data):
		return &format{name: textName, weak: true}
	}
	return nil
}

// otherFormat tells of what holds no pickles, or none that we find.
func (w *walker) otherFormat(r *region, f *format) {
	switch {
	case r.raw && !f.closed:
	case f.closed:
		w.problem(Unreadable, r.path, r.base, "%s: there is no way here to look into it", f.name)
	case f.search:
		w.problem(NotPickle, r.path, r.base, "no pickle: %s. Pickles that are compressed in it would not be found", f.name)
	default:
		w.problem(NotPickle, r.path, r.base, "no pickle: %s", f.name)
	}
}

// unknown looks for pickles in what is nothing known.
func (w *walker) unknown(r *region) int64 {
	if isProtobuf(r.data) {
		w.problem(NotPickle, r.path, r.base, "no pickle: protocol buffers, such as an ONNX model")
		return int64(len(r.data))
	}
	w.problem(Unknown, r.path, r.base, "it begins with no pickle, and is nothing else that is known here")
	return int64(len(r.data))
}

// rest looks at what follows pickles or compressed data, and is nothing known: dbm.dumb begins
// each value at a multiple of 512 bytes, and leaves what was there before behind a shorter one.
func (w *walker) rest(r *region) int64 {
	const block = 512
	for at := (r.base + block - 1) / block * block; at-r.base < int64(len(r.data)); {
		sub := *r
		sub.base, sub.data = at, r.data[at-r.base:]
		n := w.guess(&sub)
		if n > 0 {
			sub.data = sub.data[:n]
			w.pickle(&sub, false)
		}
		at += (max(n, 1) + block - 1) / block * block
	}
	return int64(len(r.data))
}

// guess looks whether a pickle is at the start of r, where nothing tells that there must be
// one. It says how long it is, 0 if there is none.
func (w *walker) guess(r *region) int64 {
	if w.guesses <= 0 || !plausible(r.data[:min(len(r.data), 1<<16)]) {
		return 0
	}
	g, err := graph.Options{PersistentIDs: true, AnyBuffers: true, Encoding: "bytes"}.Parse(r.data)
	if err != nil {
		var e *graph.Error
		if errors.As(err, &e) {
			w.guesses -= e.Offset + 64
		}
		if w.guesses <= 0 {
			w.problem(Limit, r.path, r.base, "so many places look like pickles and are none that the rest was not searched")
		}
		return 0
	}
	w.guesses -= 64
	return g.End()
}

// plausible reports whether the head of some data leaves open that the data are a pickle: it
// does not break before the end of the head.
func plausible(head []byte) bool {
	_, err := graph.Options{PersistentIDs: true, AnyBuffers: true, Encoding: "bytes"}.Parse(head)
	return err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// isText reports whether data are text: UTF-8 or UTF-16 without control characters.
func isText(data []byte) bool {
	head := data[:min(len(data), 64<<10)]
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return len(head) >= 4
	}
	for i := 0; i < len(head); {
		c := head[i]
		if c < utf8.RuneSelf {
			if c < ' ' && (c < '\b' || c > '\r') && c != 0x1b || c == 0x7f {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(head[i:])
		if r == utf8.RuneError && n == 1 {
			return len(head)-i < utf8.UTFMax && len(head) < len(data) && !utf8.FullRune(head[i:])
		}
		i += n
	}
	return true
}

// isSafetensors recognises a length, a JSON object of that length, and the end or data.
func isSafetensors(data []byte) bool {
	if len(data) < 10 || data[8] != '{' {
		return false
	}
	n := binary.LittleEndian.Uint64(data)
	return n >= 2 && n <= uint64(len(data)-8) && bytes.HasSuffix(bytes.TrimRight(data[8:8+n], " "), []byte("}")) && isText(data[8:8+n])
}

// isProtobuf reports whether data are the fields of a protocol buffer, and nothing else.
func isProtobuf(data []byte) bool {
	fields := 0
	for b := data; len(b) > 0; fields++ {
		key, n := binary.Uvarint(b)
		if n <= 0 || key>>3 == 0 || key>>3 > 1<<29 {
			return false
		}
		b = b[n:]
		size := uint64(0)
		switch key & 7 {
		case 0:
			if _, n = binary.Uvarint(b); n <= 0 {
				return false
			}
			size = uint64(n)
		case 1:
			size = 8
		case 2:
			if size, n = binary.Uvarint(b); n <= 0 {
				return false
			}
			b = b[n:]
		case 5:
			size = 4
		default:
			return false
		}
		if size > uint64(len(b)) {
			return false
		}
		b = b[size:]
	}
	return fields >= 2 && len(data) >= 16
}

// readCodec decompresses.
func readCodec(c *Codec, w *walker, r *region) (int64, bool) {
	sub, ok := w.within(r)
	if !ok {
		return 0, true
	}
	b, used, err := w.decode(c, r.data)
	defer b.release()
	sub.data = b.data
	if err != nil && !c.Sure && (len(sub.data) == 0 || r.pickled && !errors.Is(err, ErrTooLarge)) {
		return 0, false
	}
	if errors.Is(err, ErrTooLarge) {
		w.problem(Limit, r.path, r.base, "%d bytes of %s become more than %d, which are looked at", len(r.data), c.Name, len(sub.data))
	} else if err != nil && (c.Sure || len(sub.data) > 64) {
		w.problem(Unreadable, r.path, r.base, "%s data: %v", c.Name, c.clean(err))
	}
	w.region(sub)
	if err != nil {
		return int64(len(r.data)), true
	}
	if len(sub.data) == 0 && !r.raw {
		w.problem(NotPickle, r.path, r.base, "no pickle: %s of nothing", c.Name)
	}
	return used, true
}

// decode decompresses data. Most need only a small part of the dictionary that they claim, which
// would cost more than they do: the whole one is made for those that it turns out to matter to.
func (w *walker) decode(c *Codec, data []byte) (b *buffer, used int64, err error) {
	const first = 1 << 20
	for _, size := range []int64{first, window} {
		in := bytes.NewReader(data)
		var z io.Reader
		z, err = c.open(in, size)
		b = &buffer{release: func() {}}
		if err == nil {
			b, err = w.decompress(z, int64(len(data)))
			closeDecoder(z)
			used = int64(len(data) - in.Len())
		}
		if err == nil || size == window || errors.Is(err, ErrTooLarge) || len(b.data) < first && c.Name != "zstd" {
			break
		}
		b.release()
		w.bytes += int64(len(b.data))
	}
	return b, used, err
}
