package stdlib_test

import (
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// FuzzRegistry loads any pickle: nothing may panic, and what is dumped loads again.
func FuzzRegistry(f *testing.F) {
	for _, v := range goValuesA() {
		for protocol := range 6 {
			p, _ := pickle.ProtocolNumber(protocol)
			data, err := pickle.EncodeOptions{Protocol: p, Registry: stdlib.Registry()}.Marshal(v.value)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		decode := pickle.DecodeOptions{Encoding: "latin-1", Registry: stdlib.Registry(), PersistentLoad: pickle.KeepPersistent, MaxBytes: 1 << 16}
		var v any
		if decode.Unmarshal(data, &v) != nil {
			return
		}
		_ = py.ReprOptions{MaxLen: 1 << 16}.Format(v)
		_, _ = py.Hash(v)
		_, _ = py.Plain(v)
		for protocol := range 6 {
			p, _ := pickle.ProtocolNumber(protocol)
			for _, style := range []pickle.Style{pickle.Python38, pickle.Python310, pickle.Python311, pickle.Python312, pickle.Python313, pickle.Python314} {
				out, err := pickle.EncodeOptions{Protocol: p, Style: style, Registry: stdlib.Registry()}.Marshal(v)
				if err != nil {
					continue
				}
				var back any
				if err := decode.Unmarshal(out, &back); err != nil {
					t.Fatalf("%q was dumped as %q: %v", data, out, err)
				}
			}
		}
	})
}
