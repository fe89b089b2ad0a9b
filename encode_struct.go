package pickle

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/py"
)

// A structDump says how structs of a type are written.
type structDump struct {
	form    structForm
	class   py.Global
	fields  []fieldDump
	unknown *fieldDump
	names   map[string]bool // of fields
	omits   bool            // whether a field may be left out
}

type structForm uint8

const (
	structDict     structForm = iota
	structInstance            // of a class, with a __dict__
	structSlots               // of a class with __slots__
	structTuple
	structNamedTuple
)

// A fieldDump says how a field is written.
type fieldDump struct {
	plan     *dumpPlan
	op       dumpForm // that of the plan, unless a registry may know the type
	plain    bool     // no part needs a look whether it nests, or is known to a registry
	name     *fieldName
	goName   string
	offset   uintptr // in the struct, or in what the last of pointers points to
	pointers []embeddedPointer
	omitZero bool
	isZero   func(p unsafe.Pointer) bool // nil if the field is never left out for its value
}

// A fieldName is a name as CPython has them: one object for each, wherever it is used.
type fieldName struct {
	text string
	// shared says that the string may be met as something else than the name of a field,
	// so that the memo must know it; else the encoder's names are enough.
	shared atomic.Bool
	short  string // how protocols from 4 on have it, memoized; "" if it is too long
	long   string // how protocols 2 and 3 have it, not memoized; "" if it is too long
	n      uint32
}

// A nameSlot says in which pickle (epoch) a name has which memo number.
type nameSlot struct{ epoch, n uint32 }

var fieldNames struct {
	sync.Mutex
	byText map[string]*fieldName
}

// nameOf returns the fieldName of s.
func nameOf(s string) *fieldName {
	fieldNames.Lock()
	defer fieldNames.Unlock()
	if n := fieldNames.byText[s]; n != nil {
		return n
	}
	// What package intern has is written as something else than names, too.
	_, shared := intern.IsChar(s)
	if shared || s == "" {
		s, shared = oneStr(s), true
	} else if s == intern.Latin1 {
		s, shared = intern.Latin1, true
	}
	if fieldNames.byText == nil {
		fieldNames.byText = make(map[string]*fieldName)
	}
	n := &fieldName{text: s, n: uint32(len(fieldNames.byText))}
	if len(s) < 1<<8 && checkText(s) == nil {
		n.short = string([]byte{byte(opcode.ShortBinUnicode), byte(len(s))}) + s + string([]byte{byte(opcode.Memoize)})
		n.long = string([]byte{byte(opcode.BinUnicode), byte(len(s)), 0, 0, 0}) + s
	}
	n.shared.Store(shared)
	fieldNames.byText[s] = n
	return n
}

// sharedName returns the string of a name that is not only that of a field.
func sharedName(s string) string {
	n := nameOf(s)
	n.shared.Store(true)
	return n.text
}

// attributeKey is the key of a dict for an attribute: the name of a field if it is one.
func attributeKey(s string) any {
	fieldNames.Lock()
	defer fieldNames.Unlock()
	if n := fieldNames.byText[s]; n != nil {
		return fieldKey{name: n}
	}
	return s
}

func (c *dumpPlanner) fillStruct(p *dumpPlan) {
	t := p.typ
	info, err := structInfoOf(t)
	if err != nil {
		p.err = &EncodeError{Kind: TypeError, Message: err.Error(), Err: err}
		return
	}
	if isOpaque(t, info) {
		p.err = cannotDump(t)
		return
	}
	st := &structDump{names: make(map[string]bool)}
	p.op, p.st = asStruct, st
	switch {
	case info.tuple && info.hasClass:
		st.form = structNamedTuple
	case info.tuple:
		st.form = structTuple
	case info.hasClass && info.slots:
		st.form = structSlots
	case info.hasClass:
		st.form = structInstance
	default:
		p.hash = hashNo
	}
	if info.hasClass {
		st.class = py.Global{Module: sharedName(info.class.Module), Name: sharedName(info.class.Name)}
	}
	for i := range info.fields {
		f := c.field(p, &info.fields[i])
		st.fields = append(st.fields, f)
		st.names[f.name.text] = true
		if f.isZero != nil || f.pointers != nil {
			st.omits = true
		}
		if info.tuple {
			p.hash = max(p.hash, f.plan.hash)
			if p.hash != hashNo && c.open[f.plan] {
				p.hash = hashNo
			}
		}
	}
	if info.unknown != nil {
		f := c.field(p, info.unknown)
		st.unknown = &f
	}
}

