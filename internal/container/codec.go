package container

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz/lzma"

	"github.com/go-pickle/pickle/graph"
)

// A Codec is a way in which data can be compressed.
type Codec struct {
	Name string
	Sure bool // no pickle begins like this
	// open returns what decompresses r. It reads no further than to the end of the compressed
	// data. window bounds what it may keep of what went before.
	open func(r *bytes.Reader, window int64) (io.Reader, error)
}

var (
	// ErrTooLarge is that of data larger than a limit.
	ErrTooLarge = errors.New("larger than the limit")
	// ErrCutOff is that of compressed data whose end is missing.
	ErrCutOff = errors.New("the end is missing")
)

// Compression recognises compressed data by how they begin; nil is none of them. The first
// bytes of gzip, bzip2, xz and zstd, and the 'x' of zlib as everyone writes it, begin no
// pickle. Where a pickle can begin with the same bytes, data are compressed if they are no
// pickle.
func Compression(data []byte) *Codec {
	c := codec(data)
	if c != nil && !c.Sure && isPickle(data) {
		return nil
	}
	return c
}

// codec is what data may be compressed with.
func codec(data []byte) *Codec {
	switch {
	case bytes.HasPrefix(data, []byte{0x1f, 0x8b, 8}):
		return &Codec{"gzip", true, openGzip}
	case isBzip2(data):
		return &Codec{"bzip2", true, func(r *bytes.Reader, _ int64) (io.Reader, error) { return openBzip2(r), nil }}
	case bytes.HasPrefix(data, []byte(xzMagic)):
		return &Codec{"xz", true, openXZ}
	case len(data) >= 8 && binary.LittleEndian.Uint32(data) == 0xfd2fb528:
		return &Codec{"zstd", true, openZstd}
	case len(data) >= 8 && binary.LittleEndian.Uint32(data)&^0xf == 0x184d2a50: // a frame to be skipped
		if lz4Follows(data) {
			return &Codec{"lz4", false, func(r *bytes.Reader, _ int64) (io.Reader, error) { return lz4.NewReader(r), nil }}
		}
		return &Codec{"zstd", false, openZstd}
	case len(data) >= 7 && binary.LittleEndian.Uint32(data) == 0x184d2204:
		return &Codec{"lz4", true, func(r *bytes.Reader, _ int64) (io.Reader, error) { return lz4.NewReader(r), nil }}
	case isZlib(data):
		return &Codec{"zlib", data[0] == 'x', func(r *bytes.Reader, _ int64) (io.Reader, error) { return zlib.NewReader(r) }}
	case isLZMA(data):
		return &Codec{"lzma", false, openLZMA}
	}
	return nil
}

// lz4Follows reports whether what comes behind frames to be skipped, which zstd and lz4 have in
// common, is lz4's.
func lz4Follows(data []byte) bool {
	for len(data) >= 8 && binary.LittleEndian.Uint32(data)&^0xf == 0x184d2a50 {
		n := uint64(binary.LittleEndian.Uint32(data[4:])) + 8
		if n > uint64(len(data)) {
			return false
		}
		data = data[n:]
	}
	return len(data) >= 7 && binary.LittleEndian.Uint32(data) == 0x184d2204
}

// isPickle reports whether data begins with a whole pickle.
func isPickle(data []byte) bool {
	_, err := graph.Options{PersistentIDs: true, AnyBuffers: true, Encoding: "bytes"}.Parse(data)
	return err == nil
}

// isBzip2 looks at the header and at what a block or the end begins with: BINBYTES with an
// odd length is close to the header alone.
func isBzip2(data []byte) bool {
	if len(data) < 10 || !bytes.HasPrefix(data, []byte("BZh")) || data[3] < '1' || data[3] > '9' {
		return false
	}
	block := data[4:10]
	return bytes.Equal(block, []byte{0x31, 0x41, 0x59, 0x26, 0x53, 0x59}) ||
		bytes.Equal(block, []byte{0x17, 0x72, 0x45, 0x38, 0x50, 0x90})
}

// isZlib checks the two bytes of RFC 1950's header.
func isZlib(data []byte) bool {
	return len(data) >= 8 && data[0]&0xf == 8 && data[0]>>4 <= 7 && data[1]&0x20 == 0 &&
		(uint(data[0])<<8|uint(data[1]))%31 == 0
}

