package pickle

import (
	"fmt"
	"iter"
	"math/big"
	"slices"
	"unsafe"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/internal/spare"
	"github.com/go-pickle/pickle/internal/wire"
	"github.com/go-pickle/pickle/py"
)

// A builder makes the values of package py from a graph, without recursion. The first pass
// over the nodes, which are in the order in which the pickle made them, gives each its
// place in memory that is allocated in one piece for each kind. The second pass fills the
// containers: then every reference has a value to point to, whatever the cycles.
type builder struct {
	g     *graph.Graph
	o     *DecodeOptions
	begun bool   // build was called
	plain bool   // it was, and for a pickle without names and persistent references
	owned bool   // nobody else has the input: strings may share it
	input string // the input, or a copy, for strings to share; "" if they get copies of their own

	// slot is for each node its place in the memory of its kind.
	slot []uint32

	builtValues

	known []any // values, where most nodes are used many times

	// With KeepMemo: the values of the nodes of earlier pickles, and how many nodes of
	// each kind there were.
	old   []any
	built map[graph.NodeKind]int

	modules map[string]string // one string for each module name without a node
	late    []graph.Ref       // globals whose str objects come after them
	reached graph.Ref         // how far fillKeys is
	keys    py.KeyMemo        // of all dicts and sets of this load
	folds   folds
	interns interns

	registered registered

	typed *typed // kept for loading into Go types, nil if it is in use or was never
}

// builtValues is the memory of the values of one pickle.
type builtValues struct {
	ints    []int64
	longs   []big.Int
	floats  []float64
	strs    []string
	bytes   []py.Bytes
	arrays  []py.ByteArray
	tuples  []py.Tuple
	lists   []py.List
	dicts   []py.Dict
	sets    []py.Set
	frozen  []py.FrozenSet
	globals []py.Global
	objects []py.Object
	buffers []py.Buffer
	others  []any // results of persistent loads, folded calls

	elems slab[any]
	ops   slab[py.Op]
	text  slab[byte]
	small slab[int64] // boxes of inline integers
	words slab[big.Word]
}

var spareSlots spare.Slot[uint32]

var (
	intType    = box.For[int64]()
	floatType  = box.For[float64]()
	strType    = box.For[string]()
	bytesType  = box.For[py.Bytes]()
	tupleType  = box.For[py.Tuple]()
	globalType = box.For[py.Global]()
)

// A slab hands out parts of larger pieces of memory.
type slab[T any] struct {
	free []T
	left int // how much will be asked for in all, if known
}

// slabPiece is how many entries a slab allocates at once, if more will be asked for.
const slabPiece = 8 << 10

func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		s.free = make([]T, max(n, min(slabPiece, s.left)))
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	s.left -= n
	return out
}

// smallInts are boxed for good; there are a power of two.
const minSmallInt, maxSmallInt = -256, 1791

var smallInts = func() (t [maxSmallInt - minSmallInt + 1]int64) {
	for i := range t {
		t[i] = int64(i) + minSmallInt
	}
	return t
}()

// clear gets the builder ready for another pickle: it keeps no value.
func (b *builder) clear() {
	if !b.begun { // a load into Go types did not need it
		b.g, b.o = nil, nil
		return
	}
	slot := b.slot
	if spare.Large[uint32](cap(slot)) {
		spareSlots.Give(slot)
		slot = nil
	}
	b.slot = slot
	claims, typed := b.interns.claims[:0], b.typed
	if b.plain && b.old == nil {
		// What such a pickle can't have used is as it was: to write all of the builder
		// takes as long as the rest of loading it.
		b.g, b.o, b.input, b.begun, b.plain, b.owned = nil, nil, "", false, false, false
		b.builtValues, b.known, b.keys, b.reached = builtValues{}, nil, py.KeyMemo{}, 0
	} else {
		*b = builder{slot: slot, typed: typed}
	}
	b.interns = interns{claims: claims}
}

// smallGraph is up to how many items a graph is one for which the setting up counts.
const smallGraph = 256

