package pyjson_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/charset"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

// A sample is a pickle of a corpus with the options to load and dump it.
type sample struct {
	name string
	data []byte
	dec  pickle.DecodeOptions
	enc  pickle.EncodeOptions
}

// corpusFolder gives the folder of a corpus, or skips the test.
func corpusFolder(t *testing.T, env, standard string) string {
	dir := os.Getenv(env)
	if dir == "" {
		dir = standard
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no corpus at %s (set %s to the folder that has it)", dir, env)
	}
	return dir
}

// through takes v through JSON and back.
func through(v any, o pyjson.Options) (any, []byte, error) {
	text, err := o.Marshal(v)
	if err != nil {
		return nil, nil, err
	}
	if !utf8.Valid(text) || !json.Valid(text) {
		return nil, text, fmt.Errorf("not valid JSON: %s", text)
	}
	back, err := pyjson.Unmarshal(text)
	return back, text, err
}

// check loads the sample and compares what is dumped with and without JSON in between. It
// reports whether the sample can be dumped at all, and whether the same bytes came out.
func (s *sample) check(t *testing.T, protocols ...int) (dumped, exact bool) {
	var v any
	if err := s.dec.Unmarshal(s.data, &v); err != nil {
		return false, false
	}
	back, text, err := through(v, pyjson.Options{})
	if err != nil {
		t.Errorf("%s: %v", s.name, err)
		return false, false
	}
	again, err := pyjson.Marshal(back)
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("%s: written again it differs (%v):\n%.2000s\n%.2000s", s.name, err, text, again)
	}
	for _, n := range protocols {
		enc := s.enc
		enc.Protocol, _ = pickle.ProtocolNumber(n)
		want, err := enc.Marshal(v)
		if err != nil {
			continue
		}
		dumped, exact = true, exact || bytes.Equal(want, s.data)
		got, err := enc.Marshal(back)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: protocol %d: %v\n got %q\nwant %q\ntext %.2000s", s.name, n, err, cut(got), cut(want), text)
		}
	}
	return dumped, exact
}

func cut(b []byte) []byte { return b[:min(len(b), 600)] }

type cpythonRow struct {
	ID         string
	Data       []byte
	Encoding   string
	Errors     string
	FixImports *bool `json:"fix_imports"`
	Persistent bool
	Extensions [][3]any
	Buffers    []struct {
		ReadOnly bool
		Data     []byte
	}
	Protocol *int
	Exact    bool
}

func (r *cpythonRow) sample() *sample {
	s := &sample{name: r.ID, data: r.Data}
	fix := r.FixImports != nil && !*r.FixImports
	s.dec = pickle.DecodeOptions{Registry: py.NewRegistry(), NoFixImports: fix, Encoding: r.Encoding, Errors: r.Errors, Charset: charset.Lookup}
	s.enc = pickle.EncodeOptions{NoFixImports: fix}
	if r.Persistent {
		s.dec.PersistentLoad = pickle.KeepPersistent
	}
	if r.Buffers != nil {
		s.dec.Buffers = make([]py.Buffer, len(r.Buffers))
		for i, b := range r.Buffers {
			s.dec.Buffers[i] = py.Buffer{Data: b.Data, ReadOnly: b.ReadOnly, Index: i}
		}
		s.enc.BufferCallback = func(*py.Buffer) bool { return true }
	}
	s.dec.Extension = func(code int) (py.Global, bool) {
		for _, x := range r.Extensions {
			if int(x[2].(float64)) == code {
				return py.Global{Module: x[0].(string), Name: x[1].(string)}, true
			}
		}
		return py.Global{}, false
	}
	s.enc.Extension = func(g py.Global) (int, bool) {
		for _, x := range r.Extensions {
			if x[0] == g.Module && x[1] == g.Name {
				return int(x[2].(float64)), true
			}
		}
		return 0, false
	}
	return s
}

// TestCorpusCPython takes what CPython's own tests pickle through JSON.
func TestCorpusCPython(t *testing.T) {
	dir := corpusFolder(t, "PICKLE_CORPUS_CPYTHON", "../../shared/corpus/cpython")
	files, _ := filepath.Glob(filepath.Join(dir, "*.jsonl.gz"))
	if len(files) == 0 {
		t.Fatalf("no *.jsonl.gz in %s", dir)
	}
	exact, other := 0, 0
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReaderSize(z, 1<<20)
		for {
			line, err := lines.ReadBytes('\n')
			if len(line) == 0 {
				break
			}
			var row cpythonRow
			if err := json.Unmarshal(line, &row); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			row.ID = filepath.Base(name) + " " + row.ID
			if row.Exact {
				s := row.sample()
				if _, ok := s.check(t, *row.Protocol); ok {
					exact++
				} else {
					t.Errorf("%s: not exact even without JSON", row.ID)
				}
			} else if ok, _ := row.sample().check(t, 0, 1, 2, 3, 4, 5); ok {
				other++
			}
			if err != nil {
				break
			}
		}
		f.Close()
	}
	t.Logf("%d pickles to the byte, %d others as without JSON", exact, other)
	if exact == 0 {
		t.Error("no exact rows")
	}
}

// TestCorpusEcosystem takes the pickles of Python's libraries through JSON.
func TestCorpusEcosystem(t *testing.T) {
	dir := corpusFolder(t, "PICKLE_CORPUS_ECOSYSTEM", "../../shared/corpus/ecosystem")
	manifest, err := os.ReadFile(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	n, exact := 0, 0
	for line := range strings.Lines(string(manifest)) {
		var row struct {
			Path, Kind string
			Protocol   int
			Buffers    []string
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if row.Kind != "pickle" && row.Kind != "pickle-oob" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, row.Path))
		if err != nil {
			t.Fatal(err)
		}
		s := &sample{name: row.Path, data: data, dec: pickle.DecodeOptions{
			Registry:       py.NewRegistry(),
			PersistentLoad: pickle.KeepPersistent, Charset: charset.Lookup, Encoding: "latin-1",
		}}
		// Any code will do: each stands for a name of its own.
		s.dec.Extension = func(code int) (py.Global, bool) {
			return py.Global{Module: "extension", Name: strconv.Itoa(code)}, true
		}
		s.enc.Extension = func(g py.Global) (int, bool) {
			code, err := strconv.Atoi(g.Name)
			return code, err == nil && g.Module == "extension"
		}
		for i, h := range row.Buffers {
			b, err := hex.DecodeString(h)
			if err != nil {
				t.Fatal(err)
			}
			s.dec.Buffers = append(s.dec.Buffers, py.Buffer{Data: b, Index: i})
			s.enc.BufferCallback = func(*py.Buffer) bool { return true }
		}
		n++
		ok, same := s.check(t, row.Protocol)
		if !ok {
			t.Errorf("%s: can't be loaded and dumped", row.Path)
		}
		if same {
			exact++
		}
	}
	t.Logf("%d of %d pickles are exact without JSON", exact, n)
	if n == 0 {
		t.Error("no pickles in the manifest")
	}
}
