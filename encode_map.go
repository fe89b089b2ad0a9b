package pickle

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/py"
)

func (c *dumpPlanner) fillMap(p *dumpPlan) {
	p.op, p.hash = asMap, hashNo
	p.key = c.part(p, p.typ.Key())
	p.elem = c.part(p, p.typ.Elem())
	if e := p.typ.Elem(); e.Kind() == reflect.Struct && e.NumField() == 0 && e.PkgPath() == "" {
		p.op = asSet
	}
}

// mapID is the identity of the map at p.
func mapID(p unsafe.Pointer, id identity) identity {
	if m := *(*unsafe.Pointer)(p); m != nil {
		return identity{uintptr(m), idMap}
	}
	return id
}

// writeMap writes the map at p: as a set if its values are struct{}, else as a dict.
func (e *encoder) writeMap(pl *dumpPlan, p unsafe.Pointer, id identity) error {
	if id = mapID(p, id); pl.op == asSet || pl.key.hash != hashYes || pl.key.asks && e.isRegistered(pl.key) ||
		e.proto == 0 || *(*unsafe.Pointer)(p) == nil {
		base := e.tasks.Len()
		_, err := e.beginMap(pl, p, id)
		return e.complete(base, err)
	}
	if e.got(id) {
		return nil
	}
	e.out = append(e.out, '}')
	e.memoize(id)
	if pl.key.op == asString {
		// Most maps are of few types. Those of named types are laid out as these are.
		switch pl.elem.op {
		case asString:
			return writeStringMap[string](e, pl, p)
		case asInt64:
			return writeStringMap[int64](e, pl, p)
		case asFloat64:
			return writeStringMap[float64](e, pl, p)
		case asBool:
			return writeStringMap[bool](e, pl, p)
		case asInterface:
			if pl.elem.typ.NumMethod() == 0 {
				return writeStringMap[any](e, pl, p)
			}
		}
	}
	keys, values := e.entries(pl, reflect.NewAt(pl.typ, p).Elem())
	n := keys.Len()
	if n == 0 {
		return nil
	}
	pairs := e.newPairs(n)
	at := e.enterRun(n)
	k, v := keys.UnsafePointer(), values.UnsafePointer()
	for i := range n {
		*at = i
		pairs.open(e)
		key := unsafe.Add(k, uintptr(i)*pl.key.size)
		if err := e.write(pl.key, key); err != nil {
			return e.within(err, keyStep(i))
		}
		if err := e.write(pl.elem, unsafe.Add(v, uintptr(i)*pl.elem.size)); err != nil {
			return e.within(err, entryStep(pl.key, key))
		}
		pairs.close(e)
	}
	e.leaveRun(at)
	pairs.end(e)
	return nil
}

// A stringEntry is an entry of a map whose keys are strings.
type stringEntry[V any] struct {
	start uint64 // the first eight bytes of the key as a number: most keys differ in them
	key   string
	value V
}

// startOf is a number that orders strings as their first eight bytes do.
func startOf(s string) (n uint64) {
	if len(s) >= 8 {
		return binary.BigEndian.Uint64(unsafe.Slice(unsafe.StringData(s), 8))
	}
	for i := range len(s) {
		n |= uint64(s[i]) << (56 - 8*i)
	}
	return n
}

func compareEntries[V any](a, b stringEntry[V]) int {
	if a.start != b.start {
		if a.start < b.start {
			return -1
		}
		return 1
	}
	return strings.Compare(a.key, b.key)
}

func writeStringMap[V any](e *encoder, pl *dumpPlan, p unsafe.Pointer) error {
	m := *(*map[string]V)(p)
	if len(m) == 0 {
		return nil
	}
	entries := make([]stringEntry[V], 0, len(m))
	for k, v := range m {
		entries = append(entries, stringEntry[V]{startOf(k), k, v})
	}
	if !e.o.UnsortedMaps {
		slices.SortFunc(entries, compareEntries[V])
	}
	pairs := e.newPairs(len(entries))
	at := e.enterRun(len(entries))
	for i := range entries {
		*at = i
		pairs.open(e)
		e.boundary()
		if err := e.writeStr(entries[i].key); err != nil {
			return e.within(err, keyStep(i))
		}
		if err := e.write(pl.elem, unsafe.Pointer(&entries[i].value)); err != nil {
			return e.within(err, entryStep(pl.key, unsafe.Pointer(&entries[i].key)))
		}
		pairs.close(e)
	}
	e.leaveRun(at)
	pairs.end(e)
	return nil
}

