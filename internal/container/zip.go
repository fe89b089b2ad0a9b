package container

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// Zip archives, as APPNOTE.TXT 6.3.10 has them and as the readers of zipfile, of torch (miniz)
// and of others find their way in them: by the end record and the central directory, or by the
// local headers one after another. We read what any of them would.

const (
	zipName     = "zip"
	zipLocal    = "PK\x03\x04"
	zipCentral  = "PK\x01\x02"
	zipEnd      = "PK\x05\x06"
	zipEnd64    = "PK\x06\x06"
	zipLocator  = "PK\x06\x07"
	zipDataDesc = "PK\x07\x08"

	zipEndLen     = 22
	zipCentralLen = 46
	zipLocalLen   = 30
)

// A zipEntry is a member, as a header of one kind or the other describes it.
type zipEntry struct {
	name          string
	flags, method uint16
	crc           uint32
	packed, plain uint64
	header        int64 // offset of the local header
	start         int64 // offset of the data, -1 if the local header is not there
	central       bool
}

// A zipReader reads one archive.
type zipReader struct {
	w        *walker
	r        *region
	data     []byte
	entries  []zipEntry // those of the central directories
	seen     map[string]int
	problems int
	several  bool // there are several end records
	whole    bool // one of them leads to a directory
	exact    bool // an end record ends with the file
	quiet    bool // few readers would see an archive here
}

var le = binary.LittleEndian

// problem bounds how often an archive of many members is found fault with.
func (z *zipReader) problem(k Kind, name string, offset int64, format string, args ...any) {
	if z.quiet {
		return
	}
	if z.problems++; z.problems > 100 {
		if z.problems == 101 {
			z.w.problem(k, z.r.path, offset, "more such problems of the archive, which are not listed")
		}
		return
	}
	path := z.r.path
	if name != "" {
		path = join(path, name)
	}
	z.w.problem(k, path, offset, format, args...)
}

// zipBehind reads an archive that has something in front of it, and reports whether there is
// one.
func (w *walker) zipBehind(r *region, taken int64) bool {
	if !bytes.Contains(r.data[max(0, len(r.data)-zipEndLen-math.MaxUint16):], []byte(zipEnd)) {
		return false
	}
	z := &zipReader{w: w, r: r, data: r.data}
	z.directories()
	if !slices.ContainsFunc(z.entries, func(e zipEntry) bool { return e.start >= 0 }) {
		return false
	}
	// An archive that does not end with the file may be any data in it, of which Python's zipfile
	// makes an archive all the same: its pickles are judged, and nothing is found fault with.
	if z.quiet = !z.exact; !z.quiet {
		if taken > 0 {
			w.problem(Mismatch, r.path, 0, "a pickle, and at its end a zip archive: readers choose one or the other")
		} else {
			w.problem(Note, r.path, 0, "a zip archive with something else in front of it")
		}
	}
	z.ends()
	z.read()
	return !z.quiet
}

func readZip(w *walker, r *region) (int64, bool) {
	z := &zipReader{w: w, r: r, data: r.data}
	z.directories()
	z.ends()
	z.read()
	return int64(len(r.data)), true
}

// directories reads each central directory that some end record leads to.
func (z *zipReader) directories() {
	tail := z.data[max(0, len(z.data)-zipEndLen-math.MaxUint16):]
	base := len(z.data) - len(tail)
	whole, fits := false, false
	ends := 0
	for end := len(tail); ends < 16; {
		i := bytes.LastIndex(tail[:end], []byte(zipEnd))
		if i < 0 {
			break
		}
		end = i
		// Readers take the last one, or the last one whose comment is there, or the one whose
		// comment ends with the file. Others are those of archives inside of this one.
		comment := -1
		if i+zipEndLen <= len(tail) {
			comment = len(tail) - (i + zipEndLen + int(le.Uint16(tail[i+20:])))
		}
		z.exact = z.exact || comment == 0
		if ends == 0 || comment == 0 || comment > 0 && !fits {
			ends++
			whole = z.endRecord(base+i) || whole
		}
		fits = fits || comment >= 0
	}
	z.several, z.whole = ends > 1, whole
}

