package pickle_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/internal/describe"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/pickletools"
	"github.com/go-pickle/pickle/py"
)

// addSeeds adds small pickles of the selection.
func addSeeds(f *testing.F) {
	f.Helper()
	n := 0
	for e, err := range corpus.Entries[corpus.Entry](filepath.Join("testdata", "cpython.jsonl.gz")) {
		if err != nil {
			f.Fatal(err)
		}
		if n++; len(e.Data) <= 150 && n%5 == 0 {
			f.Add(e.Data)
		}
	}
}

// fuzzDecode are options under which all that can be loaded is, as the pickle says it.
var fuzzDecode = pickle.DecodeOptions{
	Registry:       py.NewRegistry(),
	Encoding:       "latin-1",
	PersistentLoad: pickle.KeepPersistent,
	Buffers:        []py.Buffer{{Data: []byte("one")}, {Data: []byte("two"), ReadOnly: true}},
	Extension:      func(code int) (py.Global, bool) { return py.Global{Module: "ext", Name: "x"}, code < 1000 },
}

// FuzzRoundTrip dumps what loads in every protocol: it loads again, as the same value, and
// is dumped as the same bytes.
func FuzzRoundTrip(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		if err := fuzzDecode.Unmarshal(data, &v); err != nil {
			return
		}
		checkRoundTrip(t, v)
	})
}

func checkRoundTrip(t *testing.T, v any) {
	t.Helper()
	// CPython's tables of names do not lead back: __builtin__.range is builtins.range, and
	// that is __builtin__.xrange.
	decode := fuzzDecode
	decode.NoFixImports = true
	// From Python 3.13 on a call of getattr and a dotted name are the same bytes in the
	// protocols below 4: what was the one is dumped as the other. NEWOBJ_EX is written with
	// a getattr there, and a name of more than 32 parts is loaded as the calls.
	description := describe.Value(v)
	getattr := bytes.Contains(description, []byte(`"getattr"`)) || bytes.Contains(description, []byte(`newobj_ex`)) ||
		bytes.Count(description, []byte(".")) > 32
	for _, p := range protocols() {
		for _, style := range []pickle.Style{pickle.Python311, pickle.Python315} {
			if style == pickle.Python315 && p.Number() < 4 && getattr {
				continue
			}
			o := pickle.EncodeOptions{Protocol: p, Style: style, NoFixImports: true}
			one, err := o.Marshal(v)
			var ee *pickle.EncodeError
			if errors.As(err, &ee) {
				continue // the protocol can't hold it
			} else if err != nil {
				t.Fatal(err)
			}
			var w any
			if err := decode.Unmarshal(one, &w); err != nil {
				if bytes.Contains(describe.Value(v), []byte(`["buf",`)) {
					return // as a key it is a bytearray now, which is none
				}
				t.Fatalf("protocol %d, style %d: %q does not load: %v", p.Number(), style, one, err)
			}
			two, err := o.Marshal(w)
			if err != nil {
				t.Fatalf("protocol %d, style %d: %q can't be dumped again: %v", p.Number(), style, one, err)
			}
			if !bytes.Equal(one, two) {
				t.Fatalf("protocol %d, style %d:\n%q is dumped again as\n%q", p.Number(), style, one, two)
			}
			if p != pickle.Protocol5 {
				continue // how objects are made is another thing there
			}
			if a, b := describe.Value(v), describe.Value(w); !bytes.Equal(a, b) && !otherAgain(a) {
				t.Fatalf("style %d: %s is back as\n%s", style, a, b)
			}
		}
	}
}

// otherAgain reports whether a value is dumped as another one: a buffer as its bytes, and a
// call of copyreg.__newobj__ as the opcode that it stands for.
func otherAgain(description []byte) bool {
	return bytes.Contains(description, []byte(`["buf",`)) || bytes.Contains(description, []byte(`__newobj`))
}

