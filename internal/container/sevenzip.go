package container

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf16"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz/lzma"
)

// 7z archives, as 7zFormat.txt of the LZMA SDK has them. Methods that go through one stream are
// known: copy, LZMA, LZMA2, deflate, bzip2, zstd, with the filter for x86 code in front, which
// py7zr uses by default.

const (
	sevenZipName  = "7z archive"
	sevenZipMagic = "7z\xbc\xaf\x27\x1c"

	szEnd, szHeader, szArchiveProps, szAdditional, szMain, szFiles = 0, 1, 2, 3, 4, 5
	szPackInfo, szUnpackInfo, szSubStreams, szSize, szCRC          = 6, 7, 8, 9, 10
	szFolder, szUnpackSize, szNumUnpack, szEmpty                   = 11, 12, 13, 14
	szNames, szEncoded                                             = 17, 23
)

var (
	errSevenZip = errors.New("not as the 7z format says")
	errCoder    = errors.New("a method that is not known here")
)

// A szFolderInfo is one compressed stream, which holds files one after another.
type szFolderInfo struct {
	coders []szCoder
	chain  []int // their order from the last to the first
	pack   int   // the number of its packed stream
	size   uint64
	files  []uint64 // sizes
	crc    bool     // it has a checksum
	err    error
}

type szCoder struct {
	id    string
	props []byte
	size  uint64
}

type szStreams struct {
	packPos uint64
	packed  []uint64
	folders []szFolderInfo
}

// szBytes reads a header. After a fault it gives zeros.
type szBytes struct {
	b   []byte
	err error
}

func (s *szBytes) fail() { s.b, s.err = nil, errSevenZip }

func (s *szBytes) byte() byte {
	if len(s.b) == 0 {
		s.fail()
		return 0
	}
	c := s.b[0]
	s.b = s.b[1:]
	return c
}

func (s *szBytes) take(n uint64) []byte {
	if n > uint64(len(s.b)) {
		s.fail()
		return nil
	}
	t := s.b[:n]
	s.b = s.b[n:]
	return t
}

// number is one to nine bytes: as many ones at the top of the first as bytes follow it.
func (s *szBytes) number() uint64 {
	first := s.byte()
	v := uint64(0)
	for i := range 8 {
		mask := byte(0x80) >> i
		if first&mask == 0 {
			return v | uint64(first&(mask-1))<<(8*i)
		}
		v |= uint64(s.byte()) << (8 * i)
	}
	return v
}

// count is a number of things of which each takes a byte or more.
func (s *szBytes) count() int {
	n := s.number()
	if n > uint64(len(s.b)) {
		s.fail()
		return 0
	}
	return int(n)
}

// bits are n bits, padded to bytes.
func (s *szBytes) bits(n int) []bool {
	set := make([]bool, 0, min(n, 8*len(s.b)))
	b := s.take(uint64(n+7) / 8)
	for i := 0; i < n && s.err == nil; i++ {
		set = append(set, b[i/8]&(0x80>>(i%8)) != 0)
	}
	return set
}

// digests skips the checksums of n things, and says which of them have one.
func (s *szBytes) digests(n int) []bool {
	all := s.byte() != 0
	if all && n > len(s.b)/4 {
		s.fail()
		return nil
	}
	var set []bool
	if all {
		set = slices.Repeat([]bool{true}, n)
	} else {
		set = s.bits(n)
	}
	for _, b := range set {
		if b {
			s.take(4)
		}
	}
	return set
}

func (s *szBytes) streams() (st szStreams) {
	for s.err == nil {
		switch s.byte() {
		case szEnd:
			return st
		case szPackInfo:
			st.packPos = s.number()
			n := s.count()
			for id := s.byte(); id != szEnd && s.err == nil; id = s.byte() {
				switch id {
				case szSize:
					for range n {
						st.packed = append(st.packed, s.number())
					}
				case szCRC:
					s.digests(n)
				default:
					s.fail()
				}
			}
		case szUnpackInfo:
			s.unpackInfo(&st)
		case szSubStreams:
			s.subStreams(&st)
		default:
			s.fail()
		}
	}
	return st
}

