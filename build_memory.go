package pickle

import (
	"math/big"
	"slices"
	"unsafe"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/bulk"
	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/internal/spare"
	"github.com/go-pickle/pickle/py"
)

// builtValues is the memory of the values of one pickle. It is the keeper that [box.Raw] asks
// for: what is in one of its slices is pointed to by stores without a barrier, so it stays
// there until forget.
type builtValues struct {
	longs   []big.Int
	strs    []string // unless they are made where they are used
	bytes   []py.Bytes
	arrays  []py.ByteArray
	tuples  []py.Tuple
	lists   []py.List
	dicts   []py.Dict
	sets    []py.Set
	frozen  []py.FrozenSet
	globals []py.Global
	objects []py.Object
	buffers []py.Buffer
	others  []any  // results of persistent loads, folded calls
	input   string // the input, or a copy, for strings to share; "" if they get copies of their own

	elems  slab[any]
	ops    slab[py.Op]
	ints   slab[int64]
	floats slab[float64]
	texts  slab[string] // strs that are made where they are used
	text   slab[byte]   // what is in strs
	words  slab[big.Word]
}

// forget lets go of the values, by ordinary stores.
func (b *builder) forget() { b.builtValues = builtValues{} }

var spareSlots spare.Slot[uint32]

// A slab hands out parts of larger pieces of memory, and keeps them.
type slab[T any] struct {
	piece []T
	used  int // of piece
	left  int // how much will be asked for beyond piece, if known
	full  [][]T
}

// slabBytes is how much a slab allocates at once, if more will be asked for.
const slabBytes = 128 << 10

// take returns n entries: zero if T holds pointers, else as they happen to be.
func (s *slab[T]) take(n int) []T {
	if n > len(s.piece)-s.used {
		return s.more(n)
	}
	out := s.piece[s.used : s.used+n : s.used+n]
	s.used += n
	return out
}

// one is take for one entry.
func (s *slab[T]) one() *T {
	if s.used == len(s.piece) {
		s.refill()
	}
	p := &s.piece[s.used]
	s.used++
	return p
}

func (s *slab[T]) more(n int) []T {
	var t T
	most := slabBytes / int(unsafe.Sizeof(t))
	rest := len(s.piece) - s.used
	known := s.left + rest
	if known < n {
		known = s.beyond(n)
	}
	size := min(known, most)
	if n >= size || size == most && n > most/4 { // it gets a piece of its own
		own := newPiece[T](n)
		s.full = append(s.full, own)
		s.left -= n
		return own
	}
	s.left += rest
	s.replace(size)
	s.used = n
	return s.piece[:n:n]
}

// refill gives s another piece, of at least one entry.
//
//go:noinline
func (s *slab[T]) refill() {
	var t T
	known := s.left
	if known < 1 {
		known = s.beyond(1)
	}
	s.replace(min(known, slabBytes/int(unsafe.Sizeof(t))))
}

// beyond is how many entries to make where n are asked for and no more were known of: twice as
// many as last time, since a piece for each would cost more than what is in it.
func (s *slab[T]) beyond(n int) int { return 2 * max(n, len(s.piece)) }

func (s *slab[T]) replace(size int) {
	if s.piece != nil {
		s.full = append(s.full, s.piece)
	}
	s.piece, s.used = newPiece[T](size), 0
	s.left -= size
}

func newPiece[T any](n int) []T {
	switch any((*T)(nil)).(type) {
	case *int64, *float64, *byte, *big.Word:
		return bulk.Entries[T](n)
	}
	return zeroed[T](n)
}

func zeroed[T any](n int) []T {
	if n == 0 {
		return nil
	}
	return make([]T, n)
}

// count is how many nodes of a kind this pickle made.
func (b *builder) count(k graph.NodeKind) int {
	if b.built == nil {
		return b.g.Count(k)
	}
	return b.g.Count(k) - b.built[k]
}

func (b *builder) allocate() {
	g := b.g
	b.lazyStrs = b.inOrder() && !b.o.KeepMemo
	b.placed = g.Len() - int(g.First()) - b.count(graph.Int) - b.count(graph.Float)
	strs := b.count(graph.Str)
	if b.lazyStrs {
		b.placed -= strs
	}
	b.leaves = b.leaves[:0]
	b.allocateSlots()
	b.builtValues = builtValues{
		longs:   zeroed[big.Int](b.count(graph.Long)),
		lists:   zeroed[py.List](b.count(graph.List)),
		dicts:   zeroed[py.Dict](b.count(graph.Dict)),
		bytes:   zeroed[py.Bytes](b.count(graph.Bytes)),
		arrays:  zeroed[py.ByteArray](b.count(graph.ByteArray)),
		tuples:  zeroed[py.Tuple](b.count(graph.Tuple)),
		sets:    zeroed[py.Set](b.count(graph.Set)),
		frozen:  zeroed[py.FrozenSet](b.count(graph.FrozenSet)),
		globals: zeroed[py.Global](b.count(graph.Global)),
		objects: zeroed[py.Object](b.count(graph.Object)),
		buffers: zeroed[py.Buffer](b.count(graph.Buffer)),
		others:  zeroed[any](b.count(graph.Persistent))[:0],
	}
	if b.lazyStrs {
		b.texts.left = strs
	} else {
		b.strs = zeroed[string](strs)
	}
	b.elems.left = g.Items()
	b.ops.left = b.count(graph.Object)
	b.allocateFlat()
}

