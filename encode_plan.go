package pickle

import (
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/py"
)

// A plan says how values of a Go type are written. There is one for each type; it never
// changes once others can see it.
type dumpPlan struct {
	typ  reflect.Type
	op   dumpForm
	n    uint32 // a number of its own, from 1
	size uintptr
	elem *dumpPlan // of a pointer, slice, array or map
	key  *dumpPlan // of a map
	st   *structDump
	len  int   // of an array
	err  error // why values can't be written: asCannot

	// nests says that values may hold others to any depth: the type leads back to itself,
	// or to an interface.
	nests bool
	// asks says that a registry may know the type, and asksWithin that it may know a type
	// of which values are part of this one's.
	asks, asksWithin bool
	word             unsafe.Pointer // of interfaces that hold the type, see boxed; nil if they can't be made
	// copies says that the value must not be where an interface has it: its methods may
	// change it.
	copies bool
	hash   hashability
}

type dumpForm uint8

const (
	asCannot dumpForm = iota
	asBool
	asInt8
	asInt16
	asInt32
	asInt64
	asUint8
	asUint16
	asUint32
	asUint64
	asFloat32
	asFloat64
	asComplex64
	asComplex128
	asString
	asBytes     // []byte
	asByteArray // [n]byte
	asUUID
	asBigInt // *big.Int
	asSlice
	asArray
	asMap
	asSet
	asPointer
	asInterface
	asStruct
	asFunc
	asSeq
	asSeq2
	asMarshaler
	asText
	asOurs // a type that saveObject knows by pointer
	asBox  // a type that saveObject knows as it is
)

// hashability says whether what is written can be a key in Python.
type hashability uint8

const (
	hashYes hashability = iota
	hashNo
	hashAsk // it depends on the value
)

// byPointer and byValue are the types that saveObject knows: as pointers, and as they are.
var (
	byPointer = map[reflect.Type]bool{
		reflect.TypeFor[py.List](): true, reflect.TypeFor[py.Dict](): true, reflect.TypeFor[py.Set](): true,
		reflect.TypeFor[py.FrozenSet](): true, reflect.TypeFor[py.ByteArray](): true,
		reflect.TypeFor[py.Object](): true, reflect.TypeFor[py.PersistentRef](): true,
		reflect.TypeFor[py.Buffer](): true, reflect.TypeFor[big.Int](): true,
	}
	byValue = map[reflect.Type]bool{
		reflect.TypeFor[py.Tuple](): true, reflect.TypeFor[py.Bytes](): true, reflect.TypeFor[py.Global](): true,
	}
)

var (
	dumpPlans     sync.Map // reflect.Type to *dumpPlan
	dumpPlanLock  sync.Mutex
	dumpPlansMade uint32 // how many there are
)

// dumpPlanOf returns the plan of a type.
func dumpPlanOf(t reflect.Type) *dumpPlan {
	if p, ok := dumpPlans.Load(t); ok {
		return p.(*dumpPlan)
	}
	dumpPlanLock.Lock()
	defer dumpPlanLock.Unlock()
	if p, ok := dumpPlans.Load(t); ok {
		return p.(*dumpPlan)
	}
	c := dumpPlanner{made: make(map[reflect.Type]*dumpPlan)}
	p := c.plan(t)
	for _, q := range c.made {
		if q.st != nil {
			q.st.settle()
		}
	}
	for t, q := range c.made {
		dumpPlans.Store(t, q)
	}
	return p
}

// A dumpPlanner makes the plan of a type with those of all types that it leads to.
type dumpPlanner struct {
	made map[reflect.Type]*dumpPlan
	open map[*dumpPlan]bool
}

func (c *dumpPlanner) plan(t reflect.Type) *dumpPlan {
	if p, ok := dumpPlans.Load(t); ok {
		return p.(*dumpPlan)
	}
	if p, ok := c.made[t]; ok {
		return p
	}
	dumpPlansMade++
	p := &dumpPlan{typ: t, n: dumpPlansMade, size: t.Size()}
	p.asks = mayBeRegistered(t)
	if !mayBeDirect(t) && t.Kind() != reflect.Interface && box.Enabled {
		p.word = box.Word(reflect.Zero(t).Interface())
	}
	c.made[t] = p
	if c.open == nil {
		c.open = make(map[*dumpPlan]bool)
	}
	c.open[p] = true
	c.fill(p)
	delete(c.open, p)
	p.asksWithin = p.asksWithin || p.asks
	return p
}

// part returns the plan of a type that values of p's type hold.
func (c *dumpPlanner) part(p *dumpPlan, t reflect.Type) *dumpPlan {
	q := c.plan(t)
	p.nests = p.nests || q.nests || c.open[q]
	p.asksWithin = p.asksWithin || q.asksWithin
	return q
}

// mayBeRegistered reports whether a registry is asked for a type inside another: for types
// that have a name of their own, and pointers to such.
func mayBeRegistered(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Interface {
		return false // what it holds is asked for
	}
	return t.PkgPath() != "" || t.Kind() == reflect.Func
}

var marshalerType = reflect.TypeFor[Marshaler]()