func (s *szBytes) unpackInfo(st *szStreams) {
	if s.byte() != szFolder {
		s.fail()
	}
	n := s.count()
	if s.byte() != 0 { // elsewhere, which nobody writes
		s.fail()
	}
	pack := 0
	for i := 0; i < n && s.err == nil; i++ {
		f := szFolderInfo{pack: pack}
		pack += s.folder(&f)
		st.folders = append(st.folders, f)
	}
	if s.byte() != szUnpackSize {
		s.fail()
	}
	for i := range st.folders {
		f := &st.folders[i]
		for j := range f.coders {
			f.coders[j].size = s.number()
		}
		if len(f.chain) > 0 {
			f.size = f.coders[f.chain[0]].size
		}
		f.files = []uint64{f.size}
	}
	for id := s.byte(); id != szEnd && s.err == nil; id = s.byte() {
		if id != szCRC {
			s.fail()
			return
		}
		for i, crc := range s.digests(n) {
			if i < len(st.folders) {
				st.folders[i].crc = crc
			}
		}
	}
}

// folder reads the coders of a stream, and returns how many packed streams they take. Coders that
// are no plain chain give the folder an error.
func (s *szBytes) folder(f *szFolderInfo) int {
	n := s.count()
	if n > 32 {
		s.fail()
	}
	ins, outs := 0, 0
	for i := 0; i < n && s.err == nil; i++ {
		flags := s.byte()
		c := szCoder{id: string(s.take(uint64(flags & 15)))}
		in, out := 1, 1
		if flags&0x10 != 0 {
			in, out = s.count(), s.count()
		}
		if flags&0x20 != 0 {
			c.props = s.take(s.number())
		}
		if in != 1 || out != 1 {
			f.err = fmt.Errorf("%w: %x", errCoder, c.id)
			if in > 32 || out > 32 {
				s.fail()
			}
		}
		ins, outs = ins+in, outs+out
		for range out {
			f.coders = append(f.coders, c) // one for each size that is to come
		}
	}
	from := make(map[uint64]uint64) // whose output the input of a coder is
	bound := make(map[uint64]bool)
	for i := 0; i < outs-1 && s.err == nil; i++ {
		in, out := s.number(), s.number()
		from[in], bound[out] = out, true
	}
	if f.err == nil {
		f.chain, f.err = chain(outs, from, bound)
	}
	packs := ins - (outs - 1)
	if packs > 1 {
		for range packs {
			s.number()
		}
	}
	return max(packs, 0)
}

// chain orders coders that have one input and one output from the last one to the first, which
// reads the packed stream.
func chain(n int, from map[uint64]uint64, bound map[uint64]bool) ([]int, error) {
	var order []int
	for last := range n {
		if bound[uint64(last)] {
			continue
		}
		for at, ok := uint64(last), true; ok && at < uint64(n) && len(order) < n; at, ok = from[at] {
			order = append(order, int(at))
		}
		break
	}
	if len(order) != n {
		return nil, errCoder
	}
	return order, nil
}

func (s *szBytes) subStreams(st *szStreams) {
	id := s.byte()
	counts := make([]uint64, len(st.folders))
	for i := range counts {
		counts[i] = 1
	}
	if id == szNumUnpack {
		for i := range counts {
			counts[i] = s.number()
		}
		id = s.byte()
	}
	unknown := 0 // files without a checksum so far
	for i := range st.folders {
		f := &st.folders[i]
		f.files = nil
		left := f.size
		for j := uint64(0); j < counts[i] && s.err == nil; j++ {
			n := left
			if j+1 < counts[i] {
				if id != szSize {
					s.fail()
					return
				}
				n = min(s.number(), left)
			}
			left -= n
			f.files = append(f.files, n)
		}
		if !f.crc || len(f.files) != 1 {
			unknown += len(f.files)
		}
	}
	if id == szSize {
		id = s.byte()
	}
	for ; id != szEnd && s.err == nil; id = s.byte() {
		if id != szCRC {
			s.fail()
			return
		}
		s.digests(unknown)
	}
}

// names reads the names of the files that have content.
func (s *szBytes) names() []string {
	n := s.number()
	if n > uint64(len(s.b)) {
		s.fail()
		return nil
	}
	var names []string
	empty := make([]bool, n)
	for id := s.number(); id != szEnd && s.err == nil; id = s.number() {
		p := szBytes{b: s.take(s.number())}
		switch id {
		case szEmpty:
			empty = append(p.bits(int(n)), make([]bool, n)...)
		case szNames:
			if p.byte() != 0 {
				continue
			}
			for len(p.b) >= 2 && len(names) < int(n) {
				var name []uint16
				for len(p.b) >= 2 {
					c := le.Uint16(p.take(2))
					if c == 0 {
						break
					}
					name = append(name, c)
				}
				names = append(names, string(utf16.Decode(name)))
			}
		}
	}
	full := names[:0]
	for i, name := range names {
		if !empty[i] {
			full = append(full, name)
		}
	}
	return full
}

