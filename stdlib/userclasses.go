package stdlib

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/go-pickle/pickle/py"
)

// userEntries are the classes of module collections that are written in Python and have
// their data in an attribute.
var userEntries = []py.Entry{
	attributeEntry[ChainMap]("ChainMap", "maps", func() any { return py.NewList() }),
	attributeEntry[UserDict]("UserDict", "data", func() any { return new(py.Dict) }, py.Global{Module: "UserDict", Name: "UserDict"},
		py.Global{Module: "UserDict", Name: "IterableUserDict"}),
	attributeEntry[UserList]("UserList", "data", func() any { return py.NewList() }, py.Global{Module: "UserList", Name: "UserList"}),
	attributeEntry[UserString]("UserString", "data", func() any { return "" }, py.Global{Module: "UserString", Name: "UserString"}),
}

// attributed is what these classes are in Go: the very dict of their attributes, so that
// what else shares it stays shared.
type attributed interface {
	attributes() *py.Dict
	setAttributes(attrs *py.Dict)
}

func attributeEntry[T any, P interface {
	*T
	attributed
}](name, attribute string, zero func() any, aliases ...py.Global) py.Entry {
	e := py.Class[P]{
		Name:    py.Global{Module: "collections", Name: name},
		Aliases: aliases,
		Make: func(i *py.Instance) (P, bool) {
			return new(T), len(i.Args) <= 1 && !i.Call && i.Kwargs == nil
		},
		Fill: func(v P, i *py.Instance) error {
			d, ok := i.State.(*py.Dict)
			if !ok || i.Setter != nil {
				return fmt.Errorf("the state is a %s, not a dict", py.TypeName(i.State))
			}
			v.setAttributes(d)
			return nil
		},
		Reduce: func(v P) (*py.Instance, error) {
			attrs := v.attributes()
			if attrs == nil {
				attrs = py.NewDict(attribute, zero())
			}
			i := &py.Instance{State: attrs}
			if _, isString := any(v).(*UserString); isString {
				s, _ := attrs.Get(attribute)
				i.Args = py.Tuple{s}
			}
			return i, nil
		},
	}.Entry()
	e.Strings = []string{attribute}
	load := e.Load
	e.Load = func(o *py.Object) (any, bool) {
		// Without a state __init__ was never called: such an instance has no data.
		if len(o.Ops) != 1 || o.Ops[0].Kind != py.OpBuild {
			return nil, false
		}
		return load(o)
	}
	e.Types = []reflect.Type{reflect.TypeFor[P]()}
	return e
}

// hold is the attributes of one of these classes.
type hold struct{ attrs *py.Dict }

func (h *hold) attributes() *py.Dict { return h.attrs }

// Attrs returns the attributes of the object, the data among them. It is the object's own
// dict, which may be changed.
func (h *hold) Attrs() *py.Dict {
	if h.attrs == nil {
		h.attrs = new(py.Dict)
	}
	return h.attrs
}

func (h *hold) setAttributes(attrs *py.Dict) { h.attrs = attrs }

// data is the attribute name, made if it is not there. If the program put something else
// there than a V, it is an empty V of its own.
func data[V any](h *hold, name string, empty func() V) V {
	x, found := h.Attrs().Get(name)
	v, ok := x.(V)
	if !ok {
		v = empty()
	}
	if !found {
		_ = h.attrs.Set(name, v) // a str can be a key
	}
	return v
}

// A ChainMap is a Python collections.ChainMap, used as *ChainMap: mappings of which the
// first that has a key counts. The zero ChainMap has none.
type ChainMap struct{ hold }

// NewChainMap returns a ChainMap of the mappings, such as a *py.Dict or *OrderedDict.
func NewChainMap(maps ...any) *ChainMap {
	return &ChainMap{hold{py.NewDict("maps", py.NewList(maps...))}}
}

// Maps is the list of mappings, the object's own.
func (c *ChainMap) Maps() *py.List {
	return data(&c.hold, "maps", func() *py.List { return py.NewList() })
}

// Get returns the value of key in the first mapping that has it.
func (c *ChainMap) Get(key any) (value any, ok bool) {
	for _, m := range c.Maps().Items {
		if d, isDict := dictOf(m); isDict {
			if value, ok = d.Get(key); ok {
				return value, true
			}
		}
	}
	return nil, false
}

// merged is the dict that dict(c) is in Python; ok is false if there are mappings that Go
// can't look into.
func (c *ChainMap) merged() (d *py.Dict, ok bool) {
	d = new(py.Dict)
	maps := c.Maps().Items
	for i := len(maps) - 1; i >= 0; i-- {
		m, ok := dictOf(maps[i])
		if !ok {
			return nil, false
		}
		for k, v := range m.All() {
			_ = d.Set(k, v) // it is a key already
		}
	}
	return d, true
}

