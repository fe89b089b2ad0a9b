package main

import (
	"bytes"
	"fmt"

	"github.com/go-pickle/pickle/py"
	gopickle "github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"
)

// gopickle loads no instances and no bytes of protocol 2 by itself, but asks a hook for their
// classes. It does not dump.

func loadGopickle(data []byte) (any, error) {
	u := gopickle.NewUnpickler(bytes.NewReader(data))
	u.FindClass = func(module, name string) (any, error) {
		if module == "_codecs" && name == "encode" {
			return latin1{}, nil
		}
		return class{module, name}, nil
	}
	return u.Load()
}

type class struct{ module, name string }

func (c class) PyNew(...any) (any, error) { return &instance{class: c}, nil }

type instance struct {
	class class
	attrs py.Dict
}

func (i *instance) PyDictSet(key, value any) error { return i.attrs.Set(key, value) }

type latin1 struct{}

func (latin1) Call(args ...any) (any, error) {
	s, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("_codecs.encode of a %T", args[0])
	}
	var b []byte
	for _, c := range s {
		b = append(b, byte(c))
	}
	return b, nil
}

// fromGopickle gives what gopickle loaded as values of package py.
func fromGopickle(v any) any {
	switch v := v.(type) {
	case *types.List:
		l := new(py.List)
		for _, e := range *v {
			l.Items = append(l.Items, fromGopickle(e))
		}
		return l
	case *types.Tuple:
		var t py.Tuple
		for _, e := range *v {
			t = append(t, fromGopickle(e))
		}
		return t
	case *types.Dict:
		d := new(py.Dict)
		for _, e := range *v {
			d.Set(fromGopickle(e.Key), fromGopickle(e.Value))
		}
		return d
	case *instance:
		d := new(py.Dict)
		for k, e := range v.attrs.All() {
			d.Set(k, fromGopickle(e))
		}
		return &py.Object{How: py.ByNewObj, Class: py.Global{Module: v.class.module, Name: v.class.name}, Args: py.Tuple{},
			Ops: []py.Op{{Kind: py.OpBuild, Items: []any{d}}}}
	}
	return v
}
