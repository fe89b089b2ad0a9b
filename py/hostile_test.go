package py_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/py"
)

// Values from a stranger: deep, cyclic, or shared so that copying never ends.

// within fails the test if f takes longer than d: ten times what it should take, as only
// the difference between linear and not is of interest.
func within(t *testing.T, d time.Duration, what string, f func()) {
	t.Helper()
	start := time.Now()
	f()
	took := time.Since(start)
	t.Logf("%s: %v", what, took.Round(time.Millisecond))
	if raceEnabled {
		d *= 10
	}
	if took > d {
		t.Errorf("%s took %v, more than %v", what, took, d)
	}
}

// deepLists nests n lists.
func deepLists(n int) any {
	lists := make([]py.List, n)
	slots := make([]any, n)
	for i := range n - 1 {
		slots[i] = &lists[i+1]
		lists[i].Items = slots[i : i+1 : i+1]
	}
	return &lists[0]
}

func deepTuples(n int) any {
	slots := make([]any, n)
	var x any = py.Tuple{}
	for i := range n {
		slots[i] = x
		x = py.Tuple(slots[i : i+1 : i+1])
	}
	return x
}

// depth is n, or less where that would take too long.
func depth(n int) int {
	if testing.Short() || raceEnabled {
		return n / 20
	}
	return n
}

func TestDeepLists(t *testing.T) {
	n := depth(10_000_000)
	x, y := deepLists(n), deepLists(n)
	within(t, 60*time.Second, "Equal", func() {
		if !py.Equal(x, y) {
			t.Error("equal lists are not Equal")
		}
	})
	within(t, 60*time.Second, "Repr", func() {
		s := py.Repr(x)
		if len(s) != 2*n || strings.Count(s, "[") != n {
			t.Errorf("Repr has %d bytes", len(s))
		}
	})
	within(t, 60*time.Second, "Labels", func() {
		o := py.ReprOptions{Labels: true}
		if err := o.Write(io.Discard, deepLists(n/10)); err != nil {
			t.Error(err)
		}
	})
	within(t, 10*time.Second, "Indent", func() {
		s := py.ReprOptions{Indent: " ", MaxLen: 1 << 20}.Format(x)
		if len(s) != 1<<20+3 {
			t.Errorf("%d bytes", len(s))
		}
	})
	within(t, 10*time.Second, "%v, %+v", func() {
		if n := len(fmt.Sprintf("%v", x)); n > 1<<17 {
			t.Errorf("%d bytes", n)
		}
		if n := len(fmt.Sprintf("%+v", x)); n > 1<<21 {
			t.Errorf("%d bytes", n)
		}
	})
	if _, err := py.Plain(x); !errors.Is(err, py.ErrTooDeep) {
		t.Errorf("Plain: %v", err)
	}
}

func TestDeepTuples(t *testing.T) {
	n := depth(1_000_000)
	x, y := deepTuples(n), deepTuples(n)
	within(t, 10*time.Second, "Hash", func() {
		h, err := py.Hash(x)
		g, err2 := py.Hash(y)
		if h != g || err != nil || err2 != nil {
			t.Error(h, g, err, err2)
		}
	})
	within(t, 20*time.Second, "Dict", func() {
		d := py.NewDict(x, 1)
		if v, _ := d.Get(y); v != 1 {
			t.Error(v)
		}
		if !py.Equal(d, py.NewDict(y, 1)) {
			t.Error("not equal")
		}
	})
}

