package py

import (
	"errors"
	"fmt"
	"math/big"
)

// An Instance is an object of a Python class as all protocols describe it: what they write
// in different ways is in the same field. [Object.Instance] reads one, and a [Class]
// writes one as object.__reduce_ex__ would at any protocol.
type Instance struct {
	// Call says that the pickle calls the class, or a function in its place, with Args,
	// as a __reduce__ that returns (callable, args) has it. Without it the instance is
	// made by __new__ alone.
	Call bool

	// Args are the arguments of that call, or those of __new__ after the class
	// (__getnewargs__); Kwargs are its keyword arguments (__getnewargs_ex__), nil if
	// there are none. Protocols 0 and 1 have neither for __new__.
	Args   Tuple
	Kwargs *Dict

	// Value is the value of the immutable built-in type that the class extends: an int,
	// float, complex, str, bytes or tuple.
	Value any

	// Items are those of a class that extends list, set or frozenset, or what else was
	// appended. Pairs are keys and values in turn: those of a class that extends dict, or
	// what else was set.
	Items, Pairs []any

	// State is what __setstate__ gets, or the attributes: a *Dict, or a Tuple of such a
	// *Dict (or nil) and a *Dict of the attributes in slots. nil means none.
	State any

	// Setter is the function that sets the state, as the sixth part of what __reduce__
	// returns; nil if the class does.
	Setter any
}

// Names that the forms of instances use.
var (
	globalObject        = Global{"builtins", "object"}
	globalReconstructor = Global{"copyreg", "_reconstructor"}
	globalPartial       = Global{"functools", "partial"}
	globalGetattr       = Global{"builtins", "getattr"}
)

// Instance returns what the pickle says of o, whichever protocol and Python wrote it. ok is
// false if it is no instance of a class or has been made in a way that Python's picklers
// do not use. The Instance shares what o holds.
func (o *Object) Instance() (i *Instance, ok bool) {
	i, _, ok = o.instance()
	return i, ok
}

// instance returns also the class, or function, by which o was made.
func (o *Object) instance() (i *Instance, class any, ok bool) {
	i = new(Instance)
	args, ok := o.Args.(Tuple)
	if !ok && o.Args != nil {
		return nil, nil, false
	}
	class = o.Class
	switch o.How {
	case ByNewObj, ByInst:
		i.Args = args
	case ByNewObjEx:
		i.Args = args
		if i.Kwargs, ok = o.Kwargs.(*Dict); !ok {
			return nil, nil, false
		}
	case ByReduce:
		class, ok = i.reduced(o.Class, args)
		if !ok {
			return nil, nil, false
		}
	default:
		return nil, nil, false
	}
	if i.Kwargs != nil && i.Kwargs.Len() == 0 {
		i.Kwargs = nil
	}
	for _, op := range o.Ops {
		switch op.Kind {
		case OpAppend, OpAddItems:
			i.Items = append(i.Items, op.Items...)
		case OpSetItems:
			i.Pairs = append(i.Pairs, op.Items...)
		case OpBuild:
			if len(op.Items) == 1 {
				i.State = op.Items[0]
			}
		case OpCall:
			if len(op.Items) == 2 {
				i.Setter, i.State = op.Items[0], op.Items[1]
			}
		}
	}
	return i, class, true
}

// reduced takes apart a call with args.
func (i *Instance) reduced(fn any, args Tuple) (class any, ok bool) {
	if p, isObject := fn.(*Object); isObject {
		class, new, kwargs, ok := p.partialNew()
		if ok && len(args) == 0 {
			i.Args, i.Kwargs = new, kwargs
			return class, true
		}
	}
	g, _ := fn.(Global)
	if g.Module != "copyreg" && g.Module != "copy_reg" {
		i.Call, i.Args = true, args
		return fn, true
	}
	switch {
	case g.Name == "_reconstructor" && len(args) == 3:
		switch v := args[2].(type) {
		case *List:
			if v != nil {
				i.Items = v.Items
			}
		case *Dict:
			if v != nil {
				i.Pairs = v.Pairs()
			}
		default:
			i.Value = v
		}
		return args[0], true
	case g.Name == "__newobj__" && len(args) > 0:
		i.Args = args[1:]
		return args[0], true
	case g.Name == "__newobj_ex__" && len(args) == 3:
		var ok, ok2 bool
		i.Args, ok = args[1].(Tuple)
		i.Kwargs, ok2 = args[2].(*Dict)
		return args[0], ok && ok2
	}
	i.Call, i.Args = true, args
	return fn, true
}

