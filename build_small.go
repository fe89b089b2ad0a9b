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

// A smallMemory is what of a smallPiece is not used yet.
type smallMemory struct {
	piece  unsafe.Pointer
	dicts  []py.Dict
	lists  []py.List
	tuples []py.Tuple
	strs   []string
	items  []any
	words  []uint64
	text   []byte
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
	numbers += g.CountInts(minSmallInt, maxSmallInt)
	text := g.PayloadBytes()
	words := numbers + (text+word-1)/word
	switch {
	case items < 2 || items > smallItems || lists > 2 || tuples > 2 || strs > 16 || words > 32:
		return false
	case dicts == 0 && lists <= 1 && strs <= 2 && items <= 8 && words <= 8:
		p := new(smallTuples)
		*m = smallMemory{unsafe.Pointer(p), nil, p.lists[:], p.tuples[:], p.strs[:], p.items[:], p.words[:], nil}
	case dicts == 1 && lists <= 1 && tuples == 0 && strs <= 4 && items <= 8 && words <= 8:
		p := new(smallDict)
		*m = smallMemory{unsafe.Pointer(p), p.dicts[:], p.lists[:], nil, p.strs[:], p.items[:], p.words[:], nil}
	case dicts == 1 && lists <= 1 && tuples == 0 && strs <= 8 && items <= 12 && words <= 14:
		p := new(mediumDict)
		*m = smallMemory{unsafe.Pointer(p), p.dicts[:], p.lists[:], nil, p.strs[:], p.items[:], p.words[:], nil}
	case dicts <= 2 && items+strs >= 12:
		p := new(largePiece)
		*m = smallMemory{unsafe.Pointer(p), p.dicts[:], p.lists[:], p.tuples[:], p.strs[:], p.items[:], p.words[:], nil}
	default:
		return false
	}
	if text > 0 {
		m.text = unsafe.Slice((*byte)(unsafe.Pointer(&m.words[numbers])), text)
	}
	m.words = m.words[:numbers]
	return true
}

// countItems is how many items the containers of g have.
func countItems(g *graph.Graph) int {
	if n := g.Items(); n <= 8 {
		return n
	}
	n := 0
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
	dicts, lists := m.dicts, m.lists
	var chars [4]uint64
	latin1 := false
	for i := range g.Len() {
		r := graph.Ref(i)
		switch g.KindOf(r) {
		case graph.Str:
			start, end, ok := g.StrSpan(r)
			if !ok || end-start > len(m.text) {
				return false
			}
			to := &m.strs[0]
			m.strs = m.strs[1:]
			values[i] = strType.Raw(to)
			text := data[start:end]
			switch {
			case len(text) == 0: // an object of its own: it needs an address
				box.SetString(to, unsafe.String((*byte)(unsafe.Pointer(to)), 0))
				continue
			case len(text) <= 2:
				if c, ok := intern.IsChar(text); ok && take(&chars, c) {
					box.SetString(to, intern.Char(c))
					continue
				}
			case len(text) == len(intern.Latin1) && !latin1 && string(text) == intern.Latin1:
				latin1 = true
				box.SetString(to, intern.Latin1)
				continue
			}
			own := m.text[:len(text)]
			m.text = m.text[len(text):]
			copy(own, text)
			box.SetString(to, bytesAsString(own))
		case graph.Int:
			v, _ := g.Int64(r)
			values[i] = m.int(v)
		case graph.Float:
			v, _ := g.Float64(r)
			p := &m.words[0]
			m.words = m.words[1:]
			*p = math.Float64bits(v)
			values[i] = floatType.Raw((*float64)(unsafe.Pointer(p)))
		case graph.Tuple:
			to := &m.tuples[0]
			m.tuples = m.tuples[1:]
			items, ok := m.refs(g, r, values)
			if !ok {
				return false
			}
			box.SetSlice((*[]any)(to), items)
			values[i] = tupleType.Raw(to)
		case graph.List:
			values[i] = listType.Raw(&lists[0])
			lists = lists[1:]
		case graph.Dict:
			values[i] = dictType.Raw(&dicts[0])
			dicts = dicts[1:]
		}
	}
	dicts, lists = m.dicts, m.lists
	left := g.Count(graph.List) + g.Count(graph.Dict)
	for r := graph.Ref(0); left > 0; r++ {
		kind := g.KindOf(r)
		if kind != graph.List && kind != graph.Dict {
			continue
		}
		left--
		items, ok := m.refs(g, r, values)
		if !ok {
			return false
		}
		if kind == graph.List {
			box.SetSlice(&lists[0].Items, items)
			lists = lists[1:]
			continue
		}
		if dicts[0].Adopt(items) != nil {
			return false
		}
		dicts = dicts[1:]
	}
	return true
}

// int returns a boxed v.
func (m *smallMemory) int(v int64) box.Raw {
	p := (*int64)(unsafe.Pointer(&m.words[0]))
	m.words = m.words[1:]
	*p = v
	return intType.Raw(p)
}

// refs are the values of the items of r.
//
//go:noinline
func (m *smallMemory) refs(g *graph.Graph, r graph.Ref, values *smallValues) (items []any, ok bool) {
	refs := g.Node(r).Refs()
	if len(refs) == 0 {
		return nil, true
	}
	if len(refs) > len(m.items) {
		return nil, false
	}
	items = m.items[:len(refs):len(refs)]
	m.items = m.items[len(refs):]
	raw := box.Raws(items)
	for i, r := range refs {
		switch v, isInt := r.Int(); {
		case !r.Inline():
			raw[i] = values[r]
		case isInt && uint64(v-minSmallInt) < uint64(len(smallInts)):
			raw[i] = intType.Raw(&smallInts[v-minSmallInt])
		case isInt:
			if len(m.words) == 0 {
				return nil, false
			}
			raw[i] = m.int(v)
		case r.IsTrue():
			raw[i] = rawTrue
		case r.IsFalse():
			raw[i] = rawFalse
		}
	}
	return items, true
}
