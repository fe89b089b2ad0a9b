package pickle

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// What a key of a dict is to a struct, where it is no field.
const (
	keyUnknown = -1 // for which the struct has no field
	keyHidden  = -2 // that the dict sets again
)

// A structCache holds the keys of the dicts that were last loaded into a struct type.
// Pickles of many like objects have the same keys, and each is one node, so that it needs
// no look at the text to know the fields.
type structCache struct {
	load  uint32 // of which the keys are
	next  uint8
	count uint8     // how many of known are of this load
	class graph.Ref // the node of the struct's class, or noGlobal
	known [4]*keyFields
}

// keyFields is for the keys of a dict the field of each.
type keyFields struct {
	keys   []graph.Ref
	fields []int32
}

// cache is what this load keeps for pl, a struct.
func (d *typed) cache(pl *plan) *structCache {
	if int(pl.id) >= len(d.caches) {
		d.caches = append(d.caches, make([]structCache, int(pl.id)+1-len(d.caches))...)
	}
	c := &d.caches[pl.id]
	if c.load != d.load {
		c.load, c.next, c.count, c.class = d.load, 0, 0, noGlobal
		const few = 1 << 10
		if k := c.known[0]; k != nil && cap(k.keys) > few {
			c.known = [len(c.known)]*keyFields{}
		}
	}
	return c
}

// keyFieldsOf returns the fields for pairs of keys and values.
func (d *typed) keyFieldsOf(pl *plan, pairs []graph.Ref) *keyFields {
	c := d.cache(pl)
	for _, k := range c.known[:c.count] {
		if sameKeys(k.keys, pairs) {
			return k
		}
	}
	n := len(pairs) / 2
	if last := c.known[0]; c.count == 0 && last != nil && len(last.keys) == n && d.guessed(pl, last, pairs) {
		c.next, c.count = 1, 1
		return last
	}
	var k, guess *keyFields
	if last := c.known[0]; c.count == 0 && last != nil && cap(last.keys) >= n {
		k, guess = last, last // of another load: it is free, and a good guess
		k.keys, k.fields = k.keys[:n], k.fields[:n]
	} else {
		// Not in place of another: that may be in use, for a struct that holds this one.
		k = &keyFields{make([]graph.Ref, n), make([]int32, n)}
	}
	repeated := false
	var seen uint64
	for i := range n {
		key := pairs[2*i]
		f := int32(-1)
		if guess != nil {
			f = guess.fields[i]
		}
		if f < 0 || int(f) >= len(pl.fields) || d.g.KindOf(key) != graph.Str || d.g.Node(key).Str() != pl.info.fields[f].name {
			f = d.fieldOf(pl, key)
		}
		k.keys[i], k.fields[i] = key, f
		if f >= 0 {
			repeated = repeated || f > 63 || seen>>f&1 != 0
			seen |= 1 << (f & 63)
		}
	}
	if repeated {
		hideRepeated(k)
	}
	c.known[c.next] = k
	c.count = max(c.count, c.next+1)
	c.next = (c.next + 1) % uint8(len(c.known))
	return k
}

// guessed makes k, of another load, that of pairs, if they have the same fields in the same
// order: the most common case by far.
func (d *typed) guessed(pl *plan, k *keyFields, pairs []graph.Ref) bool {
	data := d.g.Input()
	for i, f := range k.fields {
		key := pairs[2*i]
		start, end, ok := d.g.StrSpan(key)
		if !ok || uint(f) >= uint(len(pl.names)) || !pl.names[f].is(data, start, end) {
			return false
		}
		k.keys[i] = key
	}
	return true
}

func sameKeys(keys, pairs []graph.Ref) bool {
	if len(keys)*2 != len(pairs) {
		return false
	}
	for i, k := range keys {
		if pairs[2*i] != k {
			return false
		}
	}
	return true
}

