package py

import (
	"fmt"
	"iter"
)

// NewObject returns an instance of class as Python pickles one at protocol 2 and above
// when its class has no pickling methods of its own: made without calling __init__, then
// given the attributes of state. The object keeps state; nil or empty means none.
func NewObject(class Global, state *Dict) *Object {
	o := &Object{How: ByNewObj, Class: class, Args: Tuple{}}
	if state != nil && state.Len() > 0 {
		o.Ops = []Op{{OpBuild, []any{state}}}
	}
	return o
}

// NewCall returns the result of fn(*args), as Python pickles what has a __reduce__ method:
// Python calls fn when it loads the pickle, Go never does. The object keeps args.
func NewCall(fn Global, args ...any) *Object {
	if args == nil {
		args = []any{}
	}
	return &Object{How: ByReduce, Class: fn, Args: Tuple(args)}
}

// Type returns the class of which o is an instance, if the pickle names one. Where o is the
// result of a call that is Class, too, as a pickle does not tell whether what it calls is
// a class; but Type sees through the functions of module copyreg by which Python 2 and
// protocols 0 and 1 make instances.
func (o *Object) Type() (class Global, ok bool) {
	if g, base := o.reconstructed(); base != nil {
		class, ok = g.(Global)
		return class, ok
	}
	class, ok = o.Class.(Global)
	return class, ok
}

// ClassName returns the name of what [Object.Type] returns, such as "geometry.Point", or
// else the printed form of Class, which may be cut short.
func (o *Object) ClassName() string {
	if g, ok := o.Type(); ok {
		return g.String()
	}
	return ReprOptions{MaxLen: 200, MaxDepth: 3}.Format(o.Class)
}

// reconstructed returns the class and the arguments after it if o was made by one of the
// functions in copyreg that take the class as an argument; base is nil if not.
func (o *Object) reconstructed() (class any, base Tuple) {
	g, ok := o.Class.(Global)
	if !ok || o.How != ByReduce || g.Module != "copyreg" && g.Module != "copy_reg" {
		return nil, nil
	}
	args, ok := o.Args.(Tuple)
	if !ok || len(args) == 0 {
		return nil, nil
	}
	switch g.Name {
	case "_reconstructor", "__newobj__", "__newobj_ex__":
		return args[0], args[1:]
	}
	return nil, nil
}

// baseValue is the value of the built-in class that o's class extends, where
// copyreg._reconstructor was given one.
func (o *Object) baseValue() any {
	if g, _ := o.Class.(Global); g.Name != "_reconstructor" {
		return nil
	}
	if _, rest := o.reconstructed(); len(rest) == 2 {
		return rest[1]
	}
	return nil
}

// State returns the state that o was given last (BUILD), and whether it was given one.
// Usually it is a *Dict of attributes, or a Tuple of such a *Dict (or None) and a *Dict of
// the attributes in slots; a class with __getstate__ may have anything.
func (o *Object) State() (state any, ok bool) {
	for i := len(o.Ops) - 1; i >= 0; i-- {
		if op := o.Ops[i]; op.Kind == OpBuild && len(op.Items) > 0 {
			return op.Items[0], true
		}
	}
	return nil, false
}

// attrDicts returns the dicts of attributes in a state; either may be nil. ok is false if
// the state is something else.
func attrDicts(state any) (dict, slots *Dict, ok bool) {
	switch s := state.(type) {
	case nil:
		return nil, nil, true
	case *Dict:
		return s, nil, true
	case Tuple:
		if len(s) != 2 {
			return nil, nil, false
		}
		dict, ok := s[0].(*Dict)
		slots, ok2 := s[1].(*Dict)
		if (ok || s[0] == nil) && (ok2 || s[1] == nil) {
			return dict, slots, true
		}
	}
	return nil, nil, false
}

// Attr returns the attribute of that name, looking through the states o was given, the
// last first. It knows what the pickle says: not what a class defines for its instances,
// nor what __setstate__ makes of a state.
func (o *Object) Attr(name string) (value any, ok bool) { return o.attr(name, 0) }

