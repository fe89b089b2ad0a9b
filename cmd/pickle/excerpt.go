package main

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// An excerpt builds as much of a pickle's value as show prints: of each container the
// first items, and nothing that is too deep. A pickle of 100 MB, of which a hundred lines
// are printed, needs no more than its graph then. Long strings are parts of the input.
//
// Containers are filled breadth first, so that each is met first where it is least deep:
// what is folded in one place and open in another is filled.
type excerpt struct {
	g         *graph.Graph
	maxItems  int // 0: no limit
	maxDepth  int // 0: no limit
	keepCalls bool
	registry  *py.Registry // of what is shown as a Go value; nil: nothing is

	places    [][]place // for each node, in pieces made when they are needed
	now, next []visit   // containers to be filled: those of this depth, those deeper
	hashed    []graph.Ref
	pairs     map[graph.Ref][]any // what goes into dicts and sets when all is filled
	dropped   map[graph.Ref]int   // of those, how many items were left out
	omitted   map[*any]int        // items left out, by the first of those that were not
	globals   map[graph.Ref]foldKind
	left      bool // anything was left out
}

// A place is where a node's value is.
type place struct {
	value any
	state state
}

// state says how far a container is filled.
type state uint8

const (
	untouched state = iota
	waiting         // made
	filled          // with what the limits allow
	whole           // with everything, as a key must be
)

// A visit fills a container. Depth counts as [py.ReprOptions] does.
type visit struct {
	ref   graph.Ref
	depth int
	whole bool
}

const placesPerPiece = 1 << 12

func newExcerpt(g *graph.Graph, maxItems, maxDepth int, keepCalls bool) *excerpt {
	registry := stdlib.Registry()
	if keepCalls {
		registry = nil
	}
	return &excerpt{
		g: g, maxItems: maxItems, maxDepth: maxDepth, keepCalls: keepCalls, registry: registry,
		places:  make([][]place, g.Len()/placesPerPiece+1),
		pairs:   make(map[graph.Ref][]any),
		dropped: make(map[graph.Ref]int),
		omitted: make(map[*any]int),
		globals: make(map[graph.Ref]foldKind),
	}
}

func (e *excerpt) place(r graph.Ref) *place {
	piece := &e.places[r/placesPerPiece]
	if *piece == nil {
		*piece = make([]place, placesPerPiece)
	}
	return &(*piece)[r%placesPerPiece]
}

// build gives the value of root.
func (e *excerpt) build(root graph.Node) (any, error) {
	v := e.value(root, 0, false)
	for len(e.now)+len(e.next) > 0 {
		for i := 0; i < len(e.now); i++ { // it grows meanwhile
			e.fill(e.now[i])
		}
		e.now, e.next = e.next, e.now[:0]
	}
	return v, e.hashAll()
}

// omittedFrom is for [py.ReprOptions].
func (e *excerpt) omittedFrom(items []any) int {
	if len(items) == 0 {
		return 0
	}
	return e.omitted[&items[0]]
}

// unfilled stands in containers that are too deep to be opened.
type unfilled struct{}

// AppendRepr prints what should never be seen.
func (unfilled) AppendRepr(dst []byte) []byte { return append(dst, "..."...) }

// outOfBand is a buffer that is not in the pickle.
type outOfBand struct {
	number   int
	readOnly bool
}

// AppendRepr prints like package py does a buffer.
func (b *outOfBand) AppendRepr(dst []byte) []byte {
	kind := "buffer"
	if b.readOnly {
		kind = "readonly buffer"
	}
	return fmt.Appendf(dst, "<%s %d, out of band>", kind, b.number)
}

// value gives the value of n, to be filled later if it is a container.
func (e *excerpt) value(n graph.Node, depth int, full bool) any {
	switch n.Kind() {
	case graph.None, graph.Invalid:
		return nil
	case graph.Bool:
		return n.Bool()
	case graph.Int:
		return n.Int()
	case graph.Float:
		return n.Float()
	case graph.Str:
		return n.Str()
	case graph.Bytes:
		return py.Bytes(text(n.Payload()))
	case graph.Long:
		return n.BigInt()
	case graph.Global:
		if !n.Changed() {
			module, name := n.Global()
			return py.Global{Module: module, Name: name}
		}
	}
	p := e.place(n.Ref())
	if p.state == untouched {
		p.value, p.state = e.make(n), waiting
	}
	e.visit(n, depth, full)
	return p.value
}

// text is b, which nobody changes, as a string.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// visit has n filled if it is a container and was not filled so far.
func (e *excerpt) visit(n graph.Node, depth int, full bool) {
	if n.Ref().Inline() {
		return
	}
	switch p := e.place(n.Ref()); {
	case p.state == whole, p.state == filled && !(full && hashedByItems(p.value)):
		return
	case full && hashedByItems(p.value):
		e.now = append(e.now, visit{n.Ref(), depth, true})
	default:
		e.next = append(e.next, visit{n.Ref(), depth, false})
	}
}

