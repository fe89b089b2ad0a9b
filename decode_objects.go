package pickle

import (
	"reflect"
	"slices"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/py"
)

// An instance is what a pickle says of an object that it makes with a call, whichever of
// the forms it uses.
type instance struct {
	class   graph.Node // or a function
	args    []graph.Ref
	kwargs  graph.Node
	made    bool       // by class.__new__: args are not those of a call of the class
	base    graph.Node // the value of the built-in type that class is derived from
	changes graph.Call // what was done to it: the first
}

// A globalInfo says what is known of a name in the pickle.
type globalInfo struct {
	is    knownName
	entry *py.Entry
}

// knownName is a name with a meaning for loading.
type knownName uint8

const (
	isUnknown knownName = iota
	isObject
	isReconstructor
	isNewObj
	isNewObjEx
	isPartial
	isSet
	isBytes
	isByteArray
	isEncode
	isComplex
	isOrderedDict
	isDefaultDict
	isCounter
	isUser // UserDict and UserList
)

var knownNames = map[py.Global]knownName{
	{Module: "builtins", Name: "object"}:         isObject,
	{Module: "copyreg", Name: "_reconstructor"}:  isReconstructor,
	{Module: "copyreg", Name: "__newobj__"}:      isNewObj,
	{Module: "copyreg", Name: "__newobj_ex__"}:   isNewObjEx,
	{Module: "functools", Name: "partial"}:       isPartial,
	{Module: "builtins", Name: "set"}:            isSet,
	{Module: "builtins", Name: "frozenset"}:      isSet,
	{Module: "builtins", Name: "bytes"}:          isBytes,
	{Module: "builtins", Name: "bytearray"}:      isByteArray,
	{Module: "_codecs", Name: "encode"}:          isEncode,
	{Module: "builtins", Name: "complex"}:        isComplex,
	{Module: "collections", Name: "OrderedDict"}: isOrderedDict,
	{Module: "collections", Name: "defaultdict"}: isDefaultDict,
	{Module: "collections", Name: "Counter"}:     isCounter,
	{Module: "collections", Name: "UserDict"}:    isUser,
	{Module: "collections", Name: "UserList"}:    isUser,
}

// noGlobal is no node's number.
const noGlobal = graph.Ref(1<<32 - 1)

// global tells what is known of the name r.
func (d *typed) global(n graph.Node) globalInfo {
	if n.Kind() != graph.Global {
		return globalInfo{}
	}
	if n.Ref() == d.last {
		return d.lastOf
	}
	info, ok := d.globals[n.Ref()]
	if !ok {
		module, name := n.Global()
		switch module { // of Python 2, where they are not mapped
		case "copy_reg":
			module = "copyreg"
		case "__builtin__":
			module = "builtins"
		}
		g := py.Global{Module: module, Name: name}
		if len(module) < longName && len(name) < longName {
			info.is = knownNames[g]
		}
		info.entry = d.reg.Lookup(g)
		if d.globals == nil {
			d.globals = make(map[graph.Ref]globalInfo)
		}
		d.globals[n.Ref()] = info
	}
	d.last, d.lastOf = n.Ref(), info
	return info
}

// instance takes apart how n was made.
func (d *typed) instance(n graph.Node) instance {
	c := n.Made()
	in := instance{class: c.Func(), args: c.Args().Refs(), changes: c.Next()}
	switch c.Kind() {
	case graph.CallInst:
		in.args = c.Refs()
	case graph.CallNew:
		in.made = true
	case graph.CallNewEx:
		in.made, in.kwargs = true, c.Kwargs()
	case graph.CallReduce:
		d.reduced(&in)
	}
	return in
}