func readSevenZip(w *walker, r *region) (int64, bool) {
	st, names, err := w.sevenZipHeader(r)
	if err != nil {
		w.problem(Unreadable, r.path, r.base, "7z archive: %v", err)
		return int64(len(r.data)), true
	}
	at := 32 + st.packPos
	starts := make([]uint64, 0, len(st.packed))
	for _, n := range st.packed {
		starts = append(starts, at)
		at += min(n, uint64(len(r.data)))
	}
	for i := range st.folders {
		f := &st.folders[i]
		mine := names[:min(len(names), len(f.files))]
		names = names[len(mine):]
		if f.pack >= len(starts) {
			f.err = errSevenZip
		}
		var data []byte
		release := func() {}
		if f.err == nil {
			var b *buffer
			b, f.err = w.sevenZipFolder(r, f, starts[f.pack], st.packed[f.pack])
			data, release = b.data, b.release
		}
		if f.err != nil {
			kind := Unreadable
			if errors.Is(f.err, ErrTooLarge) {
				kind = Limit
			}
			name := "a stream"
			if len(mine) > 0 {
				name = fmt.Sprintf("%.100q", mine[0])
			}
			w.problem(kind, r.path, -1, "not all of %s in the 7z archive could be read: %v", name, f.err)
		}
		for j, size := range f.files {
			name := fmt.Sprintf("#%d", j)
			if j < len(mine) {
				name = mine[j]
			}
			part := data[:min(size, uint64(len(data)))]
			data = data[len(part):]
			if len(part) == 0 {
				continue
			}
			sub, ok := w.inside(r, name, part)
			if !ok {
				break
			}
			w.region(sub)
		}
		release()
	}
	return int64(len(r.data)), true
}

// sevenZipHeader reads what is where.
func (w *walker) sevenZipHeader(r *region) (st szStreams, names []string, err error) {
	if len(r.data) < 32 {
		return st, nil, ErrCutOff
	}
	offset, size := le.Uint64(r.data[12:]), le.Uint64(r.data[20:])
	rest := r.data[32:]
	if offset > uint64(len(rest)) || size > uint64(len(rest))-offset {
		return st, nil, ErrCutOff
	}
	if size == 0 {
		return st, nil, nil
	}
	header := rest[offset : offset+size]
	for level := 0; ; level++ {
		s := szBytes{b: header}
		id := s.byte()
		if id == szHeader {
			return s.header()
		}
		if id != szEncoded || level > 3 {
			return st, nil, errSevenZip
		}
		st := s.streams()
		if s.err != nil || len(st.folders) != 1 || len(st.packed) < 1 {
			return st, nil, errSevenZip
		}
		f := &st.folders[0]
		if f.err != nil {
			return st, nil, fmt.Errorf("its list of files: %w", f.err)
		}
		b, err := w.sevenZipFolder(r, f, 32+st.packPos, st.packed[0])
		if err != nil {
			b.release()
			return st, nil, fmt.Errorf("its list of files: %w", err)
		}
		header = bytes.Clone(b.data)
		b.release()
	}
}

func (s *szBytes) header() (st szStreams, names []string, err error) {
	for s.err == nil {
		switch s.byte() {
		case szEnd:
			return st, names, s.err
		case szArchiveProps:
			for id := s.number(); id != szEnd && s.err == nil; id = s.number() {
				s.take(s.number())
			}
		case szAdditional:
			s.streams()
		case szMain:
			st = s.streams()
		case szFiles:
			names = s.names()
		default:
			s.fail()
		}
	}
	return st, names, s.err
}

// sevenZipFolder decompresses a stream.
func (w *walker) sevenZipFolder(r *region, f *szFolderInfo, at, size uint64) (*buffer, error) {
	none := &buffer{release: func() {}}
	if at > uint64(len(r.data)) || size > uint64(len(r.data))-at {
		return none, ErrCutOff
	}
	var in io.Reader = bytes.NewReader(r.data[at : at+size])
	for _, i := range slices.Backward(f.chain) {
		next, err := szDecoder(&f.coders[i], in)
		if err != nil {
			return none, err
		}
		defer closeDecoder(next)
		in = next
	}
	b, err := w.decompress(io.LimitReader(in, int64(min(f.size, 1<<62))), int64(size))
	if err == nil && uint64(len(b.data)) < f.size {
		err = ErrCutOff
	}
	return b, err
}

