package bench

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"encoding/json"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-pickle/pickle"
	"github.com/vmihailenco/msgpack/v5"
)

// A format is a library under test.
type format struct {
	name string
	dump func(v any) ([]byte, error)
	load func(data []byte, dst any) error
}

var formats = []format{
	{"pickle", pickle.Marshal, pickle.Unmarshal},
	{"msgpack", msgpack.Marshal, msgpack.Unmarshal},
	{"json", json.Marshal, json.Unmarshal},
	{"json2", func(v any) ([]byte, error) { return jsonv2.Marshal(v) },
		func(data []byte, dst any) error { return jsonv2.Unmarshal(data, dst) }},
}

func word(r *rand.Rand, low, high int) string {
	const alnum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	b := make([]byte, low+r.IntN(high-low+1))
	for i := range b {
		b[i] = alnum[r.IntN(len(alnum))]
	}
	return string(b)
}

func slice[T any](n int, item func(i int) T) any {
	s := make([]T, n)
	for i := range s {
		s[i] = item(i)
	}
	return s
}

// shapes make the values.
var shapes = []struct {
	name string
	make func(r *rand.Rand) any
}{
	{"ints", func(r *rand.Rand) any {
		return slice(100_000, func(int) int64 {
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
		return slice(100_000, func(int) float64 { return r.NormFloat64() * 1e6 })
	}},
	{"strs", func(r *rand.Rand) any {
		return slice(20_000, func(i int) string { return fmt.Sprint(word(r, 4, 20), i) })
	}},
	{"records", func(r *rand.Rand) any {
		return slice(10_000, func(i int) Record {
			rec := Record{int64(i), word(r, 5, 15), r.Float64() * 100, r.IntN(2) == 0, []string{word(r, 3, 6), word(r, 3, 6)}, nil}
			if r.Float64() >= 0.3 {
				n := r.Int64N(10_000)
				rec.Parent = &n
			}
			return rec
		})
	}},
	{"objects", func(r *rand.Rand) any {
		return slice(10_000, func(i int) Particle {
			return Particle{ID: int64(i), Name: word(r, 5, 12), X: r.Float64(), Y: r.Float64(), Alive: i%3 == 0}
		})
	}},
	{"metrics", func(r *rand.Rand) any {
		return slice(20_000, func(i int) Metric {
			path := fmt.Sprintf("servers.dc%d.host%05d.cpu.%d", i%4, i%20011, i%64)
			return Metric{Name: path, Point: Point{Time: int64(1700000000 + i/100), Value: r.Float64() * 100}}
		})
	}},
	{"map", func(r *rand.Rand) any {
		m := make(map[string]float64)
		for range 10_000 {
			m[word(r, 3, 20)] = r.Float64()
		}
		return m
	}},
	{"tiny", func(*rand.Rand) any {
		return Tiny{12345, "alpha", true, 0.5, []string{"a", "b"}}
	}},
}

func each(b *testing.B, do func(b *testing.B, f format, v any, data []byte)) {
	for i, shape := range shapes {
		v := shape.make(rand.New(rand.NewPCG(20240229, uint64(i))))
		for _, f := range formats {
			data, err := f.dump(v)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(shape.name+"/"+f.name, func(b *testing.B) {
				b.ReportAllocs()
				b.ReportMetric(float64(len(data)), "bytes")
				do(b, f, v, data)
			})
		}
	}
}

func BenchmarkDump(b *testing.B) {
	each(b, func(b *testing.B, f format, v any, _ []byte) {
		for b.Loop() {
			if _, err := f.dump(v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	each(b, func(b *testing.B, f format, v any, data []byte) {
		for b.Loop() {
			if err := f.load(data, reflect.New(reflect.TypeOf(v)).Interface()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestFormats has every library give the values back: what is measured is the same work.
func TestFormats(t *testing.T) {
	for i, shape := range shapes {
		v := shape.make(rand.New(rand.NewPCG(20240229, uint64(i))))
		for _, f := range formats {
			data, err := f.dump(v)
			if err != nil {
				t.Fatalf("%s, %s: %v", shape.name, f.name, err)
			}
			back := reflect.New(reflect.TypeOf(v))
			if err := f.load(data, back.Interface()); err != nil {
				t.Fatalf("%s, %s: %v", shape.name, f.name, err)
			}
			if !reflect.DeepEqual(back.Elem().Interface(), v) {
				t.Errorf("%s, %s: another value is back", shape.name, f.name)
			}
		}
	}
}