// fieldOf is the field that the key stands for. The bytes that strings of Python 2 may
// load as are names too.
func (d *typed) fieldOf(pl *plan, key graph.Ref) int32 {
	n := d.g.Node(key)
	d.spend(uint64(n.Len())) // a long key may be looked up often; what comes next fails
	switch n.Kind() {
	case graph.Str:
		return int32(pl.info.field(n.Str(), d.o.IgnoreCase))
	case graph.Bytes:
		return int32(pl.info.field(string(n.Payload()), d.o.IgnoreCase))
	}
	return keyUnknown
}

// hideRepeated hides what is set again: of equal keys the last value counts.
func hideRepeated(k *keyFields) {
	last := make(map[int32]bool, len(k.fields))
	for i := len(k.fields) - 1; i >= 0; i-- {
		f := k.fields[i]
		if f < 0 {
			continue
		}
		if last[f] {
			k.fields[i] = keyHidden
		}
		last[f] = true
	}
}

// structFromDict is value for a dict and a struct.
func (d *typed) structFromDict(pl *plan, p unsafe.Pointer, r graph.Ref) bool {
	s := structLoad{pl: pl, p: p, ref: r}
	return d.attributes(&s, d.g.Node(r).Refs()) && d.finish(&s)
}

// A structLoad is a struct that is being loaded.
type structLoad struct {
	pl   *plan
	p    unsafe.Pointer
	ref  graph.Ref
	seen []bool // the fields that had values, if that matters
	rest bool   // some field was unknown and is in the field for that
}

// attributes loads pairs of keys and values into fields.
func (d *typed) attributes(s *structLoad, pairs []graph.Ref) bool {
	pl := s.pl
	if !d.spend(8*uint64(len(pairs)) + uint64(pl.size)) {
		return d.tooLarge(pl, s.ref)
	}
	k := d.keyFieldsOf(pl, pairs)
	if d.o.RejectMissing && s.seen == nil {
		s.seen = make([]bool, len(pl.fields))
	}
	at := d.push(frameField, pl.id)
	for i, field := range k.fields {
		v := pairs[2*i+1]
		if field < 0 {
			if field == keyUnknown && !d.unknown(s, k.keys[i], v) {
				return false
			}
			continue
		}
		if s.seen != nil {
			s.seen[field] = true
		}
		f := &pl.fields[field]
		d.frames[at].at = field
		q := unsafe.Add(s.p, f.offset)
		if len(f.pointers) > 0 {
			var ok bool
			if q, ok = d.embedded(f, s.p, v); !ok {
				return false
			} else if q == nil {
				continue
			}
		}
		switch f.quick {
		case opInt64:
			if n, ok := d.g.Int64(v); ok {
				*(*int64)(q) = n
				continue
			}
		case opFloat64:
			if x, ok := d.g.Float64(v); ok {
				*(*float64)(q) = x
				continue
			}
		case opString:
			if d.g.KindOf(v) == graph.Str {
				*(*string)(q) = d.str(v)
				continue
			}
		case opBool:
			if v.IsTrue() || v.IsFalse() {
				*(*bool)(q) = v.IsTrue()
				continue
			}
		}
		if !d.value(f.plan, q, v) {
			return false
		}
	}
	d.pop()
	return true
}

// embedded returns where the field f is, which is reached through pointers. It is nil,
// after an error that is not the end, if one can't be set.
func (d *typed) embedded(f *fieldPlan, p unsafe.Pointer, v graph.Ref) (q unsafe.Pointer, ok bool) {
	for _, step := range f.pointers {
		to := (*unsafe.Pointer)(unsafe.Add(p, step.offset))
		if *to == nil {
			if step.private {
				return nil, d.fail(f.plan, v, fmt.Errorf("the embedded pointer to the unexported %s is nil", step.elem))
			}
			if !d.spend(uint64(step.elem.Size())) {
				return nil, d.tooLarge(f.plan, v)
			}
			*to = reflect.New(step.elem).UnsafePointer()
		}
		p = *to
	}
	return unsafe.Add(p, f.offset), true
}

