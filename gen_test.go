package pickle_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"

	"github.com/go-pickle/pickle/py"
)

// A gen makes random values of package py, parts of which are used again and hold each
// other. What it makes Python can load: names are those of real things.
type gen struct {
	r     *rand.Rand
	known []any // to be used again
	noSet bool  // no set or frozenset of more than one item: their order is Python's own
	noObj bool  // no Object and no Global

	// Nothing that Python 2 itself changes: no pairs of lone surrogates, and no bytearray,
	// which it writes with a str that is bytes here.
	python2 bool
}

func newGen(seed uint64) *gen { return &gen{r: rand.New(rand.NewPCG(seed, 1))} }

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func (g *gen) integer() any {
	r := g.r
	bits := pick(r, 1, 7, 8, 15, 16, 30, 31, 32, 62, 63, 64, 65, 127, 500, 2039, 2040, 2048, 5000)
	v := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	v.Sub(v, big.NewInt(int64(r.IntN(3))))
	if r.IntN(2) == 0 {
		v.Neg(v)
	}
	if v.IsInt64() {
		return v.Int64()
	}
	return v
}

func (g *gen) float() float64 {
	r := g.r
	if r.IntN(2) == 0 {
		return pick(r, 0.1, 1e300, 5e-324, -1.5, 3, 1e16, 123456789012345680, 1e22, math.MaxFloat64)
	}
	return math.Float64frombits(pick(r, 0, 1<<63, 1, 0x7ff<<52, 0xfff<<52, 0x7ff8<<48+5, 0xfff4<<48+1, r.Uint64()))
}

func (g *gen) text() string {
	r := g.r
	chars := pick(r, []string{"a", "b"}, []string{"a", "\n", "\r", "\\", "\x00", "\x1a", "'", `"`},
		[]string{"\x7f", "\u0080", "\u00ff", "\u0100", "\ud7ff", "\ue000", "\uffff"},
		[]string{"\xed\xb0\x80", "\xed\xbf\xbf", "a", "\xed\xa0\x80"}, // lone surrogates
		[]string{"\U00010000", "\U0010ffff"})
	if g.python2 && len(chars) == 4 {
		chars = chars[:3]
	}
	var b strings.Builder
	for range pick(r, 0, 1, 1, 2, 5, 20, 255, 256, 300) {
		b.WriteString(chars[r.IntN(len(chars))])
	}
	return b.String()
}

func (g *gen) data() []byte {
	b := make([]byte, pick(g.r, 0, 1, 1, 2, 5, 20, 255, 256, 300))
	for i := range b {
		b[i] = byte(g.r.Uint32())
	}
	return b
}

func (g *gen) global() py.Global {
	return pick(g.r, py.Global{Module: "builtins", Name: "len"}, py.Global{Module: "builtins", Name: "dict"},
		py.Global{Module: "collections", Name: "OrderedDict"}, py.Global{Module: "builtins", Name: "ValueError"},
		py.Global{Module: "livemodels", Name: "function"}, py.Global{Module: "livemodels", Name: "Plain"})
}

// atom makes a value that holds no others and can be a key.
func (g *gen) atom() any {
	switch n := g.r.IntN(12); {
	case n == 0:
		return nil
	case n == 1:
		return g.r.IntN(2) == 0
	case n == 2:
		return int64(g.r.IntN(303) - 3)
	case n == 3:
		return g.integer()
	case n == 4:
		return g.float()
	case n == 5:
		return complex(g.float(), g.float())
	case n == 6:
		return py.Bytes(g.data())
	case n == 7 && !g.noObj:
		return g.global()
	}
	return g.text()
}

func (g *gen) key(depth int) any {
	if depth > 0 && g.r.IntN(4) == 0 {
		items := make([]any, g.r.IntN(4))
		for i := range items {
			items[i] = g.key(depth - 1)
		}
		if g.r.IntN(2) == 0 || len(items) == 0 || g.noSet && len(items) > 1 {
			return py.Tuple(items)
		}
		return py.NewFrozenSet(items...)
	}
	return g.atom()
}

