package pickle_test

import (
	"errors"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// TestEndless has values that Python can't have: immutable ones that hold themselves.
func TestEndless(t *testing.T) {
	tuple := py.Tuple{nil}
	tuple[0] = tuple
	ref, inTuple := new(py.PersistentRef), new(py.PersistentRef)
	ref.ID, inTuple.ID = ref, py.Tuple{inTuple}
	var pointer any
	pointer = &pointer
	type link *link
	var loop link
	loop = &loop
	object := &py.Object{How: py.ByReduce, Class: py.Global{Module: "m", Name: "f"}}
	object.Args = py.Tuple{object}
	class := &py.Object{How: py.ByReduce, Args: py.Tuple{}}
	class.Class = class
	getattr := &py.Object{How: py.ByReduce, Class: py.Global{Module: "builtins", Name: "getattr"}}
	getattr.Args = py.Tuple{getattr, "x"}
	inst := &py.Object{How: py.ByInst, Class: py.Global{Module: "m", Name: "C"}}
	inst.Args = py.Tuple{inst}
	var inMap any = map[string]any{"p": &pointer}
	type array [1]any
	a := new(array)
	a[0] = a
	for name, v := range map[string]any{"tuple": tuple, "reference": ref, "reference in tuple": inTuple, "pointer": pointer, "pointer type": loop,
		"arguments": object, "class": class, "getattr": getattr, "inst": inst, "pointer in a map": inMap, "array": a} {
		for _, p := range protocols() {
			for _, fast := range []bool{false, true} {
				_, err := pickle.EncodeOptions{Protocol: p, Fast: fast, Style: pickle.Python313}.Marshal(v)
				var ee *pickle.EncodeError
				if !errors.As(err, &ee) {
					t.Errorf("%s in protocol %d: %v", name, p.Number(), err)
				}
			}
		}
	}
}
