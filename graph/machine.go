package graph

import (
	"encoding/binary"
	"io"
	"math"
	"math/bits"
	"unsafe"

	"github.com/go-pickle/pickle/internal/bulk"
	"github.com/go-pickle/pickle/internal/spare"
	"github.com/go-pickle/pickle/opcode"
)

// highestProtocol is the newest protocol there is.
const highestProtocol = 5

// maxEntries keeps node numbers below those of inline values, and places in refs and calls
// within 32 bits.
const maxEntries = 1<<31 - 1

// errTooLarge is what grow panics with, and run turns into an error: a pickle needs some
// gigabytes of opcodes to get there.
var errTooLarge = &Error{Kind: MemoryError, Message: "the pickle has more than 2^31 objects or items"}

// A machine runs pickles. Its stack holds Refs; marks are places in it.
type machine struct {
	o Options
	g Graph
	x extra // of g

	in    *input
	data  input // what in points to, if that is no reader
	at    int   // where the last instruction started that made a node or items
	stack []Ref
	marks []int
	memo  memo
	names map[[2]string]Ref // of the Globals
	long  longNames
	proto int // the last PROTO's number

	popped     Ref // an Object that POP dropped, or noRef: see pop
	poppedAt   int // where the instruction after that POP starts
	nextBuffer int
	left       int  // entries of refs that runs left when they moved
	used       bool // since the last reset

	text textDecoder
}

func (m *machine) reset() {
	g, x := &m.g, &m.x
	const few = 1 << 10 // nothing of so few entries is large
	if len(x.globals) > 0 ||
		cap(g.nodes)|cap(g.refs)|cap(g.calls)|cap(x.aux)|cap(m.stack)|cap(m.memo.dense)|cap(m.marks) >= few {
		m.trim()
	}
	// Field by field: for a small pickle writing the whole anew would take as long as
	// parsing it.
	g.data, x.buffers = nil, nil
	g.nodes, g.refs, g.calls = g.nodes[:0], g.refs[:0], g.calls[:0]
	x.aux, x.globals, x.touched = x.aux[:0], x.globals[:0], x.touched[:0]
	g.counts, g.text, g.floats, g.root, g.base, g.end, g.proto = [kinds]uint32{}, 0, 0, 0, 0, 0, 0
	if m.long.names != nil || m.long.texts != nil {
		m.long = longNames{}
	}
	m.memo.clear()
	m.used = false
}

// A packed is a small graph with the memory for its entries.
type packed struct {
	Graph
	room [15]node
}

// copied is up to how many bytes of entries a graph that stays is copied.
const copied = 2 << 10

// detach returns the graph for good. It takes large memory along and copies the small, so
// that the machine keeps that for its next pickle.
func (m *machine) detach() *Graph {
	from := &m.g
	var g *Graph
	var room []node
	size := len(from.nodes)*int(unsafe.Sizeof(node{})) + len(from.calls)*int(unsafe.Sizeof(call{})) + len(from.refs)*int(unsafe.Sizeof(Ref(0)))
	switch {
	case size <= int(unsafe.Sizeof(packed{}.room)):
		p := new(packed)
		g, room = &p.Graph, p.room[:]
	case size <= copied:
		g, room = new(Graph), make([]node, (size+int(unsafe.Sizeof(node{}))-1)/int(unsafe.Sizeof(node{})))
	default:
		g = new(Graph)
	}
	g.data = from.data
	g.root, g.base, g.end, g.text, g.floats, g.counts = from.root, from.base, from.end, from.text, from.floats, from.counts
	g.proto, g.firstProto, g.framed, g.frame = from.proto, from.firstProto, from.framed, from.frame
	if room == nil {
		g.nodes, g.refs, g.calls = from.nodes, from.refs, from.calls
		from.nodes, from.refs, from.calls = nil, nil, nil
	} else {
		// Entries hold no pointers, so that all can be in memory for one kind of them, and that
		// of the strictest alignment comes first.
		at := 0
		g.nodes, at = place(room, at, from.nodes)
		g.calls, at = place(room, at, from.calls)
		g.refs, _ = place(room, at, from.refs)
	}
	if x := &m.x; len(x.aux)|len(x.globals)|len(x.touched)|len(x.buffers) != 0 || x.notes.any() {
		g.x = new(extra)
		*g.x = *x
		g.x.aux = detach(x.aux, &x.aux)
		x.globals, x.touched, x.notes = nil, nil, notes{}
		if len(g.x.globals) > keepSmall {
			m.names = nil
		} else if len(g.x.globals) > 0 {
			clear(m.names)
		}
	}
	return g
}

