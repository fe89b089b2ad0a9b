package py_test

import (
	"math"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/py"
)

func TestEqual(t *testing.T) {
	a, b := py.NewCall(point, int64(1)), py.NewCall(point, int64(2))
	a2, b2 := py.NewCall(point, int64(1)), py.NewCall(point, int64(2))
	big53 := int64(1 << 53)
	many := make([]any, 3000)
	for i := range many {
		many[i] = int64(i)
	}
	batches := func(sizes ...int) *py.Object {
		o := object(py.ByReduce, point, py.Tuple{})
		rest := many
		for _, n := range sizes {
			o.Ops = append(o.Ops, op(py.OpAppend, rest[:n]...))
			rest = rest[n:]
		}
		o.Ops = append(o.Ops, op(py.OpBuild, nil))
		return o
	}
	twin := py.NewCall(point, int64(1))
	twin.Twins = []py.Twin{{Class: point}}
	manyKeys := func(offset int) *py.Dict {
		d := new(py.Dict)
		for i := range 100 {
			i = (i + offset) % 100
			_ = d.Set(py.Tuple{int64(i), py.NewFrozenSet(int64(i), "x")}, strings.Repeat("long", 1000))
		}
		return d
	}
	longKey := func() string { return strings.Repeat("key", 1000) }
	ada := func() *person { return &person{Name: "Ada", Friend: &person{Name: "Bob"}} }
	secret := ada()
	secret.secret = 1
	now := time.Now()
	for i, c := range []struct {
		x, y any
		want bool
	}{
		{nil, nil, true}, {nil, false, false}, {nil, int64(0), false}, {(*py.List)(nil), nil, true}, {(*big.Int)(nil), nil, true},
		{(*py.List)(nil), py.NewList(), false}, {nil, (*py.Object)(nil), true}, {(*py.Dict)(nil), (*py.List)(nil), true},
		{true, int64(1), true}, {true, 1.0, true}, {false, 0i, true}, {uint8(1), 1.0, true}, {int64(1), "1", false},
		{big53 + 1, float64(big53), false}, {big53, float64(big53), true}, {int64(math.MaxInt64), float64(1 << 63), false},
		{bigInt("0x8000000000000000"), float64(1 << 63), true}, {bigInt("0x8000000000000001"), float64(1 << 63), false},
		{bigInt("0x8000000000000000"), uint64(1 << 63), true}, {big.NewInt(5), int64(5), true}, {bigInt("-0x8000000000000000"), int64(math.MinInt64), true},
		{bigInt("0x1" + strings.Repeat("0", 400)), math.Inf(1), false}, {bigInt("0x1" + strings.Repeat("0", 250)), math.Ldexp(1, 1000), true},
		{bigInt("0x8000000000000000"), complex(1<<63, 0), true}, {1.5, complex(1.5, 0), true}, {1.5, complex(1.5, 1), false},
		{float32(0.1), 0.1, false}, {float32(0.5), 0.5, true}, {math.NaN(), math.NaN(), false}, {0.0, math.Copysign(0, -1), true},
		{"a", "a", true}, {"a", py.Bytes("a"), false}, {py.Bytes("a"), &py.ByteArray{Bytes: []byte("a")}, true},
		{&py.ByteArray{Bytes: []byte("a")}, py.Bytes("a"), true}, {&py.ByteArray{}, &py.ByteArray{}, true}, {&py.ByteArray{}, py.NewList(), false},
		{py.Tuple{1}, py.NewList(1), false}, {py.Tuple{1, 2}, py.Tuple{1.0, 2}, true}, {py.Tuple{}, py.Tuple{}, true}, {py.Tuple{1}, py.Tuple{}, false},
		{py.NewSet(1, 2), py.NewFrozenSet(2, 1), true}, {py.NewSet(1, 2), py.NewSet(1, 3), false}, {py.NewSet(), py.NewDict(), false},
		{py.NewDict(1, 2, 3, 4), py.NewDict(3, 4, 1, 2), true}, {py.NewDict(1, 2), py.NewDict(1, 3), false}, {py.NewDict(1, nil), py.NewDict(2, nil), false},
		{py.NewDict(py.Tuple{1}, 1), py.NewDict(py.Tuple{2}, 1), false}, {manyKeys(0), manyKeys(37), true}, {manyKeys(0), py.NewDict(), false},
		{py.NewDict(longKey(), 1), py.NewDict(longKey(), 1), true},
		{point, py.Global{Module: "geometry", Name: "Point"}, true}, {point, py.Global{Module: "geometry.Point"}, false}, {point, "geometry.Point", false},
		{a, a2, true}, {a, b, false}, {a, twin, true}, {a, py.NewObject(point, nil), false},
		{batches(1000, 1000, 1000), batches(3000), true}, {batches(1, 2, 0, 2997), batches(2000, 1000), true}, {batches(1000), batches(1001), false},
		{object(py.ByReduce, point, nil, op(py.OpBuild, 1), op(py.OpBuild, 2)), object(py.ByReduce, point, nil, op(py.OpBuild, 2)), false},
		{object(py.ByReduce, point, nil, op(py.OpBuild, 1, 2)), object(py.ByReduce, point, nil, op(py.OpBuild, 1), op(py.OpBuild, 2)), false},
		{object(py.ByReduce, point, nil, op(py.OpAppend, 1)), object(py.ByReduce, point, nil, op(py.OpAddItems, 1)), false},
		{object(py.ByReduce, point, nil, op(py.OpAppend, 1)), object(py.ByReduce, point, nil, op(py.OpAppend, 1), op(py.OpSetItems, 1, 2)), false},
		{&py.PersistentRef{ID: "1"}, &py.PersistentRef{ID: "1"}, true}, {&py.PersistentRef{ID: "1"}, &py.PersistentRef{ID: "2"}, false},
		{&py.Buffer{Data: []byte("a"), Index: 1}, &py.Buffer{Data: []byte("a"), ReadOnly: true}, true}, {&py.Buffer{}, py.Bytes(""), false},
		// Objects as keys: those of the same load are the same, those of another are
		// compared in order.
		{py.NewDict(a, 1, b, 2), py.NewDict(b, 2, a, 1), true}, {py.NewDict(a, 1, b, 2), py.NewDict(a2, 1, b2, 2), true},
		{py.NewDict(a, 1, b, 2), py.NewDict(b2, 2, a2, 1), false}, {py.NewDict(a, 1, "x", 2), py.NewDict("x", 2, a2, 1), true},
		{py.NewSet(a, b, "x"), py.NewSet("x", a2, b), true}, {py.NewSet(a, "x"), py.NewSet(a2, "y"), false},
		{py.NewSet(py.Tuple{a, 1}), py.NewSet(py.Tuple{a2, 1}), true}, {py.NewFrozenSet(py.NewFrozenSet(a)), py.NewFrozenSet(py.NewFrozenSet(a2)), true},
		{py.NewSet(py.Tuple{a, 1}), py.NewSet(py.Tuple{b, 1}), false}, {py.Tuple{a}, py.Tuple{a2}, true},
		// Go's own types.
		{color("red"), color("red"), true}, {color("red"), "red", false}, {ada(), ada(), true}, {ada(), &person{Name: "Ada"}, false}, {ada(), secret, false},
		{*ada(), *ada(), true}, {now, now.Round(0), true}, {now, now.Add(1), false}, {netip.MustParseAddr("::1"), netip.MustParseAddr("::1"), true},
		{[]int{1, 2}, []int{1, 2}, true}, {[]int{1, 2}, []int{1, 3}, false}, {[]any{1, "x"}, []any{1.0, "x"}, true}, {[]any{1}, py.NewList(1), false},
		{map[string]any{"a": 1}, map[string]any{"a": 1.0}, true}, {map[string]any{"a": 1}, map[string]any{"b": 1}, false}, {map[string]int{}, map[string]int(nil), false},
		{big.NewRat(1, 2), big.NewRat(2, 4), true}, {big.NewFloat(1), big.NewFloat(2), false}, {[1]any{nil}, [1]any{nil}, true}, {nil, 5, false}, {(*person)(nil), ada(), false},
	} {
		if py.Equal(c.x, c.y) != c.want || py.Equal(c.y, c.x) != c.want {
			t.Errorf("row %d: Equal(%v, %v) is not %v", i, c.x, c.y, c.want)
		}
		if py.Equal(py.NewList(c.x), py.NewList(c.y)) != c.want {
			t.Errorf("row %d: [%v] == [%v] is not %v", i, c.x, c.y, c.want)
		}
	}
}

// As keys Objects are the same only as themselves.
func TestIdentityKeys(t *testing.T) {
	a, b := py.NewCall(point), py.NewCall(point)
	r, s := &py.PersistentRef{ID: 1}, &py.PersistentRef{ID: 1}
	d := py.NewDict(a, 1, b, 2, r, 3, s, 4, py.Tuple{a}, 5, py.Tuple{b}, 6, py.NewFrozenSet(a), 7)
	if d.Len() != 7 {
		t.Errorf("%d keys", d.Len())
	}
	for i, k := range []any{a, b, r, s, py.Tuple{a}, py.Tuple{b}, py.NewFrozenSet(a)} {
		if v, _ := d.Get(k); v != i+1 {
			t.Errorf("%v: %v, want %d", k, v, i+1)
		}
	}
	if _, ok := d.Get(py.NewFrozenSet(b)); ok {
		t.Error("found what is not there")
	}
	if _, ok := d.Get(py.NewList()); ok {
		t.Error("found an unhashable key")
	}
}