// ReprParts prints c as ChainMap({'a': 1}, {'b': 2}).
func (c *ChainMap) ReprParts() []any {
	parts := []any{py.ReprText("ChainMap(")}
	for i, m := range c.Maps().Items {
		if i > 0 {
			parts = append(parts, py.ReprText(", "))
		}
		parts = append(parts, m)
	}
	return append(parts, py.ReprText(")"))
}

// EqualParts compares what the mappings together say, or, if some are no dicts, all of them.
func (c *ChainMap) EqualParts(other any) (mine, theirs []any, ok bool) {
	d, isDict := c.merged()
	o, isChain := other.(*ChainMap)
	switch {
	case isChain && isDict:
		if e, ok := o.merged(); ok {
			return []any{d}, []any{e}, true
		}
		return nil, nil, false
	case isChain:
		return []any{c.Maps()}, []any{o.Maps()}, true
	case isDict:
		return equalDicts(d, other)
	}
	return nil, nil, false
}

// String prints c as [py.Repr] does, cut off after 64 KiB.
func (c *ChainMap) String() string { return printed(c) }

// Plain gives what the mappings together say. That some of them are no dicts is an error.
func (c *ChainMap) Plain() (any, error) {
	d, ok := c.merged()
	if !ok {
		return nil, errors.New("a ChainMap of mappings that are no dicts is not plain data")
	}
	return d, nil
}

// A UserDict is a Python collections.UserDict, used as *UserDict; Python 2's UserDict and
// IterableUserDict load as it, too. The zero UserDict is empty.
type UserDict struct{ hold }

// NewUserDict returns a UserDict around d, or around an empty dict if d is nil.
func NewUserDict(d *py.Dict) *UserDict {
	if d == nil {
		d = new(py.Dict)
	}
	return &UserDict{hold{py.NewDict("data", d)}}
}

// Data is the dict itself, the object's own.
func (u *UserDict) Data() *py.Dict {
	return data(&u.hold, "data", func() *py.Dict { return new(py.Dict) })
}

// ReprParts prints u as the dict.
func (u *UserDict) ReprParts() []any { return []any{u.Data()} }

// EqualParts compares the dict.
func (u *UserDict) EqualParts(other any) (mine, theirs []any, ok bool) {
	return equalDicts(u.Data(), other)
}

// String prints u as [py.Repr] does, cut off after 64 KiB.
func (u *UserDict) String() string { return printed(u) }

// Plain gives the dict.
func (u *UserDict) Plain() (any, error) { return u.Data(), nil }

// A UserList is a Python collections.UserList, used as *UserList. The zero UserList is
// empty.
type UserList struct{ hold }

// NewUserList returns a UserList of the items.
func NewUserList(items ...any) *UserList {
	return &UserList{hold{py.NewDict("data", py.NewList(items...))}}
}

// Data is the list itself, the object's own.
func (u *UserList) Data() *py.List {
	return data(&u.hold, "data", func() *py.List { return py.NewList() })
}

// ReprParts prints u as the list.
func (u *UserList) ReprParts() []any { return []any{u.Data()} }

// EqualParts compares the list.
func (u *UserList) EqualParts(other any) (mine, theirs []any, ok bool) {
	switch o := other.(type) {
	case *UserList:
		return []any{u.Data()}, []any{o.Data()}, true
	case *py.List:
		return []any{u.Data()}, []any{o}, true
	}
	return nil, nil, false
}

// String prints u as [py.Repr] does, cut off after 64 KiB.
func (u *UserList) String() string { return printed(u) }

// Plain gives the list.
func (u *UserList) Plain() (any, error) { return u.Data(), nil }

// A UserString is a Python collections.UserString, used as *UserString. The zero UserString
// is empty.
type UserString struct{ hold }

// NewUserString returns a UserString of s.
func NewUserString(s string) *UserString { return &UserString{hold{py.NewDict("data", s)}} }

// Data is the text.
func (u *UserString) Data() string { return data(&u.hold, "data", func() string { return "" }) }

// ReprParts prints u as the str.
func (u *UserString) ReprParts() []any { return []any{u.Data()} }

// EqualParts compares the text.
func (u *UserString) EqualParts(other any) (mine, theirs []any, ok bool) {
	switch o := other.(type) {
	case *UserString:
		return []any{u.Data()}, []any{o.Data()}, true
	case string:
		return []any{u.Data()}, []any{o}, true
	}
	return nil, nil, false
}

// String returns the text.
func (u *UserString) String() string { return u.Data() }

// StoreIn stores the text in a string.
func (u *UserString) StoreIn(dst any) (ok bool, err error) {
	p, ok := dst.(*string)
	if ok {
		*p = u.Data()
	}
	return ok, nil
}

// Plain gives the text.
func (u *UserString) Plain() (any, error) { return u.Data(), nil }
