package stdlib

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/go-pickle/pickle/py"
)

// callsEntries are the objects that can be called: of modules functools and operator.
var callsEntries = []py.Entry{
	{
		Names: []py.Global{classPartial.name},
		Types: []reflect.Type{reflect.TypeFor[*Partial]()},
		Load: func(o *py.Object) (any, bool) {
			_, ok := made(o, 1, py.OpBuild)
			return new(Partial), ok && len(o.Ops) == 1
		},
		Fill: func(v any, o *py.Object) error { return v.(*Partial).fill(o) },
		Reduce: func(v any, f py.Form) (any, error) {
			p := v.(*Partial)
			args, kwargs := p.Args, p.Keywords
			if args == nil {
				args = py.Tuple{}
			}
			if kwargs == nil {
				kwargs = new(py.Dict)
			}
			var attrs any
			if p.Attrs != nil {
				attrs = p.Attrs
			}
			o := py.NewCall(classPartial.in(f), p.Func)
			o.Ops = []py.Op{{Kind: py.OpBuild, Items: []any{py.Tuple{p.Func, args, kwargs, attrs}}}}
			return o, nil
		},
	},
	getterEntry("itemgetter", func(items py.Tuple) (*ItemGetter, bool) {
		return &ItemGetter{items}, len(items) > 0
	}, func(g *ItemGetter) py.Tuple { return g.Items }),
	getterEntry("attrgetter", func(names py.Tuple) (*AttrGetter, bool) {
		for _, name := range names {
			if _, ok := name.(string); !ok {
				return nil, false
			}
		}
		return &AttrGetter{names}, len(names) > 0
	}, func(g *AttrGetter) py.Tuple { return g.Names }),
	{
		Names: []py.Global{classMethodCaller.name},
		Types: []reflect.Type{reflect.TypeFor[*MethodCaller]()},
		Load:  loadMethodCaller,
		Reduce: func(v any, f py.Form) (any, error) {
			m, class := v.(*MethodCaller), classMethodCaller.in(f)
			if m.Kwargs == nil || m.Kwargs.Len() == 0 {
				return py.NewCall(class, append([]any{m.Name}, m.Args...)...), nil
			}
			partial := py.NewCall(classPartial.in(f), class)
			partial.Ops = []py.Op{{Kind: py.OpBuild, Items: []any{
				py.Tuple{class, py.Tuple{m.Name}, m.Kwargs, nil},
			}}}
			args := m.Args
			if args == nil {
				args = py.Tuple{}
			}
			return &py.Object{How: py.ByReduce, Class: partial, Args: args}, nil
		},
	},
}

var (
	classPartial      = newCClass("functools", "partial", 10)
	classMethodCaller = newCClass("operator", "methodcaller", 10)
)

// A Partial is a Python functools.partial, used as *Partial: a function with arguments that
// it will be called with. Nothing is ever called in Go.
//
// Equal compares what Partials consist of; in Python each is equal to itself alone.
type Partial struct {
	Func     any      // usually a [py.Global]
	Args     py.Tuple // positional arguments
	Keywords *py.Dict // keyword arguments, by name; nil means none
	Attrs    *py.Dict // attributes that the program set on the object; nil if there are none
}

// NewPartial returns a Partial of fn with positional arguments.
func NewPartial(fn any, args ...any) *Partial {
	return &Partial{Func: fn, Args: args, Keywords: new(py.Dict)}
}

func (p *Partial) fill(o *py.Object) error {
	state, _ := o.State()
	parts, _ := state.(py.Tuple)
	if len(parts) != 4 {
		return errors.New("invalid partial state")
	}
	var ok bool
	p.Func = parts[0]
	if p.Args, ok = parts[1].(py.Tuple); !ok {
		return errors.New("invalid partial state")
	}
	if p.Keywords, ok = parts[2].(*py.Dict); !ok && parts[2] != nil {
		return errors.New("invalid partial state")
	}
	if p.Attrs, ok = parts[3].(*py.Dict); !ok && parts[3] != nil {
		return errors.New("invalid partial state")
	}
	return nil
}

// ReprParts prints p as functools.partial(builtins.int, base=16).
func (p *Partial) ReprParts() []any {
	return append(callParts([]any{py.ReprText("functools.partial("), p.Func}, p.Args, p.Keywords), py.ReprText(")"))
}

// callParts are the parts of a printed form for arguments after others.
func callParts(parts []any, args py.Tuple, kwargs *py.Dict) []any {
	for _, x := range args {
		parts = append(parts, py.ReprText(", "), x)
	}
	if kwargs != nil && kwargs.Len() > 0 {
		parts = nameParts(append(parts, py.ReprText(", ")), kwargs)
	}
	return parts
}

// String prints p as [py.Repr] does, cut off after 64 KiB.
func (p *Partial) String() string { return printed(p) }

