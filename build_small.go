package pickle

import (
	"math"
	"runtime"
	"unsafe"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/py"
)

// Most pickles in caches and queues are a dict of few items, or a tuple or list of them, and
// most of the time that loading one would take goes into setting up and into allocations. So
// the values of such a pickle are parts of one piece of memory, filled without a builder's
// slots and slabs. The price is that who keeps a part keeps the piece.

// A smallPiece is memory for the values of a small pickle. The pointers in it lead to itself:
// that is what [box.Raw] asks for.
type smallPiece[Dicts [0]py.Dict | [1]py.Dict | [2]py.Dict, Lists [1]py.List | [2]py.List, Tuples [0]py.Tuple | [2]py.Tuple,
	Strs [2]string | [4]string | [8]string | [16]string, Items [8]any | [12]any | [24]any,
	Words [8]uint64 | [14]uint64 | [32]uint64] struct {
	dicts  Dicts
	lists  Lists
	tuples Tuples
	strs   Strs
	items  Items
	words  Words // numbers, and text
}

type (
	smallTuples = smallPiece[[0]py.Dict, [1]py.List, [2]py.Tuple, [2]string, [8]any, [8]uint64]
	smallDict   = smallPiece[[1]py.Dict, [1]py.List, [0]py.Tuple, [4]string, [8]any, [8]uint64]
	mediumDict  = smallPiece[[1]py.Dict, [1]py.List, [0]py.Tuple, [8]string, [12]any, [14]uint64]
	largePiece  = smallPiece[[2]py.Dict, [2]py.List, [2]py.Tuple, [16]string, [24]any, [32]uint64]
)

// A smallMemory is a smallPiece, and how much of it is used.
type smallMemory struct {
	piece  unsafe.Pointer
	dicts  []py.Dict
	lists  []py.List
	tuples []py.Tuple
	strs   []string
	items  []any
	words  []uint64
	text   []byte

	usedItems, usedWords int
}

// smallNodes and smallItems are how many nodes and items a small pickle has at most.
const smallNodes, smallItems = 32, 24

// smallValues are the values of the nodes of a small pickle.
type smallValues [smallNodes]box.Raw

// buildSmall builds the value of g's root if the pickle is small and of the simplest types.
func (b *builder) buildSmall() (v any, ok bool) {
	g := b.g
	root := g.Root().Ref()
	if g.Len() > smallNodes || g.Items() > 4*smallItems || root.Inline() || b.o.KeepMemo || !box.Enabled {
		return nil, false
	}
	var m smallMemory
	if !m.allocate(g) || !m.build(g, &b.smallValues) {
		return nil, false
	}
	v = b.smallValues[root].Any()
	runtime.KeepAlive(m.piece)
	return v, true
}

// allocate finds a piece that is large enough, if there is one of which enough is used.
func (m *smallMemory) allocate(g *graph.Graph) bool {
	const word = 8
	dicts, lists, tuples, strs := g.Count(graph.Dict), g.Count(graph.List), g.Count(graph.Tuple), g.Count(graph.Str)
	numbers := g.Count(graph.Int) + g.Count(graph.Float)
	if dicts+lists+tuples+strs+numbers != g.Len() {
		return false
	}
	items := countItems(g)
	numbers += g.FloatsInInput() + g.CountInts(minSmallInt, maxSmallInt)
	text := g.PayloadBytes()
	words := numbers + (text+word-1)/word
	switch {
	case items < 2 || items > smallItems || lists > 2 || tuples > 2 || strs > 16 || words > 32:
		return false
	case dicts == 0 && lists <= 1 && strs <= 2 && items <= 8 && words <= 8:
		p := new(smallTuples)
		*m = smallMemory{unsafe.Pointer(p), nil, p.lists[:], p.tuples[:], p.strs[:], p.items[:], p.words[:], nil, 0, 0}
	case dicts == 1 && lists <= 1 && tuples == 0 && strs <= 4 && items <= 8 && words <= 8:
		p := new(smallDict)
		*m = smallMemory{unsafe.Pointer(p), p.dicts[:], p.lists[:], nil, p.strs[:], p.items[:], p.words[:], nil, 0, 0}
	case dicts == 1 && lists <= 1 && tuples == 0 && strs <= 8 && items <= 12 && words <= 14:
		p := new(mediumDict)
		*m = smallMemory{unsafe.Pointer(p), p.dicts[:], p.lists[:], nil, p.strs[:], p.items[:], p.words[:], nil, 0, 0}
	case dicts <= 2 && items+strs >= 12:
		p := new(largePiece)
		*m = smallMemory{unsafe.Pointer(p), p.dicts[:], p.lists[:], p.tuples[:], p.strs[:], p.items[:], p.words[:], nil, 0, 0}
	default:
		return false
	}
	if text > 0 {
		m.text = unsafe.Slice((*byte)(unsafe.Pointer(&m.words[numbers])), text)
	}
	m.words = m.words[:numbers]
	return true
}

