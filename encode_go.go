package pickle

import (
	"math/big"
	"reflect"
	"unsafe"

	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/py"
)

// Values of Go's own types are written by dumpPlans, in one of two ways. The first, write, is
// Go calls all the way down; where a part has to be written with tasks, as those of package
// py are, it waits for them. The second, begin, makes tasks of the parts. It is for values
// nested deeper than maxNesting, since depth must not be the goroutine's stack, and where
// each part is offered to PersistentID.

// A typedState is what the encoder needs for Go's own types.
type typedState struct {
	nesting int        // how many values that nest are being written by calls
	steps   []pathStep // of the path to an error, the innermost first

	names []nameSlot // the memo numbers of field names, by number of the name
	epoch uint32     // of the slots that are valid

	known    []uint8 // by number of a plan: what the registry knows of it
	knownFor *py.Registry

	lastType reflect.Type // the type whose plan was looked up last
	lastPlan *dumpPlan
	lastWord unsafe.Pointer // as of package box: the same for values that were looked up last
	wordPlan *dumpPlan

	progress

	aliases map[identity]identity // see saveMarshaler
	chain   int                   // how many MarshalPickle and interfaces lead to each other
}

// maxNesting bounds how many values that nest are written by calls within each other.
const maxNesting = 200

// maxPointers is how many pointers to pointers are followed.
const maxPointers = 100

func (s *typedState) start() {
	s.nesting, s.chain = 0, 0
	s.level = 0
	s.epoch = max(s.epoch, 1) // 0 is that of a slot that was never used
	s.steps = s.steps[:0]
}

func (s *typedState) forget() {
	s.aliases = nil
	if s.epoch++; s.epoch == 0 {
		clear(s.names)
		s.epoch = 1
	}
}

// saveGo writes a Go value that is none of package py and that no registry knows.
func (e *encoder) saveGo(v any) (pushed bool, err error) {
	switch v := v.(type) {
	case int:
		e.saveInt(int64(v))
		return false, nil
	case fieldKey:
		return false, e.writeName(v.name)
	case tempPairs:
		return e.savePairs(v, identity{})
	}
	return e.saveGoAs(e.planOf(v), v)
}

// saveGoAs is saveGo for a value of a plan that is none of the types of the encoder.
func (e *encoder) saveGoAs(pl *dumpPlan, v any) (pushed bool, err error) {
	if pl.op == asPointer {
		return e.savePointer(pl, box.Data(v))
	}
	if pl.op == asFunc { // the registry was asked
		if box.Data(v) == nil {
			return e.saveNone()
		}
		return false, cannotDump(pl.typ)
	}
	return e.savePlan(pl, pl.address(v), identity{})
}

// planOf is dumpPlanOf for the type of v, with a memory of one.
func (e *encoder) planOf(v any) *dumpPlan {
	if w := box.Word(v); e.lastWord != w {
		e.lastWord, e.wordPlan = w, dumpPlanOf(reflect.TypeOf(v))
	}
	return e.wordPlan
}

// planFor is dumpPlanOf with a memory of one.
func (e *encoder) planFor(t reflect.Type) *dumpPlan {
	if e.lastType != t {
		e.lastType, e.lastPlan = t, dumpPlanOf(t)
	}
	return e.lastPlan
}

// savePlan writes the value at p, or begins to. id is the identity of a pointer that led
// to it, or nothing.
func (e *encoder) savePlan(pl *dumpPlan, p unsafe.Pointer, id identity) (pushed bool, err error) {
	if e.o.PersistentID != nil || e.isDeep(pl) && e.nesting >= maxNesting {
		return e.begin(pl, p, id)
	}
	bottom := e.bottom()
	err = e.writeOwn(pl, p, id)
	// Who holds a pointer into e.tasks must take it anew if they moved.
	return bottom != e.bottom(), err
}

// savePointer writes what a pointer points to, or begins to; for saveGo.
func (e *encoder) savePointer(pl *dumpPlan, q unsafe.Pointer) (pushed bool, err error) {
	for range maxPointers {
		if q == nil {
			return e.saveNone()
		}
		el := pl.elem
		switch {
		case el.asks && e.isRegistered(el):
			return e.saveRegistered(e.forRegistry(el, q))
		case el.op == asPointer:
			pl, q = el, *(*unsafe.Pointer)(q)
		default:
			return e.savePlan(el, q, el.identityAt(q))
		}
	}
	return false, errTooManyPointers()
}

func errTooManyPointers() *EncodeError {
	return kindError(RecursionError, "a pointer leads to more pointers than are followed")
}

// What the registry knows of a plan's type.
const (
	isAsked      = 1 << iota // whether the other bits are set
	isRegistered             // the type itself, or
	isPointer                // a pointer to it
	hasRegistered
)

// forRegistry is the value at p as the registry knows it.
func (e *encoder) forRegistry(pl *dumpPlan, p unsafe.Pointer) any {
	if e.knows(pl)&isPointer != 0 {
		return reflect.NewAt(pl.typ, p).Interface()
	}
	return pl.inPlace(p)
}

