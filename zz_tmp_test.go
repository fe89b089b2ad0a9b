package pickle_test

import (
	"path/filepath"
	"testing"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/corpus"
)

func TestZZ(t *testing.T) {
	files, _ := filepath.Glob("../shared/corpus/cpython/*.gz")
	n := 0
	for _, f := range files {
		for e, err := range corpus.Entries[corpus.Entry](f) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Raw[0] != "ok" || len(e.Data) > 2000 {
				continue
			}
			o := decodeOptions(&e)
			for i := range e.Consumed {
				var v any
				n++
				err := o.Unmarshal(e.Data[:i], &v)
				ge, ok := err.(*graph.Error)
				if !ok || ge.Kind != graph.EOFError && ge.Kind != graph.UnpicklingError || ge.Offset > int64(i) {
					t.Fatalf("%s: the first %d bytes of %q: %v, %v", e.ID, i, e.Data, v, err)
				}
			}
		}
	}
	t.Log(n)
}