// ends finds fault with the end of the archive.
func (z *zipReader) ends() {
	if z.several {
		z.problem(Mismatch, "", -1, "the zip archive has several end records, of which readers choose one")
	}
	if !z.whole {
		z.problem(Unreadable, "", -1, "the central directory of the zip archive is missing or damaged")
	}
}

// endRecord reads the directory that the end record at an offset leads to, and reports
// whether it was there.
func (z *zipReader) endRecord(at int) bool {
	b := z.data[at:]
	if len(b) < zipEndLen {
		return false
	}
	count := uint64(le.Uint16(b[10:]))
	size, offset := uint64(le.Uint32(b[12:])), uint64(le.Uint32(b[16:]))
	before := uint64(at) // what the directory ends at
	if at >= 20 && string(z.data[at-20:at-16]) == zipLocator {
		where := le.Uint64(z.data[at-20+8:])
		for _, p := range []uint64{where, uint64(max(0, at-20-56))} {
			if p <= uint64(at-20) && uint64(at-20)-p >= 56 && string(z.data[p:p+4]) == zipEnd64 {
				e := z.data[p:]
				count, size, offset = le.Uint64(e[32:]), le.Uint64(e[40:]), le.Uint64(e[48:])
				before = p
				break
			}
		}
	}
	if count == 0 && size == 0 {
		return true // an empty archive
	}
	// Offsets count from where the archive was before something was put in front of it:
	// zipfile finds that by where the directory must begin. Others take them as they are.
	ok := false
	if size <= before && offset <= before-size {
		shift := before - size - offset
		ok = z.directory(int64(before-size), int64(shift), count)
		if shift == 0 || offset >= uint64(len(z.data)) {
			return ok
		}
	}
	if offset < uint64(len(z.data)) && z.directory(int64(offset), 0, count) {
		ok = true
	}
	return ok
}

// directory reads the entries of a central directory, whatever count says.
func (z *zipReader) directory(at, shift int64, count uint64) bool {
	n := uint64(0)
	for b := z.data[at:]; len(b) >= zipCentralLen && string(b[:4]) == zipCentral; n++ {
		if len(z.entries) > 2*z.w.limits.Members {
			break
		}
		nameLen, extraLen, commentLen := int(le.Uint16(b[28:])), int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
		if len(b) < zipCentralLen+nameLen+extraLen+commentLen {
			break
		}
		e := zipEntry{
			central: true, flags: le.Uint16(b[8:]), method: le.Uint16(b[10:]), crc: le.Uint32(b[16:]),
			packed: uint64(le.Uint32(b[20:])), plain: uint64(le.Uint32(b[24:])),
			name: string(b[zipCentralLen : zipCentralLen+nameLen]),
		}
		header := uint64(le.Uint32(b[42:]))
		zip64(b[zipCentralLen+nameLen:][:extraLen], &e.plain, &e.packed, &header)
		e.header, e.start = int64(min(header, math.MaxInt64/2))+shift, -1
		if local, ok := z.local(e.header); ok {
			e.start = local.start
		}
		z.entries = append(z.entries, e)
		b = b[zipCentralLen+nameLen+extraLen+commentLen:]
	}
	return n > 0 && (n == count || n&0xffff == count)
}

// zip64 takes the numbers that have no place in 32 bits from the extra field.
func zip64(extra []byte, numbers ...*uint64) {
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		if field := extra[:n]; id == 1 {
			for _, v := range numbers {
				if *v == math.MaxUint32 && len(field) >= 8 {
					*v, field = le.Uint64(field), field[8:]
				}
			}
			return
		}
		extra = extra[n:]
	}
}

// local reads a local header.
func (z *zipReader) local(at int64) (e zipEntry, ok bool) {
	if at < 0 || at > int64(len(z.data))-zipLocalLen || string(z.data[at:at+4]) != zipLocal {
		return e, false
	}
	b := z.data[at:]
	nameLen, extraLen := int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
	if len(b) < zipLocalLen+nameLen {
		return e, false
	}
	extraLen = min(extraLen, len(b)-zipLocalLen-nameLen)
	e = zipEntry{
		flags: le.Uint16(b[6:]), method: le.Uint16(b[8:]), crc: le.Uint32(b[14:]),
		packed: uint64(le.Uint32(b[18:])), plain: uint64(le.Uint32(b[22:])), header: at,
		name:  string(b[zipLocalLen : zipLocalLen+nameLen]),
		start: at + zipLocalLen + int64(nameLen+extraLen),
	}
	zip64(b[zipLocalLen+nameLen:][:extraLen], &e.plain, &e.packed)
	return e, true
}

