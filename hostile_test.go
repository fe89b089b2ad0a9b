package pickle_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/py"
)

// le is v as n bytes, the lowest first.
func le(v uint64, n int) string {
	return string(binary.LittleEndian.AppendUint64(nil, v)[:n])
}

// TestHostileReader claims what a reader never gives, and claims endless input.
func TestHostileReader(t *testing.T) {
	for _, claim := range []string{"\x8e" + le(1<<62, 8), "\x8d" + le(1<<62, 8), "\x96" + le(1<<62, 8), "\x95" + le(1<<62, 8),
		"B\xff\xff\xff\xff", "X\xff\xff\xff\xff", "T\xff\xff\xff\x7f", "\x8b\xff\xff\xff\x7f"} {
		for name, reader := range readers {
			if name == "file" || name == "os pipe" {
				continue
			}
			if _, err := pickle.Load[any](reader(t, []byte(claim+"abc"))); err == nil {
				t.Errorf("%q from %s loads", claim, name)
			}
		}
		var v any
		endless := io.MultiReader(strings.NewReader(claim), spaces{})
		if err := (pickle.DecodeOptions{MaxBytes: 1 << 20}).Load(endless, &v); err == nil || !strings.Contains(err.Error(), "MaxBytes") {
			t.Errorf("%q and endless input: %v", claim, err)
		}
	}
	for _, start := range []string{"I", "V", "S'", "cm", "(", "\x95\x00\x00\x00\x00\x00\x00\x00\x00"} {
		var v any
		var endless io.Reader = io.MultiReader(strings.NewReader(start), spaces{})
		if start == "(" {
			endless = again("(")
		}
		if err := (pickle.DecodeOptions{MaxBytes: 1 << 20}).Load(endless, &v); err == nil {
			t.Errorf("%q and endless input loads", start)
		}
	}
}

// spaces and again are endless.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte(" "), len(p))), nil }

type again string

func (a again) Read(p []byte) (int, error) { return copy(p, strings.Repeat(string(a), len(p))), nil }

// TestTruncated cuts recorded pickles off at every byte and loads what is left.
func TestTruncated(t *testing.T) {
	n := 0
	for e, err := range corpus.Entries[corpus.Entry](filepath.Join("testdata", "cpython.jsonl.gz")) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; e.Raw[0] != "ok" || len(e.Data) > 600 || n%4 != 0 {
			continue
		}
		o := decodeOptions(&e)
		for i := range e.Consumed {
			var v any
			err := o.Unmarshal(e.Data[:i], &v)
			ge, ok := err.(*graph.Error)
			if !ok || ge.Kind != graph.EOFError && ge.Kind != graph.UnpicklingError || ge.Offset > int64(i) {
				t.Fatalf("%s: the first %d bytes of %q: %v, %v", e.ID, i, e.Data, v, err)
			}
		}
	}
}

// TestRandomBytes loads noise, and pickles with a few bytes changed.
func TestRandomBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 64)
	try := func(data []byte) {
		var v any
		if err := (pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent}).Unmarshal(data, &v); err == nil {
			if out, err := pickle.Marshal(v); err == nil {
				var w any
				if err := (pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent}).Unmarshal(out, &w); err != nil {
					t.Errorf("%q loads, and is dumped as %q, which does not: %v", data, out, err)
				}
			}
			py.Repr(v)
		}
	}
	for range 100_000 {
		for i := range noise {
			noise[i] = byte(r.Uint32())
		}
		try(noise[:r.IntN(len(noise))])
	}
	for e, err := range corpus.Entries[corpus.Entry](filepath.Join("testdata", "cpython.jsonl.gz")) {
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Data) == 0 || len(e.Data) > 1000 {
			continue
		}
		for range 5 {
			data := bytes.Clone(e.Data)
			for range 1 + r.IntN(3) {
				data[r.IntN(len(data))] = byte(r.Uint32())
			}
			try(data)
		}
	}
}
