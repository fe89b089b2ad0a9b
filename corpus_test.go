package pickle_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/charset"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/internal/describe"
	"github.com/go-pickle/pickle/py"
)

// recorded is how many pickles the whole corpus of CPython's has.
const recorded = 23463

// TestCorpusCPython loads every pickle of the recorded corpus and compares verdict, kind
// of error, bytes used and value with what CPython recorded, and dumps what CPython's C
// pickler wrote again to the same bytes.
func TestCorpusCPython(t *testing.T) {
	dir := corpus.Folder(t, "PICKLE_CORPUS_CPYTHON", "cpython")
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s, %v", dir, err)
	}
	var total tally
	for _, file := range files {
		total.add(checkEntries(t, file))
	}
	t.Logf("%d of %d pickles as recorded, %d of them to the byte; %d of %d error messages are CPython's",
		total.good, total.all, total.exact, total.messages, total.refused)
	if total.good != total.all || total.all < recorded {
		t.Errorf("%d of %d pickles are as recorded; there should be %d", total.good, total.all, recorded)
	}
}

// TestSelectionCPython does the same with the selection that the repository has.
func TestSelectionCPython(t *testing.T) {
	total := checkEntries(t, filepath.Join("testdata", "cpython.jsonl.gz"))
	t.Logf("%d of %d pickles as recorded, %d of them to the byte", total.good, total.all, total.exact)
	if total.good != total.all || total.all < 1000 {
		t.Errorf("%d of %d pickles are as recorded", total.good, total.all)
	}
}

type tally struct {
	all, good, exact  int
	refused, messages int // refusals, and those with CPython's words
}

func (n *tally) add(o tally) {
	n.all += o.all
	n.good += o.good
	n.exact += o.exact
	n.refused += o.refused
	n.messages += o.messages
}

func checkEntries(t *testing.T, file string) tally {
	t.Helper()
	var n tally
	words := map[string]int{}
	for e, err := range corpus.Entries[corpus.Entry](file) {
		if err != nil {
			t.Fatal(err)
		}
		n.all++
		message, err := checkEntry(&e)
		if err != nil {
			if t.Errorf("%s %s (%s): %v", filepath.Base(file), e.ID, e.Test, err); n.all-n.good > 20 {
				t.Fatal("too many faults")
			}
			continue
		}
		n.good++
		if e.Exact {
			n.exact++
		}
		if e.Raw[0] != "ok" {
			n.refused++
			if sameWords(message, e.Raw[1]) {
				n.messages++
			} else {
				words[fmt.Sprintf("%.70q for %.70q", message, e.Raw[1])]++
			}
		}
	}
	if testing.Verbose() {
		for w, count := range words {
			t.Logf("other words, %d times: %s", count, w)
		}
	}
	return n
}

func sameWords(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

// decodeOptions are the options that e was recorded with.
func decodeOptions(e *corpus.Entry) pickle.DecodeOptions {
	o := pickle.DecodeOptions{
		NoFixImports: e.FixImports != nil && !*e.FixImports,
		Encoding:     e.Encoding,
		Errors:       e.Errors,
		Charset:      charset.Lookup,
		Registry:     py.NewRegistry(),
		Extension: func(code int) (py.Global, bool) {
			for _, x := range e.Extensions {
				if x.Code == code {
					return py.Global{Module: x.Module, Name: x.Name}, true
				}
			}
			return py.Global{}, false
		},
	}
	if e.Persistent {
		o.PersistentLoad = pickle.KeepPersistent
	}
	if e.Buffers != nil {
		o.Buffers = make([]py.Buffer, len(e.Buffers))
		for i, b := range e.Buffers {
			o.Buffers[i] = py.Buffer{Data: b.Data, ReadOnly: b.ReadOnly}
		}
	}
	return o
}

// encodeOptions are the options that dump e again.
func encodeOptions(e *corpus.Entry) pickle.EncodeOptions {
	p, _ := pickle.ProtocolNumber(e.Protocol)
	return pickle.EncodeOptions{
		Protocol:     p,
		NoFixImports: e.FixImports != nil && !*e.FixImports,
		Extension: func(g py.Global) (int, bool) {
			for _, x := range e.Extensions {
				if x.Module == g.Module && x.Name == g.Name {
					return x.Code, true
				}
			}
			return 0, false
		},
		BufferCallback: func(*py.Buffer) bool { return true },
	}
}

// checkEntry returns the message if e was refused, rightly, and an error if something is
// not as recorded.
func checkEntry(e *corpus.Entry) (message string, err error) {
	o := decodeOptions(e)
	o.KeepCalls = true
	var v any
	n, err := o.UnmarshalPrefix(e.Data, &v)
	if e.Raw[0] != "ok" {
		var ge *graph.Error
		switch {
		case err == nil:
			return "", fmt.Errorf("loaded, but CPython says %v", e.Raw)
		case !errors.As(err, &ge):
			return "", fmt.Errorf("%v is a %T", err, err)
		case string(ge.Kind) != e.Raw[0]:
			return "", fmt.Errorf("%v (%s), but CPython says %v", err, ge.Kind, e.Raw)
		}
		return ge.Message, nil
	}
	if err != nil {
		return "", err
	}
	if n != e.Consumed {
		return "", fmt.Errorf("took %d bytes, not %d", n, e.Consumed)
	}
	if got := describe.Value(v); !sameJSON(got, e.Desc) {
		return "", fmt.Errorf("loaded as\n%.1000s, not\n%.1000s", got, e.Desc)
	}
	if !e.Exact {
		return "", nil
	}
	var w any
	if err := decodeOptions(e).Unmarshal(e.Data, &w); err != nil {
		return "", err
	}
	got, err := encodeOptions(e).Marshal(w)
	if err != nil {
		return "", err
	}
	return "", sameBytes(got, e.Data)
}

// TestCheckEntry has recorded entries that were changed: each change is noticed.
func TestCheckEntry(t *testing.T) {
	for e, err := range corpus.Entries[corpus.Entry](filepath.Join("testdata", "cpython.jsonl.gz")) {
		if err != nil {
			t.Fatal(err)
		}
		if !e.Exact || e.Protocol < 2 || len(e.Data) < 40 {
			continue
		}
		for name, change := range map[string]func(e *corpus.Entry){
			"verdict":     func(e *corpus.Entry) { e.Raw = [2]string{"TypeError", ""} },
			"consumed":    func(e *corpus.Entry) { e.Consumed++ },
			"description": func(e *corpus.Entry) { e.Desc = json.RawMessage(`["t",[null]]`) },
			"bytes":       func(e *corpus.Entry) { e.Protocol = (e.Protocol + 1) % 6 },
			"data":        func(e *corpus.Entry) { e.Data = e.Data[:len(e.Data)-1] },
		} {
			f := e
			change(&f)
			if _, err := checkEntry(&f); err == nil {
				t.Errorf("%s: the changed %s is not noticed", e.ID, name)
			}
		}
		return
	}
	t.Error("no entry to change")
}

// sameJSON compares JSON texts by what they mean.
func sameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// sameBytes shows where two pickles begin to differ.
func sameBytes(got, want []byte) error {
	if bytes.Equal(got, want) {
		return nil
	}
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	from := max(0, at-20)
	return fmt.Errorf("other bytes from %d on: %q, not %q", at, got[from:min(len(got), at+40)], want[from:min(len(want), at+40)])
}