func TestDeepMixed(t *testing.T) {
	n := depth(1_000_000)
	build := func() any {
		var x any = py.NewSet(int64(1))
		for i := range n {
			switch i % 5 {
			case 0:
				x = py.NewDict("k", x)
			case 1:
				x = py.NewCall(py.Global{Module: "m", Name: "f"}, x)
			case 2:
				x = py.NewObject(py.Global{Module: "m", Name: "C"}, py.NewDict("x", x))
			case 3:
				x = &py.PersistentRef{ID: x}
			default:
				x = py.NewDict(py.Tuple{"a"}, x, int64(1), int64(2))
			}
		}
		return x
	}
	x, y := build(), build()
	within(t, 20*time.Second, "Equal", func() {
		if !py.Equal(x, y) {
			t.Error("not equal")
		}
	})
	within(t, 20*time.Second, "Repr", func() { _ = py.Repr(x) })
	var f any = py.NewFrozenSet()
	var g any = py.NewFrozenSet()
	for range n / 2 {
		f, g = py.NewFrozenSet(f), py.NewFrozenSet(g)
	}
	within(t, 20*time.Second, "Equal of frozensets", func() {
		if !py.Equal(f, g) {
			t.Error("not equal")
		}
		if !py.NewSet(f).Has(g) {
			t.Error("not found")
		}
	})
}

// bomb has 2^levels paths through it.
func bomb(levels int, pair func(x any) any) any {
	var x any = int64(1)
	for range levels {
		x = pair(x)
	}
	return x
}

var pairs = map[string]func(x any) any{
	"list":  func(x any) any { return py.NewList(x, x) },
	"tuple": func(x any) any { return py.Tuple{x, x} },
	"dict":  func(x any) any { return py.NewDict("a", x, "b", x) },
	"other": func(x any) any { return py.NewDict(py.NewFrozenSet(int64(2)), x, int64(1), x) },
	"call":  func(x any) any { return py.NewCall(py.Global{Module: "m", Name: "f"}, x, x) },
	"state": func(x any) any {
		return py.NewObject(py.Global{Module: "m", Name: "C"}, py.NewDict("a", x, "b", x))
	},
	"go slice": func(x any) any { return []any{x, x} },
	"struct":   func(x any) any { return &struct{ A, B any }{x, x} },
}

func TestBombs(t *testing.T) {
	for name, pair := range pairs {
		t.Run(name, func(t *testing.T) {
			x, y := bomb(60, pair), bomb(60, pair)
			within(t, 5*time.Second, "Equal", func() {
				if !py.Equal(x, y) {
					t.Error("not equal")
				}
			})
			within(t, 10*time.Second, "Repr", func() {
				o := py.ReprOptions{MaxShared: 1 << 20}
				if n := len(o.Format(x)); n < 1<<20 || n > 4<<20 {
					t.Errorf("%d bytes", n)
				}
			})
			if name != "go slice" && name != "struct" { // whose printing by fmt is not ours
				within(t, 5*time.Second, "%v and %+v", func() {
					if n := len(fmt.Sprintf("%v%+v", x, x)); n > 2<<20 {
						t.Errorf("%d bytes", n)
					}
				})
			}
			labelled := py.ReprOptions{Labels: true}.Format(x)
			if len(labelled) > 10_000 || !strings.Contains(labelled, "&59") || !strings.Contains(labelled, "*59") {
				t.Errorf("%d bytes: %.300s", len(labelled), labelled)
			}
			labelled = py.ReprOptions{Labels: true, Indent: "  "}.Format(x)
			if len(labelled) > 20_000 || !strings.Contains(labelled, "*59") {
				t.Errorf("%d bytes: %.300s", len(labelled), labelled)
			}
		})
	}
	within(t, 10*time.Second, "Repr with the default limit", func() {
		if n := len(py.Repr(bomb(60, pairs["list"]))); n < 1<<20 || n > 40<<20 {
			t.Errorf("%d bytes", n)
		}
	})
	for _, name := range []string{"list", "tuple", "dict"} {
		within(t, 5*time.Second, "Plain", func() {
			if _, err := py.Plain(bomb(60, pairs[name])); !errors.Is(err, py.ErrTooShared) {
				t.Error(err)
			}
		})
	}
	x, y := bomb(60, pairs["tuple"]), bomb(60, pairs["tuple"])
	within(t, 5*time.Second, "Hash", func() {
		h, _ := py.Hash(x)
		if g, _ := py.Hash(y); g != h {
			t.Error("hashes differ")
		}
		d := py.NewDict(x, "x")
		if v, _ := d.Get(y); v != "x" {
			t.Error(v)
		}
	})
	fx, fy := bomb(60, frozenPair), bomb(60, frozenPair)
	within(t, 5*time.Second, "frozensets", func() {
		if !py.Equal(fx, fy) || !py.NewSet(fx).Has(fy) {
			t.Error("not equal")
		}
	})
	if _, err := py.From(bomb(60, pairs["go slice"])); err != nil {
		t.Error(err)
	}
}