// reduced looks through the functions by which copyreg makes instances.
func (d *typed) reduced(in *instance) {
	args := in.args
	node := func(i int) graph.Node { return d.g.Node(args[i]) }
	switch d.global(in.class).is {
	case isReconstructor: // class, base, value of the base
		if len(args) == 3 {
			in.class, in.args, in.made = node(0), nil, true
			if d.global(node(1)).is != isObject {
				in.base = node(2)
			}
		}
	case isNewObj: // class, arguments...
		if len(args) > 0 {
			in.class, in.args, in.made = node(0), args[1:], true
		}
	case isNewObjEx: // class, arguments, keyword arguments
		if len(args) == 3 {
			in.class, in.args, in.kwargs, in.made = node(0), node(1).Refs(), node(2), true
		}
	case isUnknown:
		if in.class.Kind() == graph.Object && len(args) == 0 {
			d.partialNew(in)
		}
	}
}

// partialNew looks through functools.partial(class.__new__, class, ...)(), which stands
// for NEWOBJ_EX in protocols 2 and 3.
func (d *typed) partialNew(in *instance) {
	made := in.class.Made()
	if made.Kind() != graph.CallReduce || d.global(made.Func()).is != isPartial {
		return
	}
	build := made.Next()
	state := build.State()
	if build.Kind() != graph.BuildState || state.Kind() != graph.Tuple || state.Len() != 4 {
		return
	}
	args := state.Index(1).Refs()
	if state.Index(1).Kind() != graph.Tuple || len(args) == 0 {
		return
	}
	in.class, in.args, in.kwargs, in.made = d.g.Node(args[0]), args[1:], state.Index(2), true
}

// entry is that of the registry for what makes n, or nil.
func (d *typed) entry(n graph.Node) *py.Entry {
	if d.reg == nil {
		return nil
	}
	c := n.Made()
	fn := c.Func()
	if fn.Kind() == graph.Object {
		if g, ok := d.b.methodName(fn); ok {
			return d.reg.Lookup(g)
		}
		return nil
	}
	info := d.global(fn)
	switch info.is {
	case isReconstructor, isNewObj, isNewObjEx:
		info = d.global(c.Args().Index(0))
	}
	return info.entry
}

// mayBe reports whether the registry may have a value of pl's type for n.
func (d *typed) mayBe(pl *plan, n graph.Node) bool {
	e := d.entry(n)
	if e == nil || e.Load == nil {
		return false
	}
	if len(e.Types) == 0 {
		return true
	}
	return slices.ContainsFunc(e.Types, func(t reflect.Type) bool {
		return t == pl.typ || pl.op == opPointer && t == pl.typ.Elem() || t.Kind() == reflect.Pointer && t.Elem() == pl.typ
	})
}

// state adds the attributes of an instance to runs, of pairs of keys and values. items
// are the attributes in the order of the fields, where a class keeps them so.
func (d *typed) state(in *instance) (items []graph.Ref, hasItems bool) {
	if in.kwargs.Kind() == graph.Dict {
		d.runs = append(d.runs, in.kwargs.Refs())
	}
	switch in.base.Kind() {
	case graph.Dict:
		d.runs = append(d.runs, in.base.Refs())
	case graph.Tuple:
		items, hasItems = in.base.Refs(), true
	}
	if pairs, ok := d.argument(in); ok {
		d.runs = append(d.runs, pairs)
	}
	for c := in.changes; c.Kind() != graph.NoCall; c = c.Next() {
		d.spend(changeCost)
		switch c.Kind() {
		case graph.SetItems:
			d.runs = append(d.runs, c.Refs())
		case graph.BuildState, graph.SetState:
			if list, ok := d.stateOf(c.State(), 0); ok {
				items, hasItems = list, true
			}
		}
	}
	return items, hasItems
}

// stateOf adds a state to runs: a dict of attributes, or a pair of such for __dict__ and
// __slots__; or it is a list of values, as for a frozen dataclass with slots.
func (d *typed) stateOf(state graph.Node, depth int) (items []graph.Ref, ok bool) {
	switch state.Kind() {
	case graph.Dict:
		d.runs = append(d.runs, state.Refs())
	case graph.Tuple, graph.List:
		if state.Kind() == graph.Tuple && state.Len() == 2 && isState(state.Index(0)) && isState(state.Index(1)) {
			d.stateOf(state.Index(0), 0)
			d.stateOf(state.Index(1), 0)
			return nil, false
		}
		return state.Refs(), true
	case graph.Object: // an OrderedDict, say
		const levels = 4
		if depth < levels {
			in := d.instance(state)
			for c := in.changes; c.Kind() != graph.NoCall; c = c.Next() {
				if c.Kind() == graph.SetItems {
					d.runs = append(d.runs, c.Refs())
				}
			}
		}
	}
	return nil, false
}

