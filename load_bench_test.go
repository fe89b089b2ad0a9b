package pickle_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
)

// BenchmarkParse makes graphs that stay, each with memory of its own.
func BenchmarkParse(b *testing.B) {
	benchmark(b, func(b *testing.B, _ pickle.EncodeOptions, _ any, data []byte) {
		for b.Loop() {
			if _, err := graph.Parse(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkLoadTogether loads small pickles in one goroutine and in several: what loaders
// share must not be what they wait for.
func BenchmarkLoadTogether(b *testing.B) {
	for _, shape := range []string{"tiny", "dicts"} {
		data := shapePickle(b, shape)
		typ := benchTypes[shape]
		for _, workers := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("%s/any/%d", shape, workers), func(b *testing.B) {
				inParallel(b, workers, func() error {
					var v any
					return pickle.Unmarshal(data, &v)
				})
			})
			b.Run(fmt.Sprintf("%s/typed/%d", shape, workers), func(b *testing.B) {
				inParallel(b, workers, func() error { return pickle.Unmarshal(data, reflect.New(typ).Interface()) })
			})
		}
	}
}

// inParallel runs do b.N times in all, in so many goroutines.
func inParallel(b *testing.B, workers int, do func() error) {
	var wg sync.WaitGroup
	for i := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n := b.N / workers
			if i < b.N%workers {
				n++
			}
			for range n {
				if err := do(); err != nil {
					b.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
}

// shapePickle is the pickle of a shape in the default protocol.
func shapePickle(tb testing.TB, name string) []byte {
	for i, shape := range shapes {
		if shape.name == name {
			data, err := pickle.Marshal(shape.make(rand.New(rand.NewPCG(20240229, uint64(i)))))
			if err != nil {
				tb.Fatal(err)
			}
			return data
		}
	}
	tb.Fatal("no shape ", name)
	return nil
}
