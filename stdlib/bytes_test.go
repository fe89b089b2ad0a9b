package stdlib_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// styleOf is the style of a Python version's pickler.
func styleOf(minor int) pickle.Style {
	switch {
	case minor < 10:
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

// again loads data and dumps it in the same protocol.
func again(data []byte, decode pickle.DecodeOptions, protocol int, style pickle.Style) (any, []byte, error) {
	decode.Registry = stdlib.Registry()
	var v any
	if err := decode.Unmarshal(data, &v); err != nil {
		return nil, nil, err
	}
	p, _ := pickle.ProtocolNumber(protocol)
	out, err := pickle.EncodeOptions{Protocol: p, Style: style, Registry: stdlib.Registry()}.Marshal(v)
	return v, out, err
}

// TestCorpusBytes writes again to the byte what the C picklers of Python 3.8 and later wrote,
// from the Go values that it was loaded as.
func TestCorpusBytes(t *testing.T) {
	files, err := corpus.Files(corpus.Folder(t, "PICKLE_CORPUS_ECOSYSTEM", "ecosystem"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range files {
		f := &files[i]
		if f.Kind != "pickle" || strings.HasPrefix(f.Case, "dill/") || slices.Contains([]string{"py27", "py27c", "py36"}, f.Env) {
			continue
		}
		data, err := f.Data()
		if err != nil {
			t.Fatal(err)
		}
		codes := make(map[py.Global]int)
		decode := pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent, Registry: stdlib.Registry()}
		decode.Extension = func(code int) (py.Global, bool) {
			module, name, ok := strings.Cut(f.Extension[strconv.Itoa(code)], ".")
			g := py.Global{Module: module, Name: name}
			codes[g] = code
			return g, ok
		}
		var v any
		if err := decode.Unmarshal(data, &v); err != nil {
			t.Errorf("%s: %v", f.Path, err)
			continue
		}
		p, _ := pickle.ProtocolNumber(f.Protocol)
		var minor int
		if _, err := fmt.Sscanf(f.Python, "3.%d", &minor); err != nil {
			t.Fatalf("%s: Python %s", f.Path, f.Python)
		}
		encode := pickle.EncodeOptions{Protocol: p, Style: styleOf(minor), Registry: stdlib.Registry(),
			Extension: func(g py.Global) (int, bool) { c, ok := codes[g]; return c, ok }}
		got, err := encode.Marshal(v)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %v: %s", f.Path, err, difference(got, data))
			continue
		}
		n++
	}
	t.Logf("%d pickles come back to the byte", n)
}

func difference(got, want []byte) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	around := func(b []byte) []byte { return b[max(0, min(i-24, len(b))):min(len(b), i+24)] }
	return fmt.Sprintf("at byte %d of %d: got %q, want %q", i, len(want), around(got), around(want))
}

// inert counts the Objects in v of classes that names has.
func inert(v any, names map[string]bool) (found []string) {
	seen := map[any]bool{}
	var walk func(v any)
	walk = func(v any) {
		if v == nil || reflect.TypeOf(v).Kind() == reflect.Pointer && seen[v] {
			return
		}
		if reflect.TypeOf(v).Kind() == reflect.Pointer {
			seen[v] = true
		}
		switch v := v.(type) {
		case *py.List:
			for _, x := range v.Items {
				walk(x)
			}
		case py.Tuple:
			for _, x := range v {
				walk(x)
			}
		case *py.Dict:
			for k, x := range v.All() {
				walk(k)
				walk(x)
			}
		case *py.Object:
			if names == nil || names[v.ClassName()] {
				found = append(found, py.Repr(v))
			}
			walk(v.Args)
			for _, op := range v.Ops {
				for _, x := range op.Items {
					walk(x)
				}
			}
		}
	}
	walk(v)
	return found
}
