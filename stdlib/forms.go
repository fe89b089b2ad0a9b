package stdlib

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-pickle/pickle/py"
)

// A cClass is the name of a class that is written in C. Since some version CPython makes such
// a class while it runs, and then the str of its module's name is an object of its own,
// which protocol 4 does not share with other names of that module.
type cClass struct {
	name  py.Global // with the str that the module's other names have
	own   py.Global // with a str of its own
	since int       // the minor version of Python 3 that has own
}

func newCClass(module, name string, since int) cClass {
	return cClass{py.Global{Module: module, Name: name}, py.Global{Module: strings.Clone(module), Name: name}, since}
}

// in is the name as the form has it.
func (c cClass) in(f py.Form) py.Global {
	if f.Python >= c.since {
		return c.own
	}
	return c.name
}

// made reports whether o was made by a call with n arguments and changed by no other ops
// than these.
func made(o *py.Object, n int, ops ...py.OpKind) (args py.Tuple, ok bool) {
	args, ok = o.Args.(py.Tuple)
	if !ok || o.How != py.ByReduce || n >= 0 && len(args) != n {
		return nil, false
	}
next:
	for _, op := range o.Ops {
		for _, kind := range ops {
			if op.Kind == kind {
				continue next
			}
		}
		return nil, false
	}
	return args, true
}

// changed is o with the ops, those that have no items left out.
func changed(o *py.Object, ops ...py.Op) *py.Object {
	for _, op := range ops {
		if len(op.Items) > 0 {
			o.Ops = append(o.Ops, op)
		}
	}
	return o
}

// build is the op that sets the state, or none if that is nil.
func build(state *py.Dict) py.Op {
	if state == nil {
		return py.Op{Kind: py.OpBuild}
	}
	return py.Op{Kind: py.OpBuild, Items: []any{state}}
}

// stateDict is the dict that o got as its state, nil if it got none.
func stateDict(o *py.Object) (*py.Dict, error) {
	state, ok := o.State()
	if !ok || state == nil {
		return nil, nil
	}
	d, ok := state.(*py.Dict)
	if !ok {
		return nil, fmt.Errorf("the state is a %s, not a dict", py.TypeName(state))
	}
	return d, nil
}

// added are the items of all ops of a kind. The slice may be kept.
func added(o *py.Object, kind py.OpKind) (items []any) {
	own := false
	for _, op := range o.Ops {
		switch {
		case op.Kind != kind:
		case items == nil:
			items = op.Items
		default:
			if !own {
				items, own = slices.Clone(items), true
			}
			items = append(items, op.Items...)
		}
	}
	return items
}

// setItems puts what was set as items of o into d.
func setItems(d *py.Dict, o *py.Object) error {
	return d.AdoptMemo(added(o, py.OpSetItems), new(py.KeyMemo))
}

// printed is how package fmt prints a value: as py.Repr, but not without end.
func printed(x any) string { return py.ReprOptions{MaxLen: 64 << 10}.Format(x) }

// nameParts are the parts of a printed form for keyword arguments: a=1, b=2.
func nameParts(parts []any, d *py.Dict) []any {
	if d == nil {
		return parts
	}
	n := len(parts)
	for k, v := range d.All() {
		name, ok := k.(string)
		if !ok || len(name) > 100 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			name = py.ReprOptions{MaxLen: 100}.Format(k)
		}
		if len(parts) > n {
			name = ", " + name
		}
		parts = append(parts, py.ReprText(name+"="), v)
	}
	return parts
}

// format prints x for package fmt, as the types of package py print themselves.
func format(x any, f fmt.State, verb rune) {
	o := py.ReprOptions{MaxLen: 64 << 10}
	if verb == 'v' && f.Flag('+') {
		o = py.ReprOptions{MaxLen: 1 << 20, Indent: "  ", Labels: true}
	}
	if n, ok := f.Precision(); ok {
		o.MaxLen = max(1, n)
	}
	if width, ok := f.Width(); ok && !f.Flag('-') {
		fmt.Fprintf(f, "%*s", width, o.Append(nil, x))
		return
	} else if ok {
		fmt.Fprintf(f, "%-*s", width, o.Append(nil, x))
		return
	}
	_, _ = f.Write(o.Append(nil, x))
}