func frozenPair(x any) any { return py.NewFrozenSet(py.Tuple{x, int64(1)}, py.Tuple{x, int64(2)}) }

// A wide value that is shared widely: n*n steps if nothing is remembered.
func TestWideSharing(t *testing.T) {
	n := depth(100_000)
	wide := func() (py.Tuple, string) {
		big := make(py.Tuple, n)
		for i := range big {
			big[i] = int64(i)
		}
		return big, strings.Repeat("x", depth(10_000_000))
	}
	tx, sx := wide()
	ty, sy := wide()
	for name, pair := range map[string][2]any{
		"tuple": {tx, ty}, "str": {sx, sy}, "bytes": {py.Bytes(sx), py.Bytes(sy)},
		"bytearray": {&py.ByteArray{Bytes: []byte(sx)}, &py.ByteArray{Bytes: []byte(sy)}},
	} {
		x, y := make([]any, n), make([]any, n)
		for i := range x {
			x[i], y[i] = pair[0], pair[1]
		}
		lx, ly := py.NewList(x...), py.NewList(y...)
		within(t, 5*time.Second, name+": Equal", func() {
			if !py.Equal(lx, ly) {
				t.Error("not equal")
			}
		})
		within(t, 10*time.Second, name+": Repr", func() {
			_ = py.ReprOptions{}.Write(io.Discard, lx)
		})
		if name == "bytearray" {
			continue
		}
		within(t, 5*time.Second, name+": Hash", func() {
			if _, err := py.Hash(py.Tuple(x)); err != nil {
				t.Error(err)
			}
		})
		within(t, 5*time.Second, name+": many dicts", func() {
			var memo py.KeyMemo
			dx, dy := new(py.List), new(py.List)
			for range n {
				d, e := new(py.Dict), new(py.Dict)
				if err := d.AdoptMemo([]any{pair[0], nil, pair[1], nil, py.Tuple{"a"}, nil}, &memo); err != nil {
					t.Fatal(err)
				}
				if err := e.AdoptMemo([]any{pair[1], nil, py.Tuple{"a"}, nil}, &memo); err != nil {
					t.Fatal(err)
				}
				if d.Len() != 2 {
					t.Fatal(d.Len())
				}
				dx.Append(d)
				dy.Append(e)
			}
			if !py.Equal(dx, dy) {
				t.Error("not equal")
			}
		})
	}
}

// cycle makes a ring of n lists.
func cycle(n int) *py.List {
	first := py.NewList(nil, "x")
	at := first
	for range n - 1 {
		next := py.NewList(nil, "x")
		at.Items[0] = next
		at = next
	}
	at.Items[0] = first
	return first
}

func TestCyclesEqual(t *testing.T) {
	within(t, 10*time.Second, "rings of 99991 and 100003 lists", func() {
		if !py.Equal(cycle(99991), cycle(100003)) {
			t.Error("they differ nowhere, but are not Equal")
		}
	})
	x, y := cycle(100), cycle(100)
	at := y
	for range 57 {
		at = at.Items[0].(*py.List)
	}
	at.Items[1] = "y"
	if py.Equal(x, y) {
		t.Error("a difference in a ring was not seen")
	}
	// The difference is met long after everything has been taken to be equal.
	x, y = cycle(5000), cycle(7001)
	at = y
	for range 7000 {
		at = at.Items[0].(*py.List)
	}
	at.Items[1] = "y"
	if py.Equal(x, y) || py.Equal(y, x) {
		t.Error("a difference in a large ring was not seen")
	}
	d, e := new(py.Dict), new(py.Dict)
	_ = d.Set("d", d)
	_ = e.Set("d", e)
	o, p := py.NewObject(py.Global{Module: "m", Name: "C"}, nil), py.NewObject(py.Global{Module: "m", Name: "C"}, nil)
	_ = o.SetAttr("me", o)
	_ = p.SetAttr("me", p)
	if !py.Equal(d, e) || !py.Equal(o, p) || py.Equal(d, o) {
		t.Error("cycles of dicts or objects")
	}
	_ = p.SetAttr("x", int64(1))
	if py.Equal(o, p) {
		t.Error("equal although one has another attribute")
	}
}