// pairBatches writes the opcodes around the pairs of a dict; not in protocol 0.
type pairBatches struct {
	n, i     int
	loneLast bool
}

func (e *encoder) newPairs(n int) pairBatches {
	return pairBatches{n: n, loneLast: n == 1 || e.o.Style >= Python315}
}

// lone reports whether pair i is a batch of its own that needs no mark.
func (b *pairBatches) lone() bool { return b.loneLast && b.i == b.n-1 && b.i%batch == 0 }

func (b *pairBatches) open(e *encoder) {
	if b.i%batch == 0 && !b.lone() {
		e.out = append(e.out, '(')
	}
}

func (b *pairBatches) close(e *encoder) {
	if b.lone() {
		e.out = append(e.out, byte(opcode.SetItem))
	} else if b.i++; b.i%batch == 0 || b.i == b.n {
		e.out = append(e.out, byte(opcode.SetItems))
	}
}

func (b *pairBatches) end(e *encoder) {
	if b.n%batch == 0 && e.o.Style < Python315 {
		e.out = append(e.out, '(', byte(opcode.SetItems)) // a full batch is followed by another
	}
}

// beginMap writes the map at p, or makes a task of it.
func (e *encoder) beginMap(pl *dumpPlan, p unsafe.Pointer, id identity) (bool, error) {
	if *(*unsafe.Pointer)(p) == nil && e.o.NilAsNone {
		return e.saveNone()
	}
	id = mapID(p, id)
	if e.got(id) {
		return false, nil
	}
	known := pl.key.asks && e.isRegistered(pl.key)
	if err := pl.key.checkKeyType(); err != nil && !known {
		return false, err
	}
	keys, values := e.entries(pl, reflect.NewAt(pl.typ, p).Elem())
	if pl.op == asSet {
		return e.beginSet(pl, keys, id)
	}
	pairs := make([]any, 0, 2*keys.Len())
	for i := range keys.Len() {
		k, v := unsafe.Add(keys.UnsafePointer(), uintptr(i)*pl.key.size), unsafe.Add(values.UnsafePointer(), uintptr(i)*pl.elem.size)
		pairs = append(pairs, e.box(pl.key, k), e.box(pl.elem, v))
	}
	if pl.key.hash == hashAsk && !known {
		// What are several keys in Go, 1 and 1.0, may be one in Python.
		d := new(py.Dict)
		for i := 0; i < len(pairs); i += 2 {
			if err := e.checkKey(pairs[i]); err != nil {
				return false, err
			}
			if err := d.Set(pairs[i], pairs[i+1]); err != nil {
				return false, kindError(TypeError, err.Error())
			}
		}
		e.keep = append(e.keep, d)
		pairs = d.Pairs()
	}
	return e.savePairs(pairs, id)
}

// beginSet writes the keys of a map as a set.
func (e *encoder) beginSet(pl *dumpPlan, keys reflect.Value, id identity) (bool, error) {
	items := e.items(pl.key, keys.UnsafePointer(), keys.Len())
	s := new(py.Set)
	for i := range items {
		if pl.key.hash == hashYes {
			continue
		}
		if err := e.checkKey(items[i]); err != nil {
			return false, err
		}
		if err := s.Add(items[i]); err != nil {
			return false, kindError(TypeError, err.Error())
		}
	}
	if pl.key.hash == hashAsk {
		e.keep = append(e.keep, s)
		items = s.Items()
	}
	if e.proto < 4 {
		return e.call(py.Global{Module: "builtins", Name: "set"}, tempTuple{tempList(items)}, items, id)
	}
	e.out = append(e.out, byte(opcode.EmptySet))
	e.memoize(id)
	if len(items) == 0 {
		return false, nil
	}
	return e.push(task{kind: taskSet, items: items, id: id})
}

