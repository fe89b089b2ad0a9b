package pickle

import (
	"math/big"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/internal/bulk"
	"github.com/go-pickle/pickle/internal/intern"
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
	setType    = box.ForPointer[py.Set]()
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

// inline is the value of what has no node.
func (b *builder) inline(n graph.Node) any {
	switch n.Kind() {
	case graph.Bool:
		return n.Bool()
	case graph.Int:
		return b.inlineInt(n.Int())
	case graph.Float:
		return b.inlineFloat(n.Float())
	}
	return nil
}

func (b *builder) inlineFloat(v float64) any {
	if b.floats.used == len(b.floats.piece) && b.floats.left <= 0 { // nothing is built
		return v
	}
	p := b.floats.one()
	*p = v
	return floatType.Of(p)
}

func (b *builder) inlineInt(v int64) any {
	if uint64(v-minSmallInt) < uint64(len(smallInts)) {
		return intType.Of(&smallInts[v-minSmallInt])
	}
	if b.ints.used == len(b.ints.piece) && b.ints.left <= 0 { // nothing is built
		return v
	}
	p := b.ints.one()
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
	kind := n.Kind()
	if b.isLazy(kind) {
		return b.leaf(r).Any()
	}
	s := b.slot[r]
	switch kind {
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

// isLazy reports whether values of a kind are made where they are used. They have no place
// before, and unless they are used again never.
func (b *builder) isLazy(k graph.NodeKind) bool {
	return k == graph.Int || k == graph.Float || k == graph.Str && b.lazyStrs
}

// leaf returns the value of r, whose kind isLazy.
func (b *builder) leaf(r graph.Ref) box.Raw {
	if !b.g.Node(r).Shared() && !b.o.KeepMemo {
		return b.newLeaf(r)
	}
	if int(r) >= len(b.slot) {
		b.allSlots()
	}
	if s := b.slot[r]; s != 0 {
		return b.leaves[s-1]
	}
	v := b.newLeaf(r)
	b.leaves = append(b.leaves, v)
	b.slot[r] = uint32(len(b.leaves))
	return v
}

func (b *builder) newLeaf(r graph.Ref) box.Raw {
	switch b.g.KindOf(r) {
	case graph.Int:
		p := b.ints.one()
		*p, _ = b.g.Int64(r)
		return intType.Raw(p)
	case graph.Float:
		p := b.floats.one()
		*p, _ = b.g.Float64(r)
		return floatType.Raw(p)
	}
	return b.newStr(r)
}

// newStr is newLeaf for strs. What one and take of a slab do is written out, since they are calls.
func (b *builder) newStr(r graph.Ref) box.Raw {
	strs := &b.texts
	if strs.used == len(strs.piece) {
		strs.refill()
	}
	p := &strs.piece[strs.used]
	strs.used++
	start, end, ok := b.g.StrSpan(r)
	n := end - start
	switch text := &b.text; {
	case !ok:
		box.SetString(p, b.newText(b.g.Node(r).Payload()))
	case n <= len(intern.Latin1):
		box.SetString(p, b.newText(b.g.Input()[start:end]))
	case b.input != "":
		box.SetString(p, b.input[start:end])
	case n <= len(text.piece)-text.used:
		own := text.piece[text.used : text.used+n]
		text.used += n
		copy(own, b.g.Input()[start:end])
		box.SetString(p, bytesAsString(own))
	default:
		own := text.more(n)
		bulk.Copy(own, b.g.Input()[start:end])
		box.SetString(p, bytesAsString(own))
	}
	return strType.Raw(p)
}

// newText returns the text of a str that is short or not in the input.
func (b *builder) newText(data []byte) string {
	if len(data) <= len(intern.Latin1) {
		if text, ok := b.interns.first(data); ok {
			return text
		}
		if len(data) == 0 {
			return b.emptyString()
		}
	}
	own := b.text.take(len(data))
	bulk.Copy(own, data)
	return bytesAsString(own)
}

// manyLeaves is how many items are to come for a loop of their own to pay.
const manyLeaves = 16

// intItems stores the values of refs in out, as far as they are integers that are used once,
// and returns how many it stored. Whether an integer is a small one is no branch here: in a
// long list nothing foretells it.
func (b *builder) intItems(out []box.Raw, refs []graph.Ref) int {
	if b.ints.used == len(b.ints.piece) {
		b.ints.refill()
	}
	g, free, used := b.g, b.ints.piece[b.ints.used:], 0
	out = out[:len(refs)]
	done := 0
	for i, r := range refs {
		if used >= len(free) {
			break
		}
		box := &free[used]
		v, ok := r.Int()
		if !ok {
			if v, ok = g.Int64(r); !ok || g.Node(r).Shared() {
				break
			}
			*box = v
			out[i] = intType.Raw(box)
			used++
			done = i + 1
			continue
		}
		at := uint64(v - minSmallInt)
		past := at / uint64(len(smallInts))
		large := (past | -past) >> 63
		*box = v
		out[i] = intType.Raw([2]*int64{&smallInts[at%uint64(len(smallInts))], box}[large])
		used += int(large)
		done = i + 1
	}
	b.ints.used += used
	return done
}

// floatItems is intItems for floats.
func (b *builder) floatItems(out []box.Raw, refs []graph.Ref) int {
	if b.floats.used == len(b.floats.piece) {
		b.floats.refill()
	}
	g, free := b.g, b.floats.piece[b.floats.used:]
	refs = refs[:min(len(refs), len(free))]
	out = out[:len(refs)]
	done := len(refs)
	for i, r := range refs {
		v, ok := g.Float64(r)
		if !ok || g.Node(r).Shared() {
			done = i
			break
		}
		free[i] = v
		out[i] = floatType.Raw(&free[i])
	}
	b.floats.used += done
	return done
}

// strItems is intItems for strs that are parts of a copy of the input, and not so short that
// there may be one of them for all pickles.
func (b *builder) strItems(out []box.Raw, refs []graph.Ref) int {
	if b.texts.used == len(b.texts.piece) {
		b.texts.refill()
	}
	g, input, free := b.g, b.input, b.texts.piece[b.texts.used:]
	refs = refs[:min(len(refs), len(free))]
	out = out[:len(refs)]
	done := len(refs)
	for i, r := range refs {
		start, end, ok := g.StrSpan(r)
		if !ok || end-start <= len(intern.Latin1) || g.Node(r).Shared() {
			done = i
			break
		}
		box.SetString(&free[i], input[start:end])
		out[i] = strType.Raw(&free[i])
	}
	b.texts.used += done
	return done
}

// knownItems stores the values of refs in out, as far as they are known, and returns how many
// it stored.
func knownItems(out []box.Raw, refs []graph.Ref, known []box.Raw) int {
	out = out[:len(refs)]
	for i, r := range refs {
		if uint(r) >= uint(len(known)) || known[r].Empty() {
			return i
		}
		out[i] = known[r]
	}
	return len(refs)
}

// values are the values of refs in memory of their own.
//
//go:noinline
func (b *builder) values(refs []graph.Ref) []any {
	if len(refs) == 0 {
		return nil
	}
	out := b.elems.take(len(refs))
	if b.o.KeepMemo || !box.Enabled {
		for i, r := range refs {
			out[i] = b.value(r)
		}
		return out
	}
	g, raw, slot, known := b.g, box.Raws(out), b.slot, b.known
	for i := 0; i < len(refs); i++ {
		r := refs[i]
		many := len(refs)-i >= manyLeaves
		if r.Inline() {
			if v, ok := r.Int(); ok {
				if many {
					if n := b.intItems(raw[i:], refs[i:]); n > 0 {
						i += n - 1
						continue
					}
				}
				raw[i] = b.rawInt(v)
				continue
			}
			switch {
			case r.InInput():
				if many {
					if n := b.floatItems(raw[i:], refs[i:]); n > 0 {
						i += n - 1
						continue
					}
				}
				if b.floats.used == len(b.floats.piece) {
					b.floats.refill()
				}
				p := &b.floats.piece[b.floats.used]
				b.floats.used++
				*p, _ = g.Float64(r)
				raw[i] = floatType.Raw(p)
			case r.IsTrue():
				raw[i] = rawTrue
			case r.IsFalse():
				raw[i] = rawFalse
			}
			continue
		}
		if known != nil {
			if known[r].Empty() {
				known[r] = b.raw(r)
			}
			if known[r].Empty() {
				out[i] = b.value(r)
				continue
			}
			i += knownItems(raw[i:], refs[i:], known) - 1
			continue
		}
		switch g.KindOf(r) { // the most common kinds
		case graph.Str:
			if many && b.lazyStrs && b.input != "" {
				if n := b.strItems(raw[i:], refs[i:]); n > 0 {
					i += n - 1
					continue
				}
			}
			switch {
			case !b.lazyStrs:
				raw[i] = strType.Raw(&b.strs[slot[r]])
			case g.Node(r).Shared():
				raw[i] = b.leaf(r)
			default:
				raw[i] = b.newStr(r)
			}
		case graph.Float:
			if many {
				if n := b.floatItems(raw[i:], refs[i:]); n > 0 {
					i += n - 1
					continue
				}
			}
			raw[i] = b.leaf(r)
		case graph.Int:
			if many {
				if n := b.intItems(raw[i:], refs[i:]); n > 0 {
					i += n - 1
					continue
				}
			}
			if g.Node(r).Shared() || b.ints.used == len(b.ints.piece) {
				raw[i] = b.leaf(r)
				continue
			}
			p := &b.ints.piece[b.ints.used]
			b.ints.used++
			*p, _ = g.Int64(r)
			raw[i] = intType.Raw(p)
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
	kind := b.g.KindOf(r)
	if b.isLazy(kind) {
		return b.leaf(r)
	}
	s := b.slot[r]
	switch kind {
	case graph.Str:
		return strType.Raw(&b.strs[s])
	case graph.Tuple:
		return tupleType.Raw(&b.tuples[s])
	case graph.List:
		return listType.Raw(&b.lists[s])
	case graph.Dict:
		return dictType.Raw(&b.dicts[s])
	case graph.Set:
		return setType.Raw(&b.sets[s])
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
	p := b.ints.one()
	*p = v
	return intType.Raw(p)
}
