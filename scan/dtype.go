package scan

import "github.com/go-pickle/pickle/graph"

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
		return // from before there were flags, which numpy then finds out
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
	spec := c.Node().Made().Args().Index(0)
	if spec.Kind() == graph.Str {
		var width int64
		if width, objects, known = typeSize(spec.Str()); known && size.Int() >= 0 && size.Int() != width {
			strange("its state has another size than its type")
			return
		}
	} else {
		known = false
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