func (c *dumpPlanner) fill(p *dumpPlan) {
	t := p.typ
	kind := t.Kind()
	switch {
	case byPointer[t]:
		p.op, p.nests, p.hash = asOurs, true, hashAsk
		return
	case byValue[t]:
		p.op, p.nests, p.hash = asBox, true, hashAsk
		return
	case kind == reflect.Pointer && t.Elem() == reflect.TypeFor[big.Int]():
		p.op = asBigInt
		return
	case kind == reflect.Pointer && byPointer[t.Elem()]:
		p.op, p.nests, p.hash = asBox, true, hashAsk
		return
	}
	if kind != reflect.Pointer && kind != reflect.Interface {
		switch pointer := reflect.PointerTo(t); {
		case pointer.Implements(marshalerType):
			p.op, p.nests, p.copies, p.hash = asMarshaler, true, true, hashAsk
			return
		case isUUID(t):
			p.op = asUUID
			return
		case pointer.Implements(textMarshalerType):
			p.op, p.copies = asText, true
			return
		}
	}
	switch kind {
	case reflect.Bool:
		p.op = asBool
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Int:
		p.op = [...]dumpForm{1: asInt8, 2: asInt16, 4: asInt32, 8: asInt64}[p.size]
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint, reflect.Uintptr:
		p.op = [...]dumpForm{1: asUint8, 2: asUint16, 4: asUint32, 8: asUint64}[p.size]
	case reflect.Float32:
		p.op = asFloat32
	case reflect.Float64:
		p.op = asFloat64
	case reflect.Complex64:
		p.op = asComplex64
	case reflect.Complex128:
		p.op = asComplex128
	case reflect.String:
		p.op = asString
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 && isPlainByte(t.Elem()) {
			p.op = asBytes
			return
		}
		p.op, p.hash = asSlice, hashNo
		p.elem = c.part(p, t.Elem())
	case reflect.Array:
		p.len = t.Len()
		if t.Elem().Kind() == reflect.Uint8 && isPlainByte(t.Elem()) {
			p.op = asByteArray
			return
		}
		p.op = asArray
		p.elem = c.part(p, t.Elem())
		p.hash = p.elem.hash
	case reflect.Map:
		c.fillMap(p)
	case reflect.Pointer:
		p.op = asPointer
		p.elem = c.part(p, t.Elem())
		if p.hash = p.elem.hash; c.open[p.elem] {
			p.hash = hashNo // it holds itself
		}
	case reflect.Interface:
		p.op, p.nests, p.hash = asInterface, true, hashAsk
	case reflect.Struct:
		c.fillStruct(p)
	case reflect.Func:
		c.fillFunc(p)
	default: // a channel, an unsafe.Pointer
		p.err = cannotDump(t)
	}
}

// isPlainByte reports whether a type of kind uint8 is written as a number, so that many of
// it are bytes.
func isPlainByte(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return !p.Implements(marshalerType) && !p.Implements(textMarshalerType)
}

// isUUID reports whether t is what Go programs have for a uuid.UUID: 16 bytes of that name.
func isUUID(t reflect.Type) bool {
	return t.Name() == "UUID" && t.Kind() == reflect.Array && t.Len() == 16 && t.Elem().Kind() == reflect.Uint8
}

func (c *dumpPlanner) fillFunc(p *dumpPlan) {
	p.op = asFunc
	if p.typ.PkgPath() != "iter" {
		return
	}
	switch name := p.typ.Name(); {
	case strings.HasPrefix(name, "Seq["):
		p.op, p.nests, p.hash = asSeq, true, hashNo
	case strings.HasPrefix(name, "Seq2["):
		p.op, p.nests, p.hash = asSeq2, true, hashNo
	}
}

func cannotDump(t reflect.Type) *EncodeError {
	err := kindError(TypeError, fmt.Sprintf("cannot pickle a Go %s", t))
	switch t.Kind() {
	case reflect.Func:
		return err.hint("register it in a py.Registry under the name of a Python function, or give a py.Global")
	case reflect.Struct:
		return err.hint("it has no exported fields; give it a MarshalPickle or MarshalText method, or put what it holds into a py.Object")
	case reflect.Chan, reflect.UnsafePointer:
		return err.hint("it has no value outside this process; leave it out")
	}
	return err
}

// copyOf is err for one use: the path will be written into it.
func copyOf(err error) error {
	if ee, ok := err.(*EncodeError); ok {
		c := *ee
		return &c
	}
	return err
}

// mayBeDirect reports whether an interface that holds a t may have it in place of a pointer
// to it.
func mayBeDirect(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	case reflect.Struct, reflect.Array:
		return t.Size() == unsafe.Sizeof(uintptr(0))
	}
	return false
}

// boxed returns the value at p as an interface.
func (pl *dumpPlan) boxed(p unsafe.Pointer) any { return reflect.NewAt(pl.typ, p).Elem().Interface() }

// inPlace returns the value at p as an interface that points to p itself where it can, so
// that the value keeps its identity. The interface is for the time of the dump.
func (pl *dumpPlan) inPlace(p unsafe.Pointer) any {
	if pl.word == nil {
		return pl.boxed(p)
	}
	return box.At(pl.word, p)
}

// address returns where the value is that v, an interface of the plan's type, holds. What
// is there must not be changed.
func (pl *dumpPlan) address(v any) unsafe.Pointer {
	if pl.copies || pl.word == nil {
		p := reflect.New(pl.typ)
		p.Elem().Set(reflect.ValueOf(v))
		return p.UnsafePointer()
	}
	return box.Data(v)
}
