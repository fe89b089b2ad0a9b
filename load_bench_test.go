package pickle_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/pyjson"
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

// BenchmarkTogether loads and dumps small values in one goroutine and in several: what they
// share must not be what they wait for. Two goroutines on two processors take half the time.
func BenchmarkTogether(b *testing.B) {
	for _, shape := range []string{"tiny", "dicts"} {
		data := shapePickle(b, shape)
		typ := benchTypes[shape]
		var v any
		if err := pickle.Unmarshal(data, &v); err != nil {
			b.Fatal(err)
		}
		text, err := pyjson.Plain(v)
		if err != nil {
			b.Fatal(err)
		}
		for name, work := range map[string]func() func() error{
			"any": func() func() error {
				return func() error { var v any; return pickle.Unmarshal(data, &v) }
			},
			"typed": func() func() error {
				return func() error { return pickle.Unmarshal(data, reflect.New(typ).Interface()) }
			},
			"decoder": func() func() error {
				r := bytes.NewReader(nil)
				d := pickle.NewDecoder(r)
				return func() error { r.Reset(data); var v any; return d.Decode(&v) }
			},
			"dump": func() func() error {
				return func() error { _, err := pickle.Marshal(v); return err }
			},
			"encoder": func() func() error {
				e := pickle.NewEncoder(io.Discard)
				return func() error { return e.Encode(v) }
			},
			"json": func() func() error { // of encoding/json, to compare with
				return func() error { var v any; return json.Unmarshal(text, &v) }
			},
		} {
			for _, workers := range []int{1, 2, 4} {
				b.Run(fmt.Sprintf("%s/%s/%d", shape, name, workers), func(b *testing.B) { inParallel(b, workers, work) })
			}
		}
	}
}

// inParallel does work b.N times in all, in so many goroutines, each with its own.
func inParallel(b *testing.B, workers int, work func() func() error) {
	var wg sync.WaitGroup
	for i := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n := b.N / workers
			if i < b.N%workers {
				n++
			}
			do := work()
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