// partialNew takes apart functools.partial(class.__new__, class, *args, **kwargs), by which
// protocols 2 and 3 make instances with keyword arguments.
func (o *Object) partialNew() (class any, args Tuple, kwargs *Dict, ok bool) {
	if o == nil || o.How != ByReduce || o.Class != any(globalPartial) || len(o.Ops) != 1 || o.Ops[0].Kind != OpBuild {
		return nil, nil, nil, false
	}
	state, _ := o.State()
	parts, _ := state.(Tuple)
	if len(parts) != 4 {
		return nil, nil, nil, false
	}
	method, _ := parts[0].(*Object)
	all, _ := parts[1].(Tuple)
	kwargs, _ = parts[2].(*Dict)
	if method == nil || method.Class != any(globalGetattr) || len(all) == 0 || kwargs == nil {
		return nil, nil, nil, false
	}
	name, _ := method.Args.(Tuple)
	if len(name) != 2 || name[1] != any("__new__") {
		return nil, nil, nil, false
	}
	of, ok1 := name[0].(Global)
	g, ok2 := all[0].(Global)
	return g, all[1:], kwargs, ok1 && ok2 && of == g
}

// Attr returns the attribute of that name in the state, in slots or not.
func (i *Instance) Attr(name string) (value any, ok bool) {
	dict, slots, _ := attrDicts(i.State)
	for _, d := range [2]*Dict{slots, dict} {
		if d != nil {
			if v, ok := d.Get(name); ok {
				return v, true
			}
		}
	}
	return nil, false
}

// Store stores the attribute of that name where dst, a pointer, points to, as [Store] does.
// An attribute that is not there is an error.
func (i *Instance) Store(name string, dst any) error {
	v, ok := i.Attr(name)
	if !ok {
		return fmt.Errorf("there is no attribute %q", name)
	}
	if err := Store(dst, v); err != nil {
		return fmt.Errorf("attribute %q: %w", name, err)
	}
	return nil
}

// Slots is a State of attributes in slots, given as names and values in turn.
func Slots(namesAndValues ...any) any { return Tuple{nil, NewDict(namesAndValues...)} }

// object returns what is written for the instance: in protocols 2 and above the class is
// called by NEWOBJ, below by copyreg._reconstructor with base, the built-in type that it
// extends.
func (i *Instance) object(class, base Global, f Form) (*Object, error) {
	o := &Object{How: ByNewObj, Class: class, Args: i.Args}
	items, pairs, state := i.Items, i.Pairs, i.State
	isSet := base.Module == "builtins" && (base.Name == "set" || base.Name == "frozenset")
	switch {
	case i.Call:
		o.How = ByReduce
	case isSet:
		o.How, o.Args, items = ByReduce, Tuple{NewList(items...)}, nil
		if state == nil && f.Python < 11 {
			state = new(Dict)
		}
	case f.Protocol < 2:
		var value any
		switch base.Name {
		case "list":
			value, items = NewList(items...), nil
		case "dict":
			d := new(Dict)
			if err := d.Adopt(append([]any(nil), pairs...)); err != nil {
				return nil, err
			}
			value, pairs = d, nil
		case "object":
		default:
			value = i.Value
		}
		o.How, o.Class, o.Args = ByReduce, globalReconstructor, Tuple{class, base, value}
		if i.Setter == nil && isFalse(state) {
			state = nil
		}
	case i.Kwargs != nil && i.Kwargs.Len() > 0:
		o.How, o.Kwargs = ByNewObjEx, i.Kwargs
	case i.Args == nil && i.Value != nil:
		o.Args = Tuple{i.Value}
		if v, ok := i.Value.(complex128); ok {
			o.Args = Tuple{real(v), imag(v)}
		}
	}
	if t, ok := o.Args.(Tuple); ok && t == nil {
		o.Args = Tuple{}
	}
	if len(pairs)%2 != 0 {
		return nil, errors.New("Pairs has a key without a value")
	}
	if len(items) > 0 {
		o.Ops = append(o.Ops, Op{OpAppend, items})
	}
	if len(pairs) > 0 {
		o.Ops = append(o.Ops, Op{OpSetItems, pairs})
	}
	switch {
	case i.Setter != nil:
		o.Ops = append(o.Ops, Op{OpCall, []any{i.Setter, state}})
	case state != nil:
		o.Ops = append(o.Ops, Op{OpBuild, []any{state}})
	}
	return o, nil
}

// isFalse reports whether a state is false in Python: protocols 0 and 1 leave it out then.
func isFalse(x any) bool {
	switch x := x.(type) {
	case nil:
		return true
	case bool:
		return !x
	case int64:
		return x == 0
	case float64:
		return x == 0
	case complex128:
		return x == 0
	case *big.Int:
		return x == nil || x.Sign() == 0
	case string:
		return x == ""
	case Bytes:
		return x == ""
	case Tuple:
		return len(x) == 0
	}
	return isNone(x) || emptyText(x) != ""
}
