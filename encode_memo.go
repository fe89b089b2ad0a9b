package pickle

import (
	"math"
	"math/bits"
	"unsafe"

	"github.com/go-pickle/pickle/internal/spare"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/py"
)

// An identity is what Python's id() is for pickling: an address with the length and kind
// of what is there, since a str and its first half, or a str and bytes made of it, may
// share their address in Go. The zero identity belongs to nothing.
type identity struct {
	addr uintptr
	tag  uint64 // length<<4 | kind
}

const (
	idPointer uint64 = iota + 1
	idStr
	idBytes
	idTuple
	idSlice
	idMap
	idBox   // a value in an interface
	idTyped // what a pointer to a Go type points to; the type is part of the tag
	idItems // the items of a slice of a Go type
)

func pointerID[T any](p *T) identity {
	return identity{uintptr(unsafe.Pointer(p)), idPointer}
}

func strID(s string) identity {
	return identity{uintptr(unsafe.Pointer(unsafe.StringData(s))), uint64(len(s))<<4 | idStr}
}

func bytesID(s py.Bytes) identity {
	return identity{uintptr(unsafe.Pointer(unsafe.StringData(string(s)))), uint64(len(s))<<4 | idBytes}
}

func tupleID(t py.Tuple) identity {
	return identity{uintptr(unsafe.Pointer(unsafe.SliceData(t))), uint64(len(t))<<4 | idTuple}
}

// holds reports whether it is the identity of a list, dict or tuple of package py: what such
// a container holds lives as long as the dump.
func (id identity) holds() bool {
	kind := id.tag & 15
	return kind == idPointer || kind == idTuple
}

// A memoTable maps identities to memo numbers. It is an open hash table without pointers,
// which the garbage collector need not look at; what its addresses belong to is kept
// alive by the value that is being dumped, or by encoder.keep.
type memoTable struct {
	slots    []memoSlot
	used     int
	most     int                 // how many may be used before the table grows
	base     uint32              // slots with a number up to this one are free: it was used for another pickle
	expected int                 // how many identities there may come to be, if that is known
	long     map[identity]uint32 // what is too long for a slot's tag
}

// A memoSlot is 16 bytes, of which four make a cache line.
type memoSlot struct {
	addr uintptr
	tag  uint32
	n    uint32 // memo number plus one and the table's base
}

const (
	smallMemo = 64
	maxMasked = 1 << 12 // tables up to this size have a power of two
	maxTag    = 1<<32 - 1
)

var spareMemo spare.Slot[memoSlot]

// place is where among n slots to look for an identity first. What lies side by side in
// memory, as the values of one load do, does so in the table too, in the same order: most of
// what is looked up is not there yet, and finding that out would else be a cache miss each
// time. Pages of memory go to places far apart, half of which their values leave free.
func place(addr uintptr, tag uint32, n int) int {
	const page = 1 << 11
	if n <= maxMasked {
		return int(uint32(addr>>grain[tag&15])+uint32(addr/page)*0x9e3779b1) & (n - 1)
	}
	hash := uint64(addr/page) * 0x9e3779b97f4a7c15
	start, _ := bits.Mul64(hash, uint64(n))
	at := int(start) + int(addr%page>>grain[tag&15])
	if at >= n {
		at -= n
	}
	return at
}

// grain is, as a power of two, how many addresses share a place: about half of how close to
// each other those of a kind of identity mostly are.
var grain = [16]uint8{idPointer: 3, idStr: 2, idBytes: 2, idTuple: 4, idSlice: 3, idMap: 3, idBox: 2,
	idTyped: 3, idItems: 3}

func (t *memoTable) get(id identity) (uint32, bool) {
	if id.tag > maxTag {
		n, ok := t.long[id]
		return n, ok
	}
	if len(t.slots) == 0 {
		return 0, false
	}
	s := t.find(id.addr, uint32(id.tag))
	return s.n - 1 - t.base, s.n > t.base
}

// find returns the slot of an identity, or the free one where it would be.
func (t *memoTable) find(addr uintptr, tag uint32) *memoSlot {
	slots, base := t.slots, t.base
	at := place(addr, tag, len(slots))
	for step := 0; ; step++ {
		s := &slots[at]
		if s.n <= base || s.addr == addr && s.tag == tag {
			return s
		}
		if at++; step == maxSteps {
			at = elsewhere(addr, tag, len(slots))
		} else if at == len(slots) {
			at = 0
		}
	}
}

// maxSteps is how far from its place an identity is looked for before it is elsewhere: where
// several pages came to the same places there may be long rows without a free slot.
const maxSteps = 16

