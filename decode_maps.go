package pickle

import (
	"bytes"
	"reflect"
	"unsafe"

	"github.com/go-pickle/pickle/graph"
)

// standsForSet reports whether pl is a map that stands for a set: map[K]struct{} or map[K]bool.
func (pl *plan) standsForSet() bool {
	return pl.elem.op == opBool || pl.elem.op == opStruct && pl.elem.typ.NumField() == 0
}

// mapFrom loads a dict, or what is like one, or a set, into a map.
func (d *typed) mapFrom(pl *plan, p unsafe.Pointer, n graph.Node) (ok, fits bool) {
	if v, ok := d.shared(pl, n); ok {
		*(*unsafe.Pointer)(p) = v.p
		return true, true
	}
	start := len(d.runs)
	set := false
	if fits = d.mapping(n) && !(n.Kind() == graph.Object && d.global(n.Made().Func()).is == isSet); !fits {
		d.runs = d.runs[:start]
		if set = pl.standsForSet() && isSetNode(d, n); !set {
			return false, false
		}
		if !d.sequence(n) {
			return false, false
		}
	}
	count := d.count(start)
	if !set {
		count /= 2
	}
	each := uint64(pl.key.size+pl.elem.size) + 16
	if uint64(count) > d.budget/each || !d.spend(uint64(count)*each) {
		return d.tooLarge(pl, n.Ref()), true
	}
	m := reflect.NewAt(pl.typ, p).Elem()
	m.Set(reflect.MakeMapWithSize(pl.typ, count))
	mp := *(*unsafe.Pointer)(p)
	if !d.share(pl, n, sharedValue{p: mp}) {
		return false, true
	}
	if set {
		return d.fillSet(pl, mp, start), true
	}
	if d.deep(deferred{pl: pl, p: mp, ref: n.Ref()}) {
		return true, true
	}
	return !d.stopped && d.fillMap(pl, mp, start, n.Ref()), true
}

func isSetNode(d *typed, n graph.Node) bool {
	switch n.Kind() {
	case graph.Set, graph.FrozenSet:
		return true
	case graph.Object:
		in := d.instance(n)
		for c := in.changes; c.Kind() != graph.NoCall; c = c.Next() {
			if c.Kind() == graph.AddItems {
				return true
			}
		}
		return d.global(in.class).is == isSet || len(in.args) > 0
	}
	return false
}

// fillSet puts the items in runs from start on into the map at mp.
func (d *typed) fillSet(pl *plan, mp unsafe.Pointer, start int) bool {
	m := reflect.NewAt(pl.typ, unsafe.Pointer(&mp)).Elem()
	there := reflect.New(pl.elem.typ).Elem()
	if pl.elem.op == opBool {
		there.SetBool(true)
	}
	at := d.push(frameIndex, 0)
	key := reflect.New(pl.key.typ)
	done := 0
	for i := start; i < len(d.runs); i++ {
		for _, r := range d.runs[i] {
			d.frames[at].at = int32(done)
			done++
			errs := len(d.errs)
			key.Elem().SetZero()
			if !d.key(pl, key, r) {
				return false
			}
			if len(d.errs) == errs {
				m.SetMapIndex(key.Elem(), there)
			}
		}
	}
	d.pop()
	return true
}

// key loads a key into what key points to.
func (d *typed) key(pl *plan, key reflect.Value, r graph.Ref) bool {
	if n := d.g.Node(r); !r.Inline() && !d.spend(uint64(n.Len())) {
		return d.tooLarge(pl.key, r)
	}
	errs := len(d.errs)
	if !d.value(pl.key, key.UnsafePointer(), r) {
		return false
	}
	if pl.loose && len(d.errs) == errs && !key.Elem().Comparable() {
		return d.fail(pl.key, r, errKey)
	}
	return true
}

// fillMap puts the keys and values in runs from start on into the map at mp.
func (d *typed) fillMap(pl *plan, mp unsafe.Pointer, start int, r graph.Ref) bool {
	if pl.loose {
		pairs, ok := d.distinct(start)
		if !ok {
			return false
		}
		d.runs = append(d.runs[:start], pairs)
	} else if pl.fast != nil {
		return pl.fast(d, pl, mp, start)
	}
	m := reflect.NewAt(pl.typ, unsafe.Pointer(&mp)).Elem()
	key, elem := reflect.New(pl.key.typ), reflect.New(pl.elem.typ)
	return d.eachPair(start, func(k, v graph.Ref) bool {
		errs := len(d.errs)
		key.Elem().SetZero()
		elem.Elem().SetZero()
		if !d.key(pl, key, k) {
			return false
		}
		d.frames[len(d.frames)-1].kind = frameValue
		if !d.value(pl.elem, elem.UnsafePointer(), v) {
			return false
		}
		if len(d.errs) == errs {
			m.SetMapIndex(key.Elem(), elem.Elem())
		}
		return true
	})
}

