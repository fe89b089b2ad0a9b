package pickle

import (
	"fmt"
	"math"
	"reflect"
	"unsafe"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/py"
)

// typed loads a graph into Go types, with no values of package py in between. It walks
// the graph and the plan of the type side by side. What is met for the first time in a
// slice, map or pointer is noted before it is filled, so that cycles end; below maxDepth
// levels it is filled later, from a list, so that the depth of a pickle is not that of the
// Go stack. The types themselves end every other recursion.
type typed struct {
	g    *graph.Graph
	o    *DecodeOptions
	to   reflect.Type // the last that was asked for: a pointer
	plan *plan        // of what it points to
	b    *builder     // makes the values of package py, where the types ask for them
	reg  *py.Registry

	built   bool // b has made its values
	stopped bool
	fatal   error
	errs    []*DecodeError
	budget  uint64

	frames []frame
	nodes  []pathNode
	base   int32 // in nodes: where the frames begin
	later  []deferred

	memo    map[sharedKey]sharedValue
	memoLog []sharedKey

	load    uint32 // the number of this load, which tells what below is of this one
	caches  []structCache
	pieces  []valuePiece
	used    []uint32 // places in pieces
	globals map[graph.Ref]globalInfo
	objects [simpleLevels]py.Object
	args    slab[any]
	made    map[graph.Ref]any // registered instances that are used several times
	last    graph.Ref         // the key of lastInfo
	lastOf  globalInfo
	runs    [][]graph.Ref

	texts
}

// maxDepth is how many levels of containers are loaded by recursion.
const maxDepth = 500

// The default of DecodeOptions.MaxMemory.
const (
	baseMemory    = 64 << 20
	memoryPerByte = 1000
)

// A deferred is memory that is still to be filled.
type deferred struct {
	pl   *plan
	p    unsafe.Pointer
	n    int // of a slice
	ref  graph.Ref
	path int32 // in nodes
}

// A sharedKey is an object of the pickle that was loaded into a type.
type sharedKey struct {
	ref graph.Ref
	id  uint32
}

// A sharedValue is a pointer, map or function, or a slice.
type sharedValue struct {
	p unsafe.Pointer
	n int
}

// loadInto loads g's root into what dst points to; b is ready to build g.
func loadInto(b *builder, dst any) error {
	if p, ok := dst.(*any); ok && p != nil {
		v, ok := b.buildSmall()
		var err error
		if !ok {
			v, err = b.build()
		}
		if err == nil && b.o.Plain {
			v, err = py.Plain(v)
		}
		if err == nil {
			*p = v
		}
		return err
	}
	t, to := reflect.TypeOf(dst), box.Data(dst)
	if to == nil || t.Kind() != reflect.Pointer {
		return fmt.Errorf("pickle: cannot load into a %T; give a pointer that is not nil", dst)
	}
	d := b.typed
	if b.typed = nil; d == nil {
		d = new(typed)
	}
	defer d.release(b)
	if d.to != t {
		pl, err := planOf(t.Elem())
		if err != nil {
			return err
		}
		d.to, d.plan = t, pl
	}
	pl := d.plan
	d.reset(b)
	if b.o.KeepMemo { // the next pickle may refer to any value of this one
		if err := d.build(); err != nil {
			return err
		}
	}
	d.run(pl, to)
	switch {
	case d.fatal != nil:
		return d.fatal
	case len(d.errs) == 0:
		return nil
	case b.o.AllErrors:
		return DecodeErrors(d.errs)
	}
	return d.errs[0]
}

func (d *typed) reset(b *builder) {
	d.g, d.o, d.b = b.g, b.o, b
	if b.g.Count(graph.Global) > 0 && !b.o.KeepCalls {
		d.reg = registryOr(b.o.Registry)
	}
	d.last = noGlobal
	d.load++
	switch most := b.o.MaxMemory; {
	case most > 0:
		d.budget = uint64(most)
	case most < 0:
		d.budget = math.MaxInt / 4 // what Go itself may refuse to allocate, with a panic
		if math.MaxInt > 1<<46 {
			d.budget = 1 << 46
		}
	default:
		d.budget = baseMemory + memoryPerByte*uint64(b.g.End())
	}
}

