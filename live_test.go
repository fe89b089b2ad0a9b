package pickle_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/describe"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/py"
)

func protocol(t testing.TB, n int) pickle.Protocol {
	t.Helper()
	p, ok := pickle.ProtocolNumber(n)
	if !ok {
		t.Fatalf("no protocol %d", n)
	}
	return p
}

// styleOf is the style of a Python 3's pickler.
func styleOf(minor int) pickle.Style {
	switch {
	case minor <= 9:
		return pickle.Python38
	case minor == 10:
		return pickle.Python310
	case minor == 11:
		return pickle.Python311
	case minor == 12:
		return pickle.Python312
	case minor == 13:
		return pickle.Python313
	case minor == 14:
		return pickle.Python314
	}
	return pickle.Python315
}

type liveItem struct {
	I     int    `json:"i"`
	P     int    `json:"p"`
	Data  []byte `json:"data"`
	Error string `json:"error,omitempty"`
}

// TestLiveFromPython has each Python that is installed make values, loads them in Go from
// every protocol, dumps them in the same protocol and in another, and has the Python
// compare what it loads from that with what it made.
func TestLiveFromPython(t *testing.T) {
	for _, python := range pytest.Installed(t) {
		t.Run(python.String(), func(t *testing.T) {
			t.Parallel()
			w := python.Start(t)
			var made, back []liveItem
			if err := w.Ask("make", map[string]any{"seed": 7, "count": 80}, &made); err != nil {
				t.Fatal(err)
			}
			o := pickle.DecodeOptions{}
			if python.Major == 2 {
				o.Encoding = "bytes" // str stays str, and unicode unicode
			}
			var exact, all int
			for n, item := range made {
				if item.Error != "" {
					if !pythonCannot(item.Error) {
						t.Errorf("value %d in protocol %d: Python can't dump it: %s", item.I, item.P, item.Error)
					}
					continue
				}
				var v any
				if err := o.Unmarshal(item.Data, &v); err != nil {
					t.Errorf("value %d in protocol %d: %v", item.I, item.P, err)
					continue
				}
				for _, p := range []int{item.P, (n * 5) % (python.Highest + 1)} {
					e := pickle.EncodeOptions{Protocol: protocol(t, p), Style: styleOf(python.Minor)}
					data, err := e.Marshal(v)
					if err != nil {
						t.Errorf("value %d in protocol %d dumped in %d: %v", item.I, item.P, p, err)
						continue
					}
					back = append(back, liveItem{I: item.I, P: min(item.P, p), Data: data})
					if p == item.P && python.AtLeast(3, 8) {
						all++
						if err := sameBytes(data, item.Data); err != nil {
							t.Errorf("value %d in protocol %d: %v", item.I, item.P, err)
						} else {
							exact++
						}
					}
				}
			}
			compareInPython(t, w, back)
			t.Logf("%d pickles of Python %s, %d of them back and equal, %d of %d to the byte", len(made), python, len(back), exact, all)
		})
	}
}

// pythonCannot knows the errors of Python's own pickler for values that the worker makes.
func pythonCannot(message string) bool {
	return strings.Contains(message, "__slots__") || strings.Contains(message, "recursion")
}

func compareInPython(t *testing.T, w *pytest.Worker, back []liveItem) {
	t.Helper()
	var differences []string
	if err := w.Ask("same", map[string]any{"items": back}, &differences); err != nil {
		t.Fatal(err)
	}
	for i, d := range differences {
		if d != "" {
			t.Errorf("value %d, loaded from protocol %d, is back otherwise: %s", back[i].I, back[i].P, d)
		}
	}
}