// build returns the value of g's root.
func (b *builder) build() (any, error) {
	b.begun = true
	g := b.g
	b.plain = g.Count(graph.Global)+g.Count(graph.Persistent) == 0
	if g.Len() == 0 {
		return b.inline(g.Root()), nil
	}
	b.allocate()
	b.place()
	if err := b.fillKeys(); err != nil {
		return nil, err
	}
	if err := b.fill(); err != nil {
		return nil, err
	}
	if b.o.KeepMemo {
		if err := b.keepValues(); err != nil {
			return nil, err
		}
	}
	return b.value(g.Root().Ref()), nil
}

// nodes yields the nodes that this pickle made.
func (b *builder) nodes() iter.Seq[graph.Node] {
	return func(yield func(graph.Node) bool) {
		for r := b.g.First(); int(r) < b.g.Len(); r++ {
			if !yield(b.g.Node(r)) {
				return
			}
		}
	}
}

// keepValues keeps what the next pickle may refer to, and lets values of earlier pickles
// see what this one did to them.
func (b *builder) keepValues() error {
	for _, r := range b.g.Touched() {
		n := b.g.Node(r)
		switch v := b.old[r].(type) {
		case *py.List:
			v.Items = b.values(n.Refs())
		case *py.Dict:
			if err := v.AdoptMemo(b.values(n.Refs()), &b.keys); err != nil {
				return b.keyError(err)
			}
		case *py.Set:
			if err := v.AdoptMemo(b.values(n.Refs()), &b.keys); err != nil {
				return b.keyError(err)
			}
		case *py.ByteArray:
			v.Bytes = append([]byte{}, n.Payload()...)
		case *py.Object:
			v.Twins = nil
			b.fillChanges(v, n)
		case py.Global:
			o := &py.Object{How: py.ByName, Class: v}
			b.fillChanges(o, n)
			b.old[r] = o
		default:
			return fmt.Errorf("pickle: an instance that an earlier pickle made, now a Go %T, is changed; "+
				"load with an empty Registry to keep it as an Object", v)
		}
	}
	for n := range b.nodes() {
		b.old = append(b.old, b.value(n.Ref()))
	}
	if b.built == nil {
		b.built = make(map[graph.NodeKind]int)
	}
	for k := graph.None; k <= graph.Buffer; k++ {
		b.built[k] = b.g.Count(k)
	}
	return nil
}

// count is how many nodes of a kind this pickle made.
func (b *builder) count(k graph.NodeKind) int {
	if b.built == nil {
		return b.g.Count(k)
	}
	return b.g.Count(k) - b.built[k]
}

func zeroed[T any](n int) []T {
	if n == 0 {
		return nil
	}
	return make([]T, n)
}

func (b *builder) allocate() {
	g := b.g
	n := g.Len()
	if cap(b.slot) < n && spare.Large[uint32](n) {
		b.slot = spareSlots.Take(n)
	}
	if cap(b.slot) < n && len(b.old) > 0 {
		b.slot = slices.Grow(b.slot[:0], n) // it grows a little with each of many pickles
	}
	if cap(b.slot) < n {
		b.slot = make([]uint32, n)
	}
	b.slot = b.slot[:n]
	b.longs = zeroed[big.Int](b.count(graph.Long))
	if !b.allocateSmall() {
		b.strs = zeroed[string](b.count(graph.Str))
		b.lists = zeroed[py.List](b.count(graph.List))
		b.dicts = zeroed[py.Dict](b.count(graph.Dict))
		b.elems = slab[any]{left: g.Items()}
	}
	b.bytes = zeroed[py.Bytes](b.count(graph.Bytes))
	b.arrays = zeroed[py.ByteArray](b.count(graph.ByteArray))
	b.tuples = zeroed[py.Tuple](b.count(graph.Tuple))
	b.sets = zeroed[py.Set](b.count(graph.Set))
	b.frozen = zeroed[py.FrozenSet](b.count(graph.FrozenSet))
	b.globals = zeroed[py.Global](b.count(graph.Global))
	b.objects = zeroed[py.Object](b.count(graph.Object))
	b.buffers = zeroed[py.Buffer](b.count(graph.Buffer))
	b.others = nil
	b.allocateFlat()
	b.words = slab[big.Word]{left: g.PayloadBytes()/8 + len(b.longs)}
	b.ops = slab[py.Op]{left: b.count(graph.Object)}
}