// isOpaque reports whether a struct has fields but none that others may see: it keeps to
// itself what it is.
func isOpaque(t reflect.Type, info *structInfo) bool {
	if len(info.fields) > 0 || info.unknown != nil || info.hasClass {
		return false
	}
	hidden := false
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Tag.Get("pickle") == "-" {
			return false // the program leaves it out
		}
		hidden = hidden || f.Name != "_"
	}
	return hidden
}

func (c *dumpPlanner) field(p *dumpPlan, f *structField) fieldDump {
	out := fieldDump{
		plan: c.part(p, f.typ), name: nameOf(f.name), goName: f.goName,
		offset: f.offset, pointers: f.pointers, omitZero: f.omitZero,
	}
	if f.omitZero {
		out.isZero = zeroTest(f.typ)
	}
	return out
}

// settle is called when all dumpPlans that the struct's leads to are filled.
func (st *structDump) settle() {
	for i := range st.fields {
		f := &st.fields[i]
		if f.op = f.plan.op; f.plan.asks {
			f.op = asCannot // it takes the long way
		}
		f.plain = !f.plan.nests && !f.plan.asksWithin
	}
}

// zeroTest returns a function that reports whether the value at p is zero: what its method
// IsZero says, or else Go's zero value.
func zeroTest(t reflect.Type) func(p unsafe.Pointer) bool {
	type zeroer interface{ IsZero() bool }
	zeroerType := reflect.TypeFor[zeroer]()
	at := func(p unsafe.Pointer) reflect.Value { return reflect.NewAt(t, p).Elem() }
	switch kind := t.Kind(); {
	case kind == reflect.Interface && t.Implements(zeroerType),
		kind == reflect.Pointer && t.Implements(zeroerType):
		return func(p unsafe.Pointer) bool {
			v := at(p)
			if v.IsNil() {
				return true
			}
			if e := v.Elem(); kind == reflect.Interface && e.Kind() == reflect.Pointer && e.IsNil() {
				return true
			}
			return v.Interface().(zeroer).IsZero()
		}
	case reflect.PointerTo(t).Implements(zeroerType):
		return func(p unsafe.Pointer) bool { return reflect.NewAt(t, p).Interface().(zeroer).IsZero() }
	case kind == reflect.String:
		return func(p unsafe.Pointer) bool { return *(*string)(p) == "" }
	case kind == reflect.Pointer, kind == reflect.Map:
		return func(p unsafe.Pointer) bool { return *(*unsafe.Pointer)(p) == nil }
	}
	switch t.Size() {
	case 1:
		return func(p unsafe.Pointer) bool { return *(*uint8)(p) == 0 }
	case 8:
		if k := t.Kind(); k <= reflect.Float64 {
			return func(p unsafe.Pointer) bool { return *(*uint64)(p) == 0 }
		}
	}
	return func(p unsafe.Pointer) bool { return at(p).IsZero() }
}

// at returns where the field is in the struct at p; nil if a pointer on the way is.
func (f *fieldDump) at(p unsafe.Pointer) unsafe.Pointer {
	for _, step := range f.pointers {
		if p = *(*unsafe.Pointer)(unsafe.Add(p, step.offset)); p == nil {
			return nil
		}
	}
	return unsafe.Add(p, f.offset)
}

// An omission says which fields of a struct are left out.
type omission struct {
	few  uint64
	many []bool // of structs with more than 64 fields
}