// TestLiveFromGo makes values in Go, dumps them in every protocol, has each Python load and
// dump them in that and in another, and compares what Go loads from that.
func TestLiveFromGo(t *testing.T) {
	for _, python := range pytest.Installed(t) {
		t.Run(python.String(), func(t *testing.T) {
			t.Parallel()
			w := python.Start(t)
			o := pickle.DecodeOptions{}
			if python.Major == 2 {
				o.Encoding = "bytes"
			}
			var sent []liveItem
			var values []any
			for i := range 80 {
				g := newGen(uint64(i))
				g.noSet, g.noObj, g.python2 = i%2 == 0, i%3 == 0, python.Major == 2
				v := g.value(4)
				for p := range python.Highest + 1 {
					if p < 2 && !g.noObj {
						continue // Python writes instances in another way there
					}
					data, err := pickle.EncodeOptions{Protocol: protocol(t, p)}.Marshal(v)
					if err != nil {
						t.Errorf("value %d in protocol %d: %v", i, p, err)
						continue
					}
					sent = append(sent, liveItem{I: i, P: p, Data: data})
					values = append(values, v)
				}
			}
			var back []liveItem
			if err := w.Ask("pass", map[string]any{"items": sent}, &back); err != nil {
				t.Fatal(err)
			}
			for n, item := range back {
				was, want := sent[n], values[n]
				if item.Error != "" {
					if !pythonCannot(item.Error) {
						t.Errorf("value %d in protocol %d: %s", was.I, was.P, item.Error)
					}
					continue
				}
				var v any
				if err := o.Unmarshal(item.Data, &v); err != nil {
					t.Errorf("value %d in protocol %d came back as what does not load: %v", was.I, was.P, err)
					continue
				}
				if err := sameValue(v, want, was.I%2 == 0 && python.AtLeast(3, 7), was.P > 0); err != nil {
					t.Errorf("value %d in protocol %d: %v", was.I, was.P, err)
				}
			}
			t.Logf("%d pickles to Python %s and back", len(sent), python)
		})
	}
}

// sameValue compares by Equal and, if exactly, also by description, which sees types,
// order, and what is shared. Text has no payloads of NaNs: nothing is compared then.
func sameValue(got, want any, exactly, payloads bool) error {
	if exactly && (payloads || !hasNaN(want)) {
		if a, b := describe.Value(got), describe.Value(want); string(a) != string(b) {
			return fmt.Errorf("got\n%.500s, not\n%.500s", a, b)
		}
	}
	if !hasNaN(want) && !py.Equal(got, want) {
		return fmt.Errorf("got %.500s, not %.500s", py.Repr(got), py.Repr(want))
	}
	return nil
}

// hasNaN reports whether v's description has a NaN, which equals nothing.
func hasNaN(v any) bool {
	s := py.Repr(v)
	return strings.Contains(s, "nan")
}

// TestLiveBatches compares the batches of containers with those of the C pickler and, for
// the style of Python 3.15, with the pickler in Python: CPython made the C pickler write
// what that one does (gh-135573).
func TestLiveBatches(t *testing.T) {
	for _, python := range pytest.Installed(t) {
		if !python.AtLeast(3, 8) {
			continue
		}
		t.Run(python.String(), func(t *testing.T) {
			t.Parallel()
			var rows []struct {
				Kind      string
				N, P      int
				C, Python []byte
			}
			sizes := []int{0, 1, 2, 999, 1000, 1001, 1002, 1999, 2000, 2001}
			if err := python.Start(t).Ask("batches", map[string]any{"sizes": sizes}, &rows); err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				for style, want := range map[pickle.Style][]byte{styleOf(python.Minor): row.C, pickle.Python315: row.Python} {
					var v any
					if err := pickle.Unmarshal(want, &v); err != nil {
						t.Fatal(err)
					}
					got, err := pickle.EncodeOptions{Protocol: protocol(t, row.P), Style: style}.Marshal(v)
					if err = errors.Join(err, sameBytes(got, want)); err != nil {
						t.Errorf("%s of %d items in protocol %d, style %d: %v", row.Kind, row.N, row.P, style, err)
					}
				}
			}
		})
	}
}
