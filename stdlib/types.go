package stdlib

import (
	"fmt"
	"reflect"

	"github.com/go-pickle/pickle/py"
)

// typesEntries are those of module types, and the unions of types.
var typesEntries = []py.Entry{
	{
		Names: []py.Global{classNamespace},
		Types: []reflect.Type{reflect.TypeFor[*SimpleNamespace]()},
		Load: func(o *py.Object) (any, bool) {
			_, ok := made(o, 0, py.OpBuild)
			return new(SimpleNamespace), ok && len(o.Ops) == 1
		},
		Fill: func(v any, o *py.Object) error {
			state, _ := o.State()
			d, ok := state.(*py.Dict)
			if !ok {
				return fmt.Errorf("the state is a %s, not a dict", py.TypeName(state))
			}
			v.(*SimpleNamespace).Attrs = d
			return nil
		},
		Reduce: func(v any, _ py.Form) (any, error) {
			attrs := v.(*SimpleNamespace).Attrs
			if attrs == nil {
				attrs = new(py.Dict)
			}
			return changed(py.NewCall(classNamespace), build(attrs)), nil
		},
	},
	{
		Names: []py.Global{classGenericAlias},
		Types: []reflect.Type{reflect.TypeFor[*GenericAlias]()},
		Load: func(o *py.Object) (any, bool) {
			args, ok := made(o, 2)
			if !ok {
				return nil, false
			}
			params, ok := args[1].(py.Tuple)
			return &GenericAlias{args[0], params}, ok
		},
		Reduce: func(v any, _ py.Form) (any, error) {
			a := v.(*GenericAlias)
			return py.NewCall(classGenericAlias, a.Origin, orEmpty(a.Args)), nil
		},
	},
	{
		Names: []py.Global{funcReduce, funcReduce2},
		Load: func(o *py.Object) (any, bool) {
			args, ok := made(o, 2)
			if !ok || args[0] != any(funcOr) {
				return nil, false
			}
			types, ok := args[1].(py.Tuple)
			return &Union{Types: types}, ok && len(types) > 1
		},
		Strings: unionStrings,
	},
	{
		Names: []py.Global{funcGetItem},
		Types: []reflect.Type{reflect.TypeFor[*Union]()},
		Load: func(o *py.Object) (any, bool) {
			args, ok := made(o, 2)
			if !ok || args[0] != any(classUnion) {
				return nil, false
			}
			types, ok := args[1].(py.Tuple)
			return &Union{Types: types, Typing: true}, ok
		},
		Reduce: func(v any, f py.Form) (any, error) {
			u := v.(*Union)
			if u.Typing || f.Python >= 14 {
				return py.NewCall(funcGetItem, classUnion, orEmpty(u.Types)), nil
			}
			if len(u.Types) < 2 {
				return nil, fmt.Errorf("a union needs at least two types")
			}
			if f.Protocol < 3 { // as it loads again by its name in Python 2
				return py.NewCall(funcReduce2, funcOr, u.Types), nil
			}
			return py.NewCall(funcReduce, funcOr, u.Types), nil
		},
		Strings: unionStrings,
	},
}

var (
	classNamespace    = py.Global{Module: "types", Name: "SimpleNamespace"}
	classGenericAlias = py.Global{Module: "types", Name: "GenericAlias"}
	classUnion        = py.Global{Module: "typing", Name: "Union"}
	funcReduce        = py.Global{Module: "_functools", Name: "reduce"}
	funcReduce2       = py.Global{Module: "functools", Name: "reduce"}
	funcOr            = py.Global{Module: "_operator", Name: "or_"}
	funcGetItem       = py.Global{Module: "_operator", Name: "getitem"}
)

// unionStrings are the names that a union's reduction uses besides those of the entries.
var unionStrings = []string{classUnion.Module, classUnion.Name, funcOr.Module, funcOr.Name}

func orEmpty(t py.Tuple) py.Tuple {
	if t == nil {
		return py.Tuple{}
	}
	return t
}

// A SimpleNamespace is a Python types.SimpleNamespace, used as *SimpleNamespace: an object
// with attributes.
type SimpleNamespace struct{ Attrs *py.Dict } // nil means none

// NewSimpleNamespace returns a SimpleNamespace of names and values in turn.
func NewSimpleNamespace(namesAndValues ...any) *SimpleNamespace {
	return &SimpleNamespace{py.NewDict(namesAndValues...)}
}

// ReprParts prints n as namespace(a=1).
func (n *SimpleNamespace) ReprParts() []any {
	return append(nameParts([]any{py.ReprText("namespace(")}, n.Attrs), py.ReprText(")"))
}

// String prints n as [py.Repr] does, cut off after 64 KiB.
func (n *SimpleNamespace) String() string { return printed(n) }

// Plain gives the attributes.
func (n *SimpleNamespace) Plain() (any, error) {
	if n.Attrs == nil {
		return new(py.Dict), nil
	}
	return n.Attrs, nil
}

// A GenericAlias is a Python types.GenericAlias, used as *GenericAlias: a class with
// parameters, such as list[int]. Python pickles it since 3.9.
type GenericAlias struct {
	Origin any      // the class, usually a [py.Global]
	Args   py.Tuple // the parameters
}

// NewGenericAlias returns origin[args].
func NewGenericAlias(origin any, args ...any) *GenericAlias { return &GenericAlias{origin, args} }

// ReprParts prints a as builtins.list[builtins.int].
func (a *GenericAlias) ReprParts() []any {
	parts := []any{py.ReprText(""), a.Origin, py.ReprText("[")}
	if len(a.Args) == 0 {
		parts = append(parts, py.Tuple{})
	}
	for i, x := range a.Args {
		if i > 0 {
			parts = append(parts, py.ReprText(", "))
		}
		parts = append(parts, x)
	}
	return append(parts, py.ReprText("]"))
}

// String prints a as [py.Repr] does, cut off after 64 KiB.
func (a *GenericAlias) String() string { return printed(a) }

// Plain is an error: no plain data stands for a type.
func (a *GenericAlias) Plain() (any, error) { return nil, errNotData("types.GenericAlias") }

// A Union is a Python union of types, used as *Union: int | str (types.UnionType, pickled
// since Python 3.10) or typing.Union[int, str], which are one class since 3.14.
type Union struct {
	Types py.Tuple

	// Typing says that it is typing.Union[...] in versions before 3.14 as well.
	Typing bool
}

// NewUnion returns the union of at least two types.
func NewUnion(types ...any) *Union { return &Union{Types: types} }

// ReprParts prints u as builtins.int | builtins.str.
func (u *Union) ReprParts() []any {
	parts := []any{py.ReprText("")}
	for i, x := range u.Types {
		if i > 0 {
			parts = append(parts, py.ReprText(" | "))
		}
		parts = append(parts, x)
	}
	return append(parts, py.ReprText(""))
}

// EqualParts compares the types, however the union is written.
func (u *Union) EqualParts(other any) (mine, theirs []any, ok bool) {
	v, ok := other.(*Union)
	if !ok {
		return nil, nil, false
	}
	return []any{u.Types}, []any{v.Types}, true
}

// String prints u as [py.Repr] does, cut off after 64 KiB.
func (u *Union) String() string { return printed(u) }

// Plain is an error: no plain data stands for a type.
func (u *Union) Plain() (any, error) { return nil, errNotData("types.UnionType") }
