package pickle_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// The shapes of what is measured: what people keep in pickles, each of a few megabytes at
// most. The numbers come from a generator with a fixed seed.
var shapes = []struct {
	name string
	make func(r *rand.Rand) any
}{
	{"ints", func(r *rand.Rand) any {
		return list(100_000, func(int) any {
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
		return list(100_000, func(int) any { return r.NormFloat64() * 1e6 })
	}},
	{"strs", func(r *rand.Rand) any {
		return list(20_000, func(i int) any {
			w := word(r, 4, 20)
			if i%20 == 0 {
				w += string([]rune("\u0436\u4e2d\U0001f600")[i/20%3])
			}
			return fmt.Sprint(w, i)
		})
	}},
	{"dicts", func(r *rand.Rand) any {
		return list(10_000, func(i int) any {
			var parent any
			if r.Float64() >= 0.3 {
				parent = r.Int64N(10_000)
			}
			return py.NewDict("id", int64(i), "name", word(r, 5, 15), "score", r.Float64()*100, "active", r.IntN(2) == 0,
				"tags", &py.List{Items: []any{word(r, 3, 6), word(r, 3, 6)}}, "parent", parent)
		})
	}},
	{"nested", nested},
	{"bytes", func(r *rand.Rand) any { return py.Bytes(noise(r, 8<<20)) }},
	{"bytes list", func(r *rand.Rand) any {
		return list(100, func(int) any { return py.Bytes(noise(r, 1<<16)) })
	}},
	{"objects", func(r *rand.Rand) any {
		class := py.Global{Module: "benchobjs", Name: "Particle"}
		return list(10_000, func(i int) any {
			state := py.NewDict("ident", int64(i), "label", word(r, 5, 12), "x", r.Float64(), "y", r.Float64(), "alive", i%3 == 0)
			return &py.Object{How: py.ByNewObj, Class: class, Args: py.Tuple{}, Ops: []py.Op{{Kind: py.OpBuild, Items: []any{state}}}}
		})
	}},
	{"shared", func(r *rand.Rand) any {
		pool := make([]any, 1000)
		for i := range pool {
			n := int64(i)
			pool[i] = []any{&py.List{Items: []any{n, fmt.Sprint("v", i)}}, py.NewDict("id", n, "w", fmt.Sprint("x", i)),
				py.Tuple{n, fmt.Sprint("t", i)}, fmt.Sprint("shared-string-", i)}[i%4]
		}
		return list(100_000, func(int) any { return pool[r.IntN(len(pool))] })
	}},
	{"big ints", func(r *rand.Rand) any {
		return list(2000, func(int) any {
			v := new(big.Int).SetBytes(noise(r, 250))
			v.SetBit(v, 1999, 1)
			if r.IntN(2) == 0 {
				v.Neg(v)
			}
			return v
		})
	}},
	{"graphite", func(r *rand.Rand) any {
		return list(50_000, func(i int) any {
			path := fmt.Sprintf("servers.dc%d.host%05d.cpu.%s.%d", i%4, i%20011, []string{"user", "system", "idle", "wait"}[r.IntN(4)], i%64)
			return py.Tuple{path, py.Tuple{int64(1700000000 + i/100), r.Float64() * 100}}
		})
	}},
	{"tiny", func(r *rand.Rand) any {
		return py.NewDict("id", int64(12345), "name", "alpha", "ok", true, "score", 0.5, "tags", &py.List{Items: []any{"a", "b"}})
	}},
}

func list(n int, item func(i int) any) any {
	l := &py.List{Items: make([]any, n)}
	for i := range l.Items {
		l.Items[i] = item(i)
	}
	return l
}

func word(r *rand.Rand, low, high int) string {
	const alnum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	b := make([]byte, low+r.IntN(high-low+1))
	for i := range b {
		b[i] = alnum[r.IntN(len(alnum))]
	}
	return string(b)
}

func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// nested is a tree of dicts and lists, as a JSON document is.
func nested(r *rand.Rand) any {
	keys := make([]string, 200)
	for i := range keys {
		keys[i] = word(r, 3, 10)
	}
	var node func(depth int) any
	node = func(depth int) any {
		switch k := r.Float64(); {
		case depth > 0 && k < 0.45:
			d := new(py.Dict)
			for range 1 + r.IntN(8) {
				d.Set(keys[r.IntN(len(keys))], node(depth-1))
			}
			return d
		case depth > 0 && k < 0.65:
			return list(r.IntN(9), func(int) any { return node(depth - 1) })
		}
		switch k := r.Float64(); {
		case k < 0.40:
			return word(r, 2, 24)
		case k < 0.65:
			return r.Int64N(101_000) - 1000
		case k < 0.85:
			return r.Float64()
		}
		return []any{true, false, nil}[r.IntN(3)]
	}
	items := new(py.List)
	for size := 0; size < 500_000; {
		v := node(7)
		data, err := pickle.Marshal(v)
		if err != nil {
			panic(err)
		}
		size += len(data)
		items.Items = append(items.Items, v)
	}
	return py.NewDict("version", int64(1), "items", items)
}

// benchmark runs do for each shape in each protocol with the value and its pickle.
func benchmark(b *testing.B, do func(b *testing.B, o pickle.EncodeOptions, v any, data []byte)) {
	for i, shape := range shapes {
		v := shape.make(rand.New(rand.NewPCG(20240229, uint64(i))))
		for _, p := range []pickle.Protocol{pickle.Protocol0, pickle.Protocol2, pickle.Protocol5} {
			if p == pickle.Protocol0 && (shape.name == "bytes" || shape.name == "bytes list") {
				continue // four bytes for one
			}
			o := pickle.EncodeOptions{Protocol: p}
			data, err := o.Marshal(v)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/%d", shape.name, p.Number()), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				do(b, o, v, data)
			})
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	benchmark(b, func(b *testing.B, _ pickle.EncodeOptions, _ any, data []byte) {
		for b.Loop() {
			var v any
			if err := pickle.Unmarshal(data, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDump(b *testing.B) {
	benchmark(b, func(b *testing.B, o pickle.EncodeOptions, v any, data []byte) {
		for b.Loop() {
			if _, err := o.Marshal(v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkAppend dumps into memory that is there.
func BenchmarkAppend(b *testing.B) {
	benchmark(b, func(b *testing.B, o pickle.EncodeOptions, v any, data []byte) {
		buf := make([]byte, 0, 2*len(data))
		for b.Loop() {
			if _, err := o.Append(buf, v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkGraph runs the pickle and builds nothing.
func BenchmarkGraph(b *testing.B) {
	benchmark(b, func(b *testing.B, _ pickle.EncodeOptions, _ any, data []byte) {
		p := graph.NewParser(graph.Options{})
		for b.Loop() {
			g, err := p.Parse(data)
			if err != nil {
				b.Fatal(err)
			}
			runtime.KeepAlive(g)
		}
	})
}
