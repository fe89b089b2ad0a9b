package py

import (
	"math/bits"
	"unsafe"
)

// An idTable maps identities to Vs, as a map[ident]V would, in half the memory: a walk over
// values that are nested deeply, one byte of a pickle for each, may have to note all of them.
// It keeps alive what it has met. The zero idTable is empty and ready to use.
type idTable[V any] struct {
	slots []idSlot[V]
	used  int
}

// In an idSlot the length is cut off at 32 bits: a tuple of more items would take 64 GB, and
// must then be taken for a part of itself that has 2^32 items less.
type idSlot[V any] struct {
	p unsafe.Pointer // nil in a free slot
	n uint32
	v V
}

func (id ident) hash() uint64 {
	return mix(uint64(uintptr(id.p)) ^ bits.RotateLeft64(uint64(uint32(id.n)), 48))
}

// at is where id is, or the free slot where it would be.
func (t *idTable[V]) at(id ident) *idSlot[V] {
	mask := uint64(len(t.slots) - 1)
	for at := id.hash() & mask; ; at = (at + 1) & mask {
		s := &t.slots[at]
		if s.p == nil || s.p == id.p && s.n == uint32(id.n) {
			return s
		}
	}
}

// get returns what id was set to, and whether it was.
func (t *idTable[V]) get(id ident) (v V, ok bool) {
	if t.used == 0 {
		return v, false
	}
	s := t.at(id)
	return s.v, s.p != nil
}

// set maps id, which is not that of nil, to v.
func (t *idTable[V]) set(id ident, v V) {
	if 4*t.used >= 3*len(t.slots) {
		t.resize(max(8, 2*len(t.slots)))
	}
	s := t.at(id)
	if s.p == nil {
		s.p, s.n = id.p, uint32(id.n)
		t.used++
	}
	s.v = v
}

func (t *idTable[V]) resize(n int) {
	old := t.slots
	t.slots = make([]idSlot[V], n)
	for _, s := range old {
		if s.p != nil {
			*t.at(s.ident()) = s
		}
	}
}

// ident is the identity as at looks for it.
func (s *idSlot[V]) ident() ident { return ident{s.p, int(int32(s.n))} }

// keep drops what keep does not want.
func (t *idTable[V]) keep(want func(V) bool) {
	n := 0
	for _, s := range t.slots {
		if s.p != nil && want(s.v) {
			n++
		}
	}
	old := t.slots
	*t = idTable[V]{}
	if n == 0 {
		return
	}
	t.slots = make([]idSlot[V], max(8, 1<<bits.Len(uint(n+n/2))))
	t.used = n
	for _, s := range old {
		if s.p != nil && want(s.v) {
			*t.at(s.ident()) = s
		}
	}
}

// clear drops everything.
func (t *idTable[V]) clear() { *t = idTable[V]{} }