// elsewhere is the other place of an identity, which no neighbours share.
func elsewhere(addr uintptr, tag uint32, n int) int {
	at, _ := bits.Mul64((uint64(addr)^uint64(tag)<<48)*0xd6e8feb86659fd93, uint64(n))
	return int(at)
}

// add is get, and put if there is none.
func (t *memoTable) add(id identity, n uint32) (uint32, bool) {
	if id.tag > maxTag || t.used >= t.most {
		return t.addSlow(id, n)
	}
	// This is find, in one function for speed.
	slots, base := t.slots, t.base
	addr, tag := id.addr, uint32(id.tag)
	at := place(addr, tag, len(slots))
	for step := 0; ; step++ {
		s := &slots[at]
		if s.n <= base {
			*s = memoSlot{addr, tag, base + n + 1}
			t.used++
			return n, false
		}
		if s.addr == addr && s.tag == tag {
			return s.n - 1 - base, true
		}
		if at++; step == maxSteps {
			at = elsewhere(addr, tag, len(slots))
		} else if at == len(slots) {
			at = 0
		}
	}
}

// addSlow is add for what is too long for a slot, or if the table is too full.
func (t *memoTable) addSlow(id identity, n uint32) (uint32, bool) {
	if id.tag <= maxTag {
		t.grow()
		return t.add(id, n)
	}
	if n, ok := t.get(id); ok {
		return n, ok
	}
	t.put(id, n)
	return n, false
}

func (t *memoTable) put(id identity, n uint32) {
	if id.tag > maxTag {
		if t.long == nil {
			t.long = make(map[identity]uint32)
		}
		t.long[id] = n
		t.used++
		return
	}
	if t.used >= t.most {
		t.grow()
	}
	t.insert(memoSlot{id.addr, uint32(id.tag), t.base + n + 1})
}

func (t *memoTable) insert(slot memoSlot) {
	s := t.find(slot.addr, slot.tag)
	if s.n <= t.base {
		t.used++
	}
	*s = slot
}

func (t *memoTable) grow() {
	old, long := t.slots, len(t.long)
	size := max(2*len(old), smallMemo)
	if size < 1<<12 { // small values seldom get here, so this one may be large
		size = max(4*len(old), smallMemo)
	}
	early := false
	if want := t.expected / 4 * 7; want > size {
		// A guess that is wide of the mark costs memory, since those that are there are far
		// apart in it. What is bounded grows again when little of it is used.
		bound := max(64*t.used, 1<<20)
		size, early = max(size, min(want, bound)), want > bound
	}
	if size < maxMasked {
		size = 1 << bits.Len(uint(size-1))
	}
	t.slots = nil
	if spare.Large[memoSlot](size) {
		if t.slots = spareMemo.Take(size); t.slots != nil { // it was cleared
			t.slots = t.slots[:size]
		}
	}
	if t.slots == nil {
		t.slots = make([]memoSlot, size)
	}
	if t.most = size / 4 * 3; early {
		t.most = max(size/4, 2*t.used)
	}
	t.used = long
	for _, s := range old {
		if s.n > t.base {
			t.insert(s)
		}
	}
}

// clear empties the table, in which the numbers are below n; one that grew large is spare
// for the next.
func (t *memoTable) clear(n uint32) {
	t.expected = 0
	if t.used == 0 {
		return
	}
	switch large := spare.Large[memoSlot](len(t.slots)); {
	case large:
		if t.used >= len(t.slots)/8 {
			clear(t.slots)
			spareMemo.Give(t.slots)
		}
		t.slots, t.base, t.most = nil, 0, 0
	case n < maxBase && t.base < maxBase:
		t.base += n + 1 // one more may be claimed, after an error
	default:
		clear(t.slots)
		t.base = 0
	}
	t.used, t.long = 0, nil
}

// maxBase is so far below the highest number that no pickle comes to it. A memo has as many
// entries as there is memory for.
const maxBase = 1 << 20

// A spot is where in the table an identity would be that was not there. The zero spot is none.
type spot struct{ at, size uint32 }

// look is get, with the spot if there is none.
func (t *memoTable) look(id identity) (n uint32, free spot, ok bool) {
	if id.tag == 0 || id.tag > maxTag || len(t.slots) == 0 {
		n, ok = t.get(id)
		return
	}
	if s := t.find(id.addr, uint32(id.tag)); s.n > t.base {
		return s.n - 1 - t.base, spot{}, true
	} else if len(t.slots) < math.MaxUint32 {
		at := (uintptr(unsafe.Pointer(s)) - uintptr(unsafe.Pointer(&t.slots[0]))) / unsafe.Sizeof(*s)
		free = spot{uint32(at), uint32(len(t.slots))}
	}
	return
}