// A smallDict is what a dict of few items needs, with perhaps a list in it, in one piece:
// most pickles in caches and queues are such, and most of the time that loading them takes
// goes into allocations.
type smallDict[S [4]string | [8]string, E [8]any | [16]any] struct {
	dict  [1]py.Dict
	list  [1]py.List
	strs  S
	elems E
}

// allocateSmall allocates strings, lists, dicts and items if they fill most of a smallDict.
func (b *builder) allocateSmall() bool {
	items, strs, lists := b.g.Items(), b.count(graph.Str), b.count(graph.List)
	if items > 16 || strs > 8 || lists > 1 || b.count(graph.Dict) != 1 || items+strs < 5 {
		return false
	}
	if items <= 8 && strs <= 4 {
		s := new(smallDict[[4]string, [8]any])
		b.dicts, b.lists, b.strs, b.elems.free = s.dict[:], s.list[:lists], s.strs[:strs], s.elems[:]
		return true
	}
	if items+strs < 13 {
		return false
	}
	s := new(smallDict[[8]string, [16]any])
	b.dicts, b.lists, b.strs, b.elems.free = s.dict[:], s.list[:lists], s.strs[:strs], s.elems[:]
	return true
}

// allocateFlat is allocate for what holds no pointers: numbers and text.
func (b *builder) allocateFlat() {
	g := b.g
	data := g.Input()[:g.End()]
	ints, floats, text, small := b.count(graph.Int), b.count(graph.Float), g.PayloadBytes(), 0
	copied := !b.owned && mostlyText(text, len(data))
	if b.input = ""; b.owned {
		b.input = bytesAsString(data)
	}
	if g.Items() > smallGraph || len(data) > 16*smallGraph {
		b.ints, b.floats = zeroed[int64](ints), zeroed[float64](floats)
		if copied {
			b.input = string(data) // one copy for all
		}
		b.small = slab[int64]{left: len(data) / 3}
		b.text = slab[byte]{left: text}
		return
	}
	// All in one piece, whose length is known.
	small = g.CountInts(minSmallInt, maxSmallInt)
	switch {
	case b.owned:
		text = 0
	case copied:
		text = len(data)
	}
	const word = 8
	n := ints + floats + small + (text+word-1)/word
	if n == 0 {
		return
	}
	all := make([]int64, n)
	b.ints, all = all[:ints:ints], all[ints:]
	if floats > 0 {
		b.floats, all = unsafe.Slice((*float64)(unsafe.Pointer(&all[0])), floats), all[floats:]
	}
	b.small.free, all = all[:small:small], all[small:]
	if text > 0 {
		b.text.free = unsafe.Slice((*byte)(unsafe.Pointer(&all[0])), text)
	}
	if copied {
		copy(b.text.free, data)
		b.input = bytesAsString(b.text.free)
		b.text.free = nil
	}
}

// mostlyText reports whether strings are to share one copy of a pickle of size bytes, of
// which text are theirs: if that is the most of it. If it is short it may be less, as a
// copy of each takes longer.
func mostlyText(text, size int) bool {
	if size <= smallGraph {
		return text > size/5
	}
	return text > size/2
}

