// Package pickle loads and dumps Python's pickles: protocols 0 to 5, both ways, with nothing
// of Python needed, and with the bytes that CPython itself writes.
//
//	type Point struct {
//		X     float64 `pickle:"x"`
//		Y     float64 `pickle:"y"`
//		Label string  `pickle:"label,omitzero"`
//		_     struct{} `pickle:",class=geometry.Point"`
//	}
//
//	points, err := pickle.LoadFile[[]Point]("points.pkl") // what Python dumped
//	...
//	err = pickle.SaveFile("points.pkl", points) // Python loads instances of geometry.Point
//
// Without a Go type for it a pickle loads as the values of package py, which hold all that a
// pickle can say:
//
//	data, err := pickle.LoadFile[any]("data.pkl")
//
// Nothing that a pickle names is ever imported, looked up or called. A class or function is
// its name, a [py.Global]; an instance of a class that the registry does not know is a
// [*py.Object], which says how it was made and what was done to it after that, and which dumps
// to the same pickle again.
//
// # Python and Go
//
//	pickle.dump(obj, file, protocol)      Dump(w, v); EncodeOptions{Protocol: …}.Dump(w, v)
//	pickle.load(file, encoding=…)         Load[T](r); DecodeOptions{Encoding: …}.Load(r, &v)
//	pickle.dumps(obj), pickle.loads(b)    Marshal(v), Unmarshal(b, &v)
//	save(filename, obj), load(filename)   SaveFile(name, v), LoadFile[T](name)
//	pickle.Pickler, pickle.Unpickler      NewEncoder(w), NewDecoder(r)
//	fix_imports=False                     NoFixImports
//	persistent_id, persistent_load        PersistentID, PersistentLoad
//	buffer_callback, buffers              BufferCallback, Buffers
//	copyreg.add_extension                 Extension
//
// # Types
//
//	Python                        into an any            into Go types, besides any and its own
//	None                          nil                    the zero value of what is none
//	bool                          bool                   bool
//	int                           int64, *big.Int        numbers that hold it, *big.Int, *big.Rat, *big.Float
//	float                         float64                numbers that hold it
//	complex                       complex128             complex64
//	str                           string                 string, []byte, encoding.TextUnmarshaler
//	bytes, bytearray              py.Bytes, *ByteArray   []byte, [n]byte, string if it is UTF-8
//	list, tuple, deque            *py.List, py.Tuple     []T, [n]T, iter.Seq[T], struct by position
//	set, frozenset                *py.Set, *FrozenSet    map[T]struct{}, map[T]bool, []T
//	dict and its subclasses       *py.Dict               map[K]V, struct, iter.Seq2[K, V]
//	instance                      *py.Object             struct, map[string]V
//	namedtuple                    *py.Object             struct, []T
//	datetime, date, time          stdlib.Datetime, ...   time.Time
//	timedelta                     stdlib.Timedelta       time.Duration
//	Decimal, Fraction             stdlib.Decimal, ...    *big.Rat, *big.Float, numbers, string
//	UUID                          stdlib.UUID            [16]byte, string
//	ipaddress                     netip.Addr, Prefix     netip.Addr, netip.Prefix, string
//	others of Python's library    package stdlib         see there
//	class, function               py.Global              a Go type or func that the registry has for it
//
//	Go                            Python
//	bool, numbers, string         bool, int, float, complex, str
//	nil pointer, interface, func  None
//	[]byte, [n]byte               bytes
//	[]T, iter.Seq[T]              list
//	[n]T                          tuple
//	map[K]V                       dict, in ascending order of the keys
//	map[T]struct{}                set
//	iter.Seq2[K, V]               dict
//	[16]byte, named UUID          uuid.UUID
//	struct                        dict; instance or (named) tuple if its tag says so
//	*T                            T; two pointers to one T are one object
//	time.Time, time.Duration      datetime, timedelta
//	*big.Int, *big.Rat            int, Fraction
//	netip.Addr, netip.Prefix      ipaddress
//	encoding.TextMarshaler        str
//
// Numbers convert if nothing is lost: the float 2.0 is an int, 1.5 is an error that says where it
// stands. [EncodeOptions] and [DecodeOptions] change the defaults. A type may decide for itself as a [Marshaler] and
// [Unmarshaler]; a [py.Registry] in the options does so for Python's classes, and has Go funcs and
// types stand for names.
//
// # Dumping Go types
//
// First of all the [py.Registry] of the options is asked, for a value's type and for a
// pointer to it; then a value that is a [Marshaler] says itself what it is, and one that is
// an [encoding.TextMarshaler] becomes a str. MarshalJSON is not called. What no Python value
// stands for (a chan, a func that is not registered, a struct with fields of which none is
// exported, a string that is not UTF-8) is an error.
//
// The fields of a struct are those that encoding/json takes: exported ones, with those of
// embedded structs in their place. Their names are those of the fields, or what a tag says:
//
//	ID   int            `pickle:"id"`
//	Note string         `pickle:"note,omitzero"` // left out if it is zero, or IsZero() says so
//	Skip int            `pickle:"-"`
//	Base Thing          `pickle:",embed"`        // its fields are taken as if it were embedded
//	Rest map[string]any `pickle:",unknown"`      // its entries are written after the fields
//
// A struct is a dict with the fields as str keys. A tag on a blank field makes it another:
//
//	_ struct{} `pickle:",tuple"`                       // a tuple of the fields
//	_ struct{} `pickle:",class=geometry.Point"`        // an instance with the fields as attributes
//	_ struct{} `pickle:",class=geometry.Point,slots"`  // of a class that has __slots__; protocol 2 on
//	_ struct{} `pickle:",class=metrics.Sample,tuple"`  // of a namedtuple
//	_ struct{} `pickle:",class=geometry:Outer.Inner"`  // of a class inside another
//
// Instances are written as CPython writes those of a class that does not define how, with
// NEWOBJ or copyreg._reconstructor: __init__ is not called when they are loaded.
//
// A pointer, slice or map that is dumped twice is one object in Python, and a value may hold
// itself. A slice is the same as another if it has the same items at the same place, and as
// many. A struct or array that is not behind a pointer is an object of its own wherever it
// is. As in CPython equal names of fields are one str, and so are all empty strings and all
// single characters up to U+00FF.
//
// # Identity
//
// A pickle says which objects are the same one. Loading keeps that: an object that is used
// twice is one Go pointer, one string data or one backing array of a tuple, and a list that
// holds itself does so in Go. Dumping writes each object once and refers to it after that. So
// what was loaded dumps to the same bytes, at the same protocol and with the same options.
//
// # Errors
//
// A pickle that can't be loaded gives a [*graph.Error]: the kind of exception that CPython
// raises, its message, the offset and opcode. What does not fit the Go type asked for is a
// [*DecodeError] with the path to it, or all such errors are in a [DecodeErrors]; a struct whose tags
// contradict each other is a [*TagError]. A value that can't be dumped gives an
// [*EncodeError] with the path to the place, such as $["layers"][3]; then nothing has been
// written. Errors of readers, writers and of functions in the options are wrapped.
//
// # Memory
//
// Values that were loaded together share memory: their containers, numbers and strings are
// parts of larger pieces. Keeping a small part of a large value may keep all of it.
package pickle