// place copies s to byte at of room, where there is room for it, and returns the copy and the
// place after it.
func place[T node | call | Ref](room []node, at int, s []T) (to []T, next int) {
	if len(s) == 0 {
		return nil, at
	}
	to = unsafe.Slice((*T)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(room)), at)), len(s))
	copy(to, s)
	return to, at + len(s)*int(unsafe.Sizeof(s[0]))
}

func detach[T any](s []T, from *[]T) []T {
	if len(s) == 0 {
		return nil
	}
	if uintptr(cap(s))*unsafe.Sizeof(s[0]) > copied {
		*from = nil
		return s
	}
	return append([]T(nil), s...)
}

// keepSmall is how much memory a parser keeps for its next pickle, in entries of each
// kind. Larger pieces are spare for whoever needs them next.
const keepSmall = 1 << 12

var (
	spareNodes spare.Slot[node]
	spareRefs  spare.Slot[Ref]
	spareCalls spare.Slot[call]
	spareBytes spare.Slot[byte]
)

// release returns s if it is small enough to keep, else gives it away.
func release[T any](s []T, slot *spare.Slot[T]) []T {
	if !spare.Large[T](cap(s)) {
		return s[:0]
	}
	slot.Give(s)
	return nil
}

// trim gives away what one large pickle made large, and drops names, which hold pointers.
func (m *machine) trim() {
	g, x := &m.g, &m.x
	if len(x.globals) > 0 {
		clear(x.globals)
		clear(m.names)
		if cap(x.globals) > keepSmall {
			m.names, x.globals = nil, nil
		}
	}
	g.nodes = release(g.nodes, &spareNodes)
	g.refs = release(g.refs, &spareRefs)
	g.calls = release(g.calls, &spareCalls)
	x.aux = release(x.aux, &spareBytes)
	m.stack = release(m.stack, &spareRefs)
	m.memo.dense = release(m.memo.dense, &spareRefs)
	if cap(m.marks) > keepSmall {
		m.marks = nil
	}
}

// run runs one pickle.
func (m *machine) run(in *input) error {
	if m.used && !m.o.KeepMemo {
		m.reset()
	}
	m.used = true
	g := &m.g
	m.in, m.memo.m = in, m
	m.stack, m.marks = m.stack[:0], m.marks[:0]
	m.proto, m.popped, m.nextBuffer, m.left = 0, noRef, 0, 0
	m.text.ready = false
	x := &m.x
	g.x, x.buffers = x, m.o.Buffers
	g.root, g.proto, g.firstProto, g.framed = noRef, 0, 0, false
	g.base, x.touched = Ref(len(g.nodes)), x.touched[:0]
	x.notes.reset()
	x.notes.calls = len(g.calls)
	m.memo.highest = 0
	err := m.guardedLoop()
	g.data, g.proto, x.notes.highest = in.buf, uint8(m.proto), m.memo.highest
	m.in = nil
	if err != nil {
		return err
	}
	return nil
}

func (m *machine) guardedLoop() (err *Error) {
	defer func() {
		if r := recover(); r == errTooLarge {
			m.g.end = m.at
			e := *errTooLarge
			e.Offset = int64(m.at)
			err = &e
		} else if r != nil {
			panic(r)
		}
	}()
	return m.loop()
}

// next is add if there is room. It is small, to be inlined.
func (g *Graph) next(k NodeKind, n uint32, v uint64) (Ref, bool) {
	r := len(g.nodes)
	if r == cap(g.nodes) {
		return 0, false
	}
	g.nodes = g.nodes[:r+1]
	g.nodes[r] = node{kind: k, n: n, v: v}
	g.counts[k]++
	return Ref(r), true
}