// release forgets the values and gives d back to b, from which it came.
func (d *typed) release(b *builder) {
	const few = 1 << 6 // of what is kept for the next load
	for _, id := range d.used {
		d.pieces[id] = valuePiece{}
	}
	d.used = d.used[:0]
	if cap(d.frames) > few {
		d.frames = nil
	}
	if cap(d.nodes)|cap(d.runs)|cap(d.later) != 0 {
		d.nodes, d.runs, d.later = reuse(d.nodes, few), reuse(d.runs, few), reuse(d.later, few)
	}
	if len(d.memoLog) > few {
		d.memo, d.memoLog = nil, nil
	} else if len(d.memoLog) > 0 {
		clear(d.memo)
		d.memoLog = d.memoLog[:0]
	}
	if len(d.globals) > few {
		d.globals = nil
	} else if len(d.globals) > 0 {
		clear(d.globals)
	}
	d.g, d.o, d.b, d.reg, d.made = nil, nil, nil, nil, nil
	d.built, d.stopped, d.fatal, d.errs, d.base = false, false, nil, nil, 0
	d.frames = d.frames[:0]
	if d.last != noGlobal {
		d.last, d.lastOf = noGlobal, globalInfo{}
	}
	d.texts, d.args = texts{}, slab[any]{}
	if d.load == 1<<32-1 { // its number would come again
		d.load, d.caches = 0, nil
	}
	b.typed = d
}

// reuse returns s empty, if it is small.
func reuse[T any](s []T, few int) []T {
	if cap(s) > few {
		return nil
	}
	clear(s[:cap(s)])
	return s[:0]
}

// run loads the root, and then what was left for later.
func (d *typed) run(pl *plan, p unsafe.Pointer) {
	d.value(pl, p, d.g.Root().Ref())
	for !d.stopped && len(d.later) > 0 {
		w := d.later[len(d.later)-1]
		d.later = d.later[:len(d.later)-1]
		d.frames, d.base = d.frames[:0], w.path
		d.fill(w)
	}
}

// fill fills what was deferred.
func (d *typed) fill(w deferred) {
	switch w.pl.op {
	case opPointer:
		d.value(w.pl.elem, w.p, w.ref)
	case opSlice, opSeq:
		start := len(d.runs)
		d.sequence(d.g.Node(w.ref))
		d.items(w.pl.elem, w.p, start)
	case opMap:
		start := len(d.runs)
		d.mapping(d.g.Node(w.ref))
		d.fillMap(w.pl, w.p, start, w.ref)
	}
}

// deep reports whether what comes next is to be left for later, and if so notes it.
func (d *typed) deep(w deferred) bool {
	if len(d.frames) < maxDepth {
		return false
	}
	if !d.spend(200) {
		return d.tooLarge(w.pl, w.ref)
	}
	w.path = d.here()
	d.later = append(d.later, w)
	return true
}

// build makes the values of package py.
func (d *typed) build() error {
	if d.built {
		return nil
	}
	d.built = true
	_, err := d.b.build()
	return err
}

var anyType = reflect.TypeFor[any]()

// plain stores plain Go.
func (d *typed) plain(pl *plan, p unsafe.Pointer, r graph.Ref) bool {
	v, ok := d.python(r)
	if !ok {
		return false
	}
	x, err := py.Plain(v)
	if err != nil {
		return d.fail(pl, r, err)
	}
	if !d.spend(plainSize(x)) {
		return d.tooLarge(pl, r)
	}
	*(*any)(p) = x
	return true
}

// plainSize is about how many bytes plain Go takes: py.Plain copies what is shared, and each
// any of the target is plain by itself.
func plainSize(x any) uint64 {
	n := uint64(16)
	switch x := x.(type) {
	case []byte:
		n += uint64(len(x))
	case []any:
		for _, item := range x {
			n += plainSize(item)
		}
	case map[string]any:
		for _, item := range x {
			n += 32 + plainSize(item)
		}
	case map[any]any:
		for _, item := range x {
			n += 32 + plainSize(item)
		}
	}
	return n
}

// python returns the value of r in package py, or what the registry has for it.
func (d *typed) python(r graph.Ref) (v any, ok bool) {
	n := d.g.Node(r)
	switch n.Kind() {
	case graph.None, graph.Bool, graph.Int:
		if r.Inline() {
			return d.b.inline(n), true
		}
		if !d.built {
			return n.Int(), true
		}
	case graph.Float:
		if !d.built {
			return n.Float(), true
		}
	case graph.Str:
		if !d.built {
			return d.str(r), true
		}
	}
	if err := d.build(); err != nil {
		return nil, d.stop(err)
	}
	return d.b.value(r), true
}

// shareable reports whether n may be met again while or after it is loaded, so that it is
// to be one object in Go, too.
func (d *typed) shareable(n graph.Node) bool {
	switch n.Kind() {
	case graph.Object:
		return n.Shared() || d.madeOfShared(n)
	case graph.List, graph.Dict, graph.Set, graph.FrozenSet, graph.Tuple, graph.ByteArray, graph.Buffer, graph.Persistent:
		return n.Shared()
	}
	return false
}

