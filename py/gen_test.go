package py_test

import (
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/go-pickle/pickle/py"
)

// A gen makes random values. They have few different leaves, so that equal ones are common.
type gen struct {
	r      *rand.Rand
	noNaN  bool
	noSets bool // the order in which Python prints a set is its own
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func bigInt(s string) *big.Int {
	i, ok := new(big.Int).SetString(s, 0)
	if !ok {
		panic(s)
	}
	return i
}

func (g gen) leaf() any {
	r := g.r
	switch r.IntN(12) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2, 3:
		return int64(r.IntN(4))
	case 4:
		return pick[int64](r, math.MaxInt64, math.MinInt64, 1<<53, 1<<53+1, -1, 1<<62)
	case 5:
		return pick[any](r, bigInt("0x8000000000000000"), bigInt("-0x8000000000000001"),
			bigInt("1267650600228229401496703205376"), bigInt("1267650600228229401496703205377"), big.NewInt(2))
	case 6:
		return float64(r.IntN(4))
	case 7:
		f := pick(r, 0.5, math.Copysign(0, -1), 1<<53, 1<<63, 1<<100, -1<<63, math.Inf(1), math.Inf(-1), 1e16, 1e-5, math.NaN())
		if g.noNaN && f != f {
			return 0.25
		}
		return f
	case 8:
		return complex(float64(r.IntN(3)), float64(r.IntN(3)))
	case 9:
		return pick(r, "", "a", "b", "it's", `"`, "'\"", "\n\t\\", "ä", "€", "\U0001f600", "\u2028", "\x7f\x00")
	case 10:
		return pick(r, py.Bytes(""), "a", "b", "\x00\xff'", "'\"")
	default:
		if r.IntN(3) > 0 {
			return string(rune('a' + r.IntN(5)))
		}
		return &py.ByteArray{Bytes: []byte(pick(r, "", "a", "b", "\x00"))}
	}
}

// key makes a hashable value.
func (g gen) key(depth int) any {
	for {
		switch {
		case depth > 0 && g.r.IntN(5) == 0:
			t := make(py.Tuple, g.r.IntN(3))
			for i := range t {
				t[i] = g.key(depth - 1)
			}
			return t
		case depth > 0 && !g.noSets && g.r.IntN(10) == 0:
			f := new(py.FrozenSet)
			items := make([]any, g.r.IntN(3))
			for i := range items {
				items[i] = g.key(depth - 1)
			}
			if err := f.Adopt(items); err != nil {
				panic(err)
			}
			return f
		}
		x := g.leaf()
		if _, err := py.Hash(x); err == nil {
			return x
		}
	}
}

func (g gen) value(depth int) any {
	if depth == 0 || g.r.IntN(3) == 0 {
		return g.leaf()
	}
	n := g.r.IntN(4)
	if g.r.IntN(20) == 0 {
		n = 20
	}
	items := make([]any, n)
	switch g.r.IntN(5) {
	case 0:
		for i := range items {
			items[i] = g.value(depth - 1)
		}
		return py.Tuple(items)
	case 1:
		for i := range items {
			items[i] = g.value(depth - 1)
		}
		return &py.List{Items: items}
	case 2:
		d := new(py.Dict)
		for range n {
			if err := d.Set(g.key(depth-1), g.value(depth-1)); err != nil {
				panic(err)
			}
		}
		return d
	default:
		if g.noSets {
			return g.leaf()
		}
		for i := range items {
			items[i] = g.key(depth - 1)
		}
		if g.r.IntN(2) == 0 {
			s := new(py.Set)
			if err := s.Adopt(items); err != nil {
				panic(err)
			}
			return s
		}
		f := new(py.FrozenSet)
		if err := f.Adopt(items); err != nil {
			panic(err)
		}
		return f
	}
}
