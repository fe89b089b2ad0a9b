package stdlib_test

import (
	"bytes"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// FuzzValues loads any pickle with the registry: nothing panics, and what was loaded and
// dumped is what it was.
func FuzzValues(f *testing.F) {
	reg := stdlib.Registry()
	for _, g := range goValues {
		for p := pickle.Protocol0; p <= pickle.Protocol5; p++ {
			data, err := pickle.EncodeOptions{Registry: reg, Protocol: p}.Marshal(py.NewList(g.v, g.v))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	for _, s := range shapes {
		f.Add([]byte("\x80\x02" + s[0] + s[0] + s[1] + s[2] + s[2] + "."))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		decode := pickle.DecodeOptions{Registry: reg, Encoding: "latin-1", PersistentLoad: pickle.KeepPersistent}
		var v any
		if decode.Unmarshal(data, &v) != nil {
			return
		}
		py.ReprOptions{MaxLen: 1 << 12}.Format(v)
		_, _ = py.Plain(v)
		if err, ok := v.(error); ok {
			_ = err.Error()
		}
		for _, p := range []pickle.Protocol{pickle.Protocol2, pickle.Protocol5} {
			out, err := pickle.EncodeOptions{Registry: reg, Protocol: p}.Marshal(v)
			if err != nil {
				continue
			}
			var back any
			if err := decode.Unmarshal(out, &back); err != nil {
				t.Fatalf("%q was dumped as %q: %v", data, out, err)
			}
			again, err := pickle.EncodeOptions{Registry: reg, Protocol: p}.Marshal(back)
			if err != nil {
				t.Fatalf("%q was dumped as %q, but not again: %v", data, out, err)
			}
			if len(out) == len(again) && !bytes.Equal(out, again) && py.Equal(v, v) && !py.Equal(v, back) {
				t.Fatalf("%s came back as %s", py.Repr(v), py.Repr(back))
			}
		}
	})
}
