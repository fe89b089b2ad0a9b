package pyjson

import (
	"math/bits"
	"unsafe"

	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/internal/stack"
	"github.com/go-pickle/pickle/py"
)

// An ident is what Python's id() is for a pickler, as package pickle sees it: an address
// with the length and kind of what is there. A str and its first half, or a str and bytes
// made of it, may share their address in Go.
type ident struct {
	addr uint64
	tag  uint64 // length<<4 | kind
}

const (
	idPointer uint64 = iota + 1
	idStr
	idBytes
	idTuple
	idComplex
	idGlobal // addr is the pair of the entries of module and name
)

func pointerID[T any](p *T) ident {
	return ident{uint64(uintptr(unsafe.Pointer(p))), idPointer}
}

func strID(s string) ident {
	return ident{uint64(uintptr(unsafe.Pointer(unsafe.StringData(s)))), uint64(len(s))<<4 | idStr}
}

func bytesID(s py.Bytes) ident {
	return ident{strID(string(s)).addr, uint64(len(s))<<4 | idBytes}
}

func tupleID(t py.Tuple) ident {
	return ident{uint64(uintptr(unsafe.Pointer(unsafe.SliceData(t)))), uint64(len(t))<<4 | idTuple}
}

// complexID is the identity of the complex that x holds: that of its box.
func complexID(x any) ident {
	return ident{uint64(uintptr(box.Data(x))), idComplex}
}

// containerID is the identity of what holds other values, and of what else is a pointer.
// It is the zero ident for the empty tuple, of which there is one, and for everything else.
func containerID(v any) ident {
	switch v := v.(type) {
	case *py.List:
		return pointerID(v)
	case *py.Dict:
		return pointerID(v)
	case py.Tuple:
		if len(v) > 0 {
			return tupleID(v)
		}
	case *py.Object:
		return pointerID(v)
	case *py.Set:
		return pointerID(v)
	case *py.FrozenSet:
		return pointerID(v)
	case *py.PersistentRef:
		return pointerID(v)
	}
	return ident{}
}

// An entry is what the writer knows of one identity.
type entry struct {
	id   ident
	uses uint32 // how often it is met, and flags
	num  uint32 // its number in the text, 0 as long as it has none
}

const (
	flagOwn      = 1 << 31 // a str that is equal to another one with a better claim to be plain
	flagEscaped  = 1 << 30 // a str that is no valid UTF-8
	flagInterned = 1 << 29 // a str that is one of internedNames
	flagAlways   = 1 << 28 // a str that the plain string must be
	flagOpen     = 1 << 27 // Plain is in the middle of it
	maxUses      = flagOpen - 1
)

func (e *entry) count() uint32 { return e.uses & maxUses }

func (e *entry) use() {
	if e.uses&maxUses < maxUses {
		e.uses++
	}
}

// An entryTable maps identities to entries, which stay in the order in which they came. It
// holds no pointer: what its addresses belong to is kept alive by the value at hand.
type entryTable struct {
	slots   []uint32 // number of the entry plus one
	entries stack.Stack[entry]
}

// entry is the entry with number n.
func (t *entryTable) entry(n uint32) *entry { return t.entries.At(int(n)) }

func (t *entryTable) hash(id ident) uint64 {
	h := (id.addr ^ bits.RotateLeft64(id.tag, 40)) * 0x9e3779b97f4a7c15
	return h >> (64 - uint(bits.TrailingZeros(uint(len(t.slots)))))
}

// add returns the number of the entry of id, which it makes if there is none.
func (t *entryTable) add(id ident) (n uint32, fresh bool) {
	if t.entries.Len()*4 >= len(t.slots)*3 {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	at := t.hash(id)
	for ; t.slots[at] != 0; at = (at + 1) & mask {
		n := t.slots[at] - 1
		if t.entry(n).id == id {
			return n, false
		}
	}
	n = uint32(t.entries.Len())
	t.entries.Push(entry{id: id})
	t.slots[at] = n + 1
	return n, true
}

// none is the number of an entry that is not there.
const none = 1<<32 - 1

// number returns the number of the entry of id, none if there is no such entry.
func (t *entryTable) number(id ident) uint32 {
	if len(t.slots) == 0 {
		return none
	}
	mask := uint64(len(t.slots) - 1)
	for at := t.hash(id); t.slots[at] != 0; at = (at + 1) & mask {
		if n := t.slots[at] - 1; t.entry(n).id == id {
			return n
		}
	}
	return none
}

// find returns the entry of id, nil if there is none.
func (t *entryTable) find(id ident) *entry {
	if n := t.number(id); n != none {
		return t.entry(n)
	}
	return nil
}

func (t *entryTable) grow() {
	size := max(64, 2*len(t.slots))
	if size < 1<<20 {
		size *= 2 // enlarging is most of the work
	}
	t.slots = make([]uint32, size)
	mask := uint64(len(t.slots) - 1)
	for n := range uint32(t.entries.Len()) {
		at := t.hash(t.entry(n).id)
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = n + 1
	}
}