// read visits the members that the directories name, and those that are between them.
func (z *zipReader) read() {
	slices.SortStableFunc(z.entries, func(a, b zipEntry) int {
		return cmp.Or(cmp.Compare(a.header, b.header), strings.Compare(a.name, b.name), cmp.Compare(a.packed, b.packed),
			cmp.Compare(a.plain, b.plain), cmp.Compare(a.method, b.method), cmp.Compare(a.crc, b.crc), cmp.Compare(a.flags, b.flags))
	})
	z.entries = slices.Compact(z.entries)
	storages := z.torch()
	z.seen = make(map[string]int)
	at := int64(0) // where the members end that were looked at
	for i := 0; i < len(z.entries); {
		first := i
		for i++; i < len(z.entries) && z.entries[i].header == z.entries[first].header; i++ {
		}
		same := z.entries[first:i]
		if same[0].start < 0 {
			z.problem(Unreadable, same[0].name, same[0].header, "the zip archive has no such member where it says")
			continue
		}
		at = z.between(at, same[0].header, storages)
		at = max(at, z.member(same, storages))
	}
	z.between(at, int64(len(z.data)), storages)
}

// torch finds the sizes of the storages, if the archive is one of torch.save.
func (z *zipReader) torch() *torchZip {
	t := &torchZip{}
	for _, e := range z.entries {
		if root, ok := strings.CutSuffix(e.name, "data.pkl"); ok && (root == "" || root[len(root)-1] == '/') {
			t.roots = append(t.roots, root)
		}
	}
	if len(t.roots) == 0 || len(t.roots) > 16 {
		return nil
	}
	found := false
	t.sizes = make(map[string]int64)
	for _, e := range z.entries {
		for _, root := range t.roots {
			rest, ok := strings.CutPrefix(e.name, root)
			if !ok {
				continue
			}
			if rest == "version" || rest == "byteorder" || rest == ".format_version" {
				found = true
			}
			if key, ok := strings.CutPrefix(rest, "data/"); ok && e.plain < 1<<62 {
				found = true
				t.sizes[key] = int64(e.plain)
			}
		}
	}
	if !found {
		return nil
	}
	return t
}

// A torchZip is what makes an archive one of torch.save.
type torchZip struct {
	roots []string // what the names of data.pkl begin with
	sizes map[string]int64
}

// role says what torch does with a member.
func (t *torchZip) role(name string) (pickle, storage bool) {
	if t == nil {
		return false, false
	}
	for _, root := range t.roots {
		if rest, ok := strings.CutPrefix(name, root); ok {
			_, data := strings.CutPrefix(rest, "data/")
			_, tensors := strings.CutPrefix(rest, "tensors/")
			_, constants := strings.CutPrefix(rest, "constants/")
			if data || tensors || constants {
				return false, true
			}
		}
	}
	return strings.HasSuffix(name, ".pkl"), false
}

// between visits the members whose local headers are in a part of the archive that the central
// directory says nothing about, and returns to where it went.
func (z *zipReader) between(from, to int64, t *torchZip) int64 {
	to = min(to, int64(len(z.data)))
	if z.quiet {
		return max(from, to)
	}
	for from < to {
		i := bytes.Index(z.data[from:to], []byte(zipLocal))
		if i < 0 {
			break
		}
		e, ok := z.local(from + int64(i))
		if !ok || len(e.name) == 0 && e.packed == 0 && e.plain == 0 || e.method > 99 {
			from += int64(i) + 4
			continue
		}
		if len(z.entries) > 0 {
			z.problem(Mismatch, e.name, e.header, "a member of the zip archive that its directory does not have")
		}
		from = max(from+int64(i)+zipLocalLen, z.member([]zipEntry{e}, t))
	}
	return max(from, to)
}