func (o *omission) has(i int) bool {
	if o.many != nil {
		return o.many[i]
	}
	return o.few>>i&1 != 0
}

// omitted finds out which fields are left out, and how many are not.
func (st *structDump) omitted(p unsafe.Pointer, o *omission) (n int) {
	n = len(st.fields)
	if !st.omits {
		return n
	}
	if len(st.fields) > 64 {
		o.many = make([]bool, len(st.fields))
	}
	for i := range st.fields {
		f := &st.fields[i]
		if f.isZero == nil && f.pointers == nil {
			continue
		}
		if q := f.at(p); q == nil || f.isZero != nil && f.isZero(q) {
			n--
			if o.many != nil {
				o.many[i] = true
			} else {
				o.few |= 1 << i
			}
		}
	}
	return n
}

// writeStruct writes the struct at p.
func (e *encoder) writeStruct(st *structDump, p unsafe.Pointer, id identity) error {
	if st.form == structDict {
		if id.tag != 0 && e.claim(id) {
			return nil
		}
		return e.writeStructDict(st, p, id)
	}
	if id.tag != 0 && e.got(id) {
		return nil
	}
	switch st.form {
	case structTuple:
		return e.writeStructTuple(st, p, id)
	}
	if st.form == structSlots && e.proto < 2 {
		return errSlots(st)
	}
	if e.proto < 2 || st.form == structNamedTuple && e.o.Extension != nil {
		base := e.tasks.Len()
		_, err := e.beginStruct(st, p, id)
		return e.complete(base, err)
	}
	e.boundary()
	if err := e.writeGlobal(st.class); err != nil {
		return err
	}
	if st.form == structNamedTuple {
		return e.writeNamedTuple(st, p, id)
	}
	e.boundary()
	e.out = append(e.out, ')', byte(opcode.NewObj))
	e.memoize(id)
	var o omission
	n := st.omitted(p, &o)
	if n == 0 && !e.hasUnknown(st, p) {
		return nil // as Python writes no empty state
	}
	e.boundary()
	if st.form == structSlots {
		e.out = append(e.out, 'N')
		e.boundary()
	}
	if err := e.writeFields(st, p, identity{}, &o, n); err != nil {
		return err
	}
	if st.form == structSlots {
		e.out = append(e.out, byte(opcode.Tuple2))
		e.memoize(identity{})
	}
	e.out = append(e.out, byte(opcode.Build))
	return nil
}

func errSlots(st *structDump) error {
	return kindError(TypeError, fmt.Sprintf("a class that defines __slots__ without defining __getstate__ "+
		"cannot be pickled with protocol 0: %s", st.class)).hint("use protocol 2 or higher")
}

// writeGlobal writes the name of a class to its end.
func (e *encoder) writeGlobal(g py.Global) error {
	if e.gotGlobal(g) {
		return nil
	}
	base := e.tasks.Len()
	_, err := e.saveGlobal(e.ownNames(g))
	return e.complete(base, err)
}

// ownNames is g with the strings that the registry has for its names: there is one of each
// in Python.
func (e *encoder) ownNames(g py.Global) py.Global {
	if own, ok := e.reg.LookupName(g); ok {
		return own
	}
	return g
}

func (e *encoder) writeStructDict(st *structDump, p unsafe.Pointer, id identity) error {
	var o omission
	n := st.omitted(p, &o)
	return e.writeFields(st, p, id, &o, n)
}

