package pickle

import (
	"github.com/go-pickle/pickle/py"
)

// A Protocol says in which form pickles are written. The zero Protocol is the default.
type Protocol uint8

// The protocols. Protocol 0 is text; 1 and 2 are those of Python 2; 3 came with Python 3.0,
// 4 with 3.4 and 5 with 3.8. All of them can be read without being named.
const (
	DefaultProtocol Protocol = iota // protocol 5, as in CPython since 3.14
	Protocol0
	Protocol1
	Protocol2
	Protocol3
	Protocol4
	Protocol5
)

// HighestProtocol is the newest protocol there is.
const HighestProtocol = Protocol5

// Number gives the protocol's number in Python: 0 to 5. It is -1 for what is none.
func (p Protocol) Number() int {
	switch {
	case p == DefaultProtocol:
		return 5
	case p <= Protocol5:
		return int(p - Protocol0)
	}
	return -1
}

// ProtocolNumber returns the protocol that Python calls n. As in Python a negative number
// means the highest. ok is false if n is over 5.
func ProtocolNumber(n int) (p Protocol, ok bool) {
	switch {
	case n < 0:
		return HighestProtocol, true
	case n <= 5:
		return Protocol0 + Protocol(n), true
	}
	return DefaultProtocol, false
}

// DecodeOptions say how to load; the zero value does what pickle.load does in Python. They
// may be copied and used by any number of goroutines.
type DecodeOptions struct {
	// NoFixImports keeps the names of Python 2 in protocols below 3 as they are
	// (fix_imports=False).
	NoFixImports bool

	// Encoding and Errors say how to decode the str of Python 2; "" means "ASCII" and
	// "strict". Built in are ASCII, latin-1 and the UTFs; the Encoding "bytes" gives
	// [py.Bytes]. Errors may be strict, ignore, replace, backslashreplace,
	// surrogateescape or surrogatepass.
	Encoding, Errors string

	// Charset finds encodings that are not built in; package charset has all that
	// Python users meet. nil knows none.
	Charset func(encoding string) (decode func(dst, src []byte, errors string) ([]byte, error), ok bool)

	// PersistentLoad turns a persistent id into the object it stands for; its error ends
	// loading. nil makes a persistent id an error, as in Python; [KeepPersistent] keeps
	// it as a [*py.PersistentRef]. Loading into Go types, which may leave out parts of the
	// pickle, need not call it.
	PersistentLoad func(id any) (any, error)

	// Buffers are the out-of-band buffers of protocol 5 in order. The values loaded
	// share their memory.
	Buffers []py.Buffer

	// Extension resolves the extension codes of copyreg. nil knows none.
	Extension func(code int) (g py.Global, ok bool)

	// Registry says which classes and functions of Python are what in Go. nil is
	// [stdlib.Registry], that of Python's standard library; with py.NewRegistry(), which
	// knows none, all instances load as [*py.Object] and all names as [py.Global].
	Registry *py.Registry

	// Plain gives plain Go where a value is loaded into an any, as [py.Plain] makes it:
	// map[string]any, []any, []byte, time.Time, as encoding/json would. What plain Go
	// can't hold is an error with its path. It copies what is shared.
	Plain bool

	// KeepCalls keeps every call as the [*py.Object] that the pickle says. Without it
	// calls that CPython's pickler writes for built-in values become those: complex,
	// and in protocols below 3 to 5 bytes, set, frozenset and bytearray.
	KeepCalls bool

	// KeepMemo lets the pickles that one Decoder reads share a memo, as one
	// pickle.Unpickler does. It is right only if one Pickler (KeepMemo in
	// [EncodeOptions]) wrote them all.
	KeepMemo bool

	// MaxBytes bounds the length of one pickle; 0 means no bound.
	MaxBytes int64

	// Policy refuses pickles that use what it does not allow, before the first object of
	// theirs is built; nil refuses none. A *scan.Policy of package scan is one.
	Policy Policy

	// What follows is about loading into Go types. With an *any it does not count.

	// IgnoreCase lets the names of fields match whatever their case, and without
	// underscores and dashes, as if all had the tag option case:ignore: then UserName
	// takes user_name. An exact match goes first.
	IgnoreCase bool

	// RejectUnknown makes it an error if a dict or instance has what the struct has no
	// field for. Without it that is left out, or kept in the field tagged unknown.
	RejectUnknown bool

	// RejectMissing makes it an error if a struct has a field for which the dict or
	// instance has no value. Without it such a field stays as it is.
	RejectMissing bool

	// AllErrors goes on after a value that does not fit its type, so that the error, then
	// a [DecodeErrors], tells of all of them.
	AllErrors bool

	// MaxMemory bounds the bytes that loading takes for Go values of the types asked for:
	// a short pickle may hold one list a million times, or None where the type is a large
	// array. 0 means 64 MB and 1000 bytes for each byte of the pickle, which is more than
	// data of any use needs; a negative number means no bound. The error is [ErrTooLarge].
	MaxMemory int64
}

