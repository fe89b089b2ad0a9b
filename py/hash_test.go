package py

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"
)

// Keys that programs have, and keys that somebody might choose so that they collide in a
// weaker hash, must spread as well as random numbers: over a table's index, which takes
// the low bits, and over the tags in its slots, which are the high 32 bits.
func TestHashSpread(t *testing.T) {
	const n = 1 << 15
	families := map[string]func(i int) any{
		"ints":           func(i int) any { return int64(i) },
		"negative":       func(i int) any { return int64(-i) },
		"multiples 2^32": func(i int) any { return int64(i) << 32 },
		"multiples 2^48": func(i int) any { return int64(i) << 48 },
		"big":            func(i int) any { return new(big.Int).Lsh(big.NewInt(int64(i)+1), 200) },
		"big low":        func(i int) any { return new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(int64(i))) },
		"floats":         func(i int) any { return float64(i) + 0.5 },
		"powers":         func(i int) any { return math.Ldexp(1+float64(i%64)/64, i/64-256) },
		"complex":        func(i int) any { return complex(float64(i/181), float64(i%181)+1) },
		"strs":           func(i int) any { return fmt.Sprint(i) },
		"bytes":          func(i int) any { return Bytes(fmt.Sprint(i)) },
		"pairs":          func(i int) any { return Tuple{int64(i / 181), int64(i % 181)} },
		"equal pairs":    func(i int) any { return Tuple{int64(i), int64(i)} },
		"lengths": func(i int) any {
			t := make(Tuple, i%181)
			return append(t, int64(i))
		},
		"nested":     func(i int) any { return Tuple{Tuple{int64(i / 181)}, Tuple{Tuple{int64(i % 181)}}} },
		"frozensets": func(i int) any { return NewFrozenSet(int64(i), int64(i+1)) },
		"subsets": func(i int) any {
			var items []any
			for b := range 15 {
				if i>>b&1 == 1 {
					items = append(items, int64(b))
				}
			}
			return NewFrozenSet(items...)
		},
		"globals":  func(i int) any { return Global{fmt.Sprint(i / 181), fmt.Sprint(i % 181)} },
		"objects":  func(i int) any { return new(Object) },
		"nan":      func(i int) any { return math.Float64frombits(0x7ff8<<48 | uint64(i)) },
		"nan pair": func(i int) any { return complex(math.NaN(), 1) },
	}
	for name, make := range families {
		var low, high [n]int
		keep := []any{}
		for i := range n {
			x := make(i)
			keep = append(keep, x) // identities must not be used twice
			h, err := Hash(x)
			if err != nil {
				t.Fatal(err)
			}
			low[h%n]++
			high[h>>(64-15)]++
		}
		runtime.KeepAlive(keep)
		for where, counts := range map[string]*[n]int{"low": &low, "high": &high} {
			empty, most := 0, 0
			for _, c := range counts {
				if c == 0 {
					empty++
				}
				most = max(most, c)
			}
			// Random numbers leave 1/e of the places empty.
			if share := float64(empty) / n; math.Abs(share-1/math.E) > 0.02 || most > 12 {
				t.Errorf("%s, %s bits: %.3f empty, at most %d in one place", name, where, share, most)
			}
		}
	}
}

func TestHashOfEquals(t *testing.T) {
	for _, same := range [][]any{
		{true, int64(1), 1.0, 1 + 0i, big.NewInt(1), uint8(1), float32(1)},
		{false, int64(0), 0.0, math.Copysign(0, -1), 0i, complex(0, math.Copysign(0, -1))},
		{float64(1 << 63), new(big.Int).Lsh(big.NewInt(1), 63), uint64(1 << 63), complex(1<<63, 0)},
		{int64(math.MinInt64), -float64(1 << 63)},
		{nil, (*List)(nil), (*FrozenSet)(nil), (*big.Int)(nil), (*Object)(nil)},
		{Tuple{int64(1), "a"}, Tuple{1.0, "a"}, Tuple{true, "a"}},
		{NewFrozenSet(1, 2, 3), NewFrozenSet(3.0, 2, true)},
		{NewFrozenSet(), new(FrozenSet)},
		{math.Inf(1), complex(math.Inf(1), 0)},
	} {
		for _, x := range same {
			h, err := Hash(x)
			g, _ := Hash(same[0])
			if h != g || err != nil || !Equal(x, same[0]) {
				t.Errorf("%T %v and %T %v: %v", x, x, same[0], same[0], err)
			}
			var m KeyMemo
			for range 200 { // beyond rememberAfter
				if k, err := m.hash(x); k != h || err != nil {
					t.Fatalf("KeyMemo hashes %v otherwise: %v", x, err)
				}
			}
		}
	}
	for _, x := range []any{NewList(), NewDict(), NewSet(), &ByteArray{}, Tuple{1, Tuple{NewSet()}}, []int{}, struct{ x []int }{}} {
		_, err := Hash(x)
		if err == nil {
			t.Errorf("%v is hashable", x)
		}
		if (&Dict{}).Set(x, nil) == nil || (&Set{}).Add(x) == nil || (&Set{}).Adopt([]any{x}) == nil || (&Dict{}).Adopt([]any{x, nil}) == nil || (&FrozenSet{}).Adopt([]any{x}) == nil {
			t.Errorf("%v became a key", x)
		}
	}
	if (&Dict{}).Adopt([]any{1}) == nil {
		t.Error("Adopt took a key without a value")
	}
}

