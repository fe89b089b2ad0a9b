package pickle

import (
	"math/bits"
	"unsafe"

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
	idComplex
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

// A memoTable maps identities to memo numbers. It is an open hash table without pointers,
// which the garbage collector need not look at; what its addresses belong to is kept
// alive by the value that is being dumped, or by encoder.keep.
type memoTable struct {
	slots []memoSlot
	used  int
}

type memoSlot struct {
	id identity
	n  uint32 // memo number plus one; 0 is a free slot
}

const smallMemo = 64

func (t *memoTable) hash(id identity) uint64 {
	h := (uint64(id.addr) ^ bits.RotateLeft64(id.tag, 40)) * 0x9e3779b97f4a7c15
	return h >> (64 - uint(bits.TrailingZeros(uint(len(t.slots)))))
}

func (t *memoTable) get(id identity) (uint32, bool) {
	if t.used == 0 {
		return 0, false
	}
	mask := uint64(len(t.slots) - 1)
	for at := t.hash(id); ; at = (at + 1) & mask {
		s := &t.slots[at]
		if s.n == 0 {
			return 0, false
		}
		if s.id == id {
			return s.n - 1, true
		}
	}
}

func (t *memoTable) put(id identity, n uint32) {
	if t.used*3 >= len(t.slots)*2 {
		t.grow()
	}
	t.insert(id, n+1)
}

func (t *memoTable) insert(id identity, n uint32) {
	mask := uint64(len(t.slots) - 1)
	for at := t.hash(id); ; at = (at + 1) & mask {
		s := &t.slots[at]
		if s.n == 0 {
			*s = memoSlot{id, n}
			t.used++
			return
		}
		if s.id == id {
			s.n = n
			return
		}
	}
}

func (t *memoTable) grow() {
	old := t.slots
	size := len(old) * 2
	if len(old) >= 1<<10 && len(old) < 1<<20 {
		size = len(old) * 4
	}
	t.slots, t.used = make([]memoSlot, max(size, smallMemo)), 0
	for _, s := range old {
		if s.n != 0 {
			t.insert(s.id, s.n)
		}
	}
}

// clear empties the table; one that grew large is dropped.
func (t *memoTable) clear() {
	if len(t.slots) > 1<<12 {
		t.slots = nil
	} else if t.used > 0 {
		clear(t.slots)
	}
	t.used = 0
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