// KeepPersistent is a PersistentLoad that keeps the id, so that the value can be dumped
// again.
func KeepPersistent(id any) (any, error) { return &py.PersistentRef{ID: id}, nil }

// EncodeOptions say how to dump; the zero value writes protocol 5. They may be copied and
// used by any number of goroutines.
type EncodeOptions struct {
	Protocol Protocol

	// NoFixImports keeps the names of Python 3 in protocols 0 to 2 (fix_imports=False).
	NoFixImports bool

	// Registry says how values of Go types are written as instances of Python classes.
	// nil is [stdlib.Registry].
	Registry *py.Registry

	// PersistentID is asked for every object that is no number, bool or None; if ok, the
	// pickle holds the id in the object's place. A [*py.PersistentRef] needs none.
	PersistentID func(v any) (id any, ok bool)

	// BufferCallback is offered each [*py.Buffer] in protocol 5. If it returns true the
	// data are not written: the callback has put them aside, and who loads needs them
	// in the same order. nil writes all data into the pickle.
	BufferCallback func(b *py.Buffer) (outOfBand bool)

	// Extension gives the extension code of a global, 1 to 2^31-1, for protocol 2 and
	// higher.
	Extension func(g py.Global) (code int, ok bool)

	// KeepMemo lets the pickles that one Encoder writes share a memo, as one
	// pickle.Pickler does: what was written before is referred to.
	KeepMemo bool

	// Fast writes without a memo, as Pickler.fast does: shared objects are written each
	// time, and a value that holds itself is an error.
	Fast bool

	// BytesAsByteArray writes a []byte as a bytearray, which Python can change in place
	// as Go can a []byte. Without it a []byte is bytes, since most Python code expects
	// those and they can be keys. Arrays of bytes are bytes always.
	BytesAsByteArray bool

	// SlicesAsTuples writes slices other than []byte as tuples, for Python code that has
	// them as keys or may not change them. Without it they are lists, since both grow.
	// Arrays are tuples always: in both languages their length is fixed and they can be
	// keys.
	SlicesAsTuples bool

	// NilAsNone writes nil slices and nil maps as None. Without it they are written as
	// empty ones, since that is what they are to Go programs, and since Python code that
	// loops over a list does not expect a None. A nil pointer, interface or func is None
	// always.
	NilAsNone bool

	// UnsortedMaps writes maps in the random order in which Go ranges over them. Without
	// it they are written in ascending order of their keys, so that equal values give
	// equal pickles: numbers by value, then strings, then what has no order of its own by
	// how Python would print it. For a large map sorting
	// takes about as long as writing it.
	UnsortedMaps bool

	// Style chooses between the forms of Python versions where they differ.
	Style Style
}

// A Style is a version of CPython whose pickler's bytes are written.
type Style uint8

const (
	// Python311 is the form of CPython 3.11, and the default.
	Python311 Style = iota
	// Python38 is that of CPython 3.8 and 3.9. It differs from Python311 in what some
	// classes of the standard library give, as fractions.Fraction.
	Python38
	// Python310 is that of CPython 3.10. It differs from Python38 in which classes of module
	// operator share the str of its name.
	Python310
	// Python312 is that of CPython 3.12. It differs from Python311 in which classes of module
	// collections share the str of its name.
	Python312
	// Python313 is that of CPython 3.13: in protocols below 4 dotted names are
	// written with one getattr for each dot.
	Python313
	// Python314 is that of CPython 3.14: like Python313, but for paths.
	Python314
	// Python315 is that of CPython 3.15: like Python314, and the last batch of a list,
	// dict or set is written as that of any other iterator.
	Python315
)

// minor is the minor version of Python 3 by which a [py.Form] names the style.
func (s Style) minor() int {
	switch s {
	case Python38:
		return 8
	case Python310:
		return 10
	case Python312:
		return 12
	case Python313:
		return 13
	case Python314:
		return 14
	case Python315:
		return 15
	}
	return 11
}