// Two keys that have the same hash of 64 bits do not occur, but must not break anything:
// the index is given such on purpose.
func TestCollisions(t *testing.T) {
	var d table
	d.index = make([]slot, 64)
	keys := []any{"a", "b", int64(1), Tuple{"x"}, Tuple{"y"}, NewFrozenSet("x"), NewFrozenSet("y")}
	for i, k := range keys {
		if at := d.place(k, 7, i, width1, nil); at != -1 {
			t.Fatal(at)
		}
		d.items = append(d.items, k)
	}
	for i, k := range keys {
		if at := d.lookup(k, 7, width1); at != i {
			t.Errorf("%v is entry %d", k, at)
		}
		if at := d.place(k, 7, 99, width1, new(KeyMemo)); at != i {
			t.Errorf("%v is entry %d", k, at)
		}
		n := 0
		for range d.candidates(7, width1) {
			n++
		}
		if n != len(keys) {
			t.Errorf("%d candidates", n)
		}
	}
	if d.lookup("c", 7, width1) != -1 || d.lookup("a", 8, width1) != -1 {
		t.Error("found what is not there")
	}
}

func TestSampler(t *testing.T) {
	var s sampler
	hits := 0
	for range 80_000 {
		if s.hit() {
			hits++
		}
	}
	if hits < 9_000 || hits > 11_000 {
		t.Errorf("%d hits in 80000", hits)
	}
}

// Hashing with a memo must not depend on what was remembered, also when it fails half-way.
func TestHasherRemembers(t *testing.T) {
	var m KeyMemo
	r := rand.New(rand.NewPCG(1, 2))
	var pool []any
	for i := range 20_000 {
		tu := Tuple{}
		for range r.IntN(4) {
			if len(pool) > 0 && r.IntN(2) == 0 {
				tu = append(tu, pool[max(0, len(pool)-1-r.IntN(20))])
			} else {
				tu = append(tu, int64(r.IntN(3)))
			}
		}
		bad := i%10 == 0
		if bad {
			tu = append(tu, Tuple{NewList()})
		}
		g, err := m.hash(tu)
		if (err != nil) != bad {
			t.Fatalf("%v: %v", tu, err)
		}
		if h, _ := Hash(tu); h != g && !bad {
			t.Fatal("the hash differs with a memo")
		}
		if !bad && len(tu) > 0 {
			pool = append(pool, tu)
		}
	}
}

// Readers may share a dict from which something was deleted.
func TestReadersDoNotWrite(t *testing.T) {
	d, s := new(Dict), new(Set)
	for i := range 100 {
		_ = d.Set(int64(i), nil)
		_ = s.Add(int64(i))
	}
	d.Delete(int64(5))
	s.Delete(int64(5))
	done := make(chan bool)
	for range 2 {
		go func() {
			for range 100 {
				if len(d.Pairs()) != 198 || len(s.Items()) != 99 || !Equal(d, d) || Repr(s) == "" {
					panic("wrong")
				}
			}
			done <- true
		}()
	}
	<-done
	<-done
}

func TestSizes(t *testing.T) {
	if s := unsafe.Sizeof(frame{}); s > 32 && unsafe.Sizeof(s) == 8 {
		t.Errorf("a frame has %d bytes: ten million are on the stack at times", s)
	}
}