func TestCyclesElsewhere(t *testing.T) {
	tu := py.Tuple{nil}
	tu[0] = tu // no pickle can make it, but a program can
	if _, err := py.Hash(tu); !errors.Is(err, py.ErrUnhashable) {
		t.Error(err)
	}
	if s := py.Repr(tu); s != "((...),)" {
		t.Error(s)
	}
	if !py.Equal(tu, py.Tuple{tu}) {
		t.Error("not equal")
	}
	for _, x := range []any{cycle(1), cycle(30), tu} {
		if _, err := py.Plain(x); !errors.Is(err, py.ErrCyclic) {
			t.Error(err)
		}
		_ = fmt.Sprintf("%v %+v", x, x)
	}
	m := map[string]any{}
	m["m"] = m
	x, err := py.From(m)
	if err != nil {
		t.Fatal(err)
	}
	if me, _ := x.(*py.Dict).Get("m"); me != x {
		t.Error("From lost a cycle")
	}
	if s := py.Repr(m); s != "{'m': {...}}" {
		t.Error(s)
	}
	type P *P
	var p P
	p = &p
	if _, err := py.From(p); !errors.Is(err, py.ErrTooDeep) {
		t.Error(err)
	}
	_ = py.Repr(p)
	_ = py.Equal(p, p)
}

// NaN keys are all different, and must not collide.
func TestNaNKeys(t *testing.T) {
	const n = 100_000
	within(t, 5*time.Second, "float", func() {
		d := new(py.Dict)
		var last any
		for range n {
			nan := math.Float64frombits(math.Float64bits(math.NaN()) + uint64(d.Len())%2)
			last = nan
			if err := d.Set(last, int64(1)); err != nil {
				t.Fatal(err)
			}
		}
		if d.Len() != n {
			t.Errorf("%d keys", d.Len())
		}
		if _, ok := d.Get(last); !ok {
			t.Error("a NaN is not found by itself")
		}
		if !py.Equal(d, d) {
			t.Error("not equal to itself")
		}
	})
	within(t, 5*time.Second, "complex, in tuples", func() {
		items := make([]any, n)
		for i := range items {
			items[i] = py.Tuple{complex(math.NaN(), float64(i%2))}
		}
		s := new(py.Set)
		if err := s.Adopt(items); err != nil {
			t.Fatal(err)
		}
		if s.Len() != n || !s.Has(s.Items()[n/2]) {
			t.Error(s.Len())
		}
	})
	box := any(math.Sqrt(-1))
	if py.Equal(box, box) || !py.Equal(py.Tuple{box}, py.Tuple{box}) || !py.Equal(py.NewSet(box), py.NewSet(box)) {
		t.Error("NaN is equal to itself inside containers alone")
	}
}

func TestHugeInts(t *testing.T) {
	x := bigInt("0x1" + strings.Repeat("0", 1<<20))
	within(t, 5*time.Second, "Repr", func() {
		if s := py.Repr(x); len(s) != 1<<20+3 || !strings.HasPrefix(s, "0x1000") {
			t.Errorf("%d bytes", len(s))
		}
	})
	items := make([]any, 100_000)
	for i := range items {
		items[i] = x
	}
	within(t, 5*time.Second, "Repr of many", func() { _ = py.ReprOptions{}.Write(io.Discard, py.NewList(items...)) })
	within(t, 5*time.Second, "Hash of many", func() { _, _ = py.Hash(py.Tuple(items)) })
}
