package stdlib_test

import (
	"encoding"
	"testing"

	"github.com/go-pickle/pickle/stdlib"
)

// FuzzText reads any text as a date, a decimal number and a UUID: what is taken is written in
// a form that is read as the same.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "2024-02-29", "2023-02-29", "0001-01-01", "0000-01-01", "1.50", "-0E+10", "NaN123", "sNaN", "Infinity", "1e999999999", "1_0",
		"12345678-1234-5678-1234-567812345678", "{12345678123456781234567812345678}", "urn:uuid:12345678-1234-5678-1234-567812345678"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1000 {
			return
		}
		type both interface {
			encoding.TextUnmarshaler
			encoding.TextMarshaler
		}
		for _, v := range []struct{ one, two both }{
			{new(stdlib.Date), new(stdlib.Date)}, {new(stdlib.Decimal), new(stdlib.Decimal)}, {new(stdlib.UUID), new(stdlib.UUID)},
		} {
			if v.one.UnmarshalText([]byte(text)) != nil {
				continue
			}
			first, err := v.one.MarshalText()
			if err != nil {
				t.Fatalf("%T of %q: %v", v.one, text, err)
			}
			if err := v.two.UnmarshalText(first); err != nil {
				t.Fatalf("%T of %q is written as %q: %v", v.one, text, first, err)
			}
			if second, err := v.two.MarshalText(); err != nil || string(second) != string(first) {
				t.Fatalf("%T of %q: %q, then %q, %v", v.one, text, first, second, err)
			}
		}
	})
}
