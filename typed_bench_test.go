package pickle_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/go-pickle/pickle"
)

// The structs of what is measured.
type (
	benchRecord struct {
		ID     int64    `pickle:"id"`
		Name   string   `pickle:"name"`
		Score  float64  `pickle:"score"`
		Active bool     `pickle:"active"`
		Tags   []string `pickle:"tags"`
		Parent *int64   `pickle:"parent"`
	}
	benchParticle struct {
		_     struct{} `pickle:",class=benchobjs.Particle"`
		ID    int64    `pickle:"id"`
		Name  string   `pickle:"name"`
		X     float64  `pickle:"x"`
		Y     float64  `pickle:"y"`
		Alive bool     `pickle:"alive"`
	}
	benchPoint struct {
		_     struct{} `pickle:",tuple"`
		Time  int64
		Value float64
	}
	benchMetric struct {
		_     struct{} `pickle:",tuple"`
		Name  string
		Point benchPoint
	}
	benchTiny struct {
		ID    int64    `pickle:"id"`
		Name  string   `pickle:"name"`
		OK    bool     `pickle:"ok"`
		Score float64  `pickle:"score"`
		Tags  []string `pickle:"tags"`
	}
)

// typedShapes are the shapes of typed data that are measured.
var typedShapes = []struct {
	name string
	make func(r *rand.Rand) any
}{
	{"ints", func(r *rand.Rand) any {
		return sliceOf(100_000, func(int) int64 {
			switch k := r.Float64(); {
			case k < 0.50:
				return r.Int64N(256)
			case k < 0.75:
				return r.Int64N(1 << 16)
			case k < 0.90:
				return r.Int64N(1<<32) - 1<<31
			}
			return int64(r.Uint64())
		})
	}},
	{"floats", func(r *rand.Rand) any {
		return sliceOf(100_000, func(int) float64 { return r.NormFloat64() * 1e6 })
	}},
	{"strs", func(r *rand.Rand) any {
		return sliceOf(20_000, func(i int) string { return fmt.Sprint(word(r, 4, 20), i) })
	}},
	{"records", func(r *rand.Rand) any {
		return sliceOf(10_000, func(i int) benchRecord {
			rec := benchRecord{int64(i), word(r, 5, 15), r.Float64() * 100, r.IntN(2) == 0, []string{word(r, 3, 6), word(r, 3, 6)}, nil}
			if r.Float64() >= 0.3 {
				n := r.Int64N(10_000)
				rec.Parent = &n
			}
			return rec
		})
	}},
	{"objects", func(r *rand.Rand) any {
		return sliceOf(10_000, func(i int) benchParticle {
			return benchParticle{ID: int64(i), Name: word(r, 5, 12), X: r.Float64(), Y: r.Float64(), Alive: i%3 == 0}
		})
	}},
	{"pointers", func(r *rand.Rand) any {
		return sliceOf(10_000, func(i int) *benchParticle {
			return &benchParticle{ID: int64(i), Name: word(r, 5, 12), X: r.Float64(), Y: r.Float64(), Alive: i%3 == 0}
		})
	}},
	{"bytes list", func(r *rand.Rand) any {
		return sliceOf(100, func(int) []byte { return noise(r, 1<<16) })
	}},
	{"big ints", func(r *rand.Rand) any {
		return sliceOf(2000, func(int) *big.Int { return new(big.Int).SetBytes(noise(r, 250)) })
	}},
	{"graphite", func(r *rand.Rand) any {
		return sliceOf(50_000, func(i int) benchMetric {
			path := fmt.Sprintf("servers.dc%d.host%05d.cpu.%s.%d", i%4, i%20011, []string{"user", "system", "idle", "wait"}[r.IntN(4)], i%64)
			return benchMetric{Name: path, Point: benchPoint{Time: int64(1700000000 + i/100), Value: r.Float64() * 100}}
		})
	}},
	{"maps", func(r *rand.Rand) any {
		return sliceOf(5_000, func(i int) map[string]int64 {
			m := make(map[string]int64)
			for range 10 {
				m[word(r, 3, 12)] = r.Int64N(1000)
			}
			return m
		})
	}},
	{"tree", func(r *rand.Rand) any {
		type node struct {
			Name     string
			Children []*node
		}
		var grow func(depth int) *node
		grow = func(depth int) *node {
			n := &node{Name: word(r, 3, 12)}
			for range depth {
				n.Children = append(n.Children, grow(depth-1))
			}
			return n
		}
		return grow(7)
	}},
	{"tiny", func(r *rand.Rand) any {
		return &benchTiny{12345, "alpha", true, 0.5, []string{"a", "b"}}
	}},
}

func sliceOf[T any](n int, item func(i int) T) any {
	s := make([]T, n)
	for i := range s {
		s[i] = item(i)
	}
	return &s
}

// BenchmarkDumpTyped dumps Go's own types.
func BenchmarkDumpTyped(b *testing.B) {
	for i, shape := range typedShapes {
		v := shape.make(rand.New(rand.NewPCG(20240229, uint64(i))))
		for _, p := range []pickle.Protocol{pickle.Protocol2, pickle.Protocol5} {
			o := pickle.EncodeOptions{Protocol: p}
			data, err := o.Marshal(v)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/%d", shape.name, p.Number()), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := o.Marshal(v); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
