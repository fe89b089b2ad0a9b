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
	named   refSet               // what claimName has been at
	fills   []filling
	scratch py.Object

	candidates int // how many instances have a slot tagged so
}

// A filling is an instance to be filled when everything is there.
type filling struct {
	node graph.Ref
	by   *py.Entry
}

// findRegistered finds the names in the graph that are registered.
func (b *builder) findRegistered() {
	reg := registryOr(b.o.Registry)
	before := b.registered
	b.registered = registered{reg: reg, fills: before.fills[:0]}
	if reg == nil || b.o.KeepCalls {
		return
	}
	if len(b.old) > 0 { // a pickle of a stream refers to the names in those before it
		b.registered.any, b.registered.entries = before.any, before.entries
		b.registered.byName, b.registered.class = before.byName, before.class
	}
	if b.g.Count(graph.Global) == 0 {
		return
	}
	left := b.count(graph.Global)
	for i := b.g.First(); left > 0; i++ {
		if b.g.KindOf(i) != graph.Global {
			continue
		}
		left--
		n := b.g.Node(i)
		if n.Changed() {
			continue
		}
		module, name := n.Global()
		g := py.Global{Module: module, Name: name}
		if place, ok := b.registered.place(g); ok {
			set(&b.registered.class, n.Ref(), place)
		}
		if e := reg.Lookup(g); e != nil && e.Value != nil && e.Names[0] == g {
			set(&b.registered.values, n.Ref(), e.Value)
			b.claimName(n, e)
		}
		// What has methods in the registry, and copyreg, are found by a look at the call.
		b.registered.any = true
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
	e := t.reg.Lookup(g)
	if e == nil || e.Load == nil {
		return 0, false
	}
	if place, ok := t.byName[g]; ok {
		return place, true
	}
	place := uint32(len(t.entries))
	t.entries = append(t.entries, e)
	set(&t.byName, g, place)
	return place, true
}

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

// longName is the length from which on names are not put together, compared or hashed: a pickle may
// have a million that share a text of megabytes.
const longName = 1 << 10

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
	if len(qualname)+name.Len() > longName {
		return g, false
	}
	return py.Global{Module: module, Name: qualname + "." + name.Str()}, true
}

// placeRegistered gives the instance n a slot if its class is registered.
func (b *builder) placeRegistered(n graph.Node) bool {
	if !b.registered.any {
		return false
	}
	c := n.Made()
	place, ok := b.classOf(c)
	if !ok || b.isUsed(n.Ref()) {
		return false
	}
	for change := range n.Changes() {
		if change.Kind() == graph.TwinCall {
			return false // it is among its own arguments
		}
	}
	b.slot[n.Ref()] = place | candidate
	b.registered.candidates++
	e := b.registered.entries[place]
	if len(e.Strings) > 0 {
		b.claimStrings(n, e.Strings)
	}
	b.claimNames(c, e)
	return true
}

// claimNames gives the strings of the registry's names to the nodes of which the names in
// the call c were made: in Python the name of a module is the same object wherever a program
// has it.
func (b *builder) claimNames(c graph.Call, e *py.Entry) {
	const few = 10
	fn := c.Func()
	b.claimName(fn, e)
	if args := c.Args(); args.Kind() == graph.Tuple && args.Len() < few {
		for arg := range args.Items() {
			b.claimName(arg, e)
		}
	}
	if fn.Kind() == graph.Object { // functools.partial(class, ...)
		b.claimName(fn.Made().Func(), e)
		b.claimName(b.partialClass(fn), e)
	}
}

func (b *builder) claimName(n graph.Node, e *py.Entry) {
	if n.Kind() != graph.Global || b.registered.named.has(n.Ref()) {
		return
	}
	b.registered.named.add(n.Ref(), b.g.Len())
	m, q := n.GlobalNodes()
	if !m.Valid() || !q.Valid() {
		return
	}
	module, name := n.Global()
	if own, ok := b.registered.reg.LookupName(py.Global{Module: module, Name: name}); ok {
		b.interns.claim(m.Ref(), own.Module)
		b.interns.claim(q.Ref(), own.Name)
		return
	}
	for _, text := range e.Strings {
		switch text {
		case module:
			b.interns.claim(m.Ref(), text)
		case name:
			b.interns.claim(q.Ref(), text)
		}
	}
}

// claimStrings looks for strings among the arguments of n, the keys of dicts there, and the
// names in its state.
func (b *builder) claimStrings(n graph.Node, strings []string) {
	const few = 100
	claim := func(container graph.Node) {
		if container.Len() >= few {
			return
		}
		for _, r := range container.Refs() {
			if s := b.g.Node(r); s.Kind() == graph.Str {
				for _, text := range strings {
					if s.Str() == text {
						b.interns.claim(r, text)
					}
				}
			}
		}
	}
	c := n.Made()
	claim(c.Args())
	if c.Args().Len() < few {
		for arg := range c.Args().Items() {
			if arg.Kind() == graph.Dict {
				claim(arg)
			}
		}
	}
	claim(c.Kwargs())
	claimState := func(state graph.Node) {
		switch state.Kind() {
		case graph.Dict:
			claim(state)
		case graph.Tuple: // a dict, and the dict of slots
			claim(state)
			if state.Len() == 2 {
				claim(state.Index(0))
				claim(state.Index(1))
			}
		}
	}
	for change := range n.Changes() {
		claimState(change.State())
	}
	if fn := c.Func(); fn.Kind() == graph.Object { // functools.partial(class.__new__, class, **kwargs)
		for change := range fn.Changes() {
			if state := change.State(); state.Kind() == graph.Tuple && state.Len() == 4 {
				claim(state.Index(2))
			}
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
// instance that is not made yet, a persistent reference that is not loaded yet, or more
// levels than anybody needs here.
func (b *builder) complete(n graph.Node) (ok bool) { return b.completeLevel(n, 0) }

func (b *builder) completeLevel(n graph.Node, depth int) bool {
	r := n.Ref()
	if !n.Valid() || r.Inline() || int(r) < len(b.old) {
		return true
	}
	if n.Kind() == graph.Persistent {
		return r < b.reached
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
	b.registered.begun.add(r, b.g.Len())
	for _, item := range items {
		if !item.Inline() && !b.completeLevel(b.g.Node(item), depth+1) {
			b.registered.failed.add(r, b.g.Len())
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
