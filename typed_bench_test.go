package pickle_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/go-pickle/pickle"
)

// BenchmarkTypedDump dumps the shapes from slices and structs.
func BenchmarkTypedDump(b *testing.B) {
	benchmark(b, func(b *testing.B, o pickle.EncodeOptions, _ any, data []byte) {
		typ := benchTypes[shapeOf(b.Name())]
		if typ == nil {
			b.Skip("no type")
		}
		v := reflect.New(typ)
		if err := pickle.Unmarshal(data, v.Interface()); err != nil {
			b.Fatal(err)
		}
		dumpOften(b, o, v.Interface())
	})
}

func dumpOften(b *testing.B, o pickle.EncodeOptions, v any) {
	for b.Loop() {
		if _, err := o.Marshal(v); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTypedDumpMore dumps pointers, maps, and types that lead to themselves.
func BenchmarkTypedDumpMore(b *testing.B) {
	r := rand.New(rand.NewPCG(20240229, 1))
	pointers := make([]*benchParticle, 10_000)
	for i := range pointers {
		pointers[i] = &benchParticle{Ident: int64(i), Label: word(r, 5, 12), X: r.Float64(), Alive: i%3 == 0}
	}
	maps := make([]map[string]int64, 5000)
	for i := range maps {
		maps[i] = make(map[string]int64)
		for range 10 {
			maps[i][word(r, 3, 12)] = r.Int64N(1000)
		}
	}
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
	tree := grow(7)
	var chain *node
	for range 10_000 {
		chain = &node{Name: word(r, 3, 12), Children: []*node{chain}}
	}
	for _, row := range []struct {
		name string
		v    any
		o    pickle.EncodeOptions
	}{
		{"pointers", pointers, pickle.EncodeOptions{}},
		{"maps", maps, pickle.EncodeOptions{}},
		{"maps unsorted", maps, pickle.EncodeOptions{UnsortedMaps: true}},
		{"tree", tree, pickle.EncodeOptions{}},
		{"chain", chain, pickle.EncodeOptions{}},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			dumpOften(b, row.o, row.v)
		})
	}
}
