package pickle

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// A Kind names the exception that CPython raises for the same fault. Loading uses the
// kinds of package graph, dumping those below.
type Kind = graph.Kind

// The kinds of an [EncodeError].
const (
	// PicklingError: something that has no form in the protocol, or in any.
	PicklingError Kind = "PicklingError"
	// ValueError: an integer too long for text, a cycle in fast mode.
	ValueError = graph.ValueError
	// OverflowError: data longer than the protocol can say.
	OverflowError = graph.OverflowError
	// TypeError: a Go value that stands for nothing in Python.
	TypeError = graph.TypeError
	// RecursionError: an immutable value that holds itself.
	RecursionError Kind = "RecursionError"
	// MemoryError: the pickle would repeat shared ints in more than 64 MB.
	MemoryError = graph.MemoryError
)

// An EncodeError says why a value can't be dumped, and where in it. Nothing has been
// written then.
type EncodeError struct {
	Kind    Kind
	Path    string // to the place, such as $["layers"][3]
	Message string
	Hint    string // what to do about it, or ""
	Err     error  // what is behind it, or nil
}

// Error gives path, message and hint in one line.
func (e *EncodeError) Error() string {
	s := "pickle: dump"
	if e.Path != "" {
		s += " " + e.Path
	}
	s += ": " + e.Message
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Unwrap returns what is behind the error.
func (e *EncodeError) Unwrap() error { return e.Err }

func kindError(k Kind, message string) *EncodeError { return &EncodeError{Kind: k, Message: message} }

func (e *EncodeError) hint(h string) *EncodeError {
	e.Hint = h
	return e
}

// fail adds the path to err.
func (e *encoder) fail(err error) error {
	ee, ok := err.(*EncodeError)
	if !ok {
		ee = &EncodeError{Kind: PicklingError, Message: err.Error(), Err: err}
	}
	ee.Path = e.path()
	e.eaches = [len(e.eaches)]run{}
	return ee
}

// pathLength bounds a path: past it the middle is left out.
const pathLength = 32

// path says where the encoder is.
func (e *encoder) path() string {
	e.unwind(0)
	n := 0
	for _, step := range e.steps {
		n += max(step.hidden, 1)
	}
	s, i := "$", 0
	for _, step := range slices.Backward(e.steps) {
		if n <= pathLength || i < pathLength/2 || i >= n-pathLength/2 {
			s += step.text
		} else if i == pathLength/2 {
			s += fmt.Sprintf("...%d more...", n-pathLength)
		}
		i += max(step.hidden, 1)
	}
	return s
}

// pythonType is the type of what t saves.
func (t *task) pythonType() string {
	switch t.kind {
	case taskTuple:
		return "tuple"
	case taskList:
		return "list"
	case taskDict:
		return "dict"
	case taskSet:
		return "set"
	case taskFrozenSet:
		return "frozenset"
	}
	return py.TypeName(t.v)
}

// place is the part of the path that t adds.
func (t *task) place() string {
	if t.i == 0 && t.kind != taskChanges && t.kind != taskPersistent {
		return "" // nothing of it was begun
	}
	switch t.kind {
	case taskTuple, taskList, taskAppend:
		return fmt.Sprintf("[%d]", t.i-1)
	case taskDict, taskSetItems:
		if t.i%2 == 0 && t.i >= 2 {
			if key, ok := t.items[t.i-2].(fieldKey); ok {
				return key.step()
			}
			return "[" + shortRepr(t.items[t.i-2]) + "]"
		}
		return fmt.Sprintf(".key(%d)", t.i/2)
	case taskSet, taskAddItems, taskFrozenSet:
		return fmt.Sprintf(".item(%d)", t.i-1)
	case taskCall:
		if t.i == 1 {
			return ".class"
		}
		return ".args"
	case taskChanges:
		if o, ok := t.v.(*py.Object); ok && t.i < len(o.Ops) {
			if items := o.Ops[t.i].Items; len(items) == 1 && isPairs(items[0]) {
				return "" // its fields say where
			}
		}
		return ".state"
	case taskPersistent:
		return ".id"
	}
	return ""
}

func shortRepr(v any) string {
	switch v := v.(type) {
	case string:
		if len(v) > 40 {
			v = v[:40] + "..."
		}
		return fmt.Sprintf("%q", v)
	case nil, bool, int64, float64:
		return py.Repr(v)
	}
	if r := reflect.ValueOf(v); r.CanInt() || r.CanUint() || r.CanFloat() {
		return fmt.Sprint(r)
	} else if r.Kind() == reflect.String {
		return shortRepr(r.String())
	}
	return py.TypeName(v)
}
