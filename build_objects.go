package pickle

import (
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

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
