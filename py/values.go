// Package py holds Python's values in Go.
//
// A Python value is held in an any:
//
//	Python                      Go
//	None                        nil
//	bool                        bool
//	int                         int64, or *big.Int where 64 bits are too few
//	float, complex              float64, complex128
//	str                         string: UTF-8, a lone surrogate as its three bytes
//	bytes, bytearray            Bytes, *ByteArray
//	tuple, list                 Tuple, *List
//	set, frozenset              *Set, *FrozenSet
//	dict                        *Dict
//	function, built-in, class   Global: its name, nothing is imported
//	any other object            *Object: what the pickle says of it, nothing is run
//	persistent reference        *PersistentRef
//	out-of-band buffer          *Buffer
//
// Things that Python can change are pointers: two references to one list are one *List.
// Functions that take a value also take Go's other integer kinds and float32.
//
// Values are not safe for concurrent use while one goroutine changes them; any number may
// read.
package py

// Bytes is a Python bytes object. It is a string in Go since it never changes, and so that
// it can be a map key.
type Bytes string

// Tuple is a Python tuple. Its items must not be changed once anything else may hold it.
// Its identity is that of its backing array: slicing or copying makes another tuple.
type Tuple []any

// List is a Python list, used as *List.
type List struct{ Items []any }

// NewList returns a list of the items, which it keeps without copying them.
func NewList(items ...any) *List { return &List{items} }

// Append adds items at the end.
func (l *List) Append(items ...any) { l.Items = append(l.Items, items...) }

// Len is the number of items.
func (l *List) Len() int { return len(l.Items) }

// ByteArray is a Python bytearray, used as *ByteArray.
type ByteArray struct{ Bytes []byte }

// Global is a class, function or other object at the top level of a module (or, with a
// dotted Name, nested in one), known by its name alone. Globals are compared by value.
type Global struct {
	Module string // such as "collections"
	Name   string // such as "OrderedDict" or "Outer.Inner"
}

// String gives module.name; where that would not be two names and a dot, because they hold
// something else than identifiers, it gives <global 'module' 'name'>.
func (g Global) String() string { return string(appendGlobal(nil, g)) }

// PersistentRef is an object kept outside the pickle, as its persistent id.
type PersistentRef struct{ ID any }

// Buffer is data that a pickle of protocol 5 may carry beside the stream, as a
// pickle.PickleBuffer does in Python.
type Buffer struct {
	Data     []byte
	ReadOnly bool
	Index    int // which of the stream's buffers it was when loaded, from 0
}
