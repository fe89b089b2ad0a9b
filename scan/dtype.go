package scan

import (
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// numpy.dtype believes its state (arraydescr_setstate in numpy's descriptor.c): of a type of objects
// that says that it is one of numbers, arrays take their pointers from the pickle's bytes, and a
// field may lie outside of its record. What numpy writes agrees with itself.

// The flags of a dtype that has objects in it: NPY_ITEM_REFCOUNT and NPY_LIST_PICKLE.
const objectFlags = 3

// dtypeState judges the state of an instance of numpy.dtype.
func (j *judge) dtypeState(c graph.Call, of *name) {
	strange := func(why string) { j.badArgs(invocationOf(c), of, why) }
	state := c.State()
	if state.Kind() != graph.Tuple || state.Len() < 5 {
		strange("its state is none that numpy writes")
		return
	}
	if state.Len() < 8 {
		if !oldDtypeState(state) {
			strange("its state is none that numpy writes")
		}
		return
	}
	builds := 0
	for range c.Node().Changes() {
		if builds++; builds > 1 {
			strange("it gets two states")
			return
		}
	}
	size, flags := state.Index(5), state.Index(7)
	if size.Kind() != graph.Int || flags.Kind() != graph.Int {
		strange("its state is none that numpy writes")
		return
	}
	objects, known := false, true
	made := c.Node().Made()
	spec := made.Args().Index(0)
	switch {
	case made.Kind() != graph.CallReduce && made.Kind() != graph.CallNew, j.callee(made.Func()) != of:
		strange("it is not made as numpy does")
		return
	case spec.Kind() == graph.Str:
		var width int64
		if width, objects, known = typeSize(spec.Str()); known && size.Int() >= 0 && size.Int() != width {
			strange("its state has another size than its type")
			return
		}
		if !known && flags.Int()&objectFlags == 0 {
			strange("it is of a type that numpy does not write")
			return
		}
	case spec.Kind() == graph.Global:
		known = false
		module, name := spec.Global()
		if numpys := module == "numpy" || strings.HasPrefix(module, "numpy."); !numpys || name != "record" && name != "void" {
			strange("it is of a type that nobody knows") // of most classes it is one of objects
			return
		}
	default:
		strange("it is of a type that numpy does not write")
		return
	}
	if sub := state.Index(2); sub.Kind() != graph.None {
		width, subObjects, ok := dtypeSize(sub.Index(0))
		if objects, known = objects || subObjects, known && ok; ok && satMul(max(0, width), elements(sub.Index(1))) > max(0, size.Int()) {
			strange("its subarray is larger than it is")
			return
		}
	}
	switch fields := state.Index(4); fields.Kind() {
	case graph.None:
	case graph.Dict:
		r := j.recordOf(fields)
		switch objects, known = objects || r.objects, known && r.known; {
		case r.strange:
			strange("its fields are none that numpy writes")
			return
		case r.end > size.Int():
			strange("a field lies outside of the record")
			return
		}
	default:
		strange("its fields are none that numpy writes")
		return
	}
	switch got := flags.Int() & objectFlags; {
	case objects && got != objectFlags:
		strange("it has objects and says that it has none: their addresses would be those in the pickle")
	case known && !objects && got != 0:
		strange("it has no objects and says that it has some")
	}
}

// oldDtypeState reports whether numpy finds out itself whether a type has objects: that of a plain
// type, from before version 3, where there were no flags.
func oldDtypeState(state graph.Node) bool {
	n := state.Len()
	if version := state.Index(0); n > 5 && (version.Kind() != graph.Int || version.Int() < 0 || version.Int() > 2) {
		return false
	}
	for i := 1; i < n-2; i++ { // but for the sizes, all may be None or the byte order
		if k := state.Index(i).Kind(); k != graph.None && k != graph.Str {
			return false
		}
	}
	return true
}

// A record is what is known about the fields of a dtype.
type record struct {
	end     int64 // of the last one
	objects bool
	known   bool // all of them are
	strange bool // they are none that numpy writes
}

// recordOf looks through the fields of a dtype, which may be those of others too, once.
func (j *judge) recordOf(fields graph.Node) record {
	if r, ok := j.records[fields.Ref()]; ok {
		return r
	}
	r := record{known: true}
	refs := fields.Refs()
	for i := 1; i < len(refs) && !r.strange; i += 2 {
		field := fields.At(refs[i])
		at := field.Index(1)
		if field.Kind() != graph.Tuple || at.Kind() != graph.Int || at.Int() < 0 {
			r.strange = true
			break
		}
		width, objects, ok := dtypeSize(field.Index(0))
		r.end = max(r.end, satAdd(at.Int(), max(0, width)))
		r.objects, r.known = r.objects || objects, r.known && ok
	}
	if fields.Shared() {
		if j.records == nil {
			j.records = make(map[graph.Ref]record)
		}
		j.records[fields.Ref()] = r
	}
	return r
}
