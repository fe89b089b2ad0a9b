package pickle_test

import (
	"bytes"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
	"github.com/go-pickle/pickle/stdlib"
)

// together runs f in several goroutines that begin at once.
func together(t *testing.T, f func(worker int) error) {
	t.Helper()
	start := make(chan struct{})
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			<-start
			for range 5 {
				if err := f(worker); err != nil {
					t.Error(err)
				}
			}
		})
	}
	close(start)
	wg.Wait()
}

// TestTogether shares all that is documented as safe to share, for the race detector.
func TestTogether(t *testing.T) {
	value := mixed()
	want := marshal(t, pickle.EncodeOptions{}, value)
	text := py.Repr(value)
	t.Run("load and dump", func(t *testing.T) {
		together(t, func(int) error {
			v, err := pickle.Load[any](bytes.NewReader(want))
			if err != nil {
				return err
			}
			out, err := pickle.Marshal(v)
			if err == nil {
				err = sameBytes(out, want)
			}
			return err
		})
	})
	t.Run("one value", func(t *testing.T) { // reading it changes nothing, not even a dict's table
		var v any
		if err := pickle.Unmarshal(want, &v); err != nil {
			t.Fatal(err)
		}
		together(t, func(int) error {
			out, err := pickle.Marshal(v)
			if err == nil {
				err = sameBytes(out, want)
			}
			if err == nil && (py.Repr(v) != text || !py.Equal(v, value)) {
				err = fmt.Errorf("it prints as %.100s", py.Repr(v))
			}
			if err == nil {
				_, err = pyjson.Marshal(v)
			}
			py.Hash(v)
			py.Plain(v)
			return err
		})
	})
	t.Run("dict", func(t *testing.T) {
		d := new(py.Dict)
		for i := range 1000 {
			if err := d.Set(py.Tuple{int64(i), "key"}, int64(i)); err != nil {
				t.Fatal(err)
			}
		}
		var loaded any // its table is not made before it is asked for
		if err := pickle.Unmarshal(marshal(t, pickle.EncodeOptions{}, d), &loaded); err != nil {
			t.Fatal(err)
		}
		together(t, func(worker int) error {
			for i := range 1000 {
				if v, ok := loaded.(*py.Dict).Get(py.Tuple{int64(i), "key"}); !ok || v != int64(i) {
					return fmt.Errorf("%d: %v, %v", i, v, ok)
				}
			}
			return nil
		})
	})
	t.Run("graph", func(t *testing.T) {
		g, err := graph.Parse(want)
		if err != nil {
			t.Fatal(err)
		}
		together(t, func(int) error {
			n := 0
			for node := range g.Nodes() {
				node.Payload()
				node.Str()
				node.Changed()
				for range node.Items() {
					n++
				}
			}
			for c := range g.Calls() {
				c.Args()
				c.Func().Global()
			}
			g.Root().Index(1).Get("a")
			if n == 0 {
				return fmt.Errorf("no items")
			}
			return nil
		})
	})
	t.Run("options and registry", func(t *testing.T) {
		registry := stdlib.Registry()
		in := pickle.DecodeOptions{Registry: registry, Extension: func(int) (py.Global, bool) { return py.Global{}, false }}
		out := pickle.EncodeOptions{Registry: registry, Protocol: pickle.Protocol2}
		together(t, func(worker int) error {
			more := registry.With(py.Entry{Names: []py.Global{{Module: "m", Name: fmt.Sprint("C", worker)}}, Value: py.Global{Module: "m", Name: "value"}})
			if more.Lookup(py.Global{Module: "m", Name: fmt.Sprint("C", worker)}) == nil {
				return fmt.Errorf("not registered")
			}
			registry.Lookup(py.Global{Module: "datetime", Name: "date"})
			data, err := out.Marshal(stdlib.Date{Year: 2024, Month: 2, Day: worker + 1})
			if err != nil {
				return err
			}
			var v any
			if err := in.Unmarshal(data, &v); err != nil {
				return err
			}
			if d, ok := v.(stdlib.Date); !ok || d.Day != worker+1 {
				return fmt.Errorf("%v", v)
			}
			var buf bytes.Buffer
			e := out.NewEncoder(&buf)
			for i := range 3 {
				if err := e.Encode(i); err != nil {
					return err
				}
			}
			n := 0
			for v, err := range pickle.AllWith[int](&buf, in) {
				if err != nil || v != n {
					return fmt.Errorf("%d: %v, %v", n, v, err)
				}
				n++
			}
			return nil
		})
	})
	// Types that nobody has loaded or dumped before: each has its plan made by several
	// goroutines at once, and they hold one another.
	t.Run("plans", func(t *testing.T) {
		for round := range 20 {
			inner := reflect.StructOf([]reflect.StructField{
				{Name: "A", Type: reflect.TypeFor[int](), Tag: reflect.StructTag(fmt.Sprintf(`pickle:"a%d"`, round))},
			})
			outer := reflect.StructOf([]reflect.StructField{
				{Name: "In", Type: reflect.PointerTo(inner), Tag: `pickle:"in"`},
				{Name: "All", Type: reflect.MapOf(reflect.TypeFor[string](), reflect.SliceOf(inner)), Tag: `pickle:"all"`},
			})
			data := marshal(t, pickle.EncodeOptions{}, py.NewDict("in", py.NewDict(fmt.Sprint("a", round), 5), "all", py.NewDict("k", py.NewList(py.NewDict(fmt.Sprint("a", round), 7)))))
			together(t, func(int) error {
				v := reflect.New(outer)
				if err := pickle.Unmarshal(data, v.Interface()); err != nil {
					return err
				}
				if got := v.Elem().Field(0).Elem().Field(0).Int(); got != 5 {
					return fmt.Errorf("loaded %d", got)
				}
				_, err := pickle.Marshal(v.Interface())
				return err
			})
		}
	})
}