// Plain is an error: no plain data stands for a function.
func (p *Partial) Plain() (any, error) { return nil, errNotData("functools.partial") }

func errNotData(class string) error { return fmt.Errorf("a %s is not plain data", class) }

// getterEntry is the entry of a class that is called with what its T holds.
func getterEntry[T any](name string, load func(py.Tuple) (*T, bool), args func(*T) py.Tuple) py.Entry {
	class := newCClass("operator", name, 10)
	return py.Entry{
		Names: []py.Global{class.name},
		Types: []reflect.Type{reflect.TypeFor[*T]()},
		Load: func(o *py.Object) (any, bool) {
			args, ok := made(o, -1)
			if !ok {
				return nil, false
			}
			return load(args)
		},
		Reduce: func(v any, f py.Form) (any, error) {
			a := args(v.(*T))
			if len(a) == 0 {
				return nil, fmt.Errorf("an operator.%s needs at least one item", name)
			}
			return &py.Object{How: py.ByReduce, Class: class.in(f), Args: a}, nil
		},
	}
}

// An ItemGetter is a Python operator.itemgetter, used as *ItemGetter: a function that
// returns the items of what it is called with.
type ItemGetter struct{ Items py.Tuple }

// NewItemGetter returns an ItemGetter of at least one item, such as an index or key.
func NewItemGetter(items ...any) *ItemGetter { return &ItemGetter{items} }

// ReprParts prints g as operator.itemgetter(1).
func (g *ItemGetter) ReprParts() []any { return getterParts("operator.itemgetter(", g.Items) }

func getterParts(name string, args py.Tuple) []any {
	parts := []any{py.ReprText(name)}
	for i, x := range args {
		if i > 0 {
			parts = append(parts, py.ReprText(", "))
		}
		parts = append(parts, x)
	}
	return append(parts, py.ReprText(")"))
}

// String prints g as [py.Repr] does, cut off after 64 KiB.
func (g *ItemGetter) String() string { return printed(g) }

// Plain is an error: no plain data stands for a function.
func (g *ItemGetter) Plain() (any, error) { return nil, errNotData("operator.itemgetter") }

// An AttrGetter is a Python operator.attrgetter, used as *AttrGetter: a function that
// returns the attributes of what it is called with.
type AttrGetter struct{ Names py.Tuple } // each a string, such as "name" or "owner.name"

// NewAttrGetter returns an AttrGetter of at least one name.
func NewAttrGetter(names ...string) *AttrGetter {
	g := new(AttrGetter)
	for _, name := range names {
		g.Names = append(g.Names, name)
	}
	return g
}

// ReprParts prints g as operator.attrgetter('a.b').
func (g *AttrGetter) ReprParts() []any { return getterParts("operator.attrgetter(", g.Names) }

// String prints g as [py.Repr] does, cut off after 64 KiB.
func (g *AttrGetter) String() string { return printed(g) }

// Plain is an error: no plain data stands for a function.
func (g *AttrGetter) Plain() (any, error) { return nil, errNotData("operator.attrgetter") }

// A MethodCaller is a Python operator.methodcaller, used as *MethodCaller: a function that
// calls a method of what it is called with.
type MethodCaller struct {
	Name   string
	Args   py.Tuple
	Kwargs *py.Dict // nil means none
}

func loadMethodCaller(o *py.Object) (any, bool) {
	args, ok := made(o, -1)
	if !ok {
		return nil, false
	}
	m := new(MethodCaller)
	all := args
	if p, isObject := o.Class.(*py.Object); isObject { // functools.partial(methodcaller, name, **kwargs)
		state, _ := p.State()
		parts, _ := state.(py.Tuple)
		if len(parts) != 4 || parts[0] != any(classMethodCaller.name) || parts[3] != nil {
			return nil, false
		}
		first, _ := parts[1].(py.Tuple)
		if m.Kwargs, ok = parts[2].(*py.Dict); !ok || m.Kwargs == nil || m.Kwargs.Len() == 0 || len(first) != 1 {
			return nil, false
		}
		m.Name, ok = first[0].(string)
		m.Args = args
		return m, ok
	}
	if len(all) == 0 {
		return nil, false
	}
	m.Name, ok = all[0].(string)
	m.Args = all[1:]
	return m, ok
}

// ReprParts prints m as operator.methodcaller('name', 1, key=2).
func (m *MethodCaller) ReprParts() []any {
	return append(callParts([]any{py.ReprText("operator.methodcaller("), m.Name}, m.Args, m.Kwargs), py.ReprText(")"))
}

// String prints m as [py.Repr] does, cut off after 64 KiB.
func (m *MethodCaller) String() string { return printed(m) }

// Plain is an error: no plain data stands for a function.
func (m *MethodCaller) Plain() (any, error) { return nil, errNotData("operator.methodcaller") }