// member visits a member, which the entries of one or several central directories describe, or
// none, and the local header. It returns where its data end.
func (z *zipReader) member(entries []zipEntry, t *torchZip) int64 {
	local, _ := z.local(entries[0].header)
	e := entries[0]
	z.names(e, local, t)
	e.flags |= local.flags
	methods := []uint16{e.method}
	size := e.packed
	for _, other := range append(entries[1:len(entries):len(entries)], local) {
		if !slices.Contains(methods, other.method) {
			methods = append(methods, other.method)
			z.problem(Mismatch, e.name, e.header, "the zip archive gives two methods of compression, %d and %d", e.method, other.method)
		}
		if other.central && (other.packed != e.packed || other.plain != e.plain || other.name != e.name) {
			z.problem(Mismatch, e.name, e.header, "two entries of the zip archive's directory lead to the same member")
		}
		size = max(size, min(other.packed, uint64(len(z.data))))
	}
	described := local.flags&8 != 0
	if e.central && !(described && local.packed == 0 && local.plain == 0) &&
		(local.packed != e.packed || local.plain != e.plain || local.crc != e.crc) && local.packed != math.MaxUint32 {
		z.problem(Mismatch, e.name, e.header, "the zip archive gives two sizes or checksums: %d and %d bytes in its directory, %d and %d before the member",
			e.packed, e.plain, local.packed, local.plain)
	}
	rest := z.data[min(e.start, int64(len(z.data))):]
	if !e.central && described && e.packed == 0 {
		size = uint64(len(rest))
		if e.method == 0 { // what has no size and no end goes to where the next thing begins
			for _, magic := range []string{zipLocal, zipDataDesc, zipCentral} {
				if i := bytes.Index(rest[:size], []byte(magic)); i >= 0 {
					size = uint64(i)
				}
			}
		}
	}
	if size > uint64(len(rest)) {
		z.problem(Unreadable, e.name, e.header, "the zip archive is cut off: %d bytes of %d of the member are there", len(rest), size)
		size = uint64(len(rest))
	}
	end := e.start + int64(size)
	// What a size leaves out is looked at with the next one.
	shortest := end
	for _, other := range append(entries[:len(entries):len(entries)], local) {
		if n := e.start + int64(min(other.packed, size)); !(described && other.packed == 0) {
			shortest = min(shortest, n)
		}
	}
	used := int64(0)
	for _, method := range methods {
		used = max(used, z.content(e, method, rest, size, t))
	}
	if described && !e.central && used > 0 {
		return e.start + used
	}
	return max(shortest, e.start)
}