// place is the first pass. After it every value exists, but containers are empty.
func (b *builder) place() {
	g := b.g
	if g.Count(graph.Global) > 0 || len(b.old) > 0 {
		b.findFolds()
		b.findRegistered()
		if b.folds.any || b.registered.any {
			b.findUsed()
		}
	}
	var next [graph.Buffer + 1]uint32 // places of each kind
	slot, input := b.slot, b.input
	for i := g.First(); int(i) < len(slot); i++ {
		kind := g.KindOf(i)
		s := next[kind]
		next[kind] = s + 1
		slot[i] = s
		switch kind {
		case graph.Int:
			b.ints[s], _ = g.Int64(i)
		case graph.Float:
			b.floats[s], _ = g.Float64(i)
		case graph.Str:
			if start, end, ok := g.StrSpan(i); ok && end-start > 2 && input != "" {
				if text := input[start:end]; len(text) != len(intern.Latin1) || text != intern.Latin1 {
					b.strs[s] = text
					continue
				}
			}
			b.strs[s] = b.textOf(g.Node(i))
		case graph.Object:
			n := g.Node(i)
			_ = b.fold(n) || b.placeRegistered(n)
		case graph.Bytes:
			b.bytes[s] = py.Bytes(b.textOf(g.Node(i)))
		case graph.Global:
			b.placeGlobal(i, g.Node(i))
		case graph.Long:
			data := g.Node(i).Payload()
			wire.SetBig(&b.longs[s], b.words.take(wire.BigWords(len(data))), data)
		case graph.ByteArray:
			b.arrays[s] = py.ByteArray{Bytes: append([]byte{}, g.Node(i).Payload()...)}
		case graph.Persistent:
			slot[i] = uint32(len(b.others))
			b.others = append(b.others, nil)
		case graph.Buffer:
			n := g.Node(i)
			number, readOnly := n.Buffer()
			b.buffers[s] = py.Buffer{Data: n.Payload(), ReadOnly: readOnly, Index: number}
		}
	}
	b.placeLate()
	b.settle()
}

// textOf returns the payload of n as a string that nothing will change.
func (b *builder) textOf(n graph.Node) string {
	start, end, ok := n.Span()
	if ok && end-start > len(intern.Latin1) && b.input != "" {
		return b.input[start:end]
	}
	p := n.Payload()
	if len(p) <= len(intern.Latin1) && n.Kind() == graph.Str {
		b.interns.see(n.Ref(), p)
	}
	if len(p) == 0 {
		return b.emptyString()
	}
	if ok && b.input != "" {
		return b.input[start:end]
	}
	own := b.text.take(len(p))
	copy(own, p)
	return unsafe.String(&own[0], len(own))
}

// emptyString gives each empty string of the pickle, an object of its own, an address.
func (b *builder) emptyString() string { return unsafe.String(&b.text.take(1)[0], 0) }

// placeGlobal makes a Global; one that the pickle changes becomes an Object, since a
// Global is compared by value and has no room for changes.
func (b *builder) placeGlobal(i graph.Ref, n graph.Node) {
	if n.Changed() {
		b.slot[i] = uint32(len(b.others))
		b.others = append(b.others, &py.Object{How: py.ByName})
		return
	}
	module, name := n.GlobalNodes()
	if module.Valid() && module.Ref() > i || name.Valid() && name.Ref() > i {
		// GLOBAL named it first and STACK_GLOBAL again: those str objects have no place yet.
		b.late = append(b.late, i)
		return
	}
	b.globals[b.slot[i]] = b.global(n)
}

// placeLate gives names to the globals whose str objects came after them.
func (b *builder) placeLate() {
	for _, i := range b.late {
		b.globals[b.slot[i]] = b.global(b.g.Node(i))
	}
	b.late = nil
}

// global is n's name. Where the pickle made it of str objects it shares them: they may be
// used elsewhere too. Module names without one are shared by all names of the module.
func (b *builder) global(n graph.Node) py.Global {
	module, name := n.Global()
	moduleNode, nameNode := n.GlobalNodes()
	g := py.Global{Module: module, Name: name}
	if moduleNode.Valid() {
		g.Module = b.value(moduleNode.Ref()).(string)
	} else {
		if b.modules == nil {
			b.modules = make(map[string]string)
		}
		if m, ok := b.modules[module]; ok {
			g.Module = m
		} else {
			b.modules[module] = module
		}
	}
	if nameNode.Valid() {
		g.Name = b.value(nameNode.Ref()).(string)
	}
	return g
}

