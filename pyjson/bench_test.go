package pyjson_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

// records are rows as programs have them: dicts of the same keys.
func records(n int) any {
	l := py.NewList()
	for i := range n {
		l.Append(py.NewDict("id", int64(i), "name", fmt.Sprintf("person %d", i), "score", float64(i)/7,
			"tags", py.NewList("a", "b"), "active", i%2 == 0))
	}
	return l
}

func BenchmarkMarshal(b *testing.B) {
	v := records(1000)
	for name, o := range map[string]pyjson.Options{"typed": {}, "plain": {Plain: true}} {
		b.Run(name, func(b *testing.B) {
			var buf []byte
			for b.Loop() {
				buf, _ = o.Append(buf[:0], v)
			}
			b.SetBytes(int64(len(buf)))
			b.ReportAllocs()
		})
	}
	b.Run("encoding/json", func(b *testing.B) {
		x, err := py.Plain(v)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for b.Loop() {
			out, _ := json.Marshal(x)
			n = len(out)
		}
		b.SetBytes(int64(n))
		b.ReportAllocs()
	})
}

func BenchmarkUnmarshal(b *testing.B) {
	text, err := pyjson.Marshal(records(1000))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("typed", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := pyjson.Unmarshal(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			var v any
			if err := json.Unmarshal(text, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDeep(b *testing.B) {
	text := []byte(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000))
	for b.Loop() {
		v, err := pyjson.Unmarshal(text)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := pyjson.Marshal(v); err != nil {
			b.Fatal(err)
		}
	}
}