// unknown keeps or refuses a key for which the struct has no field.
func (d *typed) unknown(s *structLoad, key, v graph.Ref) bool {
	pl := s.pl
	u := pl.info.unknown
	top := len(d.frames) - 1
	before := d.frames[top]
	d.frames[top] = frame{kind: frameValue, key: key}
	ok := true
	switch {
	case u != nil && pl.rest == nil:
		ok = d.unknownInDict(s, key, v)
	case u != nil:
		ok = d.unknownInMap(s, key, v)
	case d.o.RejectUnknown:
		ok = d.fail(pl, v, ErrUnknownField)
	}
	if ok {
		d.frames[top] = before
	}
	return ok
}

// restField is the field for what is unknown, emptied when something first goes into it.
func (d *typed) restField(s *structLoad, v graph.Ref) (reflect.Value, bool) {
	u := s.pl.info.unknown
	f := fieldPlan{plan: s.pl, offset: u.offset, pointers: u.pointers}
	q, ok := d.embedded(&f, s.p, v)
	if q == nil {
		return reflect.Value{}, ok
	}
	field := reflect.NewAt(u.typ, q).Elem()
	if !s.rest {
		s.rest = true
		field.SetZero()
	}
	return field, true
}

func (d *typed) unknownInDict(s *structLoad, key, v graph.Ref) bool {
	field, ok := d.restField(s, v)
	if !field.IsValid() {
		return ok
	}
	k, ok := d.python(key)
	if !ok {
		return false
	}
	x, ok := d.python(v)
	if !ok {
		return false
	}
	if !d.spend(64) {
		return d.tooLarge(s.pl, v)
	}
	if field.IsNil() {
		field.Set(reflect.ValueOf(new(py.Dict)))
	}
	if err := field.Interface().(*py.Dict).Set(k, x); err != nil {
		return d.fail(s.pl, key, err)
	}
	return true
}

func (d *typed) unknownInMap(s *structLoad, key, v graph.Ref) bool {
	field, ok := d.restField(s, v)
	if !field.IsValid() {
		return ok
	}
	m := s.pl.rest
	if !d.spend(uint64(m.key.size+m.elem.size) + 64) {
		return d.tooLarge(m, v)
	}
	k := reflect.New(m.key.typ)
	errs := len(d.errs)
	d.frames[len(d.frames)-1].kind = frameKey
	if !d.value(m.key, k.UnsafePointer(), key) {
		return false
	}
	d.frames[len(d.frames)-1].kind = frameValue
	x := reflect.New(m.elem.typ)
	if !d.value(m.elem, x.UnsafePointer(), v) {
		return false
	}
	if len(d.errs) > errs {
		return true
	}
	if field.IsNil() {
		field.Set(reflect.MakeMap(m.typ))
	}
	field.SetMapIndex(k.Elem(), x.Elem())
	return true
}

// finish looks for fields that had no value.
func (d *typed) finish(s *structLoad) bool {
	if !d.o.RejectMissing {
		return true
	}
	for i := range s.pl.fields {
		if s.seen != nil && s.seen[i] {
			continue
		}
		d.frames[d.push(frameField, s.pl.id)].at = int32(i)
		if !d.fail(s.pl, s.ref, ErrMissingField) {
			return false
		}
		d.pop()
	}
	return true
}

// positional loads items into the fields in their order.
func (d *typed) positional(s *structLoad, items []graph.Ref) bool {
	pl := s.pl
	if len(items) != len(pl.fields) {
		return d.fail(pl, s.ref, fmt.Errorf("%d items for %d fields", len(items), len(pl.fields)))
	}
	if !d.spend(8*uint64(len(items)) + uint64(pl.size)) {
		return d.tooLarge(pl, s.ref)
	}
	if d.o.RejectMissing {
		s.seen = make([]bool, len(pl.fields))
	}
	at := d.push(frameField, pl.id)
	for i, v := range items {
		if s.seen != nil {
			s.seen[i] = true
		}
		f := &pl.fields[i]
		d.frames[at].at = int32(i)
		q := unsafe.Add(s.p, f.offset)
		if len(f.pointers) > 0 {
			var ok bool
			if q, ok = d.embedded(f, s.p, v); !ok {
				return false
			} else if q == nil {
				continue
			}
		}
		switch f.quick {
		case opInt64:
			if n, ok := d.g.Int64(v); ok {
				*(*int64)(q) = n
				continue
			}
		case opFloat64:
			if x, ok := d.g.Float64(v); ok {
				*(*float64)(q) = x
				continue
			}
		case opString:
			if start, end, ok := d.g.StrSpan(v); ok && end <= len(d.input) {
				*(*string)(q) = d.input[start:end]
				continue
			}
		}
		if !d.value(f.plan, q, v) {
			return false
		}
	}
	d.pop()
	return true
}