// countItems is how many items the containers of g have, or somewhat more if that is few.
func countItems(g *graph.Graph) int {
	const few = 12
	n := g.Items()
	if n <= few {
		return n
	}
	n = 0
	for i := range g.Len() {
		switch r := graph.Ref(i); g.KindOf(r) {
		case graph.Tuple, graph.List, graph.Dict:
			n += len(g.Node(r).Refs())
		}
	}
	return n
}

// build makes the values of all nodes. It gives up on text that is not in the input.
func (m *smallMemory) build(g *graph.Graph, values *smallValues) bool {
	data := g.Input()
	strs, text := m.strs, m.text
	var chars [4]uint64
	var dicts, lists, tuples, usedStrs int
	latin1 := false
	for i := range g.Len() {
		r := graph.Ref(i)
		switch g.KindOf(r) {
		case graph.Str:
			start, end, ok := g.StrSpan(r)
			if !ok || end-start > len(text) {
				return false
			}
			to := &strs[usedStrs]
			usedStrs++
			values[i] = strType.Raw(to)
			from := data[start:end]
			switch {
			case len(from) == 0: // an object of its own: it needs an address
				box.SetString(to, unsafe.String((*byte)(unsafe.Pointer(to)), 0))
				continue
			case len(from) <= 2:
				if c, ok := intern.IsChar(from); ok && take(&chars, c) {
					box.SetString(to, intern.Char(c))
					continue
				}
			case len(from) == len(intern.Latin1) && !latin1 && string(from) == intern.Latin1:
				latin1 = true
				box.SetString(to, intern.Latin1)
				continue
			}
			own := text[:len(from)]
			text = text[len(from):]
			copy(own, from)
			box.SetString(to, bytesAsString(own))
		case graph.Int:
			v, _ := g.Int64(r)
			if m.full() {
				return false
			}
			values[i] = m.int(v)
		case graph.Float:
			v, _ := g.Float64(r)
			if m.full() {
				return false
			}
			values[i] = m.float(v)
		case graph.Tuple:
			items, ok := m.values(g, r, values)
			if !ok {
				return false
			}
			to := &m.tuples[tuples]
			tuples++
			box.SetSlice((*[]any)(to), items)
			values[i] = tupleType.Raw(to)
		case graph.List:
			values[i] = listType.Raw(&m.lists[lists])
			lists++
		case graph.Dict:
			values[i] = dictType.Raw(&m.dicts[dicts])
			dicts++
		}
	}
	for r := graph.Ref(g.Len()); lists+dicts > 0; { // those that were made last come first
		r--
		switch g.KindOf(r) {
		case graph.List:
			items, ok := m.values(g, r, values)
			if !ok {
				return false
			}
			lists--
			box.SetSlice(&m.lists[lists].Items, items)
		case graph.Dict:
			items, ok := m.values(g, r, values)
			dicts--
			if !ok || m.dicts[dicts].Adopt(items) != nil {
				return false
			}
		}
	}
	return true
}

// full reports whether there is no word left, which would be a mistake in counting them.
func (m *smallMemory) full() bool { return m.usedWords == len(m.words) }

// word returns where v is stored.
func (m *smallMemory) word(v uint64) *uint64 {
	p := &m.words[m.usedWords]
	m.usedWords++
	*p = v
	return p
}

// int returns a boxed v.
func (m *smallMemory) int(v int64) box.Raw {
	return intType.Raw((*int64)(unsafe.Pointer(m.word(uint64(v)))))
}

// float returns a boxed v.
func (m *smallMemory) float(v float64) box.Raw {
	return floatType.Raw((*float64)(unsafe.Pointer(m.word(math.Float64bits(v)))))
}

// values are the values of the items of r.
//
//go:noinline
func (m *smallMemory) values(g *graph.Graph, r graph.Ref, values *smallValues) (items []any, ok bool) {
	refs := g.Node(r).Refs()
	if len(refs) == 0 {
		return nil, true
	}
	at := m.usedItems
	m.usedItems += len(refs)
	if m.usedItems > len(m.items) {
		return nil, false
	}
	items = m.items[at:m.usedItems:m.usedItems]
	raw := box.Raws(items)
	for i, r := range refs {
		switch v, isInt := r.Int(); {
		case !r.Inline():
			raw[i] = values[r%smallNodes]
		case isInt && uint64(v-minSmallInt) < uint64(len(smallInts)):
			raw[i] = intType.Raw(&smallInts[v-minSmallInt])
		case isInt:
			if m.full() {
				return nil, false
			}
			raw[i] = m.int(v)
		case r.IsTrue():
			raw[i] = rawTrue
		case r.IsFalse():
			raw[i] = rawFalse
		case r.InInput():
			if m.full() {
				return nil, false
			}
			v, _ := g.Float64(r)
			raw[i] = m.float(v)
		}
	}
	return items, true
}
