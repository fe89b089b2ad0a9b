package pickle_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// TestSmallAndLarge loads values of every size around those from which on memory is taken
// in other ways, and dumps what it loaded: to the byte what was loaded.
func TestSmallAndLarge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	edges := []int64{0, 1, -1, -256, -257, 255, 1791, 1792, 1<<29 - 1, 1 << 29, -1 << 29, -1<<29 - 1, 1 << 40, -1 << 40}
	leaf := func(i int) any {
		switch r.IntN(8) {
		case 0:
			return nil
		case 1:
			return r.IntN(2) == 0
		case 2:
			return r.Float64()
		case 3:
			return fmt.Sprint("s", i)
		case 4:
			return []any{"a", "b", "", "latin1", "\u00e9"}[r.IntN(5)]
		}
		return edges[r.IntN(len(edges))]
	}
	for n := range 150 {
		d := new(py.Dict)
		for i := range n % 12 {
			d.Set(fmt.Sprint("key", i), leaf(i))
		}
		for range n % 3 {
			d.Set(fmt.Sprint("list", d.Len()), list(r.IntN(10), leaf))
		}
		ints := list(n, func(int) any { return edges[r.IntN(len(edges))] })
		for _, v := range []any{d, ints, list(n, leaf), py.Tuple{ints, d, list(n, leaf)}} {
			for _, p := range []pickle.Protocol{pickle.Protocol0, pickle.Protocol2, pickle.Protocol5} {
				o := pickle.EncodeOptions{Protocol: p}
				data, err := o.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				var got any
				if err := pickle.Unmarshal(data, &got); err != nil {
					t.Fatalf("%q: %v", data, err)
				}
				if !py.Equal(got, v) {
					t.Fatalf("%s loaded as %s", py.Repr(v), py.Repr(got))
				}
				if again, err := o.Marshal(got); err != nil || string(again) != string(data) {
					t.Fatalf("%q dumped again as %q, %v", data, again, err)
				}
			}
		}
	}
}

// TestLoadTogether loads in several goroutines, small values and such for which large memory
// goes from one load to the next.
func TestLoadTogether(t *testing.T) {
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n := 30_000 + 5000*worker
			base := int64(worker) << 40
			want := make([]any, n)
			for i := range want {
				want[i] = []any{base + int64(i), fmt.Sprint("text", worker, i)}[i%2]
			}
			large, err := pickle.Marshal(want)
			if err != nil {
				t.Error(err)
				return
			}
			small, err := pickle.Marshal(py.NewDict("A", base, "B", "b"))
			if err != nil {
				t.Error(err)
				return
			}
			for range 50 {
				var v any
				if err := pickle.Unmarshal(large, &v); err != nil {
					t.Error(err)
					return
				}
				got := v.(*py.List)
				for i := range want {
					if got.Items[i] != want[i] {
						t.Errorf("item %d is %v, not %v", i, got.Items[i], want[i])
						return
					}
				}
				var s struct{ A, B any }
				if err := pickle.Unmarshal(small, &s); err != nil || s.A != base || s.B != "b" {
					t.Errorf("%v, %v", s, err)
				}
			}
		}()
	}
	wg.Wait()
}
