package pickle

import (
	"fmt"
	"strings"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// What the slot of an Object node says. Without a tag it is a place in builder.objects.
const (
	slotTags  = 3 << 30
	candidate = 1 << 30          // the place in registered.entries of who may know it
	inOthers  = 2 << 30          // a place in builder.others: it is a value of its own
	inert     = 3 << 30          // likewise, but an Object all the same
	getattr   = "getattr"        // builtins.getattr, by which methods are pickled
	remaking  = "_reconstructor" // of copyreg, by which protocols 0 and 1 make instances
)

// registered is what a builder knows of the classes that the registry has.
type registered struct {
	reg     *py.Registry
	any     bool // there are names in the graph that are registered
	entries []*py.Entry
	byName  map[py.Global]uint32 // places in entries
	class   map[graph.Ref]uint32 // the same, of Global nodes
	values  map[graph.Ref]any    // of Global nodes that load as an Entry's Value
	begun   refSet               // what complete has been at
	failed  refSet               // and could not complete
	named   refSet               // Global nodes whose strings were claimed
	fills   []filling
	scratch py.Object
}

// A filling is an instance to be filled when everything is there.
type filling struct {
	node graph.Ref
	by   *py.Entry
}

// findRegistered finds the names in the graph that are registered.
func (b *builder) findRegistered() {
	reg := registryOr(b.o.Registry)
	b.registered = registered{reg: reg, fills: b.registered.fills[:0]}
	if reg == nil || b.o.KeepCalls || b.g.Count(graph.Global) == 0 {
		return
	}
	claimed := make(map[string]bool)
	for n := range b.nodes() {
		if n.Kind() != graph.Global || n.Changed() {
			continue
		}
		module, name := n.Global()
		if m, q := n.GlobalNodes(); m.Valid() && q.Valid() && !(module == "builtins" && builtinFunctions[name]) {
			b.claimModule(m, claimed)
		}
		g := py.Global{Module: module, Name: name}
		if place, ok := b.registered.place(g); ok {
			set(&b.registered.class, n.Ref(), place)
		}
		if e := reg.Lookup(g); e != nil && e.Value != nil && e.Names[0] == g {
			set(&b.registered.values, n.Ref(), e.Value)
		}
		// What has methods in the registry, and copyreg, are found by a look at the call.
		b.registered.any = true
	}
}

// builtinFunctions are the functions of module builtins. CPython has one str for the module's
// name in all classes, and another in all functions.
var builtinFunctions = map[string]bool{
	"__build_class__": true, "__import__": true, "abs": true, "aiter": true, "all": true, "anext": true,
	"any": true, "ascii": true, "bin": true, "breakpoint": true, "callable": true, "chr": true, "compile": true,
	"delattr": true, "dir": true, "divmod": true, "eval": true, "exec": true, "format": true, "getattr": true,
	"globals": true, "hasattr": true, "hash": true, "hex": true, "id": true, "input": true, "isinstance": true,
	"issubclass": true, "iter": true, "len": true, "locals": true, "max": true, "min": true, "next": true,
	"oct": true, "open": true, "ord": true, "pow": true, "print": true, "repr": true, "round": true,
	"setattr": true, "sorted": true, "sum": true, "vars": true,
}

// claimModule has n, the module of a Global, be the very string that reductions of the
// registry use: in Python it is the same object wherever a program has it.
func (b *builder) claimModule(n graph.Node, claimed map[string]bool) {
	text := n.Str()
	if claimed[text] {
		return
	}
	if own, ok := b.registered.reg.LookupModule(text); ok {
		claimed[own] = true
		b.interns.claim(n.Ref(), own)
	}
}

func set[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[k] = v
}

// place is the place in entries of who loads instances of g.
func (t *registered) place(g py.Global) (uint32, bool) {
	if place, ok := t.byName[g]; ok {
		return place, place != noPlace
	}
	place := uint32(noPlace)
	if e := t.reg.Lookup(g); e != nil && e.Load != nil {
		place = uint32(len(t.entries))
		t.entries = append(t.entries, e)
	}
	set(&t.byName, g, place)
	return place, place != noPlace
}

const noPlace = 1<<32 - 1

// classOf is the place in entries of who loads what the call c gives.
func (b *builder) classOf(c graph.Call) (place uint32, ok bool) {
	fn := c.Func()
	switch fn.Kind() {
	case graph.Global:
		if place, ok = b.registered.class[fn.Ref()]; ok || c.Kind() != graph.CallReduce {
			return place, ok
		}
		if module, name := fn.Global(); module == "copyreg" && (name == remaking || name == "__newobj__" || name == "__newobj_ex__") {
			place, ok = b.registered.class[c.Args().Index(0).Ref()]
		}
	case graph.Object:
		if g, isMethod := b.methodName(fn); isMethod {
			return b.registered.place(g)
		}
		if class := b.partialClass(fn); class.Valid() {
			place, ok = b.registered.class[class.Ref()]
		}
	}
	return place, ok
}

// partialClass is the class that n calls, or makes an instance of, if n is
// functools.partial(class, ...) or functools.partial(class.__new__, class, ...), by which
// what has keyword arguments is pickled.
func (b *builder) partialClass(n graph.Node) (class graph.Node) {
	c := n.Made()
	if module, name := c.Func().Global(); c.Kind() != graph.CallReduce || module != "functools" || name != "partial" {
		return class
	}
	for change := range n.Changes() {
		state := change.State()
		if change.Kind() != graph.BuildState || state.Kind() != graph.Tuple || state.Len() != 4 {
			return graph.Node{}
		}
		class = state.Index(0)
		if g, isMethod := b.methodName(class); isMethod && strings.HasSuffix(g.Name, ".__new__") {
			class = class.Made().Args().Index(0)
		}
	}
	if class.Kind() != graph.Global {
		return graph.Node{}
	}
	return class
}

// completeCallee fills the Object that an instance is made by calling.
func (b *builder) completeCallee(n graph.Node) {
	const levels = 2 // a partial, and the method that it calls
	b.completeCallees(n, levels)
}

func (b *builder) completeCallees(n graph.Node, levels int) {
	r := n.Ref()
	if n.Kind() != graph.Object || int(r) < len(b.old) || b.slot[r]&slotTags != 0 || levels == 0 {
		return
	}
	b.complete(n.Made().Args())
	for change := range n.Changes() {
		if change.Kind() != graph.BuildState {
			return
		}
		state := change.State()
		b.complete(state)
		if state.Kind() == graph.Tuple && state.Len() > 0 {
			b.completeCallees(state.Index(0), levels-1)
		}
	}
	b.fillObject(&b.objects[b.slot[r]], n)
}

// methodName is the name of the method that n stands for, if n is getattr(class, 'name').
func (b *builder) methodName(n graph.Node) (g py.Global, ok bool) {
	c := n.Made()
	args := c.Args()
	if c.Kind() != graph.CallReduce || n.Changed() || args.Len() != 2 {
		return g, false
	}
	class, name := args.Index(0), args.Index(1)
	if class.Kind() != graph.Global || name.Kind() != graph.Str {
		return g, false
	}
	if module, fn := c.Func().Global(); module != "builtins" || fn != getattr {
		return g, false
	}
	module, qualname := class.Global()
	return py.Global{Module: module, Name: qualname + "." + name.Str()}, true
}

// placeRegistered gives the instance n a slot if its class is registered.
func (b *builder) placeRegistered(n graph.Node) bool {
	if !b.registered.any {
		return false
	}
	c := n.Made()
	place, ok := b.classOf(c)
	if !ok || b.folds.used[n.Ref()] {
		return false
	}
	for change := range n.Changes() {
		if change.Kind() == graph.TwinCall {
			return false // it is among its own arguments
		}
	}
	b.slot[n.Ref()] = place | candidate
	b.claimStrings(n, b.registered.entries[place])
	return true
}

// claimStrings gives the strings of the entry e to the nodes that are these in the call n:
// those that its names were made of, the arguments, the keys of dicts there, and the names
// in the state.
func (b *builder) claimStrings(n graph.Node, e *py.Entry) {
	claim := func(n graph.Node) {
		if n.Kind() != graph.Str {
			return
		}
		for _, text := range e.Strings {
			if n.Str() == text {
				b.interns.claim(n.Ref(), text)
			}
		}
	}
	const few = 100
	claimAll := func(n graph.Node) {
		if n.Len() < few {
			for _, r := range n.Refs() {
				claim(b.g.Node(r))
			}
		}
	}
	claimName := func(n graph.Node) {
		m, q := n.GlobalNodes()
		if !m.Valid() || !q.Valid() || b.registered.named.has(n.Ref()) {
			return
		}
		b.registered.named.add(n.Ref(), len(b.slot))
		module, name := n.Global()
		for _, g := range e.Names {
			if g.Module == module && g.Name == name {
				b.interns.claim(m.Ref(), g.Module)
				b.interns.claim(q.Ref(), g.Name)
				return
			}
		}
		claim(m)
		claim(q)
	}
	call := n.Made()
	if call.Func().Kind() == graph.Global {
		claimName(call.Func())
	}
	if args := call.Args(); args.Len() < few {
		for _, r := range args.Refs() {
			switch arg := b.g.Node(r); arg.Kind() {
			case graph.Str:
				claim(arg)
			case graph.Dict:
				claimAll(arg)
			case graph.Global:
				claimName(arg)
			}
		}
	}
	for c := range n.Changes() {
		if state := c.State(); state.Kind() == graph.Dict {
			claimAll(state)
		}
	}
}

// make gives the candidate n its value: that of the registry, or an Object.
func (b *builder) make(n graph.Node) {
	r := n.Ref()
	e := b.registered.entries[b.slot[r]&^slotTags]
	v, ok := b.load(n, e)
	if !ok {
		b.slot[r] = uint32(len(b.others)) | inert
		b.others = append(b.others, new(py.Object))
		return
	}
	b.slot[r] = uint32(len(b.others)) | inOthers
	b.others = append(b.others, v)
	if e.Fill != nil {
		b.registered.fills = append(b.registered.fills, filling{r, e})
	}
}

func (b *builder) load(n graph.Node, e *py.Entry) (any, bool) {
	o := &b.registered.scratch
	*o = py.Object{}
	b.completeCallee(n.Made().Func())
	if e.Fill == nil {
		c := n.Made()
		if !b.complete(c.Args()) || !b.complete(c.Kwargs()) || !b.completeAll(c.Refs()) {
			return nil, false
		}
		for change := range n.Changes() {
			if !b.complete(change.State()) || !b.complete(change.Func()) || !b.completeAll(change.Refs()) {
				return nil, false
			}
		}
		b.fillObject(o, n)
		return e.Load(o)
	}
	b.fillCall(o, n)
	for change := range n.Changes() {
		if k := opKind(change.Kind()); k != 0 && (len(o.Ops) == 0 || !mergeable(k) || o.Ops[len(o.Ops)-1].Kind != k) {
			o.Ops = append(o.Ops, py.Op{Kind: k})
		}
	}
	return e.Load(o)
}

func opKind(k graph.CallKind) py.OpKind {
	switch k {
	case graph.BuildState:
		return py.OpBuild
	case graph.AppendItems:
		return py.OpAppend
	case graph.SetItems:
		return py.OpSetItems
	case graph.AddItems:
		return py.OpAddItems
	case graph.SetState:
		return py.OpCall
	}
	return 0
}

// fillRegistered completes the instances that may hold themselves.
func (b *builder) fillRegistered() error {
	for _, f := range b.registered.fills {
		n := b.g.Node(f.node)
		o := &b.registered.scratch
		*o = py.Object{}
		b.fillObject(o, n)
		if err := f.by.Fill(b.value(f.node), o); err != nil {
			offset := n.Made().Offset()
			for c := range n.Changes() {
				offset = c.Offset()
			}
			return &graph.Error{Kind: graph.TypeError, Message: fmt.Sprintf("%s: %v", o.ClassName(), err), Offset: offset, Err: err}
		}
	}
	return nil
}

// complete fills the containers in n, those inside first. ok is false if n holds an
// instance that is not made yet, or more levels than anybody needs here.
func (b *builder) complete(n graph.Node) (ok bool) { return b.completeLevel(n, 0) }

func (b *builder) completeLevel(n graph.Node, depth int) bool {
	r := n.Ref()
	if !n.Valid() || r.Inline() || int(r) < len(b.old) {
		return true
	}
	items := n.Refs()
	if n.Kind() == graph.Object {
		if b.slot[r]&slotTags == candidate {
			return false
		}
		if !b.folds.is[r] {
			return true
		}
		items = b.foldRefs(n)
	}
	if len(items) == 0 {
		return true
	}
	const levels = 1000
	if depth > levels || b.registered.failed.has(r) {
		return false
	}
	if b.registered.begun.has(r) {
		return true
	}
	b.registered.begun.add(r, len(b.slot))
	for _, item := range items {
		if !item.Inline() && !b.completeLevel(b.g.Node(item), depth+1) {
			b.registered.failed.add(r, len(b.slot))
			return false
		}
	}
	return b.fillContainer(n) == nil
}

// completeAll is complete for each of refs.
func (b *builder) completeAll(refs []graph.Ref) bool {
	for _, r := range refs {
		if !b.complete(b.g.Node(r)) {
			return false
		}
	}
	return true
}

// A refSet is a set of node numbers.
type refSet []uint64

func (s refSet) has(r graph.Ref) bool { return int(r/64) < len(s) && s[r/64]>>(r%64)&1 != 0 }

// add adds r, one of size nodes.
func (s *refSet) add(r graph.Ref, size int) {
	if *s == nil {
		*s = make(refSet, size/64+1)
	}
	(*s)[r/64] |= 1 << (r % 64)
}