// structFrom loads a tuple or an instance into a struct.
func (d *typed) structFrom(pl *plan, p unsafe.Pointer, n graph.Node) (ok, fits bool) {
	s := structLoad{pl: pl, p: p, ref: n.Ref()}
	switch n.Kind() {
	case graph.Dict:
		return d.structFromDict(pl, p, n.Ref()), true
	case graph.Tuple:
		return d.positional(&s, n.Refs()) && d.finish(&s), true
	case graph.List:
		if pl.info.tuple { // what reads tuples in Python by unpacking takes lists as well
			return d.positional(&s, n.Refs()) && d.finish(&s), true
		}
	case graph.Object:
		return d.structFromObject(&s, n)
	}
	return false, false
}

// plainInstance is value for a struct and an instance in the form that most have: made
// without arguments, with a dict of attributes. It does nothing, and fits is false, if n
// is of another form, or the registry knows its class.
func (d *typed) plainInstance(pl *plan, p unsafe.Pointer, n graph.Node) (ok, fits bool) {
	c := n.Made()
	args, build := c.Args(), c.Next()
	if c.Kind() != graph.CallNew || args.Kind() != graph.Tuple || args.Len() > 0 ||
		build.Kind() != graph.BuildState || build.Next().Kind() != graph.NoCall {
		return false, false
	}
	state, class := build.State(), c.Func()
	if info := d.global(class); state.Kind() != graph.Dict || info.entry != nil || info.is != isUnknown {
		return false, false
	}
	if ok, goOn := d.rightClass(pl, n, class); !ok {
		return goOn, true
	}
	s := structLoad{pl: pl, p: p, ref: n.Ref()}
	return d.attributes(&s, state.Refs()) && d.finish(&s), true
}

// rightClass checks that class is the one that the struct stands for, if it does so.
func (d *typed) rightClass(pl *plan, n, class graph.Node) (ok, goOn bool) {
	if !pl.info.hasClass {
		return true, true
	}
	c := d.cache(pl)
	if c.class == class.Ref() {
		return true, true
	}
	module, name := class.Global()
	if (py.Global{Module: module, Name: name}) != pl.info.class {
		return false, d.fail(pl, n.Ref(), fmt.Errorf("the struct stands for %s", pl.info.class))
	}
	c.class = class.Ref()
	return true, true
}

// structFromObject loads an instance: its attributes, or its arguments by position.
func (d *typed) structFromObject(s *structLoad, n graph.Node) (ok, fits bool) {
	pl := s.pl
	in := d.instance(n)
	if ok, goOn := d.rightClass(pl, n, in.class); !ok {
		return goOn, true
	}
	if data := d.userData(n); data.Kind() == graph.Dict && pl.info.field("data", d.o.IgnoreCase) < 0 {
		return d.attributes(s, data.Refs()) && d.finish(s), true
	}
	start := len(d.runs)
	items, hasItems := d.state(&in)
	hasState := d.count(start) > 0
	args := in.args
	if in.made && len(args) == 1 && len(pl.fields) != 1 && d.g.KindOf(args[0]) == graph.Tuple {
		args = d.g.Node(args[0]).Refs() // of a class derived from tuple
	}
	if !hasItems && len(args) > 0 && (pl.info.tuple || !hasState && len(args) == len(pl.fields)) {
		items, hasItems = args, true
	}
	if !hasItems && len(d.runs) == start && len(args) > 0 {
		return false, false
	}
	ok = true
	if hasItems {
		ok = d.positional(s, items)
	}
	runs := len(d.runs)
	for i := start; ok && i < runs; i++ {
		ok = d.attributes(s, d.runs[i])
	}
	d.runs = d.runs[:start]
	return ok && d.finish(s), true
}