// eachPair calls load for the keys and values in runs from start on. A failure does not
// count if the dict sets the same key again: in Python the value would be gone.
func (d *typed) eachPair(start int, load func(k, v graph.Ref) bool) bool {
	at := d.push(frameKey, 0)
	end := len(d.runs)
	done := 0
	for i := start; i < end; i++ {
		run := d.runs[i]
		for j := 0; j+1 < len(run); j += 2 {
			d.frames[at] = frame{kind: frameKey, at: int32(done), key: run[j]}
			done++
			before := d.mark()
			ok := load(run[j], run[j+1])
			if d.failedSince(before) && d.fatal == nil && d.setAgain(i, j, end) {
				d.back(before)
				continue
			}
			if !ok {
				return false
			}
		}
	}
	d.pop()
	return true
}

// setAgain reports whether the key at place j of run i comes again.
func (d *typed) setAgain(i, j, end int) bool {
	k := d.runs[i][j]
	for ; i < end; i++ {
		run := d.runs[i]
		for j += 2; j+1 < len(run); j += 2 {
			if !d.spend(8) {
				return false
			}
			if d.sameKey(k, run[j]) {
				return true
			}
		}
		j = -2
	}
	return false
}

func (d *typed) sameKey(a, b graph.Ref) bool {
	if a == b {
		return true
	}
	x, y := d.g.Node(a), d.g.Node(b)
	switch k := x.Kind(); {
	case k != y.Kind():
		return false
	case k == graph.Str || k == graph.Bytes:
		return d.spend(uint64(x.Len())) && bytes.Equal(x.Payload(), y.Payload())
	case k == graph.Int:
		return x.Int() == y.Int()
	case k == graph.Float:
		return x.Float() == y.Float()
	}
	return false
}

// A mapFiller puts the keys and values in runs from start on into the map at mp.
type mapFiller func(d *typed, pl *plan, mp unsafe.Pointer, start int) bool

// fastMaps fill maps of common types without reflection.
var fastMaps = map[reflect.Type]mapFiller{
	reflect.TypeFor[map[string]string]():  fillStringMap[string],
	reflect.TypeFor[map[string]int]():     fillStringMap[int],
	reflect.TypeFor[map[string]int64]():   fillStringMap[int64],
	reflect.TypeFor[map[string]float64](): fillStringMap[float64],
	reflect.TypeFor[map[string]bool]():    fillStringMap[bool],
	reflect.TypeFor[map[string]any]():     fillStringMap[any],
	reflect.TypeFor[map[int]string]():     fillIntMap[int, string],
	reflect.TypeFor[map[int]int]():        fillIntMap[int, int],
	reflect.TypeFor[map[int64]string]():   fillIntMap[int64, string],
	reflect.TypeFor[map[int64]int64]():    fillIntMap[int64, int64],
	reflect.TypeFor[map[int64]float64]():  fillIntMap[int64, float64],
}

func fillStringMap[V any](d *typed, pl *plan, mp unsafe.Pointer, start int) bool {
	m := *(*map[string]V)(unsafe.Pointer(&mp))
	var scratch struct {
		k string
		v V
	}
	return d.eachPair(start, func(k, v graph.Ref) bool {
		errs := len(d.errs)
		var zero V
		scratch.v = zero
		if d.g.KindOf(k) == graph.Str {
			scratch.k = d.str(k)
			if !d.spend(uint64(len(scratch.k))) {
				return d.tooLarge(pl, k)
			}
		} else if !d.value(pl.key, unsafe.Pointer(&scratch.k), k) {
			return false
		}
		d.frames[len(d.frames)-1].kind = frameValue
		if !d.value(pl.elem, unsafe.Pointer(&scratch.v), v) {
			return false
		}
		if len(d.errs) == errs {
			m[scratch.k] = scratch.v
		}
		return true
	})
}

func fillIntMap[K int | int64, V any](d *typed, pl *plan, mp unsafe.Pointer, start int) bool {
	m := *(*map[K]V)(unsafe.Pointer(&mp))
	var scratch struct {
		k K
		v V
	}
	return d.eachPair(start, func(k, v graph.Ref) bool {
		errs := len(d.errs)
		var zero V
		scratch.v = zero
		if n, ok := d.g.Int64(k); ok && int64(K(n)) == n {
			scratch.k = K(n)
		} else if !d.value(pl.key, unsafe.Pointer(&scratch.k), k) {
			return false
		}
		d.frames[len(d.frames)-1].kind = frameValue
		if !d.value(pl.elem, unsafe.Pointer(&scratch.v), v) {
			return false
		}
		if len(d.errs) == errs {
			m[scratch.k] = scratch.v
		}
		return true
	})
}
