package pickle

import (
	"encoding"
	"fmt"
	"math/big"
	"reflect"
	"unsafe"

	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/py"
)

// A Marshaler is a type that says itself what it is in a pickle.
type Marshaler interface {
	// MarshalPickle returns what is written in place of the receiver: a value of package
	// py, such as a [*py.Object], or any other that can be dumped. Where several pointers
	// to one receiver are dumped, what it returned for the first is one object to which
	// the others refer; the value may itself hold a pointer to the receiver. It must not
	// be changed while it is dumped.
	//
	// An error ends dumping; it can be found in the [*EncodeError] with errors.As.
	MarshalPickle() (any, error)
}

// saveMarshaler writes what the value at p gives for itself. id is the identity of a
// pointer to it, or nothing.
func (e *encoder) saveMarshaler(pl *dumpPlan, p unsafe.Pointer, id identity) (bool, error) {
	if e.got(id) {
		return false, nil
	}
	v, err := reflect.NewAt(pl.typ, p).Interface().(Marshaler).MarshalPickle()
	if err != nil {
		return false, &EncodeError{Kind: PicklingError, Message: fmt.Sprintf("MarshalPickle of %s: %v", pl.typ, err), Err: err}
	}
	if e.chain > maxNesting+2*maxPointers {
		return false, kindError(RecursionError, fmt.Sprintf("MarshalPickle of %s leads to itself", pl.typ))
	}
	e.chain++
	defer func() { e.chain-- }()
	e.keep = append(e.keep, v)
	if id.tag == 0 {
		return e.saveReturned(v)
	}
	if own := identityOf(v); own.tag != 0 {
		if n, ok := e.memo.get(own); ok {
			e.memo.put(id, n)
		} else {
			e.alias(own, id)
		}
		return e.saveReturned(v)
	}
	if v == nil {
		return e.saveNone()
	}
	t := reflect.TypeOf(v)
	if vpl := e.planFor(t); !byValue[t] && !(vpl.asks && e.isRegistered(vpl)) {
		return e.savePlan(vpl, vpl.address(v), id)
	}
	return e.saveReturned(v)
}

// saveReturned is save without the question for a persistent id, which was asked for the
// receiver.
func (e *encoder) saveReturned(v any) (bool, error) { return e.saveObject(v) }

// alias has id refer to the object that will be memoized as own.
func (e *encoder) alias(own, id identity) {
	if e.aliases == nil {
		e.aliases = make(map[identity]identity)
	}
	e.aliases[own] = id
}

// identityOf is the identity under which v is memoized, as far as it can be told.
func identityOf(v any) identity {
	switch v := v.(type) {
	case nil:
		return identity{}
	case string:
		return strID(v)
	case py.Bytes:
		return bytesID(v)
	case py.Tuple:
		if len(v) > 0 {
			return tupleID(v)
		}
		return identity{}
	case *py.List, *py.Dict, *py.Set, *py.FrozenSet, *py.ByteArray, *py.Object, *py.Buffer:
		return identity{uintptr(box.Data(v)), idPointer}
	}
	t := reflect.TypeOf(v)
	switch t.Kind() {
	case reflect.Pointer:
		if q := box.Data(v); q != nil {
			return dumpPlanOf(t.Elem()).identityAt(q)
		}
	case reflect.Map:
		if q := box.Data(v); q != nil {
			return identity{uintptr(q), idMap}
		}
	case reflect.Slice:
		if pl := dumpPlanOf(t); pl.op == asSlice {
			return pl.sliceIdentity((*sliceHeader)(box.Data(v)), identity{})
		}
	}
	return identity{}
}

// writeTextOf writes what MarshalText gives as a str, a new one each time.
func (e *encoder) writeTextOf(pl *dumpPlan, p unsafe.Pointer) error {
	text, err := reflect.NewAt(pl.typ, p).Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return &EncodeError{Kind: PicklingError, Message: fmt.Sprintf("MarshalText of %s: %v", pl.typ, err), Err: err}
	}
	if len(text) <= 2 {
		return e.writeStr(string(text)) // may be one that there is once
	}
	return e.saveStr(string(text), identity{})
}

var stateInt = sharedName("int")

var nameUUID = py.Global{Module: sharedName("uuid"), Name: sharedName("UUID")}

// saveUUID writes a uuid.UUID.
func (e *encoder) saveUUID(b *[16]byte, id identity) (bool, error) {
	if e.got(id) {
		return false, nil
	}
	return e.pushNew(e.ownNames(nameUUID), tempPairs{stateInt, new(big.Int).SetBytes(b[:])}, id)
}

// saveSeq writes what a sequence yields: an iter.Seq as a list, an iter.Seq2 as a dict.
func (e *encoder) saveSeq(pl *dumpPlan, p unsafe.Pointer) (bool, error) {
	f := reflect.NewAt(pl.typ, p).Elem()
	if f.IsNil() {
		return e.saveNone()
	}
	if pl.op == asSeq {
		var items []any
		for v := range f.Seq() {
			items = append(items, v.Interface())
		}
		e.keep = append(e.keep, items) // nobody else holds them
		return e.saveItems(items, identity{})
	}
	d := new(py.Dict)
	for k, v := range f.Seq2() {
		if err := e.checkKey(k.Interface()); err != nil {
			return false, err
		}
		if err := d.Set(k.Interface(), v.Interface()); err != nil {
			return false, kindError(TypeError, err.Error())
		}
	}
	e.keep = append(e.keep, d)
	return e.savePairs(d.Pairs(), identity{})
}
