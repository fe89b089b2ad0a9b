package pickle

import (
	"encoding"
	"encoding/binary"
	"math/big"
	"reflect"
	"sync"
	"time"

	"github.com/go-pickle/pickle/py"
)

// A plan says how values of a Go type are loaded. It is made once for each type.
type plan struct {
	typ  reflect.Type
	id   uint32
	op   planOp
	size uintptr

	text     bool   // encoding.TextUnmarshaler
	unpickle bool   // Unmarshaler
	quick    planOp // op, if what is most often loaded into it is just stored, else opNever

	elem *plan // of pointers, slices, arrays, maps and sequences
	key  *plan // of maps and iter.Seq2
	len  int   // of arrays

	slice  reflect.Type // a slice of typ
	fields []fieldPlan
	names  []keyName
	info   *structInfo
	// rest is the plan of the map type that holds unknown fields, nil for none and for a
	// *py.Dict.
	rest *plan

	fast  mapFiller // of maps of common types
	loose bool      // a map key that holds an interface: it may turn out not to be comparable
}

// A fieldPlan is how a field of a struct is loaded.
type fieldPlan struct {
	*plan
	offset   uintptr
	pointers []embeddedPointer
}

// A keyName is the name of a field, in a form that is fast to compare.
type keyName struct {
	name       string
	word, mask uint64 // if the name is as short: the first bytes of a word, lowest first
}

func keyNameOf(name string) keyName {
	f := keyName{name: name}
	if len(name) > 0 && len(name) <= 8 {
		var b [8]byte
		copy(b[:], name)
		f.word, f.mask = binary.LittleEndian.Uint64(b[:]), 1<<(8*len(name)-1)<<1-1
	}
	return f
}

// is reports whether the bytes of data from start to end, which are in it, are the name.
func (f *keyName) is(data []byte, start, end int) bool {
	if end-start != len(f.name) {
		return false
	}
	if f.mask != 0 && len(data)-start >= 8 {
		return binary.LittleEndian.Uint64(data[start:])&f.mask == f.word
	}
	return string(data[start:end]) == f.name
}

// planOp is what to do for a type.
type planOp uint8

const (
	opNever planOp = iota // a type for which there is no value, such as a channel
	opBool
	opInt64 // int too
	opInt32
	opInt16
	opInt8
	opUint64 // uint and uintptr too
	opUint32
	opUint16
	opUint8
	opFloat64
	opFloat32
	opComplex128
	opComplex64
	opString
	opBytes     // []byte
	opByteArray // [n]byte
	opBigInt
	opBigFloat
	opBigRat
	opDuration
	opOpaque // a struct that is a value of its own
	opStruct
	opPointer
	opSlice
	opArray
	opMap
	opInterface
	opPython // a type of package py
	opSeq
	opSeq2
)

// An Unmarshaler loads itself from a Python value, one of package py. [Unmarshal] and the
// like call it for the value of any kind, None too; but where None is loaded into a
// pointer, that becomes nil. Part of v may still be used elsewhere in what is loaded: v must
// not be changed. The error ends loading, with the place added to it.
type Unmarshaler interface {
	UnmarshalPickle(v any) error
}

var (
	plans    sync.Map // from reflect.Type to *plan or *TagError
	planList []*plan  // by id
	planning sync.Mutex
)

// planOf returns the plan for t. The error is a [*TagError].
func planOf(t reflect.Type) (*plan, error) {
	if p, ok := plans.Load(t); ok {
		if p, ok := p.(*plan); ok {
			return p, nil
		}
		return nil, p.(*TagError)
	}
	planning.Lock() // so that there is one plan for each type
	defer planning.Unlock()
	c := planner{made: make(map[reflect.Type]*plan)}
	p := c.plan(t)
	if c.err != nil {
		plans.Store(t, c.err)
		return nil, c.err
	}
	for t, p := range c.made {
		plans.Store(t, p)
	}
	return p, nil
}

// planByID returns the plan with that id.
func planByID(id uint32) *plan {
	planning.Lock()
	defer planning.Unlock()
	return planList[id]
}

// A planner makes the plans of types that refer to each other.
type planner struct {
	made map[reflect.Type]*plan
	err  *TagError
}

var kindOps = map[reflect.Kind]planOp{
	reflect.Bool: opBool, reflect.Int8: opInt8, reflect.Int16: opInt16, reflect.Int32: opInt32, reflect.Int64: opInt64,
	reflect.Uint8: opUint8, reflect.Uint16: opUint16, reflect.Uint32: opUint32, reflect.Uint64: opUint64,
	reflect.Float32: opFloat32, reflect.Float64: opFloat64, reflect.Complex64: opComplex64,
	reflect.Complex128: opComplex128, reflect.String: opString, reflect.Interface: opInterface,
}