func szDecoder(c *szCoder, in io.Reader) (io.Reader, error) {
	switch c.id {
	case "\x00":
		return in, nil
	case "\x21":
		if len(c.props) != 1 || c.props[0] > 40 {
			return nil, errSevenZip
		}
		dict := int64(1<<32 - 1)
		if p := c.props[0]; p < 40 {
			dict = int64(2|p&1) << (p/2 + 11)
		}
		return lzma.Reader2Config{DictCap: int(max(lzma.MinDictCap, min(dict, window, int64(min(c.size, window)))))}.NewReader2(in)
	case "\x03\x01\x01":
		if len(c.props) != 5 {
			return nil, errSevenZip
		}
		b, ok := in.(*bytes.Reader)
		if !ok {
			return nil, errCoder
		}
		return rawLZMA(c.props, int64(min(c.size, 1<<49)), b)
	case "\x04\x01\x08":
		return flate.NewReader(in), nil
	case "\x04\x02\x02":
		return openBzip2(in), nil
	case "\x04\xf7\x11\x01":
		return zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(window))
	case "\x03\x03\x01\x03", "\x04":
		return &x86Filter{in: in}, nil
	case "\x06\xf1\x07\x01":
		return nil, errAES
	}
	return nil, fmt.Errorf("%w: %x", errCoder, c.id)
}

// rawLZMA decompresses LZMA whose five bytes of properties are elsewhere.
func rawLZMA(props []byte, size int64, in *bytes.Reader) (io.Reader, error) {
	h := &headed{r: in}
	copy(h.head[:], props[:5])
	le.PutUint64(h.head[5:], uint64(size))
	if dict := le.Uint32(h.head[1:]); dict > window {
		le.PutUint32(h.head[1:], window)
	}
	return lzma.ReaderConfig{DictCap: window}.NewReader(h)
}

// An x86Filter turns the absolute targets of calls and jumps (E8, E9) back into relative ones,
// as 7-Zip's BCJ filter does. recent has a bit for each of the last three bytes that may have
// begun an instruction and did not count as one.
type x86Filter struct {
	in     io.Reader
	buf    []byte
	ready  int // bytes at the start of buf that are done
	pos    int64
	recent uint32
	last   int64 // where the last candidate was
	err    error
	begun  bool
}

func (x *x86Filter) Read(p []byte) (int, error) {
	for x.ready == 0 {
		if x.err != nil {
			if len(x.buf) == 0 {
				return 0, x.err
			}
			x.ready = len(x.buf) // the last bytes stay as they are
			break
		}
		old := len(x.buf)
		x.buf = append(x.buf, make([]byte, 32<<10)...)
		n, err := x.in.Read(x.buf[old:])
		x.buf = x.buf[:old+n]
		x.err = err
		x.filter()
	}
	n := copy(p, x.buf[:x.ready])
	x.buf = x.buf[n:]
	x.ready -= n
	x.pos += int64(n)
	return n, nil
}

// filter does what can be done without the bytes that are to come.
func (x *x86Filter) filter() {
	// How many of the three bytes behind an instruction's first may be looked at, given the
	// recent candidates: 7-Zip leaves out the combinations marked with -1.
	place := [8]int{0, 1, 2, -1, 3, -1, -1, -1}
	end := func(b byte) bool { return b == 0 || b == 0xff }
	if !x.begun {
		x.begun, x.last = true, -100
	}
	i := x.ready
	for ; i+5 <= len(x.buf); i++ {
		if x.buf[i]&0xfe != 0xe8 {
			continue
		}
		at := x.pos + int64(i)
		if gap := at - x.last; gap > 3 {
			x.recent = 0
		} else {
			x.recent = x.recent << (gap - 1) & 7
		}
		x.last = at
		k := place[x.recent]
		if k < 0 || k > 0 && end(x.buf[i+4-k]) || !end(x.buf[i+4]) {
			x.recent = x.recent<<1 | 1
			continue
		}
		v := le.Uint32(x.buf[i+1:])
		for {
			v -= uint32(at) + 5
			if k == 0 || !end(byte(v>>(24-8*k))) {
				break
			}
			v ^= 1<<(32-8*k) - 1
		}
		v &= 0x1ffffff
		v |= -(v & 0x1000000)
		le.PutUint32(x.buf[i+1:], v)
		i += 4
	}
	x.ready = i
}