// attr looks only at Ops[from:].
func (o *Object) attr(name string, from int) (value any, ok bool) {
	for i := len(o.Ops) - 1; i >= from; i-- {
		op := o.Ops[i]
		if op.Kind != OpBuild || len(op.Items) == 0 {
			continue
		}
		dict, slots, _ := attrDicts(op.Items[0])
		for _, d := range [2]*Dict{slots, dict} {
			if d == nil {
				continue
			}
			if v, ok := d.Get(name); ok {
				return v, true
			}
		}
	}
	return nil, false
}

// SetAttr changes the attribute of that name, or adds it, in the state that o was given
// last, so that dumping o gives the attribute to Python. What is new goes to the dict of
// the state, or to the slots if the state has only these; an object without a state gets
// one. The dict is changed in place: other objects that share it change as well.
//
// The error says that the state is not attributes, and then nothing has changed.
func (o *Object) SetAttr(name string, value any) error {
	at := len(o.Ops) - 1
	for at >= 0 && (o.Ops[at].Kind != OpBuild || len(o.Ops[at].Items) == 0) {
		at--
	}
	if at < 0 {
		if o.How == ByName {
			return fmt.Errorf("py: %s is found by name: setting %q would change it for all", o.ClassName(), name)
		}
		o.Ops = append(o.Ops, Op{OpBuild, []any{NewDict(name, value)}})
		return nil
	}
	state := o.Ops[at].Items[0]
	dict, slots, ok := attrDicts(state)
	if !ok {
		return fmt.Errorf("py: the state of %s is a %s, not attributes: can't set %q",
			o.ClassName(), TypeName(state), name)
	}
	target := dict
	if slots != nil {
		if _, has := slots.Get(name); has || dict == nil {
			target = slots
		}
	}
	if target == nil { // None, or (None, None)
		target = new(Dict)
		if pair, ok := state.(Tuple); ok {
			o.Ops[at].Items = []any{Tuple{target, pair[1]}}
		} else {
			o.Ops[at].Items = []any{target}
		}
	}
	return target.Set(name, value)
}

// Attrs yields the attributes that [Object.Attr] finds, in the order of the pickle. Keys
// that are not str are left out.
func (o *Object) Attrs() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for i, op := range o.Ops {
			if op.Kind != OpBuild || len(op.Items) == 0 {
				continue
			}
			dict, slots, _ := attrDicts(op.Items[0])
			for _, d := range [2]*Dict{dict, slots} {
				if d == nil {
					continue
				}
				for k, v := range d.All() {
					name, ok := k.(string)
					if !ok {
						continue
					}
					if d == dict && slots != nil {
						if _, hidden := slots.Get(name); hidden {
							continue
						}
					}
					if _, hidden := o.attr(name, i+1); hidden {
						continue
					}
					if !yield(name, v) {
						return
					}
				}
			}
		}
	}
}

// ListItems yields what was appended to o, as to an instance of a class that extends list,
// or to a collections.deque.
func (o *Object) ListItems() iter.Seq[any] {
	return func(yield func(any) bool) {
		if l, ok := o.baseValue().(*List); ok && l != nil {
			for _, x := range l.Items {
				if !yield(x) {
					return
				}
			}
		}
		for _, op := range o.Ops {
			if op.Kind != OpAppend {
				continue
			}
			for _, x := range op.Items {
				if !yield(x) {
					return
				}
			}
		}
	}
}

// DictItems yields the keys and values that were set as items of o, as of an instance of a
// class that extends dict, such as collections.OrderedDict. A key that was set more than
// once comes as often; the last counts.
func (o *Object) DictItems() iter.Seq2[any, any] {
	return func(yield func(any, any) bool) {
		if d, ok := o.baseValue().(*Dict); ok && d != nil {
			for k, v := range d.All() {
				if !yield(k, v) {
					return
				}
			}
		}
		for _, op := range o.Ops {
			if op.Kind != OpSetItems {
				continue
			}
			for i := 0; i+1 < len(op.Items); i += 2 {
				if !yield(op.Items[i], op.Items[i+1]) {
					return
				}
			}
		}
	}
}
