package pickle

import (
	"io"
	"math/big"
	"sync"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

func bigUint(v uint64) *big.Int { return new(big.Int).SetUint64(v) }

// Marshal returns the pickle of v in protocol 5, as pickle.dumps does.
func Marshal(v any) ([]byte, error) { return EncodeOptions{}.Marshal(v) }

// Dump writes the pickle of v to w in protocol 5, as pickle.dump does. If v can't be pickled
// nothing is written.
func Dump(w io.Writer, v any) error { return EncodeOptions{}.Dump(w, v) }

// Marshal returns the pickle of v.
func (o EncodeOptions) Marshal(v any) ([]byte, error) { return o.append(nil, v) }

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// Append appends the pickle of v to dst. After an error it returns dst as it was.
func (o EncodeOptions) Append(dst []byte, v any) ([]byte, error) { return o.append(dst, v) }

func (o *EncodeOptions) append(dst []byte, v any) ([]byte, error) {
	e := encoders.Get().(*encoder) // it is not put back if a function of the caller's panics
	if err := e.reset(o); err != nil {
		encoders.Put(e)
		return dst, err
	}
	err := e.dump(v)
	if err == nil {
		dst = e.appendTo(dst)
	}
	e.forget()
	e.trim()
	encoders.Put(e)
	return dst, err
}

func (e *encoder) reset(o *EncodeOptions) error {
	n := o.Protocol.Number()
	if n < 0 {
		return kindError(ValueError, "pickle protocol must be <= 5")
	}
	e.setOptions(o)
	e.o, e.proto, e.fast = &e.options, n, o.Fast
	if e.reg = o.Registry; e.reg == nil {
		if e.stdlib == nil {
			e.stdlib = stdlib.Registry()
		}
		e.reg = e.stdlib
	}
	return nil
}

// setOptions copies the options, so that the caller's need not be on the heap.
func (e *encoder) setOptions(o *EncodeOptions) {
	if o.hasPointers() {
		e.options = *o
		return
	}
	// The pointers are nil already, and without them there is nothing that the collector
	// has to be told of.
	to := &e.options
	to.Protocol, to.NoFixImports, to.KeepMemo, to.Fast = o.Protocol, o.NoFixImports, o.KeepMemo, o.Fast
	to.BytesAsByteArray, to.SlicesAsTuples, to.NilAsNone = o.BytesAsByteArray, o.SlicesAsTuples, o.NilAsNone
	to.UnsortedMaps, to.Style = o.UnsortedMaps, o.Style
}

// hasPointers reports whether there is anything in o that the collector looks at.
func (o *EncodeOptions) hasPointers() bool {
	return o.Registry != nil || o.PersistentID != nil || o.BufferCallback != nil || o.Extension != nil
}

// trim drops what one large value made large, and what refers to the value.
func (e *encoder) trim() {
	e.output.trim()
	e.tasks.Trim()
	if cap(e.parts) > 1<<12 {
		e.parts = nil
	}
	if len(e.keep) == 0 && cap(e.keep) > 1<<12 { // with KeepMemo it is in use
		e.keep = nil
	}
	if o := &e.options; o.hasPointers() {
		o.Registry, o.PersistentID, o.BufferCallback, o.Extension = nil, nil, nil, nil
	}
	e.reg = nil
}

// Dump writes the pickle of v to w, as [Encoder.Encode] does.
func (o EncodeOptions) Dump(w io.Writer, v any) error { return o.NewEncoder(w).Encode(v) }

// Unmarshal loads the pickle at the start of data into dst, a pointer, as pickle.loads
// does; what follows the pickle is ignored. The values share no memory with data.
//
// Into an *any it stores the values of package py, and what the registry has for classes.
// Into other types it loads what Python has as follows; what does not fit is a
// [*DecodeError], and then dst may be set in part.
//
//	None              nil, and the zero value of what can't be nil
//	bool              bool
//	int, float        number types that hold the very number: 3.0 goes into an int, 1.5
//	                  does not; a float32 takes the nearest of a float. *big.Int,
//	                  *big.Float and *big.Rat
//	complex           complex64, complex128
//	str               string, []byte in UTF-8, [encoding.TextUnmarshaler]
//	bytes, bytearray  []byte, [n]byte of as many, string if it is UTF-8
//	tuple             struct by position, slice, array of as many items
//	list              slice, array of as many items
//	set, frozenset    map[K]struct{}, map[K]bool, slice, array
//	dict              struct by the names of its fields, map
//	instance          struct by attributes (__dict__ and __slots__), or by position for a
//	                  namedtuple; map of its attributes. Of a class derived from a
//	                  built-in type, or like one, what that goes into: an OrderedDict
//	                  into a map, a deque into a slice, an enum member where its value
//	                  goes. What the registry has for its class: that Go type, and others
//	                  that it can be stored in, as a datetime in a time.Time
//	list and the like, dict
//	                  iter.Seq, iter.Seq2
//	anything          interfaces, as into an *any; types of package py; [Unmarshaler]
//
// None becomes the zero value, as null does with encoding/json/v2, because Python keeps it
// in attributes that are not set; a pointer tells it apart. A number is no bool, and a
// time.Duration takes a timedelta but no number, which has no unit.
//
// What the pickle holds once and uses often is one pointer, slice or map in Go as well, so
// that a value may hold itself; but text, bytes and numbers, which Python never changes,
// are copied for each pointer. What dst held is replaced, but for fields of structs that the
// pickle does not speak of. In a map of which several keys become equal the last counts.
//
// A field of a struct has the name that its tag gives, or its own in Go. Fields of embedded
// structs are taken for the struct's own. The tag is of the form
//
//	pickle:"name,option,option"
//
// where the name may be missing or stand in single quotes; pickle:"-" leaves the field
// alone. The options of a field are
//
//	omitzero      dumping leaves it out if it is zero
//	embed         a struct whose fields are taken for those of the struct around it
//	unknown       a map with string keys, or *py.Dict: takes what no other field does
//	case:ignore   the name matches whatever its case, underscores and dashes
//	case:strict   it does not, whatever the options say
//
// and those of a blank field, _ struct{}, are about the struct as a whole:
//
//	class=geometry.Point    instances of this class, and of no other, go into it;
//	                        geometry:Outer.Point is a class inside another
//	tuple                   it is a tuple, or a namedtuple, even where there are lists
//	case:ignore             is for all fields
//
// A tag that is none of this is a [*TagError].
func Unmarshal(data []byte, dst any) error {
	l := loaders.Get().(*loader)
	defer l.release()
	g, err := l.parser.Parse(data)
	if err != nil {
		return err
	}
	return l.into(g, false, dst)
}

// Load reads one pickle from r, as pickle.load does, and returns its value as a T; Load[any]
// gives the values of package py. It reads no byte of r past the pickle's STOP: see
// [graph.Options.Read].
func Load[T any](r io.Reader) (T, error) {
	var v T
	err := DecodeOptions{}.Load(r, &v)
	return v, err
}

// Unmarshal loads the pickle at the start of data into dst.
func (o DecodeOptions) Unmarshal(data []byte, dst any) error {
	_, err := o.unmarshal(data, false, dst)
	return err
}

// UnmarshalPrefix loads the pickle at the start of data into dst and returns how many
// bytes it takes, up to and with its STOP.
func (o DecodeOptions) UnmarshalPrefix(data []byte, dst any) (n int, err error) {
	return o.unmarshal(data, false, dst)
}

// unmarshal is UnmarshalPrefix; if owned, nobody else has data.
func (o *DecodeOptions) unmarshal(data []byte, owned bool, dst any) (n int, err error) {
	l := loaders.Get().(*loader)
	defer l.release()
	l.reset(o)
	g, err := l.parser.Parse(data)
	if err != nil {
		return int(g.End()), err
	}
	return int(g.End()), l.into(g, owned, dst)
}

// Load reads one pickle from r into dst.
func (o DecodeOptions) Load(r io.Reader, dst any) error {
	l := loaders.Get().(*loader)
	defer l.release()
	l.reset(&o)
	g, err := l.parser.Read(r)
	if err != nil {
		return err
	}
	return l.into(g, true, dst)
}

// A loader is what loading needs, kept for the next time. It has the zero options until
// reset gives it others.
type loader struct {
	o      DecodeOptions
	set    bool // o was set
	parser *graph.Parser
	b      builder
}

var loaders = sync.Pool{New: func() any { return &loader{parser: graph.NewParser(graph.Options{})} }}

func (l *loader) reset(o *DecodeOptions) {
	l.o, l.set = *o, true
	l.parser.Reset(l.o.graph())
}

func (l *loader) release() {
	l.b.clear()
	if l.set {
		l.o, l.set = DecodeOptions{}, false
		l.parser.Reset(graph.Options{})
	} else {
		l.parser.ClearMemo() // and with it the graph, which refers to the input
	}
	loaders.Put(l)
}

// graph gives the options for the pickle machine.
func (o *DecodeOptions) graph() graph.Options {
	g := graph.Options{
		NoFixImports:  o.NoFixImports,
		Encoding:      o.Encoding,
		Errors:        o.Errors,
		Charset:       o.Charset,
		PersistentIDs: o.PersistentLoad != nil,
		KeepMemo:      o.KeepMemo,
		MaxBytes:      o.MaxBytes,
		Buffers:       bufferData(o.Buffers),
	}
	if o.Extension != nil {
		g.Extension = func(code int) (string, string, bool) {
			name, ok := o.Extension(code)
			return name.Module, name.Name, ok
		}
	}
	return g
}

func bufferData(buffers []py.Buffer) []graph.BufferData {
	if buffers == nil {
		return nil
	}
	data := make([]graph.BufferData, len(buffers))
	for i, b := range buffers {
		data[i] = graph.BufferData{Data: b.Data, ReadOnly: b.ReadOnly}
	}
	return data
}

// into builds the value of g's root and stores it where dst points to. If owned, nobody
// else has the bytes that g refers to.
func (l *loader) into(g *graph.Graph, owned bool, dst any) error {
	if err := l.o.check(g); err != nil {
		return err
	}
	l.b.owned = owned
	if l.b.g != g { // the loader's first graph: it is always the parser's
		l.b.g, l.b.o = g, &l.o
	}
	return loadInto(&l.b, dst)
}
