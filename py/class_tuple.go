package py

import (
	"fmt"
	"reflect"
)

// NamedTuple says that T stands for a class that collections.namedtuple or
// typing.NamedTuple made: a struct whose exported fields are the tuple's in their order,
// whatever their names, or a pointer to such a struct. The values are stored in the fields
// as [Store] does; where one does not fit, the instance stays an [*Object]. Fields that
// are lists or dicts in Python are any, *List or *Dict in T.
//
// A T that is a pointer keeps its identity: what is one object in Python is one in Go. A
// struct can be the key of a dict if Go can compare it; as in Go, two keys are the same if
// all fields are.
//
// NamedTuple panics if T is neither. aliases are what other versions of the program call
// the class.
func NamedTuple[T any](class Global, aliases ...Global) Entry {
	t := reflect.TypeFor[T]()
	isPointer := t.Kind() == reflect.Pointer
	if isPointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("py.NamedTuple: %s is neither a struct nor a pointer to one", reflect.TypeFor[T]()))
	}
	var fields []int
	for n := range t.NumField() {
		if t.Field(n).IsExported() {
			fields = append(fields, n)
		}
	}
	return Class[T]{
		Name: class, Aliases: aliases,
		Base: Global{"builtins", "tuple"},
		Make: func(i *Instance) (v T, ok bool) {
			items := i.Args
			if t, isTuple := i.Value.(Tuple); isTuple && len(i.Args) == 0 {
				items = t
			}
			if len(items) != len(fields) || i.Kwargs != nil || i.State != nil || i.Items != nil || i.Pairs != nil {
				return v, false
			}
			p := reflect.New(t)
			for n, field := range fields {
				if store(p.Elem().Field(field), items[n]) != nil {
					return v, false
				}
			}
			if isPointer {
				return p.Interface().(T), true
			}
			return p.Elem().Interface().(T), true
		},
		Reduce: func(v T) (*Instance, error) {
			s := reflect.ValueOf(v)
			if isPointer {
				s = s.Elem()
			}
			items := make(Tuple, len(fields))
			for n, field := range fields {
				items[n] = s.Field(field).Interface()
			}
			return &Instance{Args: items, Value: items}, nil
		},
	}.Entry()
}