// inline is the value of a node without a number.
func (b *builder) inline(n graph.Node) any {
	switch n.Kind() {
	case graph.Bool:
		return n.Bool()
	case graph.Int:
		return b.inlineInt(n.Int())
	}
	return nil
}

func (b *builder) inlineInt(v int64) any {
	if uint64(v-minSmallInt) < uint64(len(smallInts)) {
		return intType.Of(&smallInts[v-minSmallInt])
	}
	p := &b.small.take(1)[0]
	*p = v
	return intType.Of(p)
}

// inlineInts stores the values of refs in out, as far as they are integers without a node,
// and returns how many it stored. Whether an integer is a small one is no branch here: in a
// long list nothing foretells it.
func (b *builder) inlineInts(out []any, refs []graph.Ref) int {
	free, used := b.small.free, 0
	out = out[:len(refs)]
	done := 0
	for i, r := range refs {
		v, ok := r.Int()
		if !ok || used >= len(free) {
			break
		}
		at := uint64(v - minSmallInt)
		past := at / uint64(len(smallInts))
		large := (past | -past) >> 63
		box := &free[used]
		*box = v
		out[i] = intType.Of([2]*int64{&smallInts[at%uint64(len(smallInts))], box}[large])
		used += int(large)
		done = i + 1
	}
	b.small.free = free[used:]
	b.small.left -= used
	return done
}

// value is the value of the node r.
func (b *builder) value(r graph.Ref) any {
	n := b.g.Node(r)
	if r.Inline() {
		return b.inline(n)
	}
	if int(r) < len(b.old) {
		return b.old[r]
	}
	s := b.slot[r]
	switch n.Kind() {
	case graph.Int:
		return intType.Of(&b.ints[s])
	case graph.Float:
		return floatType.Of(&b.floats[s])
	case graph.Str:
		return strType.Of(&b.strs[s])
	case graph.Tuple:
		return tupleType.Of(&b.tuples[s])
	case graph.List:
		return &b.lists[s]
	case graph.Dict:
		return &b.dicts[s]
	case graph.Object:
		switch s & slotTags {
		case 0:
			return &b.objects[s]
		case candidate:
			return nil // it is made before anything that is complete holds it
		}
		return b.others[s&^slotTags]
	case graph.Bytes:
		return bytesType.Of(&b.bytes[s])
	case graph.Global:
		if n.Changed() {
			return b.others[s]
		}
		if v, ok := b.registered.values[r]; ok {
			return v
		}
		return globalType.Of(&b.globals[s])
	case graph.Long:
		return &b.longs[s]
	case graph.ByteArray:
		return &b.arrays[s]
	case graph.Set:
		return &b.sets[s]
	case graph.FrozenSet:
		return &b.frozen[s]
	case graph.Persistent:
		return b.others[s]
	case graph.Buffer:
		return &b.buffers[s]
	}
	return nil
}

// manyInts is how many items are to come for inlineInts to pay.
const manyInts = 64

// values are the values of refs in memory of their own.
func (b *builder) values(refs []graph.Ref) []any {
	if len(refs) == 0 {
		return nil
	}
	out := b.elems.take(len(refs))
	slot := b.slot
	if len(b.old) > 0 {
		slot = nil // for value to look there first
	}
	for i := 0; i < len(refs); i++ {
		r := refs[i]
		switch {
		case r.Inline():
			if len(refs)-i >= manyInts {
				if n := b.inlineInts(out[i:], refs[i:]); n > 0 {
					i += n - 1
					continue
				}
			}
			if v, ok := r.Int(); ok {
				out[i] = b.inlineInt(v)
			} else if r.IsTrue() {
				out[i] = true
			} else if r.IsFalse() {
				out[i] = false
			}
			continue
		case int(r) < len(slot) && b.known == nil: // the most common kinds
			switch b.g.KindOf(r) {
			case graph.Str:
				out[i] = strType.Of(&b.strs[slot[r]])
				continue
			case graph.Float:
				out[i] = floatType.Of(&b.floats[slot[r]])
				continue
			case graph.Tuple:
				out[i] = tupleType.Of(&b.tuples[slot[r]])
				continue
			case graph.Dict:
				out[i] = &b.dicts[slot[r]]
				continue
			case graph.List:
				out[i] = &b.lists[slot[r]]
				continue
			}
		}
		if uint(r) < uint(len(b.known)) {
			if b.known[r] == nil {
				b.known[r] = b.value(r)
			}
			out[i] = b.known[r]
			continue
		}
		out[i] = b.value(r)
	}
	return out
}