var typeOps = map[reflect.Type]planOp{
	reflect.TypeFor[big.Int](): opBigInt, reflect.TypeFor[big.Float](): opBigFloat, reflect.TypeFor[big.Rat](): opBigRat,
	reflect.TypeFor[time.Duration](): opDuration, reflect.TypeFor[py.Tuple](): opPython,
	reflect.TypeFor[py.Bytes](): opPython, reflect.TypeFor[py.Global](): opPython,
}

func (c *planner) plan(t reflect.Type) *plan {
	if p, ok := c.made[t]; ok {
		return p
	}
	if p, ok := plans.Load(t); ok {
		if p, ok := p.(*plan); ok {
			return p
		}
		c.err = p.(*TagError)
		return nil
	}
	p := &plan{typ: t, id: uint32(len(planList)), size: t.Size()}
	planList = append(planList, p)
	c.made[t] = p
	if t.Kind() != reflect.Interface {
		to := reflect.PointerTo(t)
		p.text = to.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) && t.Kind() != reflect.Pointer
		p.unpickle = to.Implements(reflect.TypeFor[Unmarshaler]()) && t.Kind() != reflect.Pointer
	}
	p.slice = reflect.SliceOf(t)
	if op, ok := typeOps[t]; ok {
		p.op = op
		return p
	}
	if op, ok := kindOps[t.Kind()]; ok {
		p.op = op
	}
	switch t.Kind() {
	case reflect.Int:
		p.op = map[uintptr]planOp{4: opInt32, 8: opInt64}[p.size]
	case reflect.Uint, reflect.Uintptr:
		p.op = map[uintptr]planOp{4: opUint32, 8: opUint64}[p.size]
	case reflect.Slice:
		p.op, p.elem = opSlice, c.plan(t.Elem())
		if t.Elem().Kind() == reflect.Uint8 {
			p.op = opBytes
		}
	case reflect.Array:
		p.op, p.elem, p.len = opArray, c.plan(t.Elem()), t.Len()
		if t.Elem().Kind() == reflect.Uint8 {
			p.op = opByteArray
		}
	case reflect.Map:
		p.op, p.key, p.elem = opMap, c.plan(t.Key()), c.plan(t.Elem())
		p.loose, p.fast = holdsInterface(t.Key()), fastMaps[t]
	case reflect.Pointer:
		switch {
		case t.Elem().PkgPath() == pyPackage && t.Elem().Kind() == reflect.Struct && t.Name() == "":
			p.op = opPython
		case !endlessPointer(t):
			p.op, p.elem = opPointer, c.plan(t.Elem())
		}
	case reflect.Struct:
		if t.PkgPath() == pyPackage || !hasFields(t) && !hasExported(t) {
			p.op = opOpaque
			break
		}
		c.structPlan(p)
	case reflect.Func:
		c.seqPlan(p)
	}
	if !p.unpickle && !(p.text && p.op == opString) {
		p.quick = p.op
	}
	return p
}

func (c *planner) structPlan(p *plan) {
	info, err := structInfoOf(p.typ)
	if err != nil {
		if c.err == nil {
			c.err = err.(*TagError)
		}
		return
	}
	p.op, p.info = opStruct, info
	p.fields, p.names = make([]fieldPlan, len(info.fields)), make([]keyName, len(info.fields))
	for i := range info.fields {
		f := &info.fields[i]
		p.fields[i] = fieldPlan{c.plan(f.typ), f.offset, f.pointers}
		p.names[i] = keyNameOf(f.name)
	}
	if u := info.unknown; u != nil && u.typ.Kind() == reflect.Map {
		p.rest = c.plan(u.typ)
	}
}

func hasExported(t reflect.Type) bool {
	for i := range t.NumField() {
		if t.Field(i).IsExported() {
			return true
		}
	}
	return false
}

// seqPlan looks whether p is an iter.Seq or iter.Seq2, under whatever name.
func (c *planner) seqPlan(p *plan) {
	t := p.typ
	if t.NumIn() != 1 || t.NumOut() != 0 || t.IsVariadic() || t.In(0).Kind() != reflect.Func {
		return
	}
	yield := t.In(0)
	if yield.NumOut() != 1 || yield.Out(0) != reflect.TypeFor[bool]() || yield.IsVariadic() {
		return
	}
	switch yield.NumIn() {
	case 1:
		p.op, p.elem = opSeq, c.plan(yield.In(0))
	case 2:
		p.op, p.key, p.elem = opSeq2, c.plan(yield.In(0)), c.plan(yield.In(1))
	}
}

// endlessPointer reports whether t points to nothing but pointers, as type P *P does.
func endlessPointer(t reflect.Type) bool {
	seen := make(map[reflect.Type]bool)
	for t.Kind() == reflect.Pointer {
		if seen[t] {
			return true
		}
		seen[t] = true
		t = t.Elem()
	}
	return false
}

// holdsInterface reports whether values of t, which can be a key, may turn out to be none.
func holdsInterface(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Array:
		return holdsInterface(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if holdsInterface(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}