// names finds fault with the names of a member.
func (z *zipReader) names(e, local zipEntry, t *torchZip) {
	if local.name != e.name {
		z.problem(Mismatch, e.name, e.header, "the zip archive gives two names: the other is %.100q", local.name)
	}
	z.seen[e.name]++
	if z.seen[e.name] == 2 {
		z.problem(Mismatch, e.name, e.header, "the zip archive has two members of this name, of which readers choose one")
	}
	clean := strings.ReplaceAll(e.name, `\`, "/")
	switch {
	case strings.HasPrefix(clean, "/") || slices.Contains(strings.Split(clean, "/"), "..") ||
		len(clean) > 1 && clean[1] == ':':
		z.problem(Name, e.name, e.header, "a name that leads out of the folder into which the zip archive is unpacked")
	case strings.ContainsRune(e.name, 0):
		z.problem(Name, e.name, e.header, "a name with a NUL, where readers differ about its end")
	}
}

var (
	errMethod = errors.New("a method of compression that is not known here")
	errAES    = errors.New("it is encrypted")
)

// content visits what a member holds, and returns how many bytes that took. size is what the
// archive says it takes; what has an end of its own may go further.
func (z *zipReader) content(e zipEntry, method uint16, rest []byte, size uint64, t *torchZip) (used int64) {
	packed := rest[:size]
	pickle, storage := t.role(e.name)
	if !z.w.afford(z.r, int64(size)/4) {
		return int64(size)
	}
	if method == 0 {
		whole := storage || crc32.ChecksumIEEE(packed) == e.crc
		if e.flags&1 != 0 && !whole && !isPickle(packed) {
			z.problem(Unreadable, e.name, e.header, "%v", errAES)
			return int64(size)
		}
		z.faults(e, whole, uint64(len(packed)))
		z.inside(e, packed, storage, pickle, t)
		return int64(size)
	}
	if e.central && (method == 20 || method == 93) {
		rest = packed // zstd would go on with the next frame
	}
	in := bytes.NewReader(rest)
	r, err := zipDecoder(method, in, e, size)
	if err != nil {
		if e.flags&1 != 0 {
			err = errAES
		}
		z.problem(Unreadable, e.name, e.header, "%v%s", err, methodName(method))
		return int64(size)
	}
	if storage && !mayBePickle(r) {
		closeDecoder(r)
		return int64(size)
	}
	if storage {
		closeDecoder(r)
		in.Reset(rest)
		r, _ = zipDecoder(method, in, e, size)
	}
	defer closeDecoder(r)
	b, err := z.w.decompress(r, int64(size))
	defer b.release()
	used = int64(len(rest) - in.Len())
	z.w.afford(z.r, used/4)
	whole := crc32.ChecksumIEEE(b.data) == e.crc || e.flags&8 != 0 && !e.central
	switch {
	case errors.Is(err, ErrTooLarge):
		z.problem(Limit, e.name, e.header, "%d bytes in the zip archive become more than %d, which are looked at", size, len(b.data))
	case e.flags&1 != 0 && (err != nil || !whole && len(b.data) != int(e.plain)):
		z.problem(Unreadable, e.name, e.header, "%v", errAES)
		if err != nil && len(b.data) == 0 {
			return int64(size)
		}
	case err != nil:
		z.problem(Unreadable, e.name, e.header, "damaged in the zip archive: %v", err)
	default:
		z.faults(e, whole, uint64(len(b.data)))
		if uint64(used) > size {
			z.problem(Mismatch, e.name, e.header, "the member takes %d bytes, and the zip archive says %d", used, size)
		}
	}
	z.inside(e, b.data, storage, pickle, t)
	return used
}

// faults tells what readers may stumble over in a member that is there.
func (z *zipReader) faults(e zipEntry, whole bool, plain uint64) {
	switch {
	case e.flags&(1|0x40|0x2000) != 0:
		z.problem(Mismatch, e.name, e.header, "the zip archive calls the member encrypted, and it is not")
	case e.flags&0x20 != 0:
		z.problem(Mismatch, e.name, e.header, "the zip archive calls the member a patch, and readers differ about that")
	}
	described := !e.central && e.flags&8 != 0
	switch {
	case described:
	case plain != e.plain:
		z.problem(Mismatch, e.name, e.header, "the member has %d bytes, and the zip archive says %d", plain, e.plain)
	case !whole:
		z.problem(Mismatch, e.name, e.header, "the checksum in the zip archive is wrong, which some readers ignore")
	}
}

func (z *zipReader) inside(e zipEntry, data []byte, storage, pickle bool, t *torchZip) {
	if strings.HasSuffix(e.name, "/") && len(data) == 0 {
		return
	}
	r, ok := z.w.inside(z.r, e.name, data)
	if !ok {
		return
	}
	r.raw, r.storage = storage || z.quiet, storage
	if pickle {
		r.torch, r.storages = true, t.sizes
	}
	z.w.region(r)
}

// mayBePickle reports whether the start of a storage leaves open that it is a pickle.
func mayBePickle(r io.Reader) bool {
	head := make([]byte, 4096)
	n, _ := io.ReadFull(r, head)
	return n > 0 && plausible(head[:n])
}

func methodName(method uint16) string {
	switch method {
	case 9:
		return " (Deflate64)"
	case 98:
		return " (PPMd)"
	case 99:
		return ""
	}
	return fmt.Sprintf(" (%d)", method)
}

// zipDecoder decompresses with one of zip's methods.
func zipDecoder(method uint16, in *bytes.Reader, e zipEntry, size uint64) (io.Reader, error) {
	switch method {
	case 8:
		return flate.NewReader(in), nil
	case 12:
		return openBzip2(in), nil
	case 14:
		// Version, length of the properties, properties: then as in the old .lzma format.
		var h [9]byte
		if _, err := io.ReadFull(in, h[:]); err != nil || le.Uint16(h[2:]) != 5 {
			return nil, errMethod
		}
		plain := int64(-1)
		if e.flags&2 == 0 {
			plain = int64(min(e.plain, 1<<49))
		}
		return rawLZMA(h[4:], plain, in)
	case 20, 93:
		return zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(window))
	case 95:
		return openXZ(in, window)
	case 99:
		return nil, errAES
	}
	return nil, errMethod
}