// madeOfShared reports whether an argument or state of an instance is used elsewhere: then
// it can lead back to the instance.
func (d *typed) madeOfShared(n graph.Node) bool {
	switch d.global(d.instance(n).class).is {
	case isUser, isOrderedDict: // their items are deeper
		return true
	}
	c := n.Made()
	args := c.Args()
	if args.Shared() || c.Kwargs().Shared() || args.Kind() == graph.Object {
		return true
	}
	for _, r := range args.Refs() {
		if !r.Inline() && reachesShared(d.g.Node(r)) {
			return true
		}
	}
	for _, r := range c.Refs() {
		if !r.Inline() && reachesShared(d.g.Node(r)) {
			return true
		}
	}
	for c = c.Next(); c.Kind() != graph.NoCall; c = c.Next() {
		state := c.State()
		if reachesShared(state) {
			return true
		}
		if state.Kind() == graph.Tuple && state.Len() == 2 && (state.Index(0).Shared() || state.Index(1).Shared()) {
			return true
		}
	}
	return false
}

// reachesShared reports whether n is a container that is used elsewhere, or is made of
// such.
func reachesShared(n graph.Node) bool {
	switch n.Kind() {
	case graph.List, graph.Dict, graph.Tuple, graph.Set, graph.FrozenSet:
		return n.Shared()
	case graph.Object:
		return true
	}
	return false
}

// shared finds what n was loaded as before into the type of pl.
func (d *typed) shared(pl *plan, n graph.Node) (v sharedValue, ok bool) {
	if !d.shareable(n) {
		return v, false
	}
	v, ok = d.memo[sharedKey{n.Ref(), pl.id}]
	return v, ok
}

// share notes v, into which n is going to be loaded.
func (d *typed) share(pl *plan, n graph.Node, v sharedValue) bool {
	if !d.shareable(n) {
		return true
	}
	if !d.spend(100) {
		return d.tooLarge(pl, n.Ref())
	}
	if d.memo == nil {
		d.memo = make(map[sharedKey]sharedValue)
	}
	k := sharedKey{n.Ref(), pl.id}
	d.memo[k] = v
	d.memoLog = append(d.memoLog, k)
	return true
}

// A mark is a state of loading to which one can go back.
type mark struct{ errs, memo, frames, later, runs int }

func (d *typed) mark() mark {
	return mark{len(d.errs), len(d.memoLog), len(d.frames), len(d.later), len(d.runs)}
}

// failedSince reports whether there were errors since m.
func (d *typed) failedSince(m mark) bool { return len(d.errs) > m.errs }

// back forgets what was loaded since m.
func (d *typed) back(m mark) {
	for _, k := range d.memoLog[m.memo:] {
		delete(d.memo, k)
	}
	clear(d.errs[m.errs:])
	d.errs, d.memoLog, d.later = d.errs[:m.errs], d.memoLog[:m.memo], d.later[:m.later]
	d.frames, d.runs = d.frames[:m.frames], d.runs[:m.runs]
	d.stopped = false
}

// value loads r into the memory at p, which holds a value of pl's type, and reports
// whether loading goes on.
func (d *typed) value(pl *plan, p unsafe.Pointer, r graph.Ref) bool {
	switch pl.quick {
	case opInt64:
		if v, ok := d.g.Int64(r); ok {
			*(*int64)(p) = v
			return true
		}
	case opFloat64:
		if v, ok := d.g.Float64(r); ok {
			*(*float64)(p) = v
			return true
		}
	case opBool:
		if r.IsTrue() || r.IsFalse() {
			*(*bool)(p) = r.IsTrue()
			return true
		}
	case opString:
		if d.g.KindOf(r) == graph.Str {
			*(*string)(p) = d.str(r)
			return true
		}
	case opStruct:
		switch d.g.KindOf(r) {
		case graph.Dict:
			return d.structFromDict(pl, p, r)
		case graph.Tuple:
			s := structLoad{pl: pl, p: p, ref: r}
			return d.positional(&s, d.g.Node(r).Refs()) && d.finish(&s)
		}
	case opSlice:
		if k := d.g.KindOf(r); k == graph.List || k == graph.Tuple {
			return d.sliceFromList(pl, p, d.g.Node(r))
		}
	case opPointer:
		return d.pointer(pl, p, r)
	case opInterface:
		if pl.typ == anyType && d.o.Plain {
			return d.plain(pl, p, r)
		}
		return d.interfaceValue(pl, p, r)
	}
	return d.anyKind(pl, p, r)
}

