package pickletools_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// A recorded is an entry of the recorded corpus: a pickle and what CPython's unpickler
// says to it.
type recorded struct {
	ID   string   `json:"id"`
	Data []byte   `json:"data"`
	Raw  []string `json:"raw"`
}

// corpus calls f for each entry of the corpus, which stands outside of the repository.
func corpus(t *testing.T, f func(name string, e recorded)) {
	t.Helper()
	folder := os.Getenv("PICKLE_CORPUS_CPYTHON")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "corpus", "cpython")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("no recorded corpus in %s; PICKLE_CORPUS_CPYTHON names its folder", folder)
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		z, err := gzip.NewReader(file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		lines := bufio.NewReader(z)
		for n := 0; ; n++ {
			line, err := lines.ReadBytes('\n')
			if len(line) == 0 && err != nil {
				if n == 0 {
					t.Errorf("%s: no entries: %v", name, err)
				}
				break
			}
			var e recorded
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatalf("%s, line %d: %v", name, n+1, err)
			}
			f(filepath.Base(name)+":"+e.ID, e)
		}
	}
}

// TestCorpus puts the corpus before Python and this package: those pickles that load
// and those that do not, whose errors must be the same ones.
func TestCorpus(t *testing.T) {
	j := newJudge(t)
	var all, bad, refused int
	corpus(t, func(name string, e recorded) {
		qs := []question{
			{Call: "dis", Data: e.Data},
			{Call: "optimize", Data: e.Data},
			{Call: "genops", Data: e.Data},
			{Call: "dis", Data: e.Data, Annotate: 1},
		}
		if testing.Short() {
			qs = qs[:2]
		}
		for i, want := range j.ask(t, qs...) {
			all++
			if want.Kind != "" {
				refused++
			}
			if bad < 20 && !compare(t, name, qs[i], ask(qs[i]), want) {
				bad++
			}
		}
	})
	t.Logf("%d comparisons with Python %s, %d of them errors", all, j.version, refused)
}