// writeFields writes a dict of the n fields that are not left out. It was claimed, or has no
// identity.
func (e *encoder) writeFields(st *structDump, p unsafe.Pointer, id identity, o *omission, n int) error {
	if st.unknown != nil && e.hasUnknown(st, p) || n >= batch {
		base := e.tasks.Len()
		pairs, err := e.fieldPairs(st, p)
		if err == nil {
			_, err = e.saveClaimedPairs(pairs, id)
		}
		return e.complete(base, err)
	}
	if e.proto >= 2 {
		e.putStart(opcode.EmptyDict, id, n > 1)
		if n == 0 {
			return nil
		}
		return e.writeFieldsFast(st, p, o, n)
	}
	if e.proto == 0 {
		e.out = append(e.out, '(', 'd')
	} else {
		e.out = append(e.out, '}')
	}
	e.memoizeClaimed(id)
	if n == 0 {
		return nil
	}
	mark := e.proto > 0 && n > 1
	if mark {
		e.out = append(e.out, '(')
	}
	for i := range st.fields {
		f := &st.fields[i]
		q := unsafe.Add(p, f.offset)
		if st.omits {
			if o.has(i) {
				continue
			}
			q = f.at(p)
		}
		e.boundary()
		if err := e.writeName(f.name); err != nil {
			return err
		}
		if err := e.write(f.plan, q); err != nil {
			return e.within(err, dumpFieldStep(f))
		}
		if e.proto == 0 {
			e.out = append(e.out, byte(opcode.SetItem))
		}
	}
	switch {
	case mark:
		e.out = append(e.out, byte(opcode.SetItems))
	case e.proto > 0:
		e.out = append(e.out, byte(opcode.SetItem))
	}
	return nil
}

// writeFieldsFast writes the pairs of a dict of n fields, of which there is one, in
// protocols from 2 on, after the MARK.
func (e *encoder) writeFieldsFast(st *structDump, p unsafe.Pointer, o *omission, n int) error {
	end := byte(opcode.SetItem)
	if n > 1 {
		end = byte(opcode.SetItems)
	}
	short := e.proto >= 4 && !e.fast
	for i := range st.fields {
		f := &st.fields[i]
		q := unsafe.Add(p, f.offset)
		if st.omits {
			if o.has(i) {
				continue
			}
			q = f.at(p)
		}
		e.boundary()
		out, n := e.room()
		name := f.name
		if m, ok := e.nameKnown(name); ok {
			n += putGet(out[n:], m)
		} else if short && name.short != "" && int(name.n) < len(e.names) && !name.shared.Load() {
			e.names[name.n] = nameSlot{e.epoch, e.memoLen}
			e.memoLen++
			n += copy(out[n:], name.short)
		} else {
			if err := e.writeName(name); err != nil {
				return err
			}
			out, n = e.room()
		}
		if n >= e.soft {
			out, n = e.nextAt(n)
		}
		var err error
		switch f.op {
		case asInt64:
			e.out = out[:n+putInt(out[n:], *(*int64)(q))]
			continue
		case asFloat64:
			e.out = out[:n+putFloat(out[n:], *(*float64)(q))]
			continue
		case asBool:
			e.out = out[:n+putBool(out[n:], *(*bool)(q))]
			continue
		case asString:
			e.out = out[:n]
			err = e.writeStr(*(*string)(q))
		default:
			e.out = out[:n]
			err = e.writeField(f, q)
		}
		if err != nil {
			return e.within(err, dumpFieldStep(f))
		}
	}
	e.out = append(e.out, end)
	return nil
}

// writeField writes the field at q after a boundary; the shortest way for what is frequent.
func (e *encoder) writeField(f *fieldDump, q unsafe.Pointer) error {
	switch f.op {
	case asString:
		return e.writeStr(*(*string)(q))
	case asPointer:
		if *(*unsafe.Pointer)(q) == nil {
			e.out = append(e.out, 'N')
			return nil
		}
		if r := *(*unsafe.Pointer)(q); f.plan.elem.op == asInt64 && !f.plan.elem.asks {
			e.saveInt(*(*int64)(r))
			return nil
		}
	case asSlice:
		if f.plain {
			return e.writeSlice(f.plan, q, identity{})
		}
	case asStruct:
		if f.plain {
			return e.writeStruct(f.plan.st, q, identity{})
		}
	}
	return e.write(f.plan, q)
}

