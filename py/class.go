package py

import (
	"fmt"
	"reflect"
)

// A Class says how instances of a Python class and Go values of type T become each other.
// It is for what a program's own classes do to be pickled; [Class.Entry] makes of it what
// a [Registry] takes:
//
//	Python                                        Go
//	attributes in __dict__                        State: a *Dict
//	__slots__                                     State: [Slots]
//	__getstate__, __setstate__                    State: what the one returns and the other takes
//	__getnewargs__                                Args
//	__getnewargs_ex__                             Args and Kwargs
//	a class that extends list, set, frozenset     Base and Items
//	a class that extends dict                     Base and Pairs
//	a class that extends int, str, tuple ...      Base and Value
//	__reduce__ returning (cls, args, state, ...)  Call, Args, State, Items, Pairs
//	copyreg.pickle, a __reduce__ that returns     the same, with the function as the Name
//	  another function
//	a sixth part, the state setter                Setter
//
// For enums, flags and named tuples there are [Enum], [Flag] and [NamedTuple].
type Class[T any] struct {
	// Name is the class, or the function that makes the instances; Aliases are what other
	// versions of the program call it.
	Name    Global
	Aliases []Global

	// Base is the built-in type that the class extends; the zero Global means object.
	Base Global

	// Make returns the value for an instance. ok is false if it does not know what the
	// instance has; then it stays an *Object. A pickle from a stranger may have anything.
	//
	// With Fill, Make must not look into containers, and Items, Pairs and State are not
	// there yet.
	Make func(i *Instance) (v T, ok bool)

	// Fill completes what Make returned when all values of the pickle exist. It is for
	// instances that may hold themselves: T is then a pointer. nil if Make does it all.
	// Its error ends loading.
	Fill func(v T, i *Instance) error

	// Strings are those that Reduce uses and that may stand elsewhere in a pickle too, such
	// as names of attributes. In Python each is one object then, written once; with
	// Strings loading and dumping keeps it so. Without them some pickles come back with
	// other bytes, but the same values.
	Strings []string

	// Reduce returns what is written for v. It may return nil without an error for the
	// instance that has nothing. If Reduce is nil, values of T can't be dumped.
	Reduce func(v T) (*Instance, error)
}

// Entry makes the entry for a registry. It panics if Make is nil.
func (c Class[T]) Entry() Entry {
	if c.Make == nil {
		panic("py.Class: " + c.Name.String() + " has no Make")
	}
	if c.Base == (Global{}) {
		c.Base = globalObject
	}
	e := Entry{Names: append([]Global{c.Name}, c.Aliases...), Strings: c.Strings}
	e.Load = func(o *Object) (any, bool) {
		i, ok := c.read(o)
		if !ok {
			return nil, false
		}
		if c.Fill != nil {
			i.Items, i.Pairs, i.State, i.Setter = nil, nil, nil, nil
		}
		v, ok := c.Make(i)
		return v, ok
	}
	if c.Fill != nil {
		e.Fill = func(v any, o *Object) error {
			i, ok := c.read(o)
			if !ok {
				return fmt.Errorf("the instance was made in an unknown way")
			}
			return c.Fill(v.(T), i)
		}
	}
	if c.Reduce != nil {
		e.Types = []reflect.Type{reflect.TypeFor[T]()}
		e.Reduce = func(v any, f Form) (any, error) {
			i, err := c.Reduce(v.(T))
			if err != nil {
				return nil, err
			}
			if i == nil {
				i = new(Instance)
			}
			return i.object(c.Name, c.Base, f)
		}
	}
	return e
}

// read is [Object.Instance] with what the base says.
func (c *Class[T]) read(o *Object) (*Instance, bool) {
	i, class, ok := o.instance()
	if !ok {
		return nil, false
	}
	if g, isName := class.(Global); !isName || !c.has(g) {
		return nil, false
	}
	switch c.Base.Name {
	case "set", "frozenset":
		if !i.Call {
			break
		}
		switch {
		case len(i.Args) == 1:
			list, ok := i.Args[0].(*List)
			if !ok || list == nil {
				return nil, false
			}
			i.Items = append(list.Items[:len(list.Items):len(list.Items)], i.Items...)
		case len(i.Args) > 1:
			return nil, false
		}
		i.Call, i.Args = false, nil
	case "int", "float", "str", "bytes", "tuple", "complex":
		if i.Value != nil || i.Call {
			break
		}
		switch len(i.Args) {
		case 1:
			i.Value = i.Args[0]
		case 2: // complex alone writes two
			re, ok := i.Args[0].(float64)
			im, ok2 := i.Args[1].(float64)
			if ok && ok2 && c.Base.Name == "complex" {
				i.Value = complex(re, im)
			}
		}
	}
	return i, true
}

func (c *Class[T]) has(g Global) bool {
	for _, a := range c.Aliases {
		if a == g {
			return true
		}
	}
	return g == c.Name
}