// checkKeyType returns an error if no value of the type can be a key in Python.
func (pl *dumpPlan) checkKeyType() error {
	if pl.hash != hashNo {
		return nil
	}
	python := "list"
	switch t := pl; {
	case t.op == asPointer && t.elem.op == asStruct, t.op == asStruct, t.op == asMap:
		python = "dict"
	}
	return kindError(TypeError, fmt.Sprintf("unhashable type: '%s' (of a Go %s)", python, pl.typ)).
		hint("give a struct that is a key the tag tuple or class")
}

// checkKey returns an error if v, as a Go program has it, can't be a key in Python.
func (e *encoder) checkKey(v any) error {
	if v == nil {
		return nil
	}
	pl := dumpPlanOf(reflect.TypeOf(v))
	if e.registered(pl.typ) {
		return nil
	}
	if pl.op == asArray && pl.hash == hashAsk {
		for _, item := range e.items(pl.elem, pl.address(v), pl.len) {
			if err := e.checkKey(item); err != nil {
				return err
			}
		}
	}
	return pl.checkKeyType()
}

// entries returns the keys and values of a map as slices, the keys in ascending order.
func (e *encoder) entries(pl *dumpPlan, m reflect.Value) (keys, values reflect.Value) {
	n := m.Len()
	keys = reflect.MakeSlice(reflect.SliceOf(pl.typ.Key()), n, n)
	values = reflect.MakeSlice(reflect.SliceOf(pl.typ.Elem()), n, n)
	it := m.MapRange()
	i := 0
	for ; i < n && it.Next(); i++ {
		keys.Index(i).SetIterKey(it)
		values.Index(i).SetIterValue(it)
	}
	keys, values = keys.Slice(0, i), values.Slice(0, i)
	if e.o.UnsortedMaps || i < 2 {
		return keys, values
	}
	order := make([]int, i)
	for j := range order {
		order[j] = j
	}
	less := keyOrder(keys)
	slices.SortStableFunc(order, less)
	sortedKeys := reflect.MakeSlice(keys.Type(), i, i)
	sortedValues := reflect.MakeSlice(values.Type(), i, i)
	for j, k := range order {
		sortedKeys.Index(j).Set(keys.Index(k))
		sortedValues.Index(j).Set(values.Index(k))
	}
	return sortedKeys, sortedValues
}

// keyOrder returns a function that compares two keys by their numbers: numbers by value,
// then strings, then what has no order of its own by how it is printed. It is the order of
// [py.From].
func keyOrder(keys reflect.Value) func(i, j int) int {
	switch k := keys.Type().Elem().Kind(); {
	case k == reflect.String:
		return func(i, j int) int { return strings.Compare(keys.Index(i).String(), keys.Index(j).String()) }
	case reflect.Int <= k && k <= reflect.Int64:
		return func(i, j int) int { return cmp.Compare(keys.Index(i).Int(), keys.Index(j).Int()) }
	case reflect.Uint <= k && k <= reflect.Uintptr:
		return func(i, j int) int { return cmp.Compare(keys.Index(i).Uint(), keys.Index(j).Uint()) }
	}
	ranks := make([]keyRank, keys.Len())
	for i := range ranks {
		ranks[i] = rankOf(keys.Index(i))
	}
	return func(i, j int) int {
		a, b := &ranks[i], &ranks[j]
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.f, b.f), cmp.Compare(a.i, b.i), strings.Compare(a.s, b.s))
	}
}

type keyRank struct {
	class int
	f     float64
	i     uint64
	s     string
}

func rankOf(v reflect.Value) (r keyRank) {
	for v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	switch {
	case v.CanInt():
		r.f, r.i = float64(v.Int()), uint64(v.Int())^1<<63
	case v.CanUint():
		r.f, r.i = float64(v.Uint()), v.Uint()>>1|1<<63
	case v.CanFloat():
		r.f = v.Float()
	case v.Kind() == reflect.String:
		r.class, r.s = 1, v.String()
	default:
		r.class, r.s = 2, py.ReprOptions{MaxLen: 1 << 12}.Format(v.Interface())
	}
	return r
}