// nameKnown returns the memo number of a field's name.
func (e *encoder) nameKnown(name *fieldName) (uint32, bool) {
	if int(name.n) < len(e.names) {
		s := e.names[name.n]
		return s.n, s.epoch == e.epoch
	}
	return 0, false
}

// writeName writes the name of a field.
func (e *encoder) writeName(name *fieldName) error {
	if n, ok := e.nameKnown(name); ok {
		e.writeGet(n)
		return nil
	}
	for int(name.n) >= len(e.names) {
		e.names = append(e.names, nameSlot{})
	}
	if e.fast {
		return e.saveStr(name.text, identity{})
	}
	slot := nameSlot{e.epoch, e.memoLen}
	if name.shared.Load() {
		if n, ok := e.memo.add(strID(name.text), e.memoLen); ok {
			e.names[name.n] = nameSlot{e.epoch, n}
			e.writeGet(n)
			return nil
		}
	}
	e.names[name.n] = slot
	if name.short != "" && e.proto >= 2 {
		if e.proto >= 4 {
			e.memoLen++
			e.out = append(e.out, name.short...)
			return nil
		}
		e.out = append(e.out, name.long...)
		e.memoize(identity{})
		return nil
	}
	if err := e.checkStr(name.text); err != nil {
		return err
	}
	e.writeStrData(name.text)
	e.memoize(identity{})
	return nil
}

func (e *encoder) writeStructTuple(st *structDump, p unsafe.Pointer, id identity) error {
	if len(st.fields) == 0 {
		_, err := e.saveTuple(nil, id)
		return err
	}
	short := len(st.fields) <= 3 && e.proto >= 2
	if !short {
		e.out = append(e.out, '(')
	}
	if err := e.writeValues(st, p); err != nil {
		return err
	}
	e.closeTuple(len(st.fields), id)
	return nil
}

// writeNamedTuple writes what follows the class in protocols from 2 on.
func (e *encoder) writeNamedTuple(st *structDump, p unsafe.Pointer, id identity) error {
	e.boundary()
	if err := e.writeStructTuple(st, p, identity{}); err != nil {
		return err
	}
	e.out = append(e.out, byte(opcode.NewObj))
	if id.tag != 0 {
		if n, ok := e.memo.get(id); ok { // its own items held it
			e.out = append(e.out, byte(opcode.Pop))
			e.writeGet(n)
			return nil
		}
	}
	e.memoize(id)
	return nil
}

// writeValues writes the values of all fields: a tuple has its length, whatever is zero.
func (e *encoder) writeValues(st *structDump, p unsafe.Pointer) error {
	for i := range st.fields {
		f := &st.fields[i]
		e.boundary()
		q := unsafe.Add(p, f.offset)
		if f.pointers != nil {
			if q = f.at(p); q == nil {
				e.out = append(e.out, 'N')
				continue
			}
		}
		if f.op == asFloat64 {
			e.saveFloat(*(*float64)(q))
		} else if f.op == asInt64 {
			e.saveInt(*(*int64)(q))
		} else if err := e.writeField(f, q); err != nil {
			return e.within(err, dumpFieldStep(f))
		}
	}
	return nil
}

// hasUnknown reports whether there is anything in the field for what is unknown.
func (e *encoder) hasUnknown(st *structDump, p unsafe.Pointer) bool {
	if st.unknown == nil {
		return false
	}
	q := st.unknown.at(p)
	if q == nil {
		return false
	}
	v := reflect.NewAt(st.unknown.plan.typ, q).Elem()
	if d, ok := v.Interface().(*py.Dict); ok {
		return d != nil && d.Len() > 0
	}
	return v.Len() > 0
}

// A tempPairs is a dict that is known to the encoder alone: keys and values in turn.
type tempPairs []any

