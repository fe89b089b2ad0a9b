package pickle_test

import (
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

// TestRealDataMeetsNoLimit has everything that is limited by default work on every file of
// the ecosystem corpus as if there were no limits.
func TestRealDataMeetsNoLimit(t *testing.T) {
	files, err := corpus.Files(corpus.Folder(t, "PICKLE_CORPUS_ECOSYSTEM", "ecosystem"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range files {
		f := &files[i]
		data, err := f.Data()
		if err != nil {
			t.Fatal(err)
		}
		pickles, err := unwrap(f, data)
		if err != nil {
			continue
		}
		o := pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent, KeepMemo: true, Encoding: "latin-1",
			Extension: func(code int) (py.Global, bool) { return py.Global{Module: "ext", Name: "x"}, true }}
		for i, b := range f.Buffers {
			data, err := hex.DecodeString(b)
			if err != nil {
				t.Fatal(err)
			}
			o.Buffers = append(o.Buffers, py.Buffer{Data: data, ReadOnly: f.ReadOnly[i]})
		}
		for _, p := range pickles {
			for v, err := range pickle.AllWith[any](strings.NewReader(string(p)), o) {
				if err != nil {
					t.Errorf("%s: %v", f.Path, err)
					break
				}
				n++
				if py.Repr(v) != (py.ReprOptions{MaxShared: -1}).Format(v) {
					t.Errorf("%s: Repr leaves something out", f.Path)
				}
				if _, err := py.Plain(v); errors.Is(err, py.ErrTooShared) || errors.Is(err, py.ErrTooDeep) {
					t.Errorf("%s: %v", f.Path, err)
				}
				if err := (pyjson.Options{}).Write(io.Discard, v); errors.Is(err, py.ErrTooShared) {
					t.Errorf("%s: %v", f.Path, err)
				}
				if _, err := pyjson.Plain(v); errors.Is(err, py.ErrTooShared) {
					t.Errorf("%s: %v", f.Path, err)
				}
				if _, err := pickle.Marshal(v); err != nil && strings.Contains(err.Error(), "64 MB") {
					t.Errorf("%s: %v", f.Path, err)
				}
			}
			for _, dst := range []any{new(map[string]any), new([]any), new(map[any]any), new([]map[string]any), new([][]float64), new(struct{ Name string })} {
				if err := o.Unmarshal(p, dst); errors.Is(err, pickle.ErrTooLarge) {
					t.Errorf("%s into %T: %v", f.Path, dst, err)
				}
			}
		}
	}
	if t.Logf("%d pickles", n); n < 1500 {
		t.Errorf("only %d pickles", n)
	}
}
