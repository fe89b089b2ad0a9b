package pickle

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// A DecodeError says which part of a pickle does not fit the Go type into which it was to
// be loaded.
type DecodeError struct {
	Path   string       // to the part, such as $[3].point or $["layers"][3]
	Offset int64        // of the part in the pickle where it is known, else -1
	Type   reflect.Type // into which it was to go
	Value  string       // the part, such as "float 1.5", "dict" or "geometry.Point object"
	Err    error        // why it does not fit, or nil if it is just another type
}

// Error gives path, value, type and reason in one line.
func (e *DecodeError) Error() string {
	s := "pickle: load " + e.Path + ": " + e.Value + " into " + e.Type.String()
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the reason.
func (e *DecodeError) Unwrap() error { return e.Err }

// DecodeErrors are the errors of a load with [DecodeOptions.AllErrors], in the order in
// which they were found. After 1000 of them loading stops.
type DecodeErrors []*DecodeError

// Error gives the errors, each in a line.
func (e DecodeErrors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns each error, for errors.Is and errors.As.
func (e DecodeErrors) Unwrap() []error {
	out := make([]error, len(e))
	for i, err := range e {
		out[i] = err
	}
	return out
}

const maxDecodeErrors = 1000

// Reasons of a [DecodeError].
var (
	// ErrUnknownField: with RejectUnknown, a key or attribute for which the struct has no field.
	ErrUnknownField = errors.New("the struct has no such field")
	// ErrMissingField: with RejectMissing, a field for which there is no key or attribute.
	ErrMissingField = errors.New("there is no value for the field")
	// ErrTooLarge: the Go value would take more memory than MaxMemory allows.
	ErrTooLarge = errors.New("the Go value takes more memory than DecodeOptions.MaxMemory allows")
)

var (
	errRange     = errors.New("out of range")
	errInexact   = errors.New("not exact")
	errUTF8      = errors.New("not valid UTF-8")
	errSurrogate = errors.New("a lone surrogate has no UTF-8")
	errUnit      = errors.New("a number has no unit; load it into a number type")
	errKey       = errors.New("can't be a key of a Go map")
)

// A frame says how far a container is that is being loaded: the path consists of them. It
// has no pointer, for one is made for each container.
type frame struct {
	kind frameKind
	plan uint32    // of framed fields: the struct
	at   int32     // the item or field
	key  graph.Ref // of framed keys
	node int32     // the place in typed.nodes of this very place, if somebody needed it
}

type frameKind uint8

const (
	frameIndex frameKind = iota // item at
	frameField                  // field at of the struct
	frameValue                  // the value of key
	frameKey                    // the key itself
)

// A pathNode is a place in the pickle that is kept beyond the loading of what is around it.
type pathNode struct {
	parent int32 // in typed.nodes; 0 for the root
	head   int32 // the place pathEnd levels below the root, if this is deeper
	depth  int32
	step   frame
}

// pathEnd is how many steps of each end a path shows.
const pathEnd = pathLength / 2

// push begins a container and returns the place of its frame.
func (d *typed) push(kind frameKind, plan uint32) int {
	n := len(d.frames)
	if n == cap(d.frames) {
		d.frames = append(d.frames, frame{})
	}
	d.frames = d.frames[:n+1]
	f := &d.frames[n] // field by field: it is read again soon
	f.kind, f.plan, f.at, f.key, f.node = kind, plan, 0, 0, 0
	return n
}

func (d *typed) pop() { d.frames = d.frames[:len(d.frames)-1] }

// here is the place where loading is now, in d.nodes.
func (d *typed) here() int32 {
	known := len(d.frames)
	for known > 0 {
		f := &d.frames[known-1]
		if f.node != 0 {
			if step := &d.nodes[f.node].step; step.at == f.at && step.kind == f.kind && step.key == f.key {
				break
			}
		}
		known--
	}
	at := d.base
	if known > 0 {
		at = d.frames[known-1].node
	}
	if len(d.nodes) == 0 {
		d.nodes = append(d.nodes, pathNode{}) // the root
	}
	for i := known; i < len(d.frames); i++ {
		parent := &d.nodes[at]
		next := pathNode{parent: at, head: parent.head, depth: parent.depth + 1, step: d.frames[i]}
		if parent.depth == pathEnd {
			next.head = at
		}
		at = int32(len(d.nodes))
		d.nodes = append(d.nodes, next)
		d.frames[i].node = at
	}
	return at
}

// path is the text of the place where loading is now.
func (d *typed) path() string {
	at := d.here()
	var steps []int32
	back := func(n int32, most int32) {
		for ; n != 0 && most > 0; n = d.nodes[n].parent {
			steps = append(steps, n)
			most--
		}
	}
	left := d.nodes[at].depth - 2*pathEnd
	if left > 0 {
		back(at, pathEnd)
		steps = append(steps, 0)
		back(d.nodes[at].head, pathEnd)
	} else {
		back(at, d.nodes[at].depth)
	}
	s := "$"
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i] == 0 {
			s += fmt.Sprintf("...%d more...", left)
			continue
		}
		s += d.step(&d.nodes[steps[i]].step)
	}
	return s
}

