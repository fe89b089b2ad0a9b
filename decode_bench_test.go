package pickle_test

import (
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
)

// The types into which BenchmarkTypedLoad loads the shapes.
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
		Ident int64    `pickle:"ident"`
		Label string   `pickle:"label"`
		X     float64  `pickle:"x"`
		Y     float64  `pickle:"y"`
		Alive bool     `pickle:"alive"`
	}
	benchMetric struct {
		_     struct{} `pickle:",tuple"`
		Path  string
		Point struct {
			_     struct{} `pickle:",tuple"`
			Time  int64
			Value float64
		}
	}
	benchTiny struct {
		ID    int64    `pickle:"id"`
		Name  string   `pickle:"name"`
		OK    bool     `pickle:"ok"`
		Score float64  `pickle:"score"`
		Tags  []string `pickle:"tags"`
	}
)

var benchTypes = map[string]reflect.Type{
	"ints":       reflect.TypeFor[[]int64](),
	"floats":     reflect.TypeFor[[]float64](),
	"strs":       reflect.TypeFor[[]string](),
	"dicts":      reflect.TypeFor[[]benchRecord](),
	"bytes":      reflect.TypeFor[[]byte](),
	"bytes list": reflect.TypeFor[[][]byte](),
	"objects":    reflect.TypeFor[[]benchParticle](),
	"big ints":   reflect.TypeFor[[]*big.Int](),
	"graphite":   reflect.TypeFor[[]benchMetric](),
	"tiny":       reflect.TypeFor[benchTiny](),
}

// BenchmarkTypedLoad loads the shapes into slices and structs.
func BenchmarkTypedLoad(b *testing.B) {
	benchmark(b, func(b *testing.B, _ pickle.EncodeOptions, v any, data []byte) {
		typ := benchTypes[shapeOf(b.Name())]
		if typ == nil {
			b.Skip("no type")
		}
		for b.Loop() {
			if err := pickle.Unmarshal(data, reflect.New(typ).Interface()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// shapeOf is the shape in the name of a benchmark: BenchmarkTypedLoad/bytes_list/5.
func shapeOf(name string) string {
	for shape := range benchTypes {
		if part := strings.Split(name, "/"); strings.ReplaceAll(shape, " ", "_") == part[1] {
			return shape
		}
	}
	return ""
}
