package pickle_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
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

// BenchmarkLoadGrowth loads lists of 10^2 to 10^7 nodes, and gives as a metric the slope of
// time over size, both as logarithms, from 10^4 on: 1 is linear.
func BenchmarkLoadGrowth(b *testing.B) {
	kinds := []struct {
		name string
		item func(i int) any
	}{
		{"floats", func(i int) any { return float64(i) / 3 }},
		{"strs", func(i int) any { return fmt.Sprint("item-", i) }},
		{"tuples", func(i int) any { return py.Tuple{int64(i)} }},
		{"dicts", func(i int) any { return py.NewDict("n", int64(i)) }},
	}
	for _, kind := range kinds {
		var sizes, times []float64
		for n := 100; n <= 10_000_000; n *= 10 {
			data, err := pickle.Marshal(list(n, kind.item))
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/%d", kind.name, n), func(b *testing.B) {
				best := math.Inf(1)
				for b.Loop() {
					start := time.Now()
					var v any
					if err := pickle.Unmarshal(data, &v); err != nil {
						b.Fatal(err)
					}
					best = min(best, float64(time.Since(start)))
				}
				b.ReportMetric(best/float64(n), "ns/node")
				if n >= 10_000 {
					sizes, times = append(sizes, math.Log(float64(n))), append(times, math.Log(best))
					b.ReportMetric(slope(sizes, times), "slope")
				}
			})
		}
	}
}

// slope is that of the line that fits the points best.
func slope(x, y []float64) float64 {
	var sx, sy, sxx, sxy float64
	n := float64(len(x))
	for i := range x {
		sx, sy = sx+x[i], sy+y[i]
		sxx, sxy = sxx+x[i]*x[i], sxy+x[i]*y[i]
	}
	if n < 2 {
		return 1
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