// isLZMA recognises the header of the old .lzma format, which has no magic number: sound
// properties, a size of the dictionary as encoders write it, a size of the data that is
// possible or unknown.
func isLZMA(data []byte) bool {
	if len(data) < 18 || data[0] >= 9*5*5 || data[13] != 0 {
		return false
	}
	dict := binary.LittleEndian.Uint32(data[1:])
	if dict < 1<<12 || bits.OnesCount32(dict) > 2 && dict != 1<<32-1 {
		return false
	}
	size := binary.LittleEndian.Uint64(data[5:])
	return size == 1<<64-1 || size < 1<<40
}

func openBzip2(r io.Reader) io.Reader { return &bzip2Parts{in: r, z: bzip2.NewReader(r)} }

// bzip2Parts ends where something else follows, as Python's bz2 does.
type bzip2Parts struct{ in, z io.Reader }

func (z *bzip2Parts) Read(p []byte) (int, error) {
	n, err := z.z.Read(p)
	if err == bzip2.StructuralError("bad magic value in continuation file") {
		if in, ok := z.in.(*bytes.Reader); ok {
			in.Seek(-2, io.SeekCurrent)
		}
		err = io.EOF
	}
	return n, err
}

func openGzip(r *bytes.Reader, _ int64) (io.Reader, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &gzipMembers{in: r, z: z}, nil
}

// gzipMembers reads a file of gzip, which may have several parts, up to where something
// else follows.
type gzipMembers struct {
	in *bytes.Reader
	z  *gzip.Reader
}

func (g *gzipMembers) Read(p []byte) (int, error) {
	for {
		n, err := g.z.Read(p)
		if n > 0 || err != io.EOF {
			if err == io.EOF {
				err = nil
			}
			return n, err
		}
		if !g.another() {
			return 0, io.EOF
		}
		if err := g.z.Reset(g.in); err != nil {
			return 0, err
		}
		g.z.Multistream(false)
	}
}

// another goes to the next part, if there is one: Python's gzip skips NULs in front of it.
func (g *gzipMembers) another() bool {
	at := g.in.Size() - int64(g.in.Len())
	for {
		c, err := g.in.ReadByte()
		if err == nil && c == 0 {
			continue
		}
		if next, err2 := g.in.ReadByte(); err == nil && err2 == nil && c == 0x1f && next == 0x8b {
			g.in.Seek(-2, io.SeekCurrent)
			return true
		}
		g.in.Seek(at, io.SeekStart)
		return false
	}
}

func openZstd(r *bytes.Reader, window int64) (io.Reader, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(uint64(window)))
}

// openLZMA puts a dictionary that is no larger than window into the header: what is written
// is trusted only so far.
func openLZMA(r *bytes.Reader, window int64) (io.Reader, error) {
	h := &headed{r: r}
	if _, err := io.ReadFull(r, h.head[:]); err != nil {
		return nil, err
	}
	if dict := binary.LittleEndian.Uint32(h.head[1:]); int64(dict) > window {
		binary.LittleEndian.PutUint32(h.head[1:], uint32(window))
	}
	return lzma.ReaderConfig{DictCap: int(min(window, 1<<31-1))}.NewReader(h)
}

// headed reads a header of the old .lzma format and then r, which is what lzma.NewReader wants
// to see of formats that keep the header elsewhere.
type headed struct {
	head [lzma.HeaderLen]byte
	used int
	r    *bytes.Reader
}

func (h *headed) Read(p []byte) (int, error) {
	if h.used < len(h.head) {
		n := copy(p, h.head[h.used:])
		h.used += n
		return n, nil
	}
	return h.r.Read(p)
}

func (h *headed) ReadByte() (byte, error) {
	if h.used < len(h.head) {
		h.used++
		return h.head[h.used-1], nil
	}
	return h.r.ReadByte()
}

// Decompress returns what data hold, and how many bytes of data that took. If data are damaged,
// cut off (an error that is ErrCutOff) or hold more than limit bytes (ErrTooLarge), it returns
// what they hold up to there.
func (c *Codec) Decompress(data []byte, limit int64) (plain []byte, used int, err error) {
	in := bytes.NewReader(data)
	r, err := c.open(in, 1<<31-1)
	if err != nil {
		return nil, 0, c.clean(err)
	}
	defer closeDecoder(r)
	plain, err = ReadAll(r, limit)
	if err == ErrTooLarge {
		return plain, 0, err
	}
	return plain, len(data) - in.Len(), c.clean(err)
}

func closeDecoder(r io.Reader) {
	if d, ok := r.(*zstd.Decoder); ok {
		d.Close()
	}
}

// clean gives the faults of all codecs the same words.
func (c *Codec) clean(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return ErrCutOff
	}
	if text, ok := strings.CutPrefix(err.Error(), c.Name+": "); ok {
		return errors.New(text)
	}
	return err
}