// hashedByItems reports whether x, which is in a key, must be whole to be hashed.
func hashedByItems(x any) bool {
	switch x.(type) {
	case py.Tuple, *py.FrozenSet:
		return true
	}
	return false
}

// make makes the value of a node that has an identity, without its items.
func (e *excerpt) make(n graph.Node) any {
	switch n.Kind() {
	case graph.ByteArray:
		return &py.ByteArray{Bytes: n.Payload()}
	case graph.Buffer:
		number, readOnly := n.Buffer()
		if number >= 0 {
			return &outOfBand{number, readOnly}
		}
		return &py.Buffer{Data: n.Payload(), ReadOnly: readOnly, Index: number}
	case graph.Tuple:
		return make(py.Tuple, n.Len())
	case graph.List:
		return new(py.List)
	case graph.Dict:
		return new(py.Dict)
	case graph.Set:
		return new(py.Set)
	case graph.FrozenSet:
		return new(py.FrozenSet)
	case graph.Persistent:
		return new(py.PersistentRef)
	case graph.Object:
		if v := e.fold(n); v != nil {
			return v
		}
		if v := e.registered(n); v != nil {
			return v
		}
		return new(py.Object)
	case graph.Global: // one that the pickle changes
		return &py.Object{How: py.ByName}
	}
	return nil
}

// fill fills the container of v. Where it is too deep, as the depth of where it was met
// first says, it gets one item that is not printed, so that the number of items can be.
func (e *excerpt) fill(v visit) {
	p := e.place(v.ref)
	switch {
	case p.state == whole, p.state == filled && !v.whole:
		return
	case v.whole:
		p.state = whole
	default:
		p.state = filled
	}
	n := e.g.Node(v.ref)
	switch x := p.value.(type) {
	case py.Tuple:
		// Items that are not printed stay None: as it has its full length, package py
		// leaves them out itself. A pair may be the state of an object: it is needed whole.
		refs := n.Refs()
		if len(refs) != 2 || e.folded(v) {
			refs, _ = e.limit(refs, 1, v)
		}
		for i, r := range refs {
			x[i] = e.item(r, v)
		}
	case *py.List:
		x.Items = e.items(n.Refs(), 1, v)
	case *py.Dict:
		e.later(x, v, n.Refs(), 2)
	case *py.Set, *py.FrozenSet:
		refs := n.Refs()
		if n.Kind() == graph.Object { // a folded call
			refs = n.Made().Args().Index(0).Refs()
		}
		e.later(x, v, refs, 1)
	case *py.PersistentRef:
		x.ID = e.value(n.PersistentID(), v.depth+1, v.whole)
	case *py.Object:
		e.object(x, n, v)
	}
}

// folded reports whether v is too deep to be opened.
func (e *excerpt) folded(v visit) bool { return !v.whole && e.maxDepth > 0 && v.depth >= e.maxDepth }

// limit cuts refs, which are items of the given width, and returns how many items were
// left out.
func (e *excerpt) limit(refs []graph.Ref, width int, v visit) ([]graph.Ref, int) {
	n := len(refs) / width
	keep := n
	switch {
	case v.whole:
	case e.folded(v):
		keep = 0
	case e.maxItems > 0:
		keep = min(n, e.maxItems)
	}
	if keep < n {
		e.left = true
	}
	return refs[:keep*width], n - keep
}

func (e *excerpt) item(r graph.Ref, v visit) any {
	return e.value(e.g.Node(r), v.depth+1, v.whole)
}

// items gives the values of as many refs as the limits allow.
func (e *excerpt) items(refs []graph.Ref, width int, v visit) []any {
	refs, dropped := e.limit(refs, width, v)
	if len(refs) == 0 && dropped == 0 {
		return nil
	}
	items := make([]any, 0, max(len(refs), width))
	for _, r := range refs {
		items = append(items, e.item(r, v))
	}
	return e.omit(items, width, dropped)
}

// omit notes that items were left out.
func (e *excerpt) omit(items []any, width, dropped int) []any {
	if dropped == 0 {
		return items
	}
	if len(items) == 0 {
		for range width {
			items = append(items, unfilled{})
		}
		dropped--
	}
	if dropped > 0 {
		e.omitted[&items[0]] = dropped
	}
	return items
}

// later fills a dict or set. Keys are built whole. If some hold other values they are
// hashed when all is filled.
func (e *excerpt) later(x any, v visit, refs []graph.Ref, width int) {
	refs, dropped := e.limit(refs, width, v)
	items := make([]any, 0, max(len(refs), width))
	simple := true
	for i, r := range refs {
		n := e.g.Node(r)
		key := width == 1 || i%2 == 0
		if key && n.Kind() > graph.Bytes {
			simple = false
		}
		items = append(items, e.value(n, v.depth+1, v.whole || key))
	}
	if simple && e.pairs[v.ref] == nil && e.adopt(x, items, dropped, nil) == nil {
		return
	}
	if e.pairs[v.ref] == nil {
		e.hashed = append(e.hashed, v.ref)
	}
	e.pairs[v.ref], e.dropped[v.ref] = items, dropped
}