// fieldPairs returns the names and values of the fields that are written.
func (e *encoder) fieldPairs(st *structDump, p unsafe.Pointer) (tempPairs, error) {
	var o omission
	n := st.omitted(p, &o)
	pairs := make(tempPairs, 0, 2*n)
	for i := range st.fields {
		f := &st.fields[i]
		if st.omits && o.has(i) {
			continue
		}
		var key any = f.name.text
		if e.o.PersistentID == nil {
			key = fieldKey{f.name, f.goName}
		}
		pairs = append(pairs, key, e.box(f.plan, f.at(p)))
	}
	if !e.hasUnknown(st, p) {
		return pairs, nil
	}
	add := func(k string, v any) error {
		if st.names[k] {
			return kindError(ValueError, fmt.Sprintf("the field %s has an entry %q, which is the name of another field",
				st.unknown.goName, k))
		}
		var key any = k
		if e.o.PersistentID == nil {
			key = attributeKey(k)
		}
		pairs = append(pairs, key, v)
		return nil
	}
	q := st.unknown.at(p)
	if d, ok := st.unknown.plan.boxed(q).(*py.Dict); ok {
		for k, v := range d.All() {
			if s, ok := k.(string); !ok {
				pairs = append(pairs, k, v)
			} else if err := add(s, v); err != nil {
				return nil, err
			}
		}
		return pairs, nil
	}
	m := reflect.NewAt(st.unknown.plan.typ, q).Elem()
	keys, values := e.entries(st.unknown.plan, m)
	for i := range keys.Len() {
		if err := add(keys.Index(i).String(), values.Index(i).Interface()); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

// A fieldKey is the key of a dict that is the name of a field: of the one that is goName
// in the struct, if that is not "".
type fieldKey struct {
	name   *fieldName
	goName string
}

// fieldValues returns the values of all fields.
func (e *encoder) fieldValues(st *structDump, p unsafe.Pointer) []any {
	values := make([]any, len(st.fields))
	for i := range st.fields {
		if q := st.fields[i].at(p); q != nil {
			values[i] = e.box(st.fields[i].plan, q)
		}
	}
	return values
}

var (
	nameReconstructor = py.Global{Module: "copyreg", Name: "_reconstructor"}
	nameObject        = py.Global{Module: "builtins", Name: "object"}
	nameTuple         = py.Global{Module: "builtins", Name: "tuple"}
)

// beginStruct writes the struct at p, or makes a task of it.
func (e *encoder) beginStruct(st *structDump, p unsafe.Pointer, id identity) (pushed bool, err error) {
	if e.got(id) {
		return false, nil
	}
	switch st.form {
	case structDict:
		pairs, err := e.fieldPairs(st, p)
		if err != nil {
			return false, err
		}
		return e.savePairs(pairs, id)
	case structTuple:
		return e.saveTuple(e.fieldValues(st, p), id)
	case structNamedTuple:
		values := tempTuple(e.fieldValues(st, p))
		if e.proto >= 2 {
			return e.pushCall("\x81", values, id, e.ownNames(st.class), values)
		}
		return e.pushCall("R", values, id, nameReconstructor, tempTuple{e.ownNames(st.class), nameTuple, values})
	case structSlots:
		if e.proto < 2 {
			return false, errSlots(st)
		}
	}
	pairs, err := e.fieldPairs(st, p)
	if err != nil {
		return false, err
	}
	var state any
	if len(pairs) > 0 {
		state = pairs
		if st.form == structSlots {
			state = tempTuple{nil, pairs}
		}
	}
	return e.pushNew(e.ownNames(st.class), state, id)
}

// pushNew writes an instance of class as CPython writes one of a plain class: with the
// state unless that is nil.
func (e *encoder) pushNew(class py.Global, state any, id identity) (bool, error) {
	o := &py.Object{How: py.ByNewObj, Class: class}
	if state != nil {
		o.Ops = []py.Op{{Kind: py.OpBuild, Items: []any{state}}}
	}
	if e.proto >= 2 {
		return e.pushCall("\x81", o, id, class, tempTuple(nil))
	}
	return e.pushCall("R", o, id, nameReconstructor, tempTuple{class, nameObject, nil})
}
