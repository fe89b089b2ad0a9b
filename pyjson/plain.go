package pyjson

import (
	"math"
	"math/big"
	"strconv"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/py"
)

// plainState is what a writer of plain JSON needs besides.
type plainState struct {
	fresh  int64 // what was written for the first time, in the unit of MaxShared
	again  int64 // what was written again
	limit  int64
	repeat int // the depth of the outermost container that is being written again, or -1
	fail   error
}

const (
	defaultMaxShared = 1 << 20
	sharingFactor    = 8
	textUnit         = 16   // so many bytes count as a value
	longText         = 1024 // from this length on a text is remembered
)

// entries are keys and values in turn that are written as a dict's are.
type entries []any

// plainly writes x as plain JSON.
func (w *writer) plainly(x any) error {
	p := &w.plain
	p.repeat = -1
	p.limit = int64(w.o.MaxShared)
	if p.limit == 0 {
		p.limit = defaultMaxShared
	}
	w.plainValue(x)
	for w.stack.Len() > 0 && w.err == nil && p.fail == nil {
		w.stepPlain()
	}
	if p.fail != nil {
		return &Error{Offset: -1, Err: p.fail, Path: makePath(w.stack.Len(), func(i int) string {
			f := w.stack.At(i)
			if f.i == 0 {
				return "" // nothing of it has been written
			}
			if f.kind == inDict || f.kind == inEntries {
				if s, ok := f.items[f.i-2].(string); ok {
					return strStep(s)
				}
				return keyStep(f.items[f.i-2])
			}
			return indexStep(f.i - 1)
		})}
	}
	return w.err
}

// stepPlain goes on with the container at the top until another is begun or it is done.
func (w *writer) stepPlain() {
	f := w.stack.Top()
	for f.i < len(f.items) {
		w.separate(f.i)
		if f.kind == inDict || f.kind == inEntries {
			w.plainName(f.items[f.i])
			w.colon()
			f.i++
		}
		f.i++
		depth := w.stack.Len()
		w.plainValue(f.items[f.i-1])
		w.check()
		if w.stack.Len() > depth || w.plain.fail != nil {
			return
		}
	}
	if f.entry > 0 {
		w.table.entry(f.entry - 1).uses &^= flagOpen
	}
	w.close(f, len(f.items) > 0)
	if w.plain.repeat == w.stack.Len() {
		w.plain.repeat = -1
	}
}

// cost counts n towards the limit of what sharing may make.
func (w *writer) cost(n int64, again bool) {
	p := &w.plain
	if !again && p.repeat < 0 {
		p.fresh += n
		return
	}
	p.again += n
	if p.limit >= 0 && p.again > p.limit && p.again-p.limit > sharingFactor*p.fresh {
		p.fail = py.ErrTooShared
	}
}

// longCost counts a text.
func (w *writer) longCost(id ident, length int) {
	again := false
	if length >= longText {
		_, fresh := w.table.add(id)
		again = !fresh
	}
	w.cost(1+int64(length/textUnit), again)
}

// plainValue writes x or, if x holds others, begins to.
func (w *writer) plainValue(x any) {
	switch v := x.(type) {
	case nil:
		w.text("null")
	case bool:
		w.out = strconv.AppendBool(w.out, v)
	case int64:
		w.out = strconv.AppendInt(w.out, v, 10)
	case float64:
		w.plainFloat(v)
	case string:
		w.longCost(strID(v), len(v))
		w.quote(v)
		return
	case py.Bytes:
		w.longCost(bytesID(v), len(v))
		w.base64(string(v))
		return
	case *py.ByteArray:
		if v == nil {
			w.text("null")
			break
		}
		w.longCost(pointerID(v), len(v.Bytes))
		w.base64(stringOf(v.Bytes))
		return
	case *py.Buffer:
		if v == nil {
			w.text("null")
			break
		}
		w.longCost(pointerID(v), len(v.Data))
		w.base64(stringOf(v.Data))
		return
	case *big.Int:
		switch {
		case v == nil:
			w.text("null")
		case v.CmpAbs(digitLimit) < 0:
			w.longCost(pointerID(v), v.BitLen()/8)
			w.out = v.Append(w.out, 10)
		default:
			w.longCost(pointerID(v), v.BitLen()/8)
			w.hexInt(v)
		}
	case complex128:
		w.begin(frame{kind: inEntries, items: []any{"__class__", "complex", "real", real(v), "imag", imag(v)}})
	case py.Global:
		w.longCost(ident{}, len(v.Module)+len(v.Name))
		w.quote(v.String())
	case entries:
		w.begin(frame{kind: inEntries, items: v})
	default:
		w.plainContainer(x)
		return
	}
	w.cost(1, false)
}