// anyKind is value for what is not so common.
func (d *typed) anyKind(pl *plan, p unsafe.Pointer, r graph.Ref) bool {
	if pl.unpickle {
		return d.unmarshaler(pl, p, r)
	}
	n := d.g.Node(r)
	k := n.Kind()
	if k == graph.None {
		reflect.NewAt(pl.typ, p).Elem().SetZero()
		return true
	}
	switch pl.op {
	case opNever:
		return d.fail(pl, r, fmt.Errorf("no Python value fits a Go %s", pl.typ.Kind()))
	case opPython:
		return d.stored(pl, p, r)
	}
	switch k {
	case graph.Bool, graph.Int, graph.Long, graph.Float, graph.Str, graph.Bytes, graph.ByteArray, graph.Buffer:
		return d.leaf(pl, p, r)
	case graph.Object:
		if pl.op == opStruct {
			if ok, fits := d.plainInstance(pl, p, n); fits {
				return ok
			}
		}
		return d.object(pl, p, n)
	case graph.Tuple, graph.List, graph.Dict, graph.Set, graph.FrozenSet:
		if ok, fits := d.container(pl, p, n); fits {
			return ok
		}
		return d.fail(pl, r, nil)
	}
	return d.stored(pl, p, r)
}

// container loads a container, or an instance that holds items or attributes, into a type
// for such. fits is false, and nothing was done, if that is no such type or n is of
// another form.
func (d *typed) container(pl *plan, p unsafe.Pointer, n graph.Node) (ok, fits bool) {
	start := len(d.runs)
	switch pl.op {
	case opStruct:
		ok, fits = d.structFrom(pl, p, n)
	case opSlice, opBytes, opSeq:
		if v, ok := d.shared(pl, n); ok {
			if pl.op == opSeq {
				*(*unsafe.Pointer)(p) = v.p
			} else {
				*(*sliceHeader)(p) = sliceHeader{v.p, v.n, v.n}
			}
			return true, true
		}
		if fits = d.sequence(n); fits {
			ok = d.sliceFrom(pl, p, n, start)
		}
	case opArray, opByteArray:
		if fits = d.sequence(n); fits {
			ok = d.arrayFrom(pl, p, n, start)
		}
	case opMap:
		ok, fits = d.mapFrom(pl, p, n)
	case opSeq2:
		if fits = d.mapping(n); fits {
			ok = d.seq2From(pl, p, n, start)
		}
	}
	d.runs = d.runs[:start]
	return ok, fits
}

// pointer loads r into a new variable, or lets the pointer be one that there is already.
func (d *typed) pointer(pl *plan, p unsafe.Pointer, r graph.Ref) bool {
	if r.IsNone() {
		*(*unsafe.Pointer)(p) = nil
		return true
	}
	n := d.g.Node(r)
	switch n.Kind() {
	case graph.Bool, graph.Int, graph.Long, graph.Float, graph.Str, graph.Bytes: // no object of its own
		if !d.spend(uint64(pl.elem.size) + 8) {
			return d.tooLarge(pl, r)
		}
		to := d.alloc(pl.elem, 1)
		*(*unsafe.Pointer)(p) = to
		if len(d.frames) >= maxDepth && d.deep(deferred{pl: pl, p: to, ref: r}) {
			return true
		}
		return !d.stopped && d.value(pl.elem, to, r)
	}
	if v, ok := d.shared(pl, n); ok {
		*(*unsafe.Pointer)(p) = v.p
		return true
	}
	if n.Kind() == graph.Object && d.mayBe(pl, n) {
		v, ok := d.python(r)
		if !ok {
			return false
		}
		if x := reflect.ValueOf(v); x.IsValid() && x.Type().AssignableTo(pl.typ) {
			reflect.NewAt(pl.typ, p).Elem().Set(x)
			return true
		}
	}
	if !d.spend(uint64(pl.elem.size) + 8) {
		return d.tooLarge(pl, r)
	}
	to := d.alloc(pl.elem, 1)
	*(*unsafe.Pointer)(p) = to
	if !d.share(pl, n, sharedValue{p: to}) {
		return false
	}
	if d.deep(deferred{pl: pl, p: to, ref: r}) {
		return true
	}
	return !d.stopped && d.value(pl.elem, to, r)
}

// interfaceValue loads r as Load[any] would.
func (d *typed) interfaceValue(pl *plan, p unsafe.Pointer, r graph.Ref) bool {
	v, ok := d.python(r)
	if !ok {
		return false
	}
	if pl.typ.NumMethod() == 0 {
		*(*any)(p) = v
		return true
	}
	to := reflect.NewAt(pl.typ, p).Elem()
	if v == nil {
		to.SetZero()
		return true
	}
	if x := reflect.ValueOf(v); x.Type().Implements(pl.typ) {
		to.Set(x)
		return true
	}
	return d.fail(pl, r, fmt.Errorf("a %T does not implement it", v))
}

func (d *typed) unmarshaler(pl *plan, p unsafe.Pointer, r graph.Ref) bool {
	v, ok := d.python(r)
	if !ok {
		return false
	}
	if err := reflect.NewAt(pl.typ, p).Interface().(Unmarshaler).UnmarshalPickle(v); err != nil {
		return d.fail(pl, r, err)
	}
	return true
}