// allocateSlots makes slots for all nodes that get a place. If that is the first alone, as in
// a list of numbers, there are no others until one is asked for.
func (b *builder) allocateSlots() {
	first, n := int(b.g.First()), b.g.Len()
	if b.placed == 1 && b.lazyStrs && !b.isLazy(b.g.KindOf(b.g.First())) {
		n = first + 1
	}
	b.growSlots(n)
	clear(b.slot[first:])
}

// growSlots makes room for n slots.
func (b *builder) growSlots(n int) {
	if cap(b.slot) < n && spare.Large[uint32](n) && len(b.old) == 0 {
		b.slot = spareSlots.Take(n)
	}
	if cap(b.slot) < n && len(b.old) > 0 {
		b.slot = slices.Grow(b.slot[:0], n) // it grows a little with each of many pickles
	}
	if cap(b.slot) < n {
		b.slot = make([]uint32, n)
	}
	b.slot = b.slot[:n]
}

// allSlots makes the slots that allocateSlots left out.
func (b *builder) allSlots() {
	old := b.slot
	b.growSlots(b.g.Len())
	clear(b.slot[copy(b.slot, old):])
}

// smallGraph is up to how many items a graph is one for which the setting up counts.
const smallGraph = 256

// allocateFlat is allocate for what holds no pointers: numbers and text.
func (b *builder) allocateFlat() {
	g := b.g
	data := g.Input()[:g.End()]
	ints, floats := b.count(graph.Int), b.count(graph.Float)+g.FloatsInInput()
	text := b.textBytes()
	b.words.left = (g.PayloadBytes()-b.folds.bytes-text)/8 + len(b.longs)
	copied := !b.owned && mostlyText(text, len(data))
	if b.owned {
		b.input = bytesAsString(data)
	}
	if g.Items() > smallGraph || len(data) > 16*smallGraph {
		if copied && text > len(data)/4*3 {
			b.input = bulk.String(data) // one copy for all
		}
		b.ints.left, b.floats.left = ints+len(data)/3, floats
		b.text.left = text + (len(data)-text)/8 // for text that had to be decoded, a guess
		return
	}
	// All in one piece, whose length is known.
	ints += g.CountInts(minSmallInt, maxSmallInt)
	switch {
	case b.owned:
		text = 0
	case copied:
		text = len(data)
	}
	const word = 8
	n := ints + floats + (text+word-1)/word
	if n == 0 {
		return
	}
	all := make([]int64, n)
	b.ints.piece, all = all[:ints:ints], all[ints:]
	if floats > 0 {
		b.floats.piece, all = unsafe.Slice((*float64)(unsafe.Pointer(&all[0])), floats), all[floats:]
	}
	if text > 0 {
		b.text.piece = unsafe.Slice((*byte)(unsafe.Pointer(&all[0])), text)
	}
	if copied {
		bulk.Copy(b.text.piece, data)
		b.input = bytesAsString(b.text.piece)
		b.text.piece = nil
	}
}

// textBytes is how long the str and bytes of the pickle are that are parts of the input, apart
// from text that is there for calls that fold.
func (b *builder) textBytes() int {
	size := b.g.PayloadBytes() - b.folds.bytes
	if b.count(graph.Long)+b.count(graph.ByteArray) == 0 {
		return size
	}
	for i := b.g.First(); int(i) < b.g.Len(); i++ {
		switch b.g.KindOf(i) {
		case graph.Long, graph.ByteArray:
			if start, end, ok := b.g.Node(i).Span(); ok {
				size -= end - start
			}
		}
	}
	return size
}

// mostlyText reports whether strings are to share one copy of a pickle of size bytes, of
// which text are theirs: if that is the most of it. If it is short it may be less, as a
// copy of each takes longer.
func mostlyText(text, size int) bool {
	if size <= smallGraph {
		return text > size/5
	}
	return text > size/2
}

// textOf returns the payload of n as a string that nothing will change.
func (b *builder) textOf(n graph.Node) string {
	start, end, ok := n.Span()
	if ok && end-start > len(intern.Latin1) && b.input != "" {
		return b.input[start:end]
	}
	p := n.Payload()
	if len(p) <= len(intern.Latin1) && n.Kind() == graph.Str {
		b.interns.see(n.Ref(), p)
	}
	if len(p) == 0 {
		return b.emptyString()
	}
	if ok && b.input != "" {
		return b.input[start:end]
	}
	own := b.text.take(len(p))
	bulk.Copy(own, p)
	return unsafe.String(&own[0], len(own))
}

// emptyString gives each empty string of the pickle, an object of its own, an address.
func (b *builder) emptyString() string { return unsafe.String(&b.text.take(1)[0], 0) }