// FuzzVerdict compares what loads, and with which kind of error it does not, with CPython.
func FuzzVerdict(f *testing.F) {
	addSeeds(f)
	w := pytest.Require(f, 3, 11).Start(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 2000 {
			return // CPython's C stack
		}
		var answers [][2]string
		if err := w.Ask("verdict", map[string]any{"items": [][]byte{data}}, &answers); err != nil {
			t.Fatal(err)
		}
		var v any
		// Calls stay calls: CPython is asked with stubs for bytearray and set, too.
		err := pickle.DecodeOptions{KeepCalls: true}.Unmarshal(data, &v)
		got := "ok"
		var ge *graph.Error
		if errors.As(err, &ge) {
			got = string(ge.Kind)
		} else if err != nil {
			t.Fatal(err)
		}
		want := answers[0]
		if want[0] != got && !slices.Contains([]string{"?", "RecursionError", "MemoryError"}, want[0]) {
			t.Errorf("%q: %s (%v), but CPython says %s", data, got, err, want)
		}
	})
}

// FuzzOptimize has an optimized pickle load as the same value.
func FuzzOptimize(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		checkOptimize(t, data)
	})
}

func checkOptimize(t *testing.T, data []byte) {
	t.Helper()
	o := fuzzDecode
	o.KeepCalls = true
	var v, w any
	if err := o.Unmarshal(data, &v); err != nil {
		return
	}
	if _, err := pickletools.Disassemble(new(bytes.Buffer), data, pickletools.DisassembleOptions{}); err != nil {
		return // Python's optimizer does not see what the unpickler does
	}
	small, err := pickletools.Optimize(data)
	if err != nil {
		return
	}
	if err := o.Unmarshal(small, &w); err != nil {
		t.Fatalf("%q, which is %q optimized: %v", small, data, err)
	}
	if a, b := describe.Value(v), describe.Value(w); !bytes.Equal(a, b) {
		t.Fatalf("%q is\n%s, and optimized, %q,\n%s", data, a, small, b)
	}
}

// FuzzValues looks at values of any form: to print, hash and convert them does not panic.
func FuzzValues(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		if err := fuzzDecode.Unmarshal(data, &v); err == nil {
			py.Repr(v)
			py.Hash(v)
			py.Plain(v)
		}
	})
}

// FuzzStream reads pickles one after another from readers of several kinds: they are those
// that UnmarshalPrefix finds one by one, to the first that is none.
func FuzzStream(f *testing.F) {
	addSeeds(f)
	f.Add([]byte("K\x01.K\x02.\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00N."))
	f.Fuzz(func(t *testing.T, data []byte) {
		var want [][]byte
		var wantErr error
		for rest := data; len(rest) > 0; {
			var v any
			n, err := fuzzDecode.UnmarshalPrefix(rest, &v)
			if err != nil {
				wantErr = err
				break
			}
			want = append(want, describe.Value(v))
			rest = rest[n:]
		}
		for name, r := range map[string]io.Reader{"plain": plain(data), "memory": bytes.NewReader(data), "bufio": bufio.NewReaderSize(plain(data), 16)} {
			n := 0
			var failed error
			for v, err := range pickle.AllWith[any](r, fuzzDecode) {
				if err != nil {
					failed = err
					break
				}
				if n >= len(want) || !bytes.Equal(describe.Value(v), want[n]) {
					t.Fatalf("%s: %q: pickle %d is another", name, data, n)
				}
				n++
			}
			// A frame that goes past its STOP takes what follows with it, if nothing can
			// be given back.
			if lost := name == "plain" && bytes.IndexByte(data, byte(opcode.Frame)) >= 0; lost {
				continue
			}
			if n != len(want) || (failed == nil) != (wantErr == nil) {
				t.Fatalf("%s: %q: %d pickles and %v, not %d and %v", name, data, n, failed, len(want), wantErr)
			}
		}
	})
}
