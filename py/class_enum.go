package py

import (
	"fmt"
	"reflect"
)

// Enum says that the members of a Python enum are constants in Go: members has the value
// that Python's enum gives to each. It is for enum.Enum and for enums that extend str or
// another type as well:
//
//	py.Enum(py.Global{Module: "shop", Name: "Color"}, map[Color]any{Red: 1, Green: "g"})
//
// A value that is no member stays an [*Object]; dumping a T that is no member is an error.
// For an enum whose values are the very integers of Go's constants there is [Flag]. Enum
// panics if two constants have the same value, or one that Python can't hash.
func Enum[T comparable](class Global, members map[T]any) Entry {
	values := make(map[T]any, len(members))
	constants := new(Dict)
	e := Entry{Names: []Global{class}, Types: []reflect.Type{reflect.TypeFor[T]()}}
	for constant, value := range members {
		v, err := From(value)
		if err == nil {
			if _, double := constants.Get(v); double {
				err = fmt.Errorf("two members are %s", Repr(v))
			}
		}
		if err == nil {
			err = constants.Set(v, constant)
		}
		if err != nil {
			panic(fmt.Sprintf("py.Enum: %s: %v", class, err))
		}
		values[constant] = v
		if s, ok := v.(string); ok {
			e.Strings = append(e.Strings, s)
		}
	}
	e.Load = func(o *Object) (any, bool) {
		args, ok := o.Args.(Tuple)
		if !ok || o.How != ByReduce || len(args) != 1 || len(o.Ops) > 0 {
			return nil, false
		}
		return constants.Get(args[0])
	}
	e.Reduce = func(v any, _ Form) (any, error) {
		value, ok := values[v.(T)]
		if !ok {
			return nil, fmt.Errorf("%v is no member of %s", v, class)
		}
		return NewCall(class, value), nil
	}
	return e
}

// Flag says that a Python enum whose values are integers is an integer type in Go:
// enum.Flag and IntFlag, of which any combination may be pickled, and IntEnum. What does
// not fit T stays an [*Object].
func Flag[T ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](class Global) Entry {
	return Entry{
		Names: []Global{class},
		Types: []reflect.Type{reflect.TypeFor[T]()},
		Load: func(o *Object) (any, bool) {
			args, ok := o.Args.(Tuple)
			if !ok || o.How != ByReduce || len(args) != 1 || len(o.Ops) > 0 || !isNumber(args[0]) {
				return nil, false
			}
			var v T
			if Store(&v, args[0]) != nil {
				return nil, false
			}
			return v, true
		},
		Reduce: func(v any, _ Form) (any, error) {
			value, err := From(v)
			if err != nil {
				return nil, err
			}
			return NewCall(class, value), nil
		},
	}
}
