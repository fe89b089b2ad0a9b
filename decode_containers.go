package pickle

import (
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/py"
)

// sliceHeader is how Go lays out a slice.
type sliceHeader struct {
	p        unsafe.Pointer
	len, cap int
}

// count is the number of items in runs from start on.
func (d *typed) count(start int) int {
	n := 0
	for _, run := range d.runs[start:] {
		n += len(run)
	}
	return n
}

// elements returns memory for n elements of pl, after a look at the bound.
func (d *typed) elements(pl *plan, n int, r graph.Ref) (p unsafe.Pointer, ok bool) {
	// An element counts for at least as much as it is work to load.
	if size := uint64(max(pl.elem.size, 8)); uint64(n) > d.budget/size || !d.spend(uint64(n)*size) {
		return nil, d.tooLarge(pl, r)
	}
	return d.alloc(pl.elem, n), true
}

// sliceFrom loads the items in runs from start on into a slice, or a sequence of them.
func (d *typed) sliceFrom(pl *plan, p unsafe.Pointer, n graph.Node, start int) bool {
	r := n.Ref()
	if !d.unique(n, start) {
		return false
	}
	count := d.count(start)
	items, ok := d.elements(pl, count, r)
	if !ok {
		return false
	}
	share := sharedValue{items, count}
	if pl.op == opSeq {
		reflect.NewAt(pl.typ, p).Elem().Set(sequenceOf(pl, items, count))
		share = sharedValue{p: *(*unsafe.Pointer)(p)}
	} else {
		*(*sliceHeader)(p) = sliceHeader{items, count, count}
	}
	if !d.share(pl, n, share) {
		return false
	}
	if count == 0 || d.deep(deferred{pl: pl, p: items, n: count, ref: r}) {
		return true
	}
	return !d.stopped && d.items(pl.elem, items, start)
}

// sliceFromList is value for a list or tuple and a slice.
func (d *typed) sliceFromList(pl *plan, p unsafe.Pointer, n graph.Node) bool {
	isShared := n.Shared()
	if isShared {
		if v, ok := d.shared(pl, n); ok {
			*(*sliceHeader)(p) = sliceHeader{v.p, v.n, v.n}
			return true
		}
	}
	refs := n.Refs()
	items, ok := d.elements(pl, len(refs), n.Ref())
	if !ok {
		return false
	}
	*(*sliceHeader)(p) = sliceHeader{items, len(refs), len(refs)}
	if isShared && !d.share(pl, n, sharedValue{items, len(refs)}) {
		return false
	}
	if len(refs) == 0 || len(d.frames) >= maxDepth && d.deep(deferred{pl: pl, p: items, n: len(refs), ref: n.Ref()}) {
		return !d.stopped
	}
	at := d.push(frameIndex, 0)
	if d.stopped || !d.run1(pl.elem, items, refs, 0, at) {
		return false
	}
	d.pop()
	return true
}

// items loads the items in runs from start on into the elements at p.
func (d *typed) items(elem *plan, p unsafe.Pointer, start int) bool {
	at := d.push(frameIndex, 0)
	from := 0
	for i := start; i < len(d.runs); i++ {
		run := d.runs[i]
		if !d.run1(elem, unsafe.Add(p, from*int(elem.size)), run, from, at) {
			return false
		}
		from += len(run)
	}
	d.pop()
	return true
}

// run1 loads refs into the elements at p; the first has the number from.
func (d *typed) run1(elem *plan, p unsafe.Pointer, refs []graph.Ref, from, at int) bool {
	if len(refs) == 0 {
		return true
	}
	switch elem.quick {
	case opInt64:
		return d.numbers(elem, p, refs, from, at, func(done int) int {
			return d.g.Int64s(unsafe.Slice((*int64)(p), len(refs))[done:], refs[done:])
		})
	case opFloat64:
		return d.numbers(elem, p, refs, from, at, func(done int) int {
			return d.g.Float64s(unsafe.Slice((*float64)(p), len(refs))[done:], refs[done:])
		})
	case opString:
		return d.strings(elem, unsafe.Slice((*string)(p), len(refs)), refs, from, at)
	}
	for i, r := range refs {
		d.frames[at].at = int32(from + i)
		if !d.value(elem, unsafe.Add(p, i*int(elem.size)), r) {
			return false
		}
	}
	return true
}

// numbers loads refs with bulk, which takes as many as are of the usual kind, and those
// where it stops one by one.
func (d *typed) numbers(elem *plan, p unsafe.Pointer, refs []graph.Ref, from, at int, bulk func(done int) int) bool {
	for done := 0; ; done++ {
		if done += bulk(done); done == len(refs) {
			return true
		}
		d.frames[at].at = int32(from + done)
		if !d.value(elem, unsafe.Add(p, done*int(elem.size)), refs[done]) {
			return false
		}
	}
}

func (d *typed) strings(elem *plan, dst []string, refs []graph.Ref, from, at int) bool {
	for i, r := range refs {
		if start, end, ok := d.g.StrSpan(r); ok && end <= len(d.input) {
			dst[i] = d.input[start:end]
			continue
		}
		if d.g.KindOf(r) == graph.Str {
			dst[i] = d.str(r)
			continue
		}
		d.frames[at].at = int32(from + i)
		if !d.value(elem, unsafe.Pointer(&dst[i]), r) {
			return false
		}
	}
	return true
}

