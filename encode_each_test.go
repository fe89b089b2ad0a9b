package pickle

import (
	"math/big"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/py"
)

// TestFastEach has what the fast path writes written without it, to the same bytes.
func TestFastEach(t *testing.T) {
	long := strings.Repeat("long", 100)
	var atoms []any
	for i := range 70 {
		v := int64(1) << i
		atoms = append(atoms, v, -v, v-1, -v-1, float64(v), nil, i%2 == 0, "", "a", long, strings.Repeat("é", i))
	}
	big := new(big.Int).Lsh(big.NewInt(1), 70)
	for _, items := range [][]any{
		atoms, atoms[:1], atoms[:2], atoms[:3], atoms[7:8], {},
		append(atoms[:20:20], big, int64(1), py.Bytes("b"), "a", "a", py.Tuple{int64(1), "x", nil}, &py.List{}),
		floats2000(), repeat(atoms, 1000), repeat(atoms, 1001), repeat(atoms[:5], 2000), repeat([]any{long}, 3000),
	} {
		dict := new(py.Dict)
		for i, v := range items {
			if err := dict.Set(int64(i), v); err != nil {
				t.Fatal(err)
			}
		}
		set := new(py.Set)
		for i := range items {
			if err := set.Add(int64(i)); err != nil {
				t.Fatal(err)
			}
		}
		for _, v := range []any{&py.List{Items: items}, py.Tuple(items), dict, set,
			&py.Object{How: py.ByReduce, Class: py.Global{Module: "m", Name: "C"}, Args: py.Tuple{},
				Ops: []py.Op{{Kind: py.OpAppend, Items: items}, {Kind: py.OpSetItems, Items: dict.Pairs()}}}} {
			for p := Protocol0; p <= Protocol5; p++ {
				for _, style := range []Style{Python311, Python315} {
					for _, fast := range []bool{false, true} {
						o := EncodeOptions{Protocol: p, Style: style, Fast: fast}
						bothWays(t, o, v)
					}
				}
			}
		}
	}
}

func floats2000() []any {
	items := make([]any, 2000)
	for i := range items {
		items[i] = float64(i)
	}
	return items
}

func repeat(items []any, n int) []any {
	out := make([]any, 0, n)
	for len(out) < n {
		out = append(out, items[:min(len(items), n-len(out))]...)
	}
	return out
}

// TestBadTextAmongOthers dumps strings that are no text, or come after such, where the short
// way for atoms is taken.
func TestBadTextAmongOthers(t *testing.T) {
	bad := "\xff"
	for _, v := range []any{
		&py.List{Items: []any{"a", bad}}, py.Tuple{"a", bad}, py.Tuple{bad, bad, bad, bad},
		py.NewDict("a", 1, "b", bad), &py.List{Items: []any{strings.Repeat("a", 300) + bad}},
	} {
		for p := Protocol0; p <= Protocol5; p++ {
			if data, err := (EncodeOptions{Protocol: p}).Marshal(v); err == nil || data != nil {
				t.Errorf("protocol %d: %s is dumped as %q, error %v", p.Number(), py.Repr(v), data, err)
			}
		}
	}
}