func (d *typed) step(f *frame) string {
	switch f.kind {
	case frameField:
		return fieldStep(planByID(f.plan).info.fields[f.at].name)
	case frameValue:
		return "[" + d.shortKey(f.key) + "]"
	case frameKey:
		return ".key(" + d.shortKey(f.key) + ")"
	}
	return "[" + strconv.Itoa(int(f.at)) + "]"
}

func fieldStep(name string) string {
	for i, c := range name {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') && c < 0x80 {
			return "[" + strconv.Quote(name) + "]"
		}
	}
	if name == "" {
		return `[""]`
	}
	return "." + name
}

func (d *typed) shortKey(r graph.Ref) string {
	const most = 40
	n := d.g.Node(r)
	switch n.Kind() {
	case graph.None:
		return "None"
	case graph.Bool, graph.Int, graph.Float:
		return py.Repr(leafValue(n))
	case graph.Str:
		return strconv.Quote(short(n.Str(), most))
	case graph.Bytes:
		return "b" + strconv.Quote(short(string(n.Payload()[:min(n.Len(), most+1)]), most))
	}
	return d.describe(r)
}

func short(s string, most int) string {
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// leafValue is the value of a bool, int or float.
func leafValue(n graph.Node) any {
	switch n.Kind() {
	case graph.Bool:
		return n.Bool()
	case graph.Int:
		return n.Int()
	case graph.Float:
		return n.Float()
	}
	return nil
}

// describe says in a few words what r is.
func (d *typed) describe(r graph.Ref) string {
	n := d.g.Node(r)
	switch k := n.Kind(); k {
	case graph.Bool, graph.Int, graph.Float, graph.Str:
		return k.String() + " " + d.shortKey(r)
	case graph.Long:
		return "int of " + strconv.Itoa(n.Len()*8) + " bits"
	case graph.Tuple, graph.List:
		if n.Len() == 1 {
			return k.String() + " of 1 item"
		}
		return k.String() + " of " + strconv.Itoa(n.Len()) + " items"
	case graph.Global:
		module, name := n.Global()
		return py.Global{Module: module, Name: name}.String()
	case graph.Object:
		if in := d.instance(n); in.class.Kind() == graph.Global {
			return d.describe(in.class.Ref()) + " object"
		}
		return "object"
	default:
		return k.String()
	}
}

// fail records that r does not fit pl, and reports whether loading goes on.
func (d *typed) fail(pl *plan, r graph.Ref, reason error) bool {
	return d.record(&DecodeError{Type: pl.typ, Value: d.describe(r), Err: reason, Offset: d.offset(r)})
}

func (d *typed) record(e *DecodeError) bool {
	e.Path = d.path()
	d.errs = append(d.errs, e)
	if d.o.AllErrors && len(d.errs) < maxDecodeErrors {
		return true
	}
	d.stopped = true
	return false
}

// offset is where r is in the pickle, -1 if that is not known.
func (d *typed) offset(r graph.Ref) int64 {
	n := d.g.Node(r)
	if start, _, ok := n.Span(); ok {
		return int64(start)
	}
	if n.Kind() == graph.Object {
		return n.Made().Offset()
	}
	return -1
}

// spend counts n bytes of memory, or of work on what is shared, and reports whether the
// bound still holds.
func (d *typed) spend(n uint64) bool {
	if n <= d.budget {
		d.budget -= n
		return true
	}
	d.budget = 0
	return false
}

// tooLarge records that pl's value for r takes too much memory: then loading ends.
func (d *typed) tooLarge(pl *plan, r graph.Ref) bool {
	d.fail(pl, r, ErrTooLarge)
	d.stopped = true
	return false
}

// stop ends loading with an error that is none of the types'.
func (d *typed) stop(err error) bool {
	d.fatal, d.stopped = err, true
	return false
}
