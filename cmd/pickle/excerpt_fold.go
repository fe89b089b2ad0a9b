package main

import (
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// foldKind is a call that stands for a value of a built-in type, as CPython's pickler
// writes it in protocols that have no opcode for the type. Package pickle folds them when
// it loads; here it is for the eye alone, so it need not be as strict.
type foldKind uint8

const (
	noFold foldKind = iota
	foldComplex
	foldBytes
	foldEncoded
	foldByteArray
	foldSet
	foldFrozenSet
)

var foldNames = map[py.Global]foldKind{
	{Module: "builtins", Name: "complex"}:   foldComplex,
	{Module: "builtins", Name: "bytes"}:     foldBytes,
	{Module: "_codecs", Name: "encode"}:     foldEncoded,
	{Module: "builtins", Name: "bytearray"}: foldByteArray,
	{Module: "builtins", Name: "set"}:       foldSet,
	{Module: "builtins", Name: "frozenset"}: foldFrozenSet,
}

// foldOf says what the call n stands for.
func (e *excerpt) foldOf(n graph.Node) foldKind {
	c := n.Made()
	if e.keepCalls || c.Kind() != graph.CallReduce || n.Changed() {
		return noFold
	}
	f := c.Func()
	if f.Kind() != graph.Global || f.Changed() || c.Args().Kind() != graph.Tuple {
		return noFold
	}
	k, known := e.globals[f.Ref()]
	if !known {
		module, name := f.Global()
		k = foldNames[py.Global{Module: module, Name: name}]
		e.globals[f.Ref()] = k
	}
	return k
}

// fold gives the value that the call n stands for, a set without its items; nil if it
// stands for none.
func (e *excerpt) fold(n graph.Node) any {
	args := n.Made().Args()
	count, from := args.Len(), args.Index(0)
	switch e.foldOf(n) {
	case foldComplex:
		if im := args.Index(1); count == 2 && from.Kind() == graph.Float && im.Kind() == graph.Float {
			return complex(from.Float(), im.Float())
		}
	case foldBytes:
		if count == 0 {
			return py.Bytes("")
		}
	case foldEncoded:
		if data, ok := encoded(args); ok && len(data) > 0 {
			return py.Bytes(text(data))
		}
	case foldByteArray:
		switch {
		case count == 0:
			return &py.ByteArray{Bytes: []byte{}}
		case count == 1 && from.Kind() == graph.Bytes:
			return &py.ByteArray{Bytes: from.Payload()}
		case count == 1 && e.foldOf(from) == foldEncoded:
			if data, ok := encoded(from.Made().Args()); ok {
				return &py.ByteArray{Bytes: data}
			}
		case count == 2:
			if data, ok := encoded(args); ok {
				return &py.ByteArray{Bytes: data}
			}
		}
	case foldSet:
		if e.areItems(args) {
			return new(py.Set)
		}
	case foldFrozenSet:
		if e.areItems(args) {
			return new(py.FrozenSet)
		}
	}
	return nil
}

// encoded is the data of a call with a str and the name of Latin-1.
func encoded(args graph.Node) ([]byte, bool) {
	from, codec := args.Index(0), args.Index(1)
	if args.Len() != 2 || from.Kind() != graph.Str || codec.Str() != "latin1" && codec.Str() != "latin-1" {
		return nil, false
	}
	return latin1(from)
}

// latin1 is the text of a str in Latin-1, if it is no other.
func latin1(n graph.Node) ([]byte, bool) {
	data := make([]byte, 0, n.Len())
	for _, r := range n.Str() {
		if r > 0xff {
			return nil, false
		}
		data = append(data, byte(r))
	}
	return data, true
}

// areItems reports whether args is one list, of what can be in a set.
func (e *excerpt) areItems(args graph.Node) bool {
	list := args.Index(0)
	if args.Len() != 1 || list.Kind() != graph.List || list.Shared() {
		return false
	}
	for item := range list.Items() {
		if !e.hashable(item, 0) {
			return false
		}
	}
	return true
}

// hashable looks a few levels deep, which is enough for what people keep in sets.
func (e *excerpt) hashable(n graph.Node, depth int) bool {
	switch n.Kind() {
	case graph.List, graph.Dict, graph.Set, graph.ByteArray:
		return false
	case graph.Tuple:
		if depth == 4 || n.Len() > 1000 {
			return false
		}
		for item := range n.Items() {
			if !e.hashable(item, depth+1) {
				return false
			}
		}
	case graph.Object:
		k := e.foldOf(n)
		return k != foldSet && k != foldByteArray
	}
	return true
}
