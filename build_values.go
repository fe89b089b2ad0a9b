package pickle

import (
	"math/big"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/py"
)

var (
	intType    = box.For[int64]()
	floatType  = box.For[float64]()
	strType    = box.For[string]()
	bytesType  = box.For[py.Bytes]()
	tupleType  = box.For[py.Tuple]()
	globalType = box.For[py.Global]()

	listType   = box.ForPointer[py.List]()
	dictType   = box.ForPointer[py.Dict]()
	longType   = box.ForPointer[big.Int]()
	objectType = box.ForPointer[py.Object]()

	rawTrue, rawFalse = box.RawOf(true), box.RawOf(false)
)

// smallInts are boxed for good; there are a power of two.
const minSmallInt, maxSmallInt = -256, 1791

var smallInts = func() (t [maxSmallInt - minSmallInt + 1]int64) {
	for i := range t {
		t[i] = int64(i) + minSmallInt
	}
	return t
}()

// inline is the value of a node without a number.
func (b *builder) inline(n graph.Node) any {
	switch n.Kind() {
	case graph.Bool:
		return n.Bool()
	case graph.Int:
		return b.inlineInt(n.Int())
	}
	return nil
}

func (b *builder) inlineInt(v int64) any {
	if uint64(v-minSmallInt) < uint64(len(smallInts)) {
		return intType.Of(&smallInts[v-minSmallInt])
	}
	p := &b.small.take(1)[0]
	*p = v
	return intType.Of(p)
}

// value is the value of the node r.
func (b *builder) value(r graph.Ref) any {
	n := b.g.Node(r)
	if r.Inline() {
		return b.inline(n)
	}
	if int(r) < len(b.old) {
		return b.old[r]
	}
	s := b.slot[r]
	switch n.Kind() {
	case graph.Int:
		return intType.Of(&b.ints[s])
	case graph.Float:
		return floatType.Of(&b.floats[s])
	case graph.Str:
		return strType.Of(&b.strs[s])
	case graph.Tuple:
		return tupleType.Of(&b.tuples[s])
	case graph.List:
		return &b.lists[s]
	case graph.Dict:
		return &b.dicts[s]
	case graph.Object:
		switch s & slotTags {
		case 0:
			return &b.objects[s]
		case candidate:
			return nil // it is made before anything that is complete holds it
		}
		return b.others[s&^slotTags]
	case graph.Bytes:
		return bytesType.Of(&b.bytes[s])
	case graph.Global:
		if n.Changed() {
			return b.others[s]
		}
		if v, ok := b.registered.values[r]; ok {
			return v
		}
		return globalType.Of(&b.globals[s])
	case graph.Long:
		return &b.longs[s]
	case graph.ByteArray:
		return &b.arrays[s]
	case graph.Set:
		return &b.sets[s]
	case graph.FrozenSet:
		return &b.frozen[s]
	case graph.Persistent:
		return b.others[s]
	case graph.Buffer:
		return &b.buffers[s]
	}
	return nil
}

// inlineInts stores the values of refs in out, as far as they are integers without a node,
// and returns how many it stored. Whether an integer is a small one is no branch here: in a
// long list nothing foretells it.
func (b *builder) inlineInts(out []box.Raw, refs []graph.Ref) int {
	if b.small.used == len(b.small.piece) {
		if b.small.left <= 0 {
			return 0
		}
		b.small.take(1)
		b.small.used--
		b.small.left++
	}
	free, used := b.small.piece[b.small.used:], 0
	out = out[:len(refs)]
	done := 0
	for i, r := range refs {
		v, ok := r.Int()
		if !ok || used >= len(free) {
			break
		}
		at := uint64(v - minSmallInt)
		past := at / uint64(len(smallInts))
		large := (past | -past) >> 63
		box := &free[used]
		*box = v
		out[i] = intType.Raw([2]*int64{&smallInts[at%uint64(len(smallInts))], box}[large])
		used += int(large)
		done = i + 1
	}
	b.small.used += used
	b.small.left -= used
	return done
}

// manyInts is how many items are to come for inlineInts to pay.
const manyInts = 16

// values are the values of refs in memory of their own.
//
//go:noinline
func (b *builder) values(refs []graph.Ref) []any {
	if len(refs) == 0 {
		return nil
	}
	out := b.elems.take(len(refs))
	if len(b.old) > 0 || !box.Enabled {
		for i, r := range refs {
			out[i] = b.value(r)
		}
		return out
	}
	g, raw, slot, known := b.g, box.Raws(out), b.slot, b.known
	for i := 0; i < len(refs); i++ {
		r := refs[i]
		if r.Inline() {
			if len(refs)-i >= manyInts {
				if n := b.inlineInts(raw[i:], refs[i:]); n > 0 {
					i += n - 1
					continue
				}
			}
			if v, ok := r.Int(); ok {
				raw[i] = b.rawInt(v)
			} else if r.IsTrue() {
				raw[i] = rawTrue
			} else if r.IsFalse() {
				raw[i] = rawFalse
			}
			continue
		}
		if uint(r) < uint(len(known)) {
			if known[r].Empty() {
				known[r] = b.raw(r)
			}
			if raw[i] = known[r]; raw[i].Empty() {
				out[i] = b.value(r)
			}
			continue
		}
		switch g.KindOf(r) { // the most common kinds
		case graph.Str:
			raw[i] = strType.Raw(&b.strs[slot[r]])
		case graph.Float:
			raw[i] = floatType.Raw(&b.floats[slot[r]])
		case graph.Int:
			raw[i] = intType.Raw(&b.ints[slot[r]])
		case graph.Tuple:
			raw[i] = tupleType.Raw(&b.tuples[slot[r]])
		case graph.Dict:
			raw[i] = dictType.Raw(&b.dicts[slot[r]])
		case graph.List:
			raw[i] = listType.Raw(&b.lists[slot[r]])
		default:
			if raw[i] = b.raw(r); raw[i].Empty() {
				out[i] = b.value(r)
			}
		}
	}
	return out
}

// raw is value for what has its place in builtValues, and empty for others.
func (b *builder) raw(r graph.Ref) (raw box.Raw) {
	s := b.slot[r]
	switch b.g.KindOf(r) {
	case graph.Int:
		return intType.Raw(&b.ints[s])
	case graph.Float:
		return floatType.Raw(&b.floats[s])
	case graph.Str:
		return strType.Raw(&b.strs[s])
	case graph.Tuple:
		return tupleType.Raw(&b.tuples[s])
	case graph.List:
		return listType.Raw(&b.lists[s])
	case graph.Dict:
		return dictType.Raw(&b.dicts[s])
	case graph.Bytes:
		return bytesType.Raw(&b.bytes[s])
	case graph.Long:
		return longType.Raw(&b.longs[s])
	case graph.Object:
		if s&slotTags == 0 {
			return objectType.Raw(&b.objects[s])
		}
	}
	return raw
}

func (b *builder) rawInt(v int64) box.Raw {
	if uint64(v-minSmallInt) < uint64(len(smallInts)) {
		return intType.Raw(&smallInts[v-minSmallInt])
	}
	p := &b.small.take(1)[0]
	*p = v
	return intType.Raw(p)
}