func (g *gen) values(n, depth int) []any {
	items := make([]any, n)
	for i := range items {
		items[i] = g.value(depth)
	}
	return items
}

func (g *gen) value(depth int) any {
	r := g.r
	if len(g.known) > 0 && r.IntN(7) == 0 {
		return g.known[r.IntN(len(g.known))]
	}
	if depth <= 0 || r.IntN(3) == 0 {
		v := g.atom()
		if r.IntN(3) == 0 {
			g.known = append(g.known, v)
		}
		return v
	}
	n := pick(r, 0, 1, 2, 3, 4, 8)
	var v any
	switch r.IntN(9) {
	case 0:
		v = py.Tuple(g.values(n, depth-1))
	case 1, 2:
		l := new(py.List)
		g.known = append(g.known, l) // before it is full: it can be used inside itself
		l.Items = g.values(n, depth-1)
		return l
	case 3, 4:
		d := new(py.Dict)
		g.known = append(g.known, d)
		for range n {
			if err := d.Set(g.key(2), g.value(depth-1)); err != nil {
				panic(err)
			}
		}
		return d
	case 5:
		if g.noSet {
			n = min(n, 1)
		}
		items := make([]any, n)
		for i := range items {
			items[i] = g.key(2)
		}
		if n > 0 && r.IntN(2) == 0 {
			v = py.NewFrozenSet(items...)
		} else {
			v = py.NewSet(items...)
		}
	case 6:
		if g.python2 {
			return g.atom()
		}
		v = &py.ByteArray{Bytes: g.data()}
	case 7:
		items := make([]any, pick(r, 999, 1000, 1001, 2000, 2001))
		for i := range items {
			items[i] = int64(i)
		}
		switch pairs := r.IntN(3); {
		case pairs == 0:
			v = &py.List{Items: items}
		case pairs == 1 || g.noSet:
			d := new(py.Dict)
			for _, k := range items {
				d.Set(k, nil)
			}
			v = d
		default:
			v = py.NewSet(items...)
		}
	default:
		if g.noObj {
			return g.atom()
		}
		return g.object(depth)
	}
	g.known = append(g.known, v)
	return v
}

// object makes an instance of a class of package pytest's worker.
func (g *gen) object(depth int) any {
	o := &py.Object{How: py.ByNewObj, Class: py.Global{Module: "livemodels", Name: "Plain"}, Args: py.Tuple{}}
	g.known = append(g.known, o)
	build := func(state any) { o.Ops = append(o.Ops, py.Op{Kind: py.OpBuild, Items: []any{state}}) }
	dict := func() any {
		d := new(py.Dict)
		for _, k := range []string{"x", "y", "a_b"}[:1+g.r.IntN(3)] {
			d.Set(k, g.value(depth-1))
		}
		return d
	}
	kind := g.r.IntN(5)
	if g.python2 && kind > 1 {
		kind = 4 // it writes an empty __dict__ of the others too
	}
	switch kind {
	case 0:
		o.Class = py.Global{Module: "livemodels", Name: "Slots"}
		build(py.Tuple{nil, py.NewDict("a", g.value(depth-1))})
	case 1:
		o.Class = py.Global{Module: "livemodels", Name: "Mixed"}
		build(py.Tuple{dict(), py.NewDict("b", g.value(depth-1))})
	case 2:
		o.Class = py.Global{Module: "livemodels", Name: "List"}
		o.Ops = append(o.Ops, py.Op{Kind: py.OpAppend, Items: g.values(1+g.r.IntN(3), depth-1)})
	case 3:
		o.Class = py.Global{Module: "livemodels", Name: "Dict"}
		o.Ops = append(o.Ops, py.Op{Kind: py.OpSetItems, Items: []any{"k", g.value(depth - 1)}})
	default:
		build(dict())
	}
	return o
}