func (w *writer) plainContainer(x any) {
	id := containerID(x)
	if id.tag == 0 {
		if _, ok := x.(py.Tuple); ok {
			w.text("[]")
			w.cost(1, false)
			return
		}
		v, err := goLeaf(x)
		if err != nil {
			w.plain.fail = err
			return
		}
		w.plainValue(v)
		return
	}
	if id.addr == 0 {
		w.text("null")
		w.cost(1, false)
		return
	}
	n, fresh := w.table.add(id)
	e := w.table.entry(n)
	if e.uses&flagOpen != 0 {
		w.plain.fail = py.ErrCyclic
		return
	}
	e.uses |= flagOpen
	if !fresh && w.plain.repeat < 0 {
		w.plain.repeat = w.stack.Len()
	}
	w.cost(1, !fresh)
	f := frame{kind: inArray, entry: n + 1}
	switch v := x.(type) {
	case *py.List:
		f.items = v.Items
	case *py.Dict:
		f.kind, f.items = inDict, v.Pairs()
	case py.Tuple:
		f.items = v
	case *py.Set:
		f.items = v.Items()
	case *py.FrozenSet:
		f.items = v.Items()
	case *py.PersistentRef:
		f.kind, f.items = inEntries, []any{"__persistent__", v.ID}
	case *py.Object:
		f.kind, f.items = inEntries, w.plainObject(v)
	}
	w.begin(f)
}

func (w *writer) begin(f frame) {
	w.text(opening[f.kind])
	w.push(f)
}

func (w *writer) plainFloat(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		if w.o.FiniteOnly {
			w.plain.fail = ErrNotFinite
		}
		w.text("null")
		return
	}
	w.out = textcodec.AppendFloat(w.out, f)
}

// maxKey is the length at which the repr of a key is cut off.
const maxKey = 64 << 10

// plainName writes the name under which a dict's key stands.
func (w *writer) plainName(key any) {
	name := plainKey(key)
	if _, ok := key.(string); ok {
		w.longCost(strID(name), len(name))
	} else {
		w.cost(int64(len(name)/textUnit), true) // what it prints may be shared
	}
	w.quote(name)
}

// plainKey is the name under which a dict's key stands.
func plainKey(key any) string {
	switch k := key.(type) {
	case string:
		return k
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(k)
	case int64:
		return strconv.FormatInt(k, 10)
	case float64:
		// As float.__repr__ but for what json calls by the names of JavaScript.
		switch {
		case math.IsNaN(k):
			return "NaN"
		case math.IsInf(k, 1):
			return "Infinity"
		case math.IsInf(k, -1):
			return "-Infinity"
		}
		return string(textcodec.AppendFloat(nil, k))
	}
	return py.ReprOptions{MaxLen: maxKey}.Format(key)
}

// dictClasses are subclasses of dict that Python's json writes as a dict.
var dictClasses = map[py.Global]bool{
	{Module: "collections", Name: "OrderedDict"}: true,
	{Module: "collections", Name: "defaultdict"}: true,
	{Module: "collections", Name: "Counter"}:     true,
}