func isState(n graph.Node) bool { return n.Kind() == graph.Dict || n.Kind() == graph.None }

// sequence adds the items of a list, tuple, set or frozenset, or of an instance that is
// like one, to runs. ok is false if n is something else.
func (d *typed) sequence(n graph.Node) (ok bool) {
	n = d.userData(n)
	switch n.Kind() {
	case graph.List, graph.Tuple, graph.Set, graph.FrozenSet:
		d.runs = append(d.runs, n.Refs())
		return true
	case graph.Object:
	default:
		return false
	}
	in := d.instance(n)
	start := len(d.runs)
	switch {
	case isSequence(in.base):
		d.runs = append(d.runs, in.base.Refs())
	case len(in.args) == 1 && isSequence(d.g.Node(in.args[0])),
		len(in.args) == 2 && !in.made && isSequence(d.g.Node(in.args[0])) && isLength(d.g.Node(in.args[1])):
		d.runs = append(d.runs, d.g.Node(in.args[0]).Refs())
	}
	state := false
	for c := in.changes; c.Kind() != graph.NoCall; c = c.Next() {
		d.spend(changeCost)
		switch c.Kind() {
		case graph.AppendItems, graph.AddItems:
			d.runs = append(d.runs, c.Refs())
		case graph.SetItems:
			d.runs = d.runs[:start]
			return false
		case graph.BuildState, graph.SetState:
			state = true
		}
	}
	switch {
	case len(d.runs) > start:
		return true
	case in.made && len(in.args) > 0: // a namedtuple
		d.runs = append(d.runs, in.args)
		return true
	}
	return len(in.args) == 0 && !state && !in.kwargs.Valid() && !in.base.Valid()
}

// userData is what a collections.UserDict or UserList has in its attribute data, or n if it is
// none.
func (d *typed) userData(n graph.Node) graph.Node {
	const few = 100 // attributes
	if n.Kind() != graph.Object || d.global(d.instance(n).class).is != isUser {
		return n
	}
	for c := range n.Changes() {
		d.spend(changeCost)
		state := c.State().Refs()
		if c.Kind() != graph.BuildState || c.State().Kind() != graph.Dict || len(state) > 2*few {
			continue
		}
		for i := 0; i+1 < len(state); i += 2 {
			if key := d.g.Node(state[i]); key.Kind() == graph.Str && key.Str() == "data" {
				n = d.g.Node(state[i+1])
			}
		}
	}
	return n
}

func isSequence(n graph.Node) bool {
	switch n.Kind() {
	case graph.List, graph.Tuple, graph.Set, graph.FrozenSet:
		return true
	}
	return false
}

// isLength reports whether n may be the maxlen of a deque.
func isLength(n graph.Node) bool { return n.Kind() == graph.Int || n.Kind() == graph.None }

