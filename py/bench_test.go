package py_test

import (
	"fmt"
	"testing"

	"github.com/go-pickle/pickle/py"
)

func strPairs(n int) []any {
	pairs := make([]any, 0, 2*n)
	for i := range n {
		pairs = append(pairs, fmt.Sprintf("attribute_%d", i), int64(i))
	}
	return pairs
}

func intPairs(n int) []any {
	pairs := make([]any, 0, 2*n)
	for i := range n {
		pairs = append(pairs, int64(i), int64(i))
	}
	return pairs
}

func BenchmarkDictAdopt(b *testing.B) {
	for name, make := range map[string]func(int) []any{"str": strPairs, "int": intPairs} {
		for _, n := range []int{1, 4, 8, 9, 100, 10_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				pairs := make(n)
				var d py.Dict
				b.ReportAllocs()
				for b.Loop() {
					if err := d.Adopt(pairs); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/key")
			})
		}
	}
}

func BenchmarkDictGet(b *testing.B) {
	for _, n := range []int{4, 8, 100, 100_000} {
		b.Run(fmt.Sprintf("str/%d", n), func(b *testing.B) {
			pairs := strPairs(n)
			d := py.NewDict(pairs...)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if _, ok := d.Get(pairs[i]); !ok {
					b.Fatal(i)
				}
				if i += 2; i == len(pairs) {
					i = 0
				}
			}
		})
	}
}

func BenchmarkDictSet(b *testing.B) {
	pairs := strPairs(1000)
	b.ReportAllocs()
	for b.Loop() {
		var d py.Dict
		for i := 0; i < len(pairs); i += 2 {
			_ = d.Set(pairs[i], pairs[i+1])
		}
	}
}

// records is what services keep in pickles: a list of dicts of simple values.
func records(n int) *py.List {
	l := new(py.List)
	for i := range n {
		l.Append(py.NewDict("id", int64(i), "name", fmt.Sprint("name ", i), "score", float64(i)/3, "tags", py.NewList("a", "b"),
			"pos", py.Tuple{int64(i), int64(-i)}))
	}
	return l
}

func BenchmarkEqual(b *testing.B) {
	x, y := records(10_000), records(10_000)
	b.ReportAllocs()
	for b.Loop() {
		if !py.Equal(x, y) {
			b.Fatal()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/record")
}

func BenchmarkRepr(b *testing.B) {
	x := records(10_000)
	for _, c := range []struct {
		name string
		o    py.ReprOptions
	}{{"plain", py.ReprOptions{}}, {"indent", py.ReprOptions{Indent: "  "}}, {"labels", py.ReprOptions{Labels: true}}} {
		b.Run(c.name, func(b *testing.B) {
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				buf = c.o.Append(buf[:0], x)
			}
			b.SetBytes(int64(len(buf)))
		})
	}
}

func BenchmarkHashTuple(b *testing.B) {
	t := py.Tuple{"a", int64(1), py.Tuple{2.5, nil}}
	b.ReportAllocs()
	for b.Loop() {
		_, _ = py.Hash(t)
	}
}

func BenchmarkFromPlain(b *testing.B) {
	x := records(1000)
	p, err := py.Plain(x)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Plain", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = py.Plain(x)
		}
	})
	b.Run("From", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = py.From(p)
		}
	})
}