// merged gives the entries of a dict that is written as part of something else.
func (w *writer) merged(d *py.Dict) []any {
	if _, fresh := w.table.add(pointerID(d)); !fresh && w.plain.repeat < 0 {
		w.plain.repeat = w.stack.Len()
	}
	return d.Pairs()
}

// plainObject gives the members that stand for o.
func (w *writer) plainObject(o *py.Object) entries {
	if e, ok := w.plainDict(o); ok {
		return e
	}
	m := entries{"__class__", o.ClassName()}
	args := o.Args
	if a, ok := args.(py.Tuple); ok {
		if g, ok := o.Class.(py.Global); ok && o.How == py.ByReduce {
			a = reconstructed(g, a)
		}
		args = a
		if len(a) == 0 {
			args = nil
		}
	}
	if args != nil {
		m = append(m, "__args__", args)
	}
	if d, ok := o.Kwargs.(*py.Dict); o.Kwargs != nil && !(ok && d.Len() == 0) {
		m = append(m, "__kwargs__", o.Kwargs)
	}
	var states, items []any
	var set entries
	for _, op := range o.Ops {
		switch {
		case op.Kind == py.OpBuild && len(op.Items) == 1:
			states = append(states, op.Items[0])
		case op.Kind == py.OpCall && len(op.Items) == 2:
			states = append(states, op.Items[1])
		case op.Kind == py.OpSetItems && len(op.Items)%2 == 0:
			set = append(set, op.Items...)
		default:
			items = append(items, op.Items...)
		}
	}
	if len(states) == 1 {
		m = w.appendState(m, states[0])
	} else if len(states) > 1 {
		m = append(m, "__state__", py.Tuple(states))
	}
	if items != nil {
		m = append(m, "__items__", py.Tuple(items))
	}
	if set != nil {
		m = append(m, "__entries__", set)
	}
	return m
}

// reconstructed are the arguments that say more than the class, if g is one of the
// functions of copyreg that are given the class.
func reconstructed(g py.Global, args py.Tuple) py.Tuple {
	if g.Module != "copyreg" && g.Module != "copy_reg" || len(args) == 0 {
		return args
	}
	switch g.Name {
	case "_reconstructor":
		if len(args) == 3 {
			if args[2] == nil {
				return nil
			}
			return args[2:]
		}
	case "__newobj__", "__newobj_ex__":
		return args[1:]
	}
	return args
}

// appendState appends the attributes in state, or state itself if it has none.
func (w *writer) appendState(m entries, state any) entries {
	switch s := state.(type) {
	case nil:
		return m
	case *py.Dict:
		if s != nil {
			return append(m, w.merged(s)...)
		}
	case py.Tuple:
		if len(s) == 2 {
			dict, ok := s[0].(*py.Dict)
			slots, ok2 := s[1].(*py.Dict)
			if ok2 && slots != nil && (s[0] == nil || ok && dict != nil) {
				if dict != nil {
					m = append(m, w.merged(dict)...)
				}
				return append(m, w.merged(slots)...)
			}
		}
	}
	return append(m, "__state__", state)
}

// plainDict gives the entries of an instance of one of dictClasses, if nothing else was
// done to it.
func (w *writer) plainDict(o *py.Object) (entries, bool) {
	g, ok := o.Class.(py.Global)
	if !ok || !dictClasses[g] || o.How != py.ByReduce && o.How != py.ByNewObj {
		return nil, false
	}
	m := entries{}
	if args, ok := o.Args.(py.Tuple); ok && g.Name == "Counter" && len(args) == 1 {
		d, ok := args[0].(*py.Dict)
		if !ok || d == nil {
			return nil, false
		}
		m = append(m, w.merged(d)...)
	} else if !ok || len(args) > 0 && g.Name != "defaultdict" {
		return nil, false
	}
	for _, op := range o.Ops {
		if op.Kind != py.OpSetItems || len(op.Items)%2 != 0 {
			return nil, false
		}
		m = append(m, op.Items...)
	}
	return m, true
}
