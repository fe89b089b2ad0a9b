package expected_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/internal/expected"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// TestCheck compares what the corpus's pickles load as with their descriptions.
func TestCheck(t *testing.T) {
	files, err := corpus.Files(corpus.Folder(t, "PICKLE_CORPUS_ECOSYSTEM", "ecosystem"))
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i := range files {
		f := &files[i]
		section, _, _ := strings.Cut(f.Case, "/")
		if f.Kind != "pickle" || section != "stdlib" && section != "py2" && section != "services" {
			continue
		}
		data, err := f.Data()
		if err != nil {
			t.Fatal(err)
		}
		want, err := f.Description()
		if err != nil {
			t.Fatal(err)
		}
		o := pickle.DecodeOptions{Registry: stdlib.Registry(), PersistentLoad: pickle.KeepPersistent}
		if strings.HasPrefix(f.Env, "py27") {
			o.Encoding = "latin-1"
		}
		o.Extension = func(code int) (py.Global, bool) {
			module, name, ok := strings.Cut(f.Extension[strconv.Itoa(code)], ".")
			return py.Global{Module: module, Name: name}, ok
		}
		var v any
		if err := o.Unmarshal(data, &v); err != nil {
			t.Errorf("%s: %v", f.Path, err)
			continue
		}
		if err := expected.Check(v, want, f.Protocol); err != nil {
			t.Errorf("%s: %v", f.Path, err)
			continue
		}
		right++
	}
	t.Logf("%d files are right", right)
}