func (m *machine) add(k NodeKind, n uint32, v uint64) Ref {
	g := &m.g
	r := len(g.nodes)
	if r == cap(g.nodes) {
		g.nodes = grow(g.nodes, 1, len(g.nodes), m, &spareNodes)
	}
	g.nodes = g.nodes[:r+1]
	g.nodes[r] = node{kind: k, n: n, v: v}
	g.counts[k]++
	return Ref(r)
}

// addRefs appends items to refs.
func (m *machine) addRefs(items []Ref) {
	g := &m.g
	if len(g.refs)+len(items) > cap(g.refs) {
		g.refs = grow(g.refs, len(items), len(g.refs), m, &spareRefs)
	}
	switch len(items) { // few go without a call
	case 1:
		g.refs = append(g.refs, items[0])
	case 2:
		g.refs = append(g.refs, items[0], items[1])
	case 3:
		g.refs = append(g.refs, items[0], items[1], items[2])
	default:
		g.refs = append(g.refs, items...)
	}
}

// grow makes room in s for n more. It looks ahead: if the rest of the input is like what
// was read so far, this is the last time. But it never takes more than there are bytes to
// read, nor much more than it has. Of the entries, those that grow with the input are
// growing. No entry has a pointer.
func grow[T any](s []T, n, growing int, m *machine, slot *spare.Slot[T]) []T {
	if len(s)+n > maxEntries {
		panic(errTooLarge)
	}
	size := max(2*cap(s), len(s)+n, 16)
	if all, done := len(m.in.buf), m.at; done > 0 && done < all {
		if likely := int(float64(growing)*1.05*float64(all)/float64(done)) + len(s) - growing + n; likely > size && likely < 16*size+(1<<12) {
			size = likely
		} else if likely < size && likely > len(s)+n {
			size = likely
		}
	}
	if spare.Large[T](size) {
		if new := slot.Take(len(s) + n); new != nil {
			return append(new, s...)
		}
	}
	return append(bulk.Entries[T](size)[:0], s...)
}

// payload adds a node for the size bytes of input at pos.
func (m *machine) payload(k NodeKind, pos int, size int) Ref {
	if m.o.KeepMemo {
		// The graph outlives this input.
		return m.auxPayload(k, append(m.g.x.aux, m.in.buf[pos:pos+size]...), size)
	}
	g := &m.g
	r := len(g.nodes)
	if r == cap(g.nodes) {
		g.nodes = grow(g.nodes, 1, len(g.nodes), m, &spareNodes)
	}
	g.nodes = g.nodes[:r+1]
	n := &g.nodes[r]
	*n = node{kind: k, v: uint64(pos)}
	n.setSize(uint64(size))
	g.counts[k]++
	g.text += size
	return Ref(r)
}

// auxPayload adds a node for the last size bytes of aux.
func (m *machine) auxPayload(k NodeKind, aux []byte, size int) Ref {
	m.g.x.aux = aux
	r := m.add(k, 0, uint64(len(aux)-size))
	n := &m.g.nodes[r]
	n.setSize(uint64(size))
	n.flags |= inAux
	return r
}

// run adds items to refs as a new node's run.
func (m *machine) addRun(k NodeKind, items []Ref) Ref {
	g := &m.g
	start := uint64(len(g.refs))
	m.addRefs(items)
	if r, ok := g.next(k, uint32(len(items)), start); ok {
		return r
	}
	return m.add(k, uint32(len(items)), start)
}

// touch notes that the pickle changes node r, if it is one of an earlier pickle.
func (m *machine) touch(r Ref) {
	if r < m.g.base {
		m.g.x.touched = append(m.g.x.touched, r)
	}
}