// hashAll fills dicts and sets. What can be a key was made before what it is a key of.
func (e *excerpt) hashAll() error {
	slices.Sort(e.hashed)
	var memo py.KeyMemo
	for _, frozen := range []bool{true, false} { // a frozenset may be a key of a dict
		for _, r := range e.hashed {
			v := e.place(r).value
			if _, ok := v.(*py.FrozenSet); ok != frozen {
				continue
			}
			if err := e.adopt(v, e.pairs[r], e.dropped[r], &memo); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *excerpt) adopt(v any, items []any, dropped int, memo *py.KeyMemo) (err error) {
	width := 1
	if _, ok := v.(*py.Dict); ok {
		width = 2
	}
	if len(items) == 0 && dropped > 0 {
		items = append(items, nil)
		if width == 2 {
			items = append(items, unfilled{})
		}
		dropped--
	}
	switch x := v.(type) {
	case *py.Dict:
		err = x.AdoptMemo(items, memo)
		items = x.Pairs()
	case *py.Set:
		err = x.AdoptMemo(items, memo)
		items = x.Items()
	case *py.FrozenSet:
		err = x.AdoptMemo(items, memo)
		items = x.Items()
	}
	if dropped > 0 && len(items) > 0 {
		e.omitted[&items[0]] = dropped
	}
	return err
}

// object fills an Object. Its arguments and attributes are not containers of their own
// when they are printed, so they are as deep as the object is.
func (e *excerpt) object(o *py.Object, n graph.Node, v visit) {
	c := n.Made()
	switch c.Kind() {
	case graph.CallReduce:
		o.How = py.ByReduce
	case graph.CallNew:
		o.How = py.ByNewObj
	case graph.CallNewEx:
		o.How = py.ByNewObjEx
	case graph.CallInst:
		o.How = py.ByInst
	case graph.FindName:
		o.How = py.ByName
	}
	if n.Kind() == graph.Global { // one that the pickle changes
		module, name := n.Global()
		o.Class = py.Global{Module: module, Name: name}
		e.changes(o, n, v)
		return
	}
	folded := e.folded(v)
	if f := c.Func(); f.Valid() && (!folded || f.Kind() == graph.Global) {
		o.Class = e.value(f, v.depth+1, v.whole)
	}
	if folded {
		e.left = true
		if n.Changed() {
			o.Ops = []py.Op{{}}
		}
		return
	}
	switch c.Kind() {
	case graph.CallInst, graph.FindName:
		// As a tuple is built: with its full length.
		all := make(py.Tuple, len(c.Refs()))
		refs, _ := e.limit(c.Refs(), 1, v)
		for i, r := range refs {
			all[i] = e.item(r, v)
		}
		o.Args = all
	default:
		if args := c.Args(); args.Valid() {
			o.Args = e.part(args, v)
		}
		if kwargs := c.Kwargs(); kwargs.Valid() {
			o.Kwargs = e.part(kwargs, v)
		}
	}
	e.changes(o, n, v)
}

// part gives the value of a container that is printed as a part of the object of v.
func (e *excerpt) part(n graph.Node, v visit) any {
	x := e.value(n, v.depth+1, v.whole)
	if !n.Ref().Inline() {
		if p := e.place(n.Ref()); p.state == waiting {
			e.now = append(e.now, visit{n.Ref(), v.depth, v.whole})
		}
	}
	return x
}

// changes fills what was done to an object. Runs of items are one.
func (e *excerpt) changes(o *py.Object, n graph.Node, v visit) {
	runs := make(map[py.OpKind][]graph.Ref)
	var last py.OpKind
	end := func() {
		if refs := runs[last]; len(refs) > 0 {
			width := 1
			if last == py.OpSetItems {
				width = 2
			}
			o.Ops = append(o.Ops, py.Op{Kind: last, Items: e.items(refs, width, v)})
		}
		delete(runs, last)
		last = 0
	}
	add := func(k py.OpKind, refs []graph.Ref) {
		if last != k {
			end()
		}
		last = k
		runs[k] = append(runs[k], refs...)
	}
	for c := range n.Changes() {
		switch c.Kind() {
		case graph.AppendItems:
			add(py.OpAppend, c.Refs())
		case graph.SetItems:
			add(py.OpSetItems, c.Refs())
		case graph.AddItems:
			add(py.OpAddItems, c.Refs())
		case graph.BuildState:
			end()
			state := e.part(c.State(), v)
			if c.State().Kind() == graph.Tuple && c.State().Len() == 2 {
				e.part(c.State().Index(0), v) // attributes and slots
				e.part(c.State().Index(1), v)
			}
			o.Ops = append(o.Ops, py.Op{Kind: py.OpBuild, Items: []any{state}})
		case graph.SetState:
			end()
			o.Ops = append(o.Ops, py.Op{Kind: py.OpCall, Items: []any{
				e.value(c.Func(), v.depth+1, v.whole), e.part(c.State(), v),
			}})
		}
	}
	end()
}
