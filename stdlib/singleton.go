package stdlib

import (
	"errors"
	"reflect"

	"github.com/go-pickle/pickle/py"
)

// A Singleton is one of Python's objects of which there is one each: [Ellipsis] and
// [NotImplemented]. None is nil.
type Singleton string

const (
	Ellipsis       Singleton = "Ellipsis"
	NotImplemented Singleton = "NotImplemented"
)

// AppendRepr appends what Python's repr gives.
func (s Singleton) AppendRepr(dst []byte) []byte { return append(dst, s...) }

// Plain is an error.
func (s Singleton) Plain() (any, error) { return nil, errors.New(string(s) + " is not plain data") }

// A SingletonType is the class of None, Ellipsis or NotImplemented, which has no name that
// a pickle could refer to. There are three of them: [NoneType], [EllipsisType] and
// [NotImplementedType].
type SingletonType struct {
	name string
	of   any
}

// The classes of Python's singletons.
var (
	NoneType           = &SingletonType{name: "NoneType"}
	EllipsisType       = &SingletonType{"ellipsis", Ellipsis}
	NotImplementedType = &SingletonType{"NotImplementedType", NotImplemented}
)

// String gives the class's name.
func (t *SingletonType) String() string { return t.name }

// AppendRepr appends what Python's repr gives.
func (t *SingletonType) AppendRepr(dst []byte) []byte {
	return append(append(append(dst, "<class '"...), t.name...), "'>"...)
}

// Plain is an error.
func (t *SingletonType) Plain() (any, error) { return nil, errors.New("a class is not plain data") }

// HashKey is the name.
func (t *SingletonType) HashKey() any { return singletonTypeKey(t.name) }

type singletonTypeKey string

var typeClass = py.Global{Module: "builtins", Name: unshared("type")}

var singletonEntries = []py.Entry{
	{Names: []py.Global{{Module: "builtins", Name: "Ellipsis"}}, Value: Ellipsis},
	{Names: []py.Global{{Module: "builtins", Name: "NotImplemented"}}, Value: NotImplemented},
	{
		Names: []py.Global{typeClass},
		Types: []reflect.Type{reflect.TypeFor[*SingletonType]()},
		Load: func(o *py.Object) (any, bool) {
			args, ok := calledArgs(o, typeClass)
			if !ok || len(args) != 1 {
				return nil, false
			}
			switch args[0] {
			case nil:
				return NoneType, true
			case Ellipsis:
				return EllipsisType, true
			case NotImplemented:
				return NotImplementedType, true
			}
			return nil, false
		},
		Reduce: func(v any, _ py.Form) (any, error) {
			return py.NewCall(typeClass, v.(*SingletonType).of), nil
		},
	},
}
