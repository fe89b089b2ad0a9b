package pickle

import (
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// registered is the value that the registry has for n, or the one of package py. Most
// instances of the standard library's classes are made of a few numbers and texts: those
// are made here, without the values of all the rest of the pickle.
func (d *typed) registered(n graph.Node) (v any, ok bool) {
	if !d.built {
		if v, ok := d.simple(n, 0); ok {
			return v, true
		}
	}
	return d.python(n.Ref())
}

// simple makes a registered instance whose arguments, and attributes if it has any, are
// leaves or such instances in turn.
func (d *typed) simple(n graph.Node, depth int) (v any, ok bool) {
	if !n.Shared() {
		return d.newSimple(n, depth)
	}
	if v, ok = d.made[n.Ref()]; ok {
		return v, true
	}
	if v, ok = d.newSimple(n, depth); ok {
		if d.made == nil {
			d.made = make(map[graph.Ref]any)
		}
		d.made[n.Ref()] = v
	}
	return v, ok
}

func (d *typed) newSimple(n graph.Node, depth int) (v any, ok bool) {
	e := d.entry(n)
	if e == nil || e.Load == nil || e.Fill != nil || depth == simpleLevels || !d.spend(simpleCost) {
		return nil, false
	}
	c := n.Made()
	o := &d.objects[depth]
	*o = py.Object{}
	defer func() { *o = py.Object{} }()
	switch c.Kind() {
	case graph.CallReduce:
		o.How = py.ByReduce
	case graph.CallNew:
		o.How = py.ByNewObj
	default:
		return nil, false
	}
	if c.Func().Kind() != graph.Global || c.Func().Changed() || c.Args().Kind() != graph.Tuple {
		return nil, false
	}
	module, name := c.Func().Global()
	o.Class = py.Global{Module: module, Name: name}
	args, ok := d.simples(c.Args().Refs(), depth)
	if !ok {
		return nil, false
	}
	o.Args = py.Tuple(args)
	if c = c.Next(); c.Kind() == graph.BuildState && c.State().Kind() == graph.Dict && c.Next().Kind() == graph.NoCall {
		pairs, ok := d.simples(c.State().Refs(), depth)
		var state py.Dict
		if !ok || state.Adopt(pairs) != nil {
			return nil, false
		}
		o.Ops = []py.Op{{Kind: py.OpBuild, Items: []any{&state}}}
	} else if c.Kind() != graph.NoCall {
		return nil, false
	}
	return e.Load(o)
}

// simpleLevels is how deep such instances may hold others: a datetime has a timezone, which
// has a timedelta.
const simpleLevels = 5

// simpleCost is the memory for which making an instance counts.
const simpleCost = 200

func (d *typed) simples(refs []graph.Ref, depth int) ([]any, bool) {
	const few, short = 16, 200
	if len(refs) > few {
		return nil, false
	}
	if d.args.left == 0 {
		d.args.left = d.g.Items()
	}
	out := d.args.take(len(refs))
	for i, r := range refs {
		n := d.g.Node(r)
		ok := true
		switch n.Kind() {
		case graph.None, graph.Bool, graph.Int, graph.Float:
			out[i], ok = d.python(r)
		case graph.Str, graph.Bytes:
			if ok = n.Len() <= short; ok && n.Kind() == graph.Str {
				out[i] = d.str(r)
			} else if ok {
				out[i] = py.Bytes(d.own(n.Payload()))
			}
		case graph.Object:
			out[i], ok = d.simple(n, depth+1)
		case graph.Global:
			ok = !n.Changed()
			module, name := n.Global()
			g := py.Global{Module: module, Name: name}
			out[i] = g
			if e := d.global(n).entry; e != nil && e.Value != nil && e.Names[0] == g {
				out[i] = e.Value
			}
		default:
			ok = false
		}
		if !ok {
			return nil, false
		}
	}
	return out, true
}
