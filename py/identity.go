package py

import (
	"math/big"
	"unsafe"
)

// An ident is the identity of a value, as Python's id() tells objects apart: the address
// of what it points to, and the length where several values can begin at one address
// (tuples, str, bytes), -1 elsewhere. It keeps what it names alive, so that an address
// held in a map is not given to another value.
type ident struct {
	p unsafe.Pointer
	n int
}

// containerID returns the identity of something that holds other values. The empty tuple
// has none and holds nothing.
func containerID(x any) (id ident, ok bool) {
	switch x := x.(type) {
	case Tuple:
		if len(x) == 0 {
			return ident{}, false
		}
		return tupleID(x), true
	case *List, *Dict, *Set, *FrozenSet, *Object, *PersistentRef:
		p := boxPointer(x)
		return ident{p, -1}, p != nil
	}
	return ident{}, false
}

// tupleID is the identity of a tuple that is not empty.
func tupleID(t Tuple) ident { return ident{unsafe.Pointer(unsafe.SliceData(t)), len(t)} }

// longLeaf is the size in bytes from which a str, bytes or int is worth remembering:
// below, looking it up costs about as much as reading it.
const longLeaf = 1024

// longLeafID returns the identity of a value without parts that is so long that a pickle
// which refers to it a hundred thousand times would make us read it as often.
func longLeafID(x any) (id ident, ok bool) {
	switch x := x.(type) {
	case string:
		return ident{unsafe.Pointer(unsafe.StringData(x)), len(x)}, len(x) >= longLeaf
	case Bytes:
		return ident{unsafe.Pointer(unsafe.StringData(string(x))), len(x)}, len(x) >= longLeaf
	case *ByteArray:
		return ident{unsafe.Pointer(x), -1}, x != nil && len(x.Bytes) >= longLeaf
	case *Buffer:
		return ident{unsafe.Pointer(x), -1}, x != nil && len(x.Data) >= longLeaf
	case *big.Int:
		return ident{unsafe.Pointer(x), -1}, x != nil && x.BitLen() >= 8*longLeaf
	}
	return ident{}, false
}

// boxPointer is the data word of the interface x: the pointer itself where x holds a
// pointer, otherwise the address of the value that x holds.
func boxPointer(x any) unsafe.Pointer {
	return (*[2]unsafe.Pointer)(unsafe.Pointer(&x))[1]
}

// boxAddr is the address of the data that the interface x points to: the identity of a
// value that Python compares by identity and Go holds by value. It must be given the
// interface that is stored; a conversion on the way makes a new box.
func boxAddr(x any) uintptr { return uintptr(boxPointer(x)) }

// A sampler says yes once in eight times, in an order that nobody can foresee. Walks that
// must not repeat shared parts remember a part when it says so, rather than always: a part
// is then walked some eight times before it is remembered, which is still linear, and
// honest values, most of whose parts are met once, pay for an eighth of the memory.
type sampler struct{ state uint64 }

func (s *sampler) hit() bool {
	if s.state == 0 {
		s.state = salt | 1
	}
	// xorshift64: full period, and no state is zero.
	s.state ^= s.state << 13
	s.state ^= s.state >> 7
	s.state ^= s.state << 17
	return s.state>>61 == 0
}
