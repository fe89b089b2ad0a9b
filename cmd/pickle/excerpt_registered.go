package main

import (
	"strings"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// registeredNodes is how many nodes an instance may consist of to be shown as the Go value
// that the registry has for it: a datetime with its zone, a path, a UUID. Larger ones, and
// those that may hold themselves, are shown as the calls that they are, within the limits.
const registeredNodes = 64

// registered gives the Go value of the instance n, nil if it has none.
func (e *excerpt) registered(n graph.Node) any {
	if e.registry == nil {
		return nil
	}
	left := registeredNodes
	v, ok := e.small(n, &left)
	if _, inert := v.(*py.Object); !ok || inert {
		return nil
	}
	return v
}

// small builds all of n if that takes no more than left nodes.
func (e *excerpt) small(n graph.Node, left *int) (v any, ok bool) {
	if *left--; *left < 0 {
		return nil, false
	}
	switch n.Kind() {
	case graph.None:
		return nil, true
	case graph.Bool, graph.Int, graph.Float, graph.Str, graph.Bytes, graph.Long:
		return e.value(n, 0, false), true
	case graph.Global:
		module, name := n.Global()
		return py.Global{Module: module, Name: name}, !n.Changed()
	case graph.Tuple:
		items := make(py.Tuple, 0, min(n.Len(), registeredNodes))
		for item := range n.Items() {
			x, ok := e.small(item, left)
			if !ok {
				return nil, false
			}
			items = append(items, x)
		}
		return items, true
	case graph.Dict:
		d := new(py.Dict)
		for key, value := range n.Pairs() {
			k, ok := e.small(key, left)
			x, ok2 := e.small(value, left)
			if !ok || !ok2 || d.Set(k, x) != nil {
				return nil, false
			}
		}
		return d, true
	case graph.Object:
		return e.smallObject(n, left)
	}
	return nil, false
}

func (e *excerpt) smallObject(n graph.Node, left *int) (v any, ok bool) {
	if b, isBytes := e.fold(n).(py.Bytes); isBytes {
		return b, true
	}
	o := new(py.Object)
	c := n.Made()
	switch c.Kind() {
	case graph.CallReduce:
		o.How = py.ByReduce
	case graph.CallNew:
		o.How = py.ByNewObj
	default:
		return nil, false
	}
	if o.Class, ok = e.small(c.Func(), left); !ok {
		return nil, false
	}
	if o.Args, ok = e.small(c.Args(), left); !ok {
		return nil, false
	}
	for change := range n.Changes() {
		state, ok := e.small(change.State(), left)
		if change.Kind() != graph.BuildState || !ok {
			return nil, false
		}
		o.Ops = append(o.Ops, py.Op{Kind: py.OpBuild, Items: []any{state}})
	}
	if entry := e.registry.Lookup(registeredName(o)); entry != nil && entry.Load != nil && entry.Fill == nil {
		if v, ok := entry.Load(o); ok {
			return v, true
		}
	}
	return o, true
}

// registeredName is the name under which the registry has the class of o: a method is
// called through builtins.getattr.
func registeredName(o *py.Object) py.Global {
	method, ok := o.Class.(*py.Object)
	if !ok {
		name, _ := o.Type()
		return name
	}
	getattr, _ := method.Type()
	args, _ := method.Args.(py.Tuple)
	if getattr != (py.Global{Module: "builtins", Name: "getattr"}) || len(args) != 2 {
		return py.Global{}
	}
	class, _ := args[0].(py.Global)
	name, _ := args[1].(string)
	return py.Global{Module: class.Module, Name: strings.Join([]string{class.Name, name}, ".")}
}
