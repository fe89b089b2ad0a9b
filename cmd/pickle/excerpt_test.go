package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/py"
)

// TestExcerpt holds that what is printed of an excerpt is what would be printed of the
// whole value, for the recorded pickles.
func TestExcerpt(t *testing.T) {
	dir := filepath.Join(corpus.Root(), "testdata")
	t.Run("cpython", func(t *testing.T) { compareEntries(t, filepath.Join(dir, "cpython.jsonl.gz"), 1) })
	t.Run("ecosystem", func(t *testing.T) {
		n := 0
		for f, err := range corpus.Entries[corpus.File](filepath.Join(dir, "ecosystem.jsonl.gz")) {
			if err != nil {
				t.Fatal(err)
			}
			n += compareExcerpts(t, f.Path, f.Bytes)
		}
		enough(t, n)
	})
	t.Run("cpython-all", func(t *testing.T) {
		dir := corpus.Folder(t, "PICKLE_CORPUS_CPYTHON", "cpython")
		files, err := filepath.Glob(filepath.Join(dir, "*.jsonl.gz"))
		if err != nil || testing.Short() {
			t.Skip("not in short mode", err)
		}
		for _, f := range files {
			compareEntries(t, f, 16)
		}
	})
	t.Run("ecosystem-all", func(t *testing.T) {
		files, err := corpus.Files(corpus.Folder(t, "PICKLE_CORPUS_ECOSYSTEM", "ecosystem"))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for i := range files {
			if data, err := files[i].Data(); err == nil && files[i].Kind == "pickle" && i%3 == 0 {
				n += compareExcerpts(t, files[i].Path, data)
			}
		}
		enough(t, n)
	})
}

// compareEntries compares each step-th entry of a file.
func compareEntries(t *testing.T, file string, step int) {
	t.Helper()
	n, i := 0, 0
	for e, err := range corpus.Entries[corpus.Entry](file) {
		if err != nil {
			t.Fatal(err)
		}
		if i++; i%step == 0 {
			n += compareExcerpts(t, e.ID, e.Data)
		}
	}
	enough(t, n)
}

func enough(t *testing.T, n int) {
	t.Helper()
	t.Logf("%d excerpts", n)
	if n < 500 {
		t.Errorf("only %d excerpts were compared", n)
	}
}

// compareExcerpts compares one pickle in all ways, and returns in how many.
func compareExcerpts(t *testing.T, name string, data []byte) int {
	t.Helper()
	return compareExcerpt(t, name, data, false) + compareExcerpt(t, name, data, true)
}

// compareExcerpt compares with limits of all kinds.
func compareExcerpt(t *testing.T, name string, data []byte, keepCalls bool) (n int) {
	t.Helper()
	dec := decodeOptions{encoding: "latin-1", fixImports: true, keepCalls: keepCalls}
	d := &document{data: data}
	whole, err := dec.load(d)
	if err != nil {
		return 0 // graph says the same
	}
	for _, limits := range []struct{ depth, items int }{{0, 0}, {1, 1}, {2, 3}, {3, 0}, {4, 2}, {0, 2}, {5, 40}, {6, 1}} {
		g, err := dec.graph().Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		e := newExcerpt(g, limits.items, limits.depth, keepCalls)
		e.registry = nil // the whole value has none
		v, err := e.build(g.Root())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		o := py.ReprOptions{Indent: " ", Width: 60, MaxDepth: limits.depth, MaxItems: limits.items, MaxString: 30, Labels: true}
		want := o.Format(whole)
		o.Omitted = e.omittedFrom
		got := o.Format(v)
		if strings.Contains(want, "buffer b") {
			continue // it is shown in another way
		}
		if got != want {
			t.Errorf("%s, depth %d, items %d, keep calls %v:\n%s\nof the whole value:\n%s", name, limits.depth, limits.items, keepCalls, clip(got, want), clip(want, got))
			return n
		}
		n++
	}
	return n
}

// clip is s around where it begins to differ from other.
func clip(s, other string) string {
	i := 0
	for i < len(s) && i < len(other) && s[i] == other[i] {
		i++
	}
	return s[max(0, i-300):min(len(s), i+200)]
}

// TestExcerptSmall holds that an excerpt does not build what is not printed.
func TestExcerptSmall(t *testing.T) {
	list := py.NewList()
	for i := range 100_000 {
		list.Append(py.NewList(int64(i), py.NewDict("key", py.Tuple{int64(i)})))
	}
	data, err := pickle.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	allocs := testing.AllocsPerRun(1, func() {
		if _, err := newExcerpt(g, 10, 5, false).build(g.Root()); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 1000 {
		t.Errorf("%v allocations for ten items", allocs)
	}
}