// extend adds items to the run of node r.
func (m *machine) extend(r Ref, items []Ref) {
	g := &m.g
	m.touch(r)
	n := &g.nodes[r]
	start, count := int(n.v), int(n.n)
	switch {
	case count == 0:
		n.v = uint64(len(g.refs))
		m.addRefs(items)
	case start+count == len(g.refs) && n.flags&moved == 0:
		m.addRefs(items)
	case n.flags&moved != 0 && n.room() >= count+len(items):
		copy(g.refs[start+count:], items)
	default:
		// Others follow this run: move it to the end, with room to grow, so that all
		// moves together cost no more than twice its length.
		m.left += count
		if n.flags&moved != 0 {
			m.left += n.room() - count
		}
		room := roomFor(count + len(items))
		n.hi = 0
		if all, done := len(m.in.buf), m.at; count >= largeRun && count > len(g.refs)/8 && done > 0 && done < all {
			// A list that is most of the pickle: as grow does, make this the last time.
			if likely := int(float64(count+len(items)) * 1.1 * float64(all) / float64(done)); likely > room && likely < 16*room {
				n.setRoom(likely)
				room = n.room()
			}
		}
		at := len(g.refs)
		if at+room > cap(g.refs) {
			g.refs = grow(g.refs, room, at-m.left, m, &spareRefs)
		}
		g.refs = g.refs[:at+room]
		copy(g.refs[at:], g.refs[start:start+count])
		copy(g.refs[at+count:], items)
		n.v = uint64(at)
		n.flags |= moved
	}
	n.n = uint32(count + len(items))
}

// largeRun is from how many items on the room for a run is estimated.
const largeRun = 1 << 10

// room is the length of the place of n's run, which was moved. If it is not the next power
// of two it is in hi, as a number of 8 bits and how far that is shifted.
func (n *node) room() int {
	if n.hi == 0 {
		return roomFor(int(n.n))
	}
	return int(n.hi&0xff) << (n.hi >> 8)
}

// setRoom makes room about items, which are at least 1<<8.
func (n *node) setRoom(items int) {
	shift := bits.Len(uint(items)) - 8
	n.hi = uint16(shift)<<8 | uint16(items>>shift)
}

// roomFor is the least length of the place that a moved run of n items has.
func roomFor(n int) int {
	room := 8
	for room < n {
		room *= 2
	}
	return room
}

func (m *machine) fail(kind Kind, message string) *Error {
	return &Error{Kind: kind, Message: message}
}

func (m *machine) truncated() *Error {
	e := &Error{Kind: UnpicklingError, Message: "pickle data was truncated", Err: io.ErrUnexpectedEOF}
	return m.readFailed(e)
}

// readFailed puts the reader's error in the place of e, if it had one, or that it would
// have had to be read too far.
func (m *machine) readFailed(e *Error) *Error {
	if m.in.over {
		return m.tooLong()
	}
	if err := m.in.err; err != nil && err != io.EOF {
		return &Error{Kind: OSError, Message: err.Error(), Err: err}
	}
	return e
}

func (m *machine) underflow() *Error {
	if len(m.marks) > 0 {
		return m.fail(UnpicklingError, "unexpected MARK found")
	}
	return m.fail(UnpicklingError, "unpickling stack underflow")
}

// fence is the place below which operands may not come from.
func (m *machine) fence() int {
	if n := len(m.marks); n > 0 {
		return m.marks[n-1]
	}
	return 0
}

func (m *machine) mark() (int, *Error) {
	n := len(m.marks)
	if n == 0 {
		return 0, m.fail(UnpicklingError, "could not find MARK")
	}
	at := m.marks[n-1]
	m.marks = m.marks[:n-1]
	return at, nil
}

func littleEndian(b []byte) uint64 {
	var v uint64
	for i, c := range b {
		v |= uint64(c) << (8 * i)
	}
	return v
}

// more makes data reach to end.
func (m *machine) more(end int) ([]byte, *Error) {
	if m.o.MaxBytes > 0 && int64(end) > m.o.MaxBytes {
		return m.in.buf, m.tooLong()
	}
	if !m.in.need(end) {
		return m.in.buf, m.truncated()
	}
	return m.in.buf, nil
}

// moreSize makes data hold size bytes at pos.
func (m *machine) moreSize(pos int, size uint64) ([]byte, *Error) {
	if size > uint64(math.MaxInt-pos) {
		return m.in.buf, m.truncated()
	}
	return m.more(pos + int(size))
}

