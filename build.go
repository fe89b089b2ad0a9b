package pickle

import (
	"fmt"
	"iter"
	"slices"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/internal/spare"
	"github.com/go-pickle/pickle/internal/wire"
	"github.com/go-pickle/pickle/py"
)

// A builder makes the values of package py from a graph, without recursion. The first pass
// over the nodes, which are in the order in which the pickle made them, gives each container
// its place in memory that is allocated in one piece for each kind. The second pass fills
// them: then every reference has a value to point to, whatever the cycles. Numbers, and strs
// if nothing but containers refers to them, are made when what holds them is filled.
type builder struct {
	g     *graph.Graph
	o     *DecodeOptions
	begun bool // build was called
	plain bool // it was, and for a pickle without names and persistent references
	owned bool // nobody else has the input: strings may share it

	// slot is for each node its place in the memory of its kind, or, of those that are made
	// where they are used, one more than its place in leaves if it is there.
	slot     []uint32
	leaves   []box.Raw
	lazyStrs bool // strs are made where they are used, as numbers are
	placed   int  // how many nodes have a place from the beginning

	builtValues

	known []box.Raw // values, where most nodes are used many times

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

	smallValues smallValues // not kept: each load sets what it uses

	typed *typed // kept for loading into Go types, nil if it is in use or was never
}

// clear gets the builder ready for another pickle: it keeps no value.
func (b *builder) clear() {
	if !b.begun { // a load into Go types, or of a small pickle, did not need it
		return
	}
	slot := b.slot
	if spare.Large[uint32](cap(slot)) {
		spareSlots.Give(slot)
		slot = nil
	}
	b.slot = slot
	const few = 1 << 6
	claims, typed := b.interns.claims[:0], b.typed
	if cap(b.leaves) > few {
		b.leaves = nil
	}
	if b.plain && b.old == nil {
		// What such a pickle can't have used is as it was: to write all of the builder
		// takes as long as the rest of loading it.
		b.forget()
		b.begun, b.plain, b.owned = false, false, false
		b.known, b.keys, b.reached = nil, py.KeyMemo{}, 0
	} else {
		*b = builder{g: b.g, o: b.o, slot: slot, typed: typed}
	}
	b.interns = interns{claims: claims}
}

// build returns the value of g's root.
func (b *builder) build() (any, error) {
	b.begun = true
	g := b.g
	b.plain = g.Count(graph.Global)+g.Count(graph.Persistent) == 0
	if g.Len() == 0 {
		return b.inline(g.Root()), nil
	}
	if g.Count(graph.Global) > 0 || len(b.old) > 0 {
		b.findFolds()
		b.findRegistered()
	}
	b.allocate()
	if err := b.place(); err != nil {
		return nil, err
	}
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

// oftenUsed is from how many uses of the average node on their values are looked up.
const oftenUsed = 4

// inOrder reports whether the values are such that what can be a key is complete once
// everything before it has its place.
func (b *builder) inOrder() bool {
	return b.plain && b.g.Count(graph.Object) == 0 && len(b.old) == 0
}

// place is the first pass. After it every value exists, but containers are empty, apart from
// those that fillKeys fills if the values are inOrder.
func (b *builder) place() error {
	g := b.g
	if g.Items() > oftenUsed*g.Len() && !b.o.KeepMemo {
		b.known = make([]box.Raw, g.Len())
	}
	inOrder := b.inOrder()
	var next [graph.Buffer + 1]uint32 // places of each kind
	slot, input := b.slot, b.input
	for i, left := g.First(), b.placed; left > 0; i++ {
		kind := g.KindOf(i)
		if b.isLazy(kind) {
			continue
		}
		left--
		s := next[kind]
		next[kind] = s + 1
		slot[i] = s
		switch kind {
		case graph.Str:
			if b.folds.only.has(i) {
				continue
			}
			if start, end, ok := g.StrSpan(i); ok && end-start > 2 && input != "" {
				if text := input[start:end]; len(text) != len(intern.Latin1) || text != intern.Latin1 {
					box.SetString(&b.strs[s], text)
					continue
				}
			}
			box.SetString(&b.strs[s], b.textOf(g.Node(i)))
		case graph.Tuple:
			if inOrder {
				if refs := g.Node(i).Refs(); len(refs) > 0 {
					box.SetSlice((*[]any)(&b.tuples[s]), b.values(refs))
				}
			}
		case graph.FrozenSet:
			if inOrder {
				if err := b.fillContainer(g.Node(i)); err != nil {
					return err
				}
			}
		case graph.Object:
			n := g.Node(i)
			_ = b.fold(n) || b.placeRegistered(n)
			if text, ok := b.encodedText(n.Made()); ok && b.folds.only.has(text.Ref()) && b.slot[i]&slotTags != inOthers {
				box.SetString(&b.strs[slot[text.Ref()]], b.textOf(text))
			}
		case graph.Bytes:
			box.SetString((*string)(&b.bytes[s]), b.textOf(g.Node(i)))
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
	return nil
}

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

// fillKeys fills what can be a key, in order, so that it is complete when a dict or set
// hashes it: what such values hold was made before them.
func (b *builder) fillKeys() error {
	if b.inOrder() {
		return nil
	}
	g := b.g
	left := b.count(graph.Tuple) + b.count(graph.FrozenSet) + b.count(graph.Persistent)
	objects := b.folds.any || b.registered.candidates > 0
	if objects {
		left += b.count(graph.Object)
	}
	b.others = slices.Grow(b.others, b.registered.candidates)
	for i := g.First(); left > 0; i++ {
		b.reached = i
		n := g.Node(i)
		switch n.Kind() {
		case graph.Tuple, graph.FrozenSet:
			left--
			if err := b.fillContainer(n); err != nil {
				return err
			}
		case graph.Persistent:
			left--
			if err := b.persistent(i, n); err != nil {
				return err
			}
		case graph.Object:
			if !objects {
				continue
			}
			left--
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
	b.reached = graph.Ref(g.Len())
	return nil
}

// fillContainer fills n, if it is a container that is empty yet.
func (b *builder) fillContainer(n graph.Node) error {
	s := b.slot[n.Ref()]
	var err error
	switch n.Kind() {
	case graph.Tuple:
		if t := &b.tuples[s]; len(*t) == 0 {
			box.SetSlice((*[]any)(t), b.values(n.Refs()))
		}
	case graph.List:
		if l := &b.lists[s]; l.Items == nil {
			box.SetSlice(&l.Items, b.values(n.Refs()))
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

// fill is the second pass for everything that fillKeys left.
func (b *builder) fill() error {
	left := 0 // how many nodes there are to fill
	for _, k := range [...]graph.NodeKind{graph.List, graph.Dict, graph.Set, graph.Object, graph.Global} {
		left += b.count(k)
	}
	for i := b.g.First(); left > 0; i++ {
		n := b.g.Node(i)
		switch n.Kind() {
		case graph.List, graph.Dict, graph.Set:
			left--
			if err := b.fillContainer(n); err != nil {
				return err
			}
		case graph.Object:
			left--
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
			left--
			if o, ok := b.changedGlobal(n); ok {
				o.Class = b.global(n)
				b.fillChanges(o, n)
			}
		}
	}
	return b.fillRegistered()
}