// fillKeys fills what can be a key, in order, so that it is complete when a dict or set
// hashes it: what such values hold was made before them.
func (b *builder) fillKeys() error {
	g := b.g
	if g.Count(graph.Tuple)+g.Count(graph.FrozenSet)+g.Count(graph.Persistent)+g.Count(graph.Object) == 0 {
		return nil
	}
	b.others = slices.Grow(b.others, b.registered.candidates)
	for i := g.First(); int(i) < len(b.slot); i++ {
		b.reached = i
		n := g.Node(i)
		switch n.Kind() {
		case graph.Tuple, graph.FrozenSet:
			if err := b.fillContainer(n); err != nil {
				return err
			}
		case graph.Persistent:
			if err := b.persistent(i, n); err != nil {
				return err
			}
		case graph.Object:
			switch {
			case b.slot[i]&slotTags == candidate:
				b.make(n)
			case b.folds.any && b.folds.is[i]:
				if err := b.fillFrozenFold(n); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// fillContainer fills n, if it is a container that is empty yet.
func (b *builder) fillContainer(n graph.Node) error {
	s := b.slot[n.Ref()]
	var err error
	switch n.Kind() {
	case graph.Tuple:
		if t := &b.tuples[s]; len(*t) == 0 {
			*t = b.values(n.Refs())
		}
	case graph.List:
		if l := &b.lists[s]; l.Items == nil {
			l.Items = b.values(n.Refs())
		}
	case graph.Dict:
		if d := &b.dicts[s]; d.Len() == 0 {
			err = d.AdoptMemo(b.values(n.Refs()), &b.keys)
		}
	case graph.Set:
		if set := &b.sets[s]; set.Len() == 0 {
			err = set.AdoptMemo(b.values(n.Refs()), &b.keys)
		}
	case graph.FrozenSet:
		if set := &b.frozen[s]; set.Len() == 0 {
			err = set.AdoptMemo(b.values(n.Refs()), &b.keys)
		}
	case graph.Object:
		return b.fillFold(n)
	}
	if err != nil {
		return b.keyError(err)
	}
	return nil
}

// keyError should not happen: the graph has looked at all keys.
func (b *builder) keyError(err error) error {
	return &graph.Error{Kind: graph.TypeError, Message: err.Error(), Offset: b.g.End(), Err: err}
}

func (b *builder) persistent(i graph.Ref, n graph.Node) error {
	id := n.PersistentID()
	if b.o.PersistentLoad == nil {
		return fmt.Errorf("pickle: persistent id without a PersistentLoad")
	}
	b.complete(id) // persistent_load sees it before the pickle has ended
	v, err := b.o.PersistentLoad(b.value(id.Ref()))
	if err != nil {
		return fmt.Errorf("pickle: persistent id %s: %w", py.Repr(b.value(id.Ref())), err)
	}
	b.others[b.slot[i]] = v
	return nil
}

// oftenUsed is from how many uses of the average node on their values are looked up.
const oftenUsed = 4

// fill is the second pass for everything that fillKeys left.
func (b *builder) fill() error {
	if b.g.Items() > oftenUsed*len(b.slot) && len(b.old) == 0 {
		b.known = make([]any, len(b.slot))
	}
	for i := b.g.First(); int(i) < len(b.slot); i++ {
		n := b.g.Node(i)
		switch n.Kind() {
		case graph.List, graph.Dict, graph.Set:
			if err := b.fillContainer(n); err != nil {
				return err
			}
		case graph.Object:
			if b.folds.any && b.folds.is[i] {
				if err := b.fillFold(n); err != nil {
					return err
				}
				continue
			}
			switch s := b.slot[i]; s & slotTags {
			case inert:
				b.fillObject(b.others[s&^slotTags].(*py.Object), n)
			case 0:
				b.fillObject(&b.objects[s], n)
			}
		case graph.Global:
			if o, ok := b.changedGlobal(n); ok {
				o.Class = b.global(n)
				b.fillChanges(o, n)
			}
		}
	}
	return b.fillRegistered()
}

func (b *builder) changedGlobal(n graph.Node) (*py.Object, bool) {
	if !n.Changed() {
		return nil, false
	}
	o, ok := b.others[b.slot[n.Ref()]].(*py.Object)
	return o, ok
}

func (b *builder) fillObject(o *py.Object, n graph.Node) {
	b.fillCall(o, n)
	b.fillChanges(o, n)
}

// fillCall fills what made o.
func (b *builder) fillCall(o *py.Object, n graph.Node) {
	c := n.Made()
	switch c.Kind() {
	case graph.CallReduce:
		o.How = py.ByReduce
	case graph.CallNew:
		o.How = py.ByNewObj
	case graph.CallNewEx:
		o.How = py.ByNewObjEx
		o.Kwargs = b.value(c.Kwargs().Ref())
	case graph.CallInst:
		o.How = py.ByInst
		o.Args = py.Tuple(b.values(c.Refs()))
	case graph.FindName:
		o.How = py.ByName
		o.Args = py.Tuple(b.values(c.Refs()))
	}
	o.Class = b.callee(c)
	if a := c.Args(); a.Valid() {
		o.Args = b.value(a.Ref())
	}
}

// callee is what c calls. A name is one even if the registry has a value for it.
func (b *builder) callee(c graph.Call) any {
	f := c.Func()
	switch {
	case !f.Valid():
		return nil
	case f.Kind() == graph.Global && !f.Changed() && int(f.Ref()) >= len(b.old):
		return globalType.Of(&b.globals[b.slot[f.Ref()]])
	}
	return b.value(f.Ref())
}

// fillChanges fills o.Ops and o.Twins. Items that were added one after another are one Op.
func (b *builder) fillChanges(o *py.Object, n graph.Node) {
	count := 0
	for c := range n.Changes() {
		if c.Kind() != graph.TwinCall {
			count++
		}
	}
	if count == 0 && !n.Changed() {
		return
	}
	ops := b.ops.take(count)[:0]
	add := func(k py.OpKind, refs []graph.Ref) {
		items := b.values(refs)
		if last := len(ops) - 1; last >= 0 && ops[last].Kind == k && mergeable(k) {
			ops[last].Items = append(ops[last].Items, items...)
			return
		}
		ops = append(ops, py.Op{Kind: k, Items: items})
	}
	for c := range n.Changes() {
		switch c.Kind() {
		case graph.BuildState:
			add(py.OpBuild, []graph.Ref{c.State().Ref()})
		case graph.AppendItems:
			add(py.OpAppend, c.Refs())
		case graph.SetItems:
			add(py.OpSetItems, c.Refs())
		case graph.AddItems:
			add(py.OpAddItems, c.Refs())
		case graph.SetState:
			add(py.OpCall, []graph.Ref{c.Func().Ref(), c.State().Ref()})
		case graph.TwinCall:
			o.Twins = append(o.Twins, b.twin(c))
		}
	}
	o.Ops = ops
}

// mergeable reports whether two Ops of the kind in a row are one.
func mergeable(k py.OpKind) bool { return k != py.OpBuild && k != py.OpCall }

func (b *builder) twin(c graph.Call) py.Twin {
	var t py.Twin
	t.Class = b.callee(c)
	if a := c.Args(); a.Valid() {
		t.Args = b.value(a.Ref())
	} else {
		t.Args = py.Tuple(b.values(c.Refs()))
	}
	if k := c.Kwargs(); k.Valid() {
		t.Kwargs = b.value(k.Ref())
	}
	return t
}