// isRegistered reports whether the registry may know how values of the type are written.
func (e *encoder) isRegistered(pl *dumpPlan) bool { return e.knows(pl)&isRegistered != 0 }

// isDeep reports whether values of the type may hold values to any depth.
func (e *encoder) isDeep(pl *dumpPlan) bool {
	return pl.nests || pl.asksWithin && e.knows(pl)&hasRegistered != 0
}

func (e *encoder) knows(pl *dumpPlan) uint8 {
	if e.knownFor != e.reg {
		e.knownFor = e.reg
		clear(e.known)
	}
	if int(pl.n) < len(e.known) && e.known[pl.n] != 0 {
		return e.known[pl.n]
	}
	return e.ask(pl)
}

// ask asks the registry for a plan's type and all types of its parts.
func (e *encoder) ask(pl *dumpPlan) uint8 {
	if int(pl.n) >= len(e.known) {
		e.known = append(e.known, make([]uint8, int(pl.n)+1-len(e.known))...)
	}
	if e.known[pl.n] != 0 {
		return e.known[pl.n]
	}
	e.known[pl.n] = isAsked // for types that lead to themselves, which nest anyway
	k := uint8(isAsked)
	switch {
	case e.registered(pl.typ):
		k |= isRegistered | hasRegistered
	case pl.asks && pl.typ.Kind() != reflect.Pointer && e.registered(reflect.PointerTo(pl.typ)):
		k |= isRegistered | isPointer | hasRegistered
	}
	parts := []*dumpPlan{pl.elem, pl.key}
	if pl.st != nil {
		for i := range pl.st.fields {
			parts = append(parts, pl.st.fields[i].plan)
		}
	}
	for _, part := range parts {
		if part != nil {
			k |= e.ask(part) & hasRegistered
		}
	}
	e.known[pl.n] = k
	return k
}

// write writes the value at p, of a type that is part of another.
func (e *encoder) write(pl *dumpPlan, p unsafe.Pointer) error {
	e.boundary()
	if pl.asks && e.isRegistered(pl) {
		return e.writeBoxed(e.forRegistry(pl, p))
	}
	return e.writeOwn(pl, p, identity{})
}

// writeOwn is write for a value that no registry knows. id is the identity of a pointer
// that led to it, or nothing.
func (e *encoder) writeOwn(pl *dumpPlan, p unsafe.Pointer, id identity) error {
	if !e.isDeep(pl) {
		return e.writeOp(pl, p, id)
	}
	if e.nesting >= maxNesting {
		base := e.tasks.Len()
		_, err := e.begin(pl, p, id)
		return e.complete(base, err)
	}
	e.nesting++
	err := e.writeOp(pl, p, id)
	e.nesting--
	return err
}

// writeBoxed writes a value as save does, to its end.
func (e *encoder) writeBoxed(x any) error {
	switch v := x.(type) {
	case string:
		return e.saveStr(v, strID(v))
	case int64:
		e.saveInt(v)
		return nil
	}
	base := e.tasks.Len()
	if e.nesting < maxNesting {
		e.nesting++
		_, err := e.saveObject(x)
		err = e.complete(base, err)
		e.nesting--
		return err
	}
	_, err := e.saveObject(x)
	return e.complete(base, err)
}

// complete goes on with the tasks above base until they are done, unless there was an
// error.
func (e *encoder) complete(base int, err error) error {
	for err == nil && e.tasks.Len() > base {
		err = e.step()
	}
	if err != nil {
		e.unwind(base)
	}
	return err
}

func (e *encoder) writeOp(pl *dumpPlan, p unsafe.Pointer, id identity) error {
	switch pl.op {
	case asBool:
		e.saveBool(*(*bool)(p))
	case asInt8:
		e.saveInt(int64(*(*int8)(p)))
	case asInt16:
		e.saveInt(int64(*(*int16)(p)))
	case asInt32:
		e.saveInt(int64(*(*int32)(p)))
	case asInt64:
		e.saveInt(*(*int64)(p))
	case asUint8:
		e.saveInt(int64(*(*uint8)(p)))
	case asUint16:
		e.saveInt(int64(*(*uint16)(p)))
	case asUint32:
		e.saveInt(int64(*(*uint32)(p)))
	case asUint64:
		return e.saveUint(*(*uint64)(p))
	case asFloat32:
		e.saveFloat(float64(*(*float32)(p)))
	case asFloat64:
		e.saveFloat(*(*float64)(p))
	case asString:
		return e.writeStr(*(*string)(p))
	case asSlice:
		return e.writeSlice(pl, p, id)
	case asStruct:
		return e.writeStruct(pl.st, p, id)
	case asPointer:
		return e.writePointer(pl, p)
	case asArray:
		return e.writeArray(pl, p, id)
	case asMap, asSet:
		return e.writeMap(pl, p, id)
	case asInterface:
		if pl.typ.NumMethod() == 0 {
			return e.writeBoxed(*(*any)(p))
		}
		return e.writeBoxed(pl.boxed(p))
	case asBigInt:
		return e.saveBig(*(**big.Int)(p))
	case asFunc:
		if *(*unsafe.Pointer)(p) == nil {
			e.out = append(e.out, 'N')
			return nil
		}
		return e.writeBoxed(pl.boxed(p))
	case asText:
		return e.writeTextOf(pl, p)
	case asOurs:
		x := reflect.NewAt(pl.typ, p).Interface()
		e.keep = append(e.keep, x) // p may be in a copy of a map's entries
		return e.writeBoxed(x)
	case asBox:
		return e.writeBoxed(pl.boxed(p))
	case asCannot:
		return copyOf(pl.err)
	default:
		base := e.tasks.Len()
		_, err := e.begin(pl, p, id)
		return e.complete(base, err)
	}
	return nil
}

