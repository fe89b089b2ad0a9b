package expected

import (
	"reflect"
	"strings"

	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

func init() {
	register(reflect.TypeFor[*stdlib.OrderedDict](), func(d *describer, v any) Node {
		o := v.(*stdlib.OrderedDict)
		n := Node{"t": "OrderedDict", "items": d.pairs(&o.Dict)}
		if o.Attrs != nil {
			n["state"] = d.state(o.Attrs)
		}
		return n
	})
	register(reflect.TypeFor[*stdlib.DefaultDict](), func(d *describer, v any) Node {
		o := v.(*stdlib.DefaultDict)
		return Node{"t": "defaultdict", "factory": d.value(o.Factory), "items": d.pairs(&o.Dict)}
	})
	register(reflect.TypeFor[*stdlib.Counter](), func(d *describer, v any) Node {
		return Node{"t": "Counter", "items": d.pairs(&v.(*stdlib.Counter).Dict)}
	})
	register(reflect.TypeFor[*stdlib.Deque](), func(d *describer, v any) Node {
		o := v.(*stdlib.Deque)
		n := Node{"t": "deque", "items": d.values(o.Items()), "maxlen": nil}
		if o.Bounded {
			n["maxlen"] = number(o.MaxLen)
		}
		return n
	})
	register(reflect.TypeFor[*stdlib.ChainMap](), func(d *describer, v any) Node {
		return d.attributed("ChainMap", v.(*stdlib.ChainMap).Attrs())
	})
	register(reflect.TypeFor[*stdlib.UserDict](), func(d *describer, v any) Node {
		return d.attributed("UserDict", v.(*stdlib.UserDict).Attrs())
	})
	register(reflect.TypeFor[*stdlib.UserList](), func(d *describer, v any) Node {
		return d.attributed("UserList", v.(*stdlib.UserList).Attrs())
	})
	register(reflect.TypeFor[*stdlib.UserString](), func(d *describer, v any) Node {
		return d.attributed("UserString", v.(*stdlib.UserString).Attrs())
	})
	register(reflect.TypeFor[*stdlib.Partial](), func(d *describer, v any) Node {
		p := v.(*stdlib.Partial)
		kwargs := Node{}
		if p.Keywords != nil {
			for k, x := range p.Keywords.All() {
				name, ok := k.(string)
				if !ok {
					name = py.Repr(k)
				}
				kwargs[name] = d.value(x)
			}
		}
		return Node{"t": "partial", "func": d.value(p.Func), "args": d.values(p.Args), "kwargs": kwargs}
	})
	register(reflect.TypeFor[stdlib.Pattern](), func(d *describer, v any) Node {
		p := v.(stdlib.Pattern)
		return Node{"t": "re", "pattern": d.value(p.Pattern), "flags": number(int(p.Flags))}
	})
	register(reflect.TypeFor[*stdlib.SimpleNamespace](), func(d *describer, v any) Node {
		return Node{"t": "SimpleNamespace", "state": d.state(v.(*stdlib.SimpleNamespace).Attrs)}
	})
	register(reflect.TypeFor[*stdlib.Exception](), func(d *describer, v any) Node {
		e := v.(*stdlib.Exception)
		args := e.Args
		if e.IsA(py.Global{Module: "builtins", Name: "OSError"}) && len(args) > 2 {
			args = args[:2] // what follows are the file names
		}
		state := new(py.Dict)
		if e.Attrs != nil {
			for k, x := range e.Attrs.All() {
				if !slots[k] {
					_ = state.Set(k, x) // it is a key already
				}
			}
		}
		return Node{"t": "exception", "class": e.Class.Module + "." + e.Class.Name, "args": d.values(args), "state": d.state(state)}
	})
}

// slots are names in the state of exceptions that are no attributes of their __dict__.
var slots = map[any]bool{"name": true, "path": true, "name_from": true, "obj": true, "args": true}

// attributed describes an instance of a class of module collections.
func (d *describer) attributed(class string, attrs *py.Dict) Node {
	return Node{"t": "instance", "class": "collections." + class, "state": d.state(attrs)}
}

// isOSError reports whether a class, module and name, extends OSError.
func isOSError(class any) bool {
	name, _ := class.(string)
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return false
	}
	e := stdlib.Exception{Class: py.Global{Module: name[:dot], Name: name[dot+1:]}}
	return e.IsA(py.Global{Module: "builtins", Name: "OSError"})
}