// mapping adds the pairs of keys and values of a dict, of an instance of a class derived
// from dict, or else of an instance's attributes to runs. ok is false if n is something
// else.
func (d *typed) mapping(n graph.Node) (ok bool) {
	n = d.userData(n)
	switch n.Kind() {
	case graph.Dict:
		d.runs = append(d.runs, n.Refs())
		return true
	case graph.Object:
	default:
		return false
	}
	in := d.instance(n)
	start := len(d.runs)
	is := d.global(in.class).is
	switch pairs, ok := d.argument(&in); {
	case ok:
		d.runs = append(d.runs, pairs)
	case in.base.Kind() == graph.Dict:
		d.runs = append(d.runs, in.base.Refs())
	case len(in.args) == 1 && d.g.Node(in.args[0]).Kind() == graph.Dict:
		d.runs = append(d.runs, d.g.Node(in.args[0]).Refs())
	case len(in.args) > 0 && isSequence(d.g.Node(in.args[0])): // like a set or a deque
		return false
	}
	hasState := false
	for c := in.changes; c.Kind() != graph.NoCall; c = c.Next() {
		d.spend(changeCost)
		switch c.Kind() {
		case graph.SetItems:
			d.runs = append(d.runs, c.Refs())
		case graph.AppendItems, graph.AddItems:
			d.runs = d.runs[:start]
			return false
		case graph.BuildState, graph.SetState:
			hasState = true
		}
	}
	if len(d.runs) > start {
		return true
	}
	if hasState || in.kwargs.Valid() {
		in.base = graph.Node{}
		if _, isList := d.state(&in); isList {
			d.runs = d.runs[:start]
			return false
		}
		return true
	}
	return (len(in.args) == 0 || is == isDefaultDict) && !in.base.Valid()
}

// argument are the keys and values with which a Counter, or an OrderedDict of Python 2, was
// called.
func (d *typed) argument(in *instance) ([]graph.Ref, bool) {
	if len(in.args) != 1 || in.made {
		return nil, false
	}
	switch is, arg := d.global(in.class).is, d.g.Node(in.args[0]); {
	case is == isCounter && arg.Kind() == graph.Dict:
		return arg.Refs(), true
	case is == isOrderedDict:
		return d.pairs(arg)
	}
	return nil, false
}

// changeCost is what a look at something done to an instance counts for: instances may be
// shared.
const changeCost = 16

// pairs are the keys and values of a list of pairs.
func (d *typed) pairs(list graph.Node) ([]graph.Ref, bool) {
	if !isSequence(list) {
		return nil, false
	}
	d.spend(changeCost * uint64(list.Len()))
	out := make([]graph.Ref, 0, 2*list.Len())
	for _, r := range list.Refs() {
		pair := d.g.Node(r)
		if !isSequence(pair) || pair.Len() != 2 {
			return nil, false
		}
		out = append(out, pair.Refs()...)
	}
	return out, true
}

// bytesLike is the data of bytes, a bytearray, a buffer, or a call that makes such, as
// there is in the lower protocols. If fresh, nobody else has the data.
func (d *typed) bytesLike(n graph.Node) (data []byte, fresh, ok bool) {
	const levels = 3
	for range levels {
		switch n.Kind() {
		case graph.Bytes, graph.ByteArray, graph.Buffer:
			return n.Payload(), false, true
		case graph.Object:
		default:
			return nil, false, false
		}
		c := n.Made()
		args := c.Args()
		if c.Kind() != graph.CallReduce || c.Next().Kind() != graph.NoCall || args.Kind() != graph.Tuple {
			return nil, false, false
		}
		switch is := d.global(c.Func()).is; {
		case (is == isEncode || is == isByteArray) && args.Len() == 2 && isLatin1(args.Index(1)) && args.Index(0).Kind() == graph.Str:
			return d.encoded(args.Index(0).Str())
		case (is == isBytes || is == isByteArray) && args.Len() == 0:
			return nil, false, true
		case is == isByteArray && args.Len() == 1:
			n = args.Index(0)
		default:
			return nil, false, false
		}
	}
	return nil, false, false
}

// encoded is text in Latin-1, what is short in memory that is used again.
func (d *typed) encoded(text string) (data []byte, fresh, ok bool) {
	if len(text) > smallBytes {
		data, ok = textcodec.EncodeLatin1(nil, text)
		return data, true, ok
	}
	if d.scratch == nil {
		d.scratch = make([]byte, smallBytes)
	}
	data, ok = textcodec.EncodeLatin1(d.scratch[:0], text)
	return data, false, ok
}

func isLatin1(n graph.Node) bool { return n.Str() == "latin1" || n.Str() == "latin-1" }