// unique leaves of the items of a set, in runs from start on, one of those that are equal.
func (d *typed) unique(n graph.Node, start int) bool {
	if k := n.Kind(); k != graph.Set && k != graph.FrozenSet && !(k == graph.Object && d.global(n.Made().Func()).is == isSet) {
		return true
	}
	count := d.count(start)
	if !d.spend(64 * uint64(count)) {
		return true // what comes next fails
	}
	refs := make([]graph.Ref, 0, count)
	for _, run := range d.runs[start:] {
		refs = append(refs, run...)
	}
	keys, ok := d.pythons(refs)
	if !ok {
		return false
	}
	var set py.Set
	if set.AdoptMemo(slices.Clone(keys), &d.b.keys) != nil || set.Len() == count {
		return true
	}
	places := firsts(keys, set.Items())
	if len(places) < set.Len() {
		return true
	}
	for i, at := range places {
		refs[i] = refs[at]
	}
	d.runs = append(d.runs[:start], refs[:len(places)])
	return true
}

// pythons are the values of refs in package py.
func (d *typed) pythons(refs []graph.Ref) ([]any, bool) {
	out := make([]any, len(refs))
	for i, r := range refs {
		v, ok := d.python(r)
		if !ok {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

// firsts are the places in all of the values that were kept, which stand there in the same
// order, each before what equals it. There are fewer if a value was kept in another form.
func firsts(all, kept []any) []int {
	out := make([]int, 0, len(kept))
	for i, v := range all {
		if len(out) == len(kept) {
			break
		}
		if k := kept[len(out)]; box.Data(v) == box.Data(k) && reflect.TypeOf(v) == reflect.TypeOf(k) {
			out = append(out, i)
		}
	}
	return out
}

// arrayFrom loads the items in runs from start on into an array of exactly so many.
func (d *typed) arrayFrom(pl *plan, p unsafe.Pointer, n graph.Node, start int) bool {
	if !d.unique(n, start) {
		return false
	}
	count := d.count(start)
	if count != pl.len {
		return d.fail(pl, n.Ref(), fmt.Errorf("%d items for %d", count, pl.len))
	}
	if !d.spend(8 * uint64(count)) {
		return d.tooLarge(pl, n.Ref())
	}
	return d.items(pl.elem, p, start)
}

// sequenceOf returns an iter.Seq, of pl's type, over the elements at p.
func sequenceOf(pl *plan, p unsafe.Pointer, count int) reflect.Value {
	slice := reflect.NewAt(pl.elem.slice, unsafe.Pointer(&sliceHeader{p, count, count})).Elem()
	return reflect.MakeFunc(pl.typ, func(args []reflect.Value) []reflect.Value {
		for i := range slice.Len() {
			if !args[0].Call([]reflect.Value{slice.Index(i)})[0].Bool() {
				break
			}
		}
		return nil
	})
}

// seq2From loads the keys and values in runs from start on into an iter.Seq2.
func (d *typed) seq2From(pl *plan, p unsafe.Pointer, n graph.Node, start int) bool {
	if len(d.frames) >= maxDepth {
		return d.fail(pl, n.Ref(), fmt.Errorf("an iter.Seq2 below %d levels", maxDepth))
	}
	all, ok := d.distinct(start)
	if !ok {
		return false
	}
	count := len(all) / 2
	each := uint64(pl.key.size+pl.elem.size) + 16
	if uint64(count) > d.budget/each || !d.spend(uint64(count)*each) {
		return d.tooLarge(pl, n.Ref())
	}
	keys := reflect.MakeSlice(pl.key.slice, count, count)
	values := reflect.MakeSlice(pl.elem.slice, count, count)
	at := d.push(frameKey, 0)
	for i := range count {
		d.frames[at] = frame{kind: frameKey, at: int32(i), key: all[2*i]}
		if !d.value(pl.key, keys.Index(i).Addr().UnsafePointer(), all[2*i]) {
			return false
		}
		d.frames[at].kind = frameValue
		if !d.value(pl.elem, values.Index(i).Addr().UnsafePointer(), all[2*i+1]) {
			return false
		}
	}
	d.pop()
	reflect.NewAt(pl.typ, p).Elem().Set(reflect.MakeFunc(pl.typ, func(args []reflect.Value) []reflect.Value {
		for i := range count {
			if !args[0].Call([]reflect.Value{keys.Index(i), values.Index(i)})[0].Bool() {
				break
			}
		}
		return nil
	}))
	return true
}

// distinct are the keys and values in runs from start on, without those that Python takes
// for one key: the first such key and the last value stay.
func (d *typed) distinct(start int) (pairs []graph.Ref, ok bool) {
	count := d.count(start) / 2
	if !d.spend(160 * uint64(count)) {
		return nil, true // what comes next fails
	}
	refs := make([]graph.Ref, 0, count)
	pairs = make([]graph.Ref, 0, 2*count)
	for _, run := range d.runs[start:] {
		pairs = append(pairs, run...)
		for i := 0; i+1 < len(run); i += 2 {
			refs = append(refs, run[i])
		}
	}
	keys, ok := d.pythons(refs)
	if !ok {
		return nil, false
	}
	numbered := make([]any, 2*count)
	for i, k := range keys {
		numbered[2*i], numbered[2*i+1] = k, i
	}
	var dict py.Dict
	if dict.AdoptMemo(numbered, &d.b.keys) != nil || dict.Len() == count {
		return pairs, true
	}
	var kept []any
	var last []int
	for k, at := range dict.All() {
		kept, last = append(kept, k), append(last, at.(int))
	}
	places := firsts(keys, kept)
	if len(places) < len(kept) {
		return pairs, true
	}
	out := make([]graph.Ref, 0, 2*len(kept))
	for i, first := range places {
		out = append(out, refs[first], pairs[2*last[i]+1])
	}
	return out, true
}
