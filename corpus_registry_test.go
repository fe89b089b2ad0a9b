package pickle_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/corpus"
)

// TestCorpusRegistry loads CPython's pickles with the standard library's classes as Go values.
// All load, and all but a few are dumped again to the byte: of a class that CPython has in
// Python as well as in C, the strings that are one object are others.
func TestCorpusRegistry(t *testing.T) {
	dir := corpus.Folder(t, "PICKLE_CORPUS_CPYTHON", "cpython")
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl.gz"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	exact, all := 0, 0
	others := map[string]int{}
	for _, file := range files {
		for e, err := range corpus.Entries[corpus.Entry](file) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Raw[0] != "ok" {
				continue
			}
			o := decodeOptions(&e)
			o.Registry = nil
			var v any
			if err := o.Unmarshal(e.Data, &v); err != nil {
				t.Errorf("%s (%s): %v", e.ID, e.Test, err)
				continue
			}
			got, err := encodeOptions(&e).Marshal(v)
			if !e.Exact {
				continue
			}
			if err != nil {
				t.Errorf("%s (%s): %v", e.ID, e.Test, err)
				continue
			}
			all++
			if sameBytes(got, e.Data) == nil {
				exact++
				continue
			}
			test, _, _ := strings.Cut(e.Test, ".test_")
			others[test]++
			var back any
			if err := (pickle.DecodeOptions{Charset: o.Charset, Extension: o.Extension, PersistentLoad: o.PersistentLoad,
				Buffers: o.Buffers, NoFixImports: o.NoFixImports}).Unmarshal(got, &back); err != nil {
				t.Errorf("%s (%s): dumped, but %v", e.ID, e.Test, err)
			}
		}
	}
	if all == 13103 && exact < 13092 {
		t.Errorf("%d to the byte, not 13092", exact)
	}
	t.Logf("%d of %d to the byte; others: %v", exact, all, others)
}