func (m *machine) tooLong() *Error {
	e := m.fail(MemoryError, "the pickle is longer than the limit of bytes")
	e.Hint = "raise MaxBytes"
	return e
}

// bytesHeader is what CPython needs for a bytes object beside the bytes.
const bytesHeader = 33

// claim reads the length that op has as its argument and makes data hold as much.
func (m *machine) claim(data []byte, pos int, op opcode.Op) ([]byte, int, int, *Error) {
	var width int
	switch op {
	case opcode.Long1, opcode.ShortBinBytes, opcode.ShortBinString:
		width = 1
	case opcode.BinUnicode8, opcode.BinBytes8, opcode.ByteArray8:
		width = 8
	default:
		width = 4
	}
	var err *Error
	if pos+width > len(data) {
		if data, err = m.more(pos + width); err != nil {
			return data, pos, 0, err
		}
	}
	size := littleEndian(data[pos : pos+width])
	pos += width
	if op == opcode.Long4 && size > math.MaxInt32 {
		return data, pos, 0, m.fail(UnpicklingError, "LONG pickle has negative byte count")
	}
	if size > math.MaxInt64 {
		what := "BINBYTES"
		switch op {
		case opcode.BinUnicode8:
			what = "BINUNICODE"
		case opcode.ByteArray8:
			what = "BYTEARRAY8"
		}
		return data, pos, 0, m.fail(OverflowError, what+" exceeds system's maximum size of 9223372036854775807 bytes")
	}
	if op == opcode.BinBytes8 && size > math.MaxInt64-bytesHeader {
		return data, pos, 0, m.fail(OverflowError, "byte string is too large")
	}
	if size > uint64(len(data)-pos) {
		if data, err = m.moreSize(pos, size); err != nil {
			return data, pos, 0, err
		}
	}
	if size >= 1<<48 {
		return data, pos, 0, m.fail(MemoryError, "payload too large")
	}
	return data, pos, int(size), nil
}

func (m *machine) unknown(op byte) *Error {
	e := m.fail(UnpicklingError, "")
	if op >= 0x20 && op <= 0x7e && op != '\'' && op != '\\' {
		e.Message = "invalid load key, '" + string(rune(op)) + "'."
	} else {
		const hex = "0123456789abcdef"
		e.Message = `invalid load key, '\x` + string([]byte{hex[op>>4], hex[op&15]}) + "'."
	}
	if m.in.buf[0] == op && len(m.stack) == 0 && len(m.marks) == 0 {
		e.Hint = "this does not look like a pickle"
	}
	return e
}

func (m *machine) doProto(p int) *Error {
	if p > highestProtocol {
		if err := m.fail(ValueError, "unsupported pickle protocol: "+itoa(p)); !m.lenient(err, opcode.Proto, m.at) {
			return err
		}
	}
	m.proto = p
	m.noteProto(p)
	return nil
}

func (m *machine) pushInt(v int64) {
	if v >= minInlineInt && v <= maxInlineInt {
		m.stack = append(m.stack, refInt(v))
		return
	}
	m.stack = append(m.stack, m.add(Int, 0, uint64(v)))
}

// pushLong pushes an integer in two's complement.
func (m *machine) pushLong(data []byte, pos, size int) {
	if size <= 8 {
		v := int64(littleEndian(data[pos : pos+size]))
		if shift := 64 - 8*size; size > 0 {
			v = v << shift >> shift
		}
		m.pushInt(v)
		return
	}
	// Drop bytes that only repeat the sign; what still needs more than 8 is a Long.
	for size > 8 {
		top, next := data[pos+size-1], int8(data[pos+size-2])
		if !(top == 0 && next >= 0 || top == 0xff && next < 0) {
			m.stack = append(m.stack, m.payload(Long, pos, size))
			return
		}
		size--
	}
	m.pushInt(int64(binary.LittleEndian.Uint64(data[pos:])))
}

// pushAgain pushes what is on the stack or in the memo already.
func (m *machine) pushAgain(r Ref) {
	if r&inline == 0 {
		m.g.nodes[r].flags |= shared
	}
	m.stack = append(m.stack, r)
}
