package pickle_test

import (
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// growthNodes is up to how many nodes BenchmarkGrowth goes; GROWTH_NODES says otherwise. A
// list of 10^8 floats takes 10 GB.
func growthNodes() int {
	if n, err := strconv.Atoi(os.Getenv("GROWTH_NODES")); err == nil {
		return n
	}
	return 10_000_000
}

// growthFrom is the number of nodes from which on slopes are measured: what is set up for each
// call no longer counts, and the smaller caches are full.
const growthFrom = 100_000

// growthKinds are lists of one kind of item.
var growthKinds = []struct {
	name string
	item func(i int) any
	typ  reflect.Type
}{
	{"floats", func(i int) any { return float64(i) / 3 }, reflect.TypeFor[[]float64]()},
	{"ints", func(i int) any { return int64(i * 7919 % (1 << 29)) }, reflect.TypeFor[[]int64]()},
	{"strs", func(i int) any { return fmt.Sprint("item-", i) }, reflect.TypeFor[[]string]()},
	{"tuples", func(i int) any { return py.Tuple{int64(i)} }, reflect.TypeFor[[][]int64]()},
	{"dicts", func(i int) any { return py.NewDict("n", int64(i)) }, reflect.TypeFor[[]map[string]int64]()},
}

// BenchmarkGrowth does the main things with lists of 10^2 nodes and more. Its metrics are the
// processors' time, that of the collector included, and allocated bytes for each node, and the
// slopes of both over the number of nodes, all as logarithms: 1 is linear.
func BenchmarkGrowth(b *testing.B) {
	type ops struct {
		name string
		do   func() error
	}
	for _, kind := range growthKinds {
		b.Run(kind.name, func(b *testing.B) {
			type line struct{ nodes, times, bytes []float64 }
			lines := make(map[string]*line)
			for n := 100; n <= growthNodes(); n *= 10 {
				v := any(list(n, kind.item))
				data, err := pickle.Marshal(v)
				if err != nil {
					b.Fatal(err)
				}
				var same any // made by loading, as v is for dumping and so on
				for _, op := range []ops{
					{"load", func() error { var v any; return pickle.Unmarshal(data, &v) }},
					{"typed", func() error { return pickle.Unmarshal(data, reflect.New(kind.typ).Interface()) }},
					{"dump", func() error { _, err := pickle.Marshal(v); return err }},
					{"repr", func() error { return py.ReprOptions{}.Write(io.Discard, v) }},
					{"equal", func() error {
						if !py.Equal(v, same) {
							return fmt.Errorf("not equal")
						}
						return nil
					}},
				} {
					if op.name == "equal" {
						if err := pickle.Unmarshal(data, &same); err != nil {
							b.Fatal(err)
						}
					}
					b.Run(fmt.Sprintf("%s/%d", op.name, n), func(b *testing.B) {
						best, least := math.Inf(1), math.Inf(1)
						var before, after runtime.MemStats
						for b.Loop() {
							runtime.ReadMemStats(&before)
							start := processTime()
							if err := op.do(); err != nil {
								b.Fatal(err)
							}
							best = min(best, max(float64(processTime()-start), 1))
							runtime.ReadMemStats(&after)
							least = min(least, float64(after.TotalAlloc-before.TotalAlloc))
						}
						b.ReportMetric(0, "ns/op")
						b.ReportMetric(best/float64(n), "ns/node")
						b.ReportMetric(least/float64(n), "B/node")
						if n < growthFrom {
							return
						}
						l := lines[op.name]
						if l == nil {
							l = new(line)
							lines[op.name] = l
						}
						l.nodes = append(l.nodes, math.Log(float64(n)))
						l.times = append(l.times, math.Log(best))
						l.bytes = append(l.bytes, math.Log(max(least, 1)))
						b.ReportMetric(slope(l.nodes, l.times), "slope")
						b.ReportMetric(slope(l.nodes, l.bytes), "B-slope")
					})
				}
			}
		})
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