// begin writes the value at p, or makes a task of it, with parts that will be saved.
func (e *encoder) begin(pl *dumpPlan, p unsafe.Pointer, id identity) (pushed bool, err error) {
	switch pl.op {
	case asComplex64:
		return e.saveComplex(complex128(*(*complex64)(p)), identity{})
	case asComplex128:
		return e.saveComplex(*(*complex128)(p), identity{})
	case asBytes:
		return e.saveByteSlice(*(*[]byte)(p))
	case asByteArray:
		data := py.Bytes(bytesAsString(unsafe.Slice((*byte)(p), pl.len)))
		if len(data) > 1 {
			// Each array is bytes of its own, but for those that a pointer leads to.
			return e.saveBytes(data, id)
		}
		return e.saveByteSlice([]byte(data))
	case asSlice:
		return e.beginSlice(pl, p, id)
	case asArray:
		if e.got(id) {
			return false, nil
		}
		return e.saveTuple(e.items(pl.elem, p, pl.len), id)
	case asMap, asSet:
		return e.beginMap(pl, p, id)
	case asStruct:
		return e.beginStruct(pl.st, p, id)
	case asPointer:
		return e.savePointer(pl, *(*unsafe.Pointer)(p))
	case asInterface:
		if e.chain > maxPointers {
			return false, errTooManyPointers()
		}
		e.chain++
		pushed, err = e.saveObject(pl.boxed(p))
		e.chain--
		return pushed, err
	case asOurs:
		x := reflect.NewAt(pl.typ, p).Interface()
		e.keep = append(e.keep, x)
		return e.saveObject(x)
	case asBox:
		return e.saveObject(pl.boxed(p))
	case asFunc:
		return e.saveObject(pl.boxed(p))
	case asMarshaler:
		return e.saveMarshaler(pl, p, id)
	case asUUID:
		return e.saveUUID((*[16]byte)(p), id)
	case asSeq, asSeq2:
		return e.saveSeq(pl, p)
	}
	return false, e.writeOp(pl, p, id)
}

// writePointer writes what the pointer at p points to.
func (e *encoder) writePointer(pl *dumpPlan, p unsafe.Pointer) error {
	for range maxPointers {
		q := *(*unsafe.Pointer)(p)
		if q == nil {
			e.out = append(e.out, 'N')
			return nil
		}
		el := pl.elem
		switch {
		case el.asks && e.isRegistered(el):
			return e.writeBoxed(e.forRegistry(el, q))
		case el.op == asPointer:
			pl, p = el, q
		default:
			return e.writeOwn(el, q, el.identityAt(q))
		}
	}
	return errTooManyPointers()
}

// identityAt is the identity of what a pointer to the plan's type points to. The type is
// part of it, since a struct and its first field have one address.
func (pl *dumpPlan) identityAt(q unsafe.Pointer) identity {
	if pl.size == 0 {
		return identity{} // Go may give all such values one address
	}
	return identity{uintptr(q), uint64(pl.n)<<4 | idTyped}
}

// items returns the n values from p on as interfaces.
func (e *encoder) items(elem *dumpPlan, p unsafe.Pointer, n int) []any {
	items := make([]any, n)
	for i := range items {
		items[i] = e.box(elem, unsafe.Add(p, uintptr(i)*elem.size))
	}
	return items
}

// box returns the value at p as an interface that save can be given.
func (e *encoder) box(pl *dumpPlan, p unsafe.Pointer) any {
	switch {
	case pl.op == asOurs:
		return reflect.NewAt(pl.typ, p).Interface()
	case pl.asks && e.isRegistered(pl):
		return e.forRegistry(pl, p)
	case pl.op == asString && !pl.asks:
		return oneStr(*(*string)(p))
	}
	return pl.boxed(p)
}

func (e *encoder) saveUint(v uint64) error {
	if v <= 1<<63-1 {
		e.saveInt(int64(v))
		return nil
	}
	return e.saveBig(bigUint(v))
}