// at returns the slot that a spot stands for if it still is where its identity would be: the
// table, which only grows, has not and need not, and nobody took it.
func (t *memoTable) at(free spot) *memoSlot {
	if int(free.size) != len(t.slots) || t.used >= t.most {
		return nil
	}
	if s := &t.slots[free.at]; s.n <= t.base {
		return s
	}
	return nil
}

// claims reports whether what [encoder.claim] looks up is put into the memo at once.
func (e *encoder) claims() bool { return !e.fast && e.aliases == nil }

// claimed is claim without writing GET; claims is what e.claims says.
func (e *encoder) claimed(id identity, claims bool) (uint32, bool) {
	if claims {
		return e.memo.add(id, e.memoLen)
	}
	return e.memo.get(id)
}

// claim writes GET if id is in the memo. If not it is now, with the next number: nothing may
// be memoized until [encoder.memoizeClaimed] is called with it.
func (e *encoder) claim(id identity) bool {
	n, ok := e.claimed(id, id.tag != 0 && e.claims())
	if ok {
		e.writeGet(n)
	}
	return ok
}

// memoizeClaimed is memoize for what was claimed.
func (e *encoder) memoizeClaimed(id identity) {
	if id.tag == 0 || !e.claims() {
		e.memoize(id)
		return
	}
	e.writePut(e.memoLen)
	e.memoLen++
}

// putMemo is memoizeClaimed for what was claimed while e.claims, in protocols from 2 on. It
// writes to b and returns how many bytes.
func (e *encoder) putMemo(b []byte) int {
	n := e.memoLen
	e.memoLen++
	if e.proto >= 4 {
		b[0] = byte(opcode.Memoize)
		return 1
	}
	return putPut(b, n)
}

// putStart writes an opcode and what follows it for a container that was claimed: PUT, and
// MARK if there are several items. There was a boundary, and the protocol is 2 or higher.
func (e *encoder) putStart(op opcode.Op, id identity, mark bool) {
	if id.tag == 0 || !e.claims() {
		e.out = append(e.out, byte(op))
		e.memoize(id)
		if mark {
			e.out = append(e.out, '(')
		}
		return
	}
	n := len(e.out)
	out := e.out[:n+16]
	out[n] = byte(op)
	n++
	n += e.putMemo(out[n:])
	if mark {
		out[n] = '('
		n++
	}
	e.out = out[:n]
}

// memoizeAt is memoize for what was looked up when its spot was free.
func (e *encoder) memoizeAt(free spot, id identity) {
	s := e.memo.at(free)
	if s == nil || !e.claims() {
		e.memoize(id)
		return
	}
	*s = memoSlot{id.addr, uint32(id.tag), e.memo.base + e.memoLen + 1}
	e.memo.used++
	e.writePut(e.memoLen)
	e.memoLen++
}

// gotSince reports whether id came into the memo since its spot was free, and as what.
func (e *encoder) gotSince(free spot, id identity) (uint32, bool) {
	if e.memo.at(free) != nil {
		return 0, false
	}
	return e.memo.get(id)
}

// memoize writes PUT or MEMOIZE for what was just written. The zero identity takes a
// number too, but nothing can refer to it: it is a temporary that only the encoder knows.
func (e *encoder) memoize(id identity) {
	if e.fast {
		return
	}
	n := e.memoLen
	e.memoLen++
	if id.tag != 0 {
		e.memo.put(id, n)
		if e.aliases != nil {
			if a, ok := e.aliases[id]; ok {
				e.memo.put(a, n)
			}
		}
	}
	e.writePut(n)
}

func (e *encoder) writePut(n uint32) {
	switch {
	case e.proto >= 4:
		e.out = append(e.out, 0x94)
	case e.proto == 0:
		e.out = append(e.out, 'p')
		e.out = appendInt(e.out, int64(n))
		e.out = append(e.out, '\n')
	case n < 256:
		e.out = append(e.out, 'q', byte(n))
	default:
		e.out = append(e.out, 'r', byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
}

func (e *encoder) writeGet(n uint32) {
	switch {
	case e.proto == 0:
		e.out = append(e.out, 'g')
		e.out = appendInt(e.out, int64(n))
		e.out = append(e.out, '\n')
	case n < 256:
		e.out = append(e.out, 'h', byte(n))
	default:
		e.out = append(e.out, 'j', byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
}

// got writes GET if id is in the memo, and reports whether it is.
func (e *encoder) got(id identity) bool {
	n, ok := e.memo.get(id)
	if ok {
		e.writeGet(n)
	}
	return ok
}

// lookedUp is got, with the spot where id would be.
func (e *encoder) lookedUp(id identity) (free spot, ok bool) {
	n, free, ok := e.memo.look(id)
	if ok {
		e.writeGet(n)
	}
	return free, ok
}
