package pickle_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
)

// TestLongNames: to look up many names that share a text of megabytes takes no time in proportion
// to both.
func TestLongNames(t *testing.T) {
	const size = 2 << 20
	text := strings.Repeat("m", size)
	put := func(s string) []byte { return []byte("X" + le(uint64(len(s)), 4) + s) }
	many := func(before []byte, each func(i int) string) []byte {
		b := append([]byte("\x80\x04"), before...)
		b = append(b, "]("...)
		for i := range size / 16 {
			b = append(b, each(i)...)
		}
		return append(b, "e."...)
	}
	for _, test := range []struct {
		name string
		data []byte
	}{
		{"one module", many(append(put(text), "\x940"...), func(i int) string { return fmt.Sprintf("h\x00\x8c\x06%06x\x93", i) })},
		{"one name", many(append(put(text), "\x940"...), func(i int) string { return fmt.Sprintf("\x8c\x06%06xh\x00\x93", i) })},
		{"one name in builtins", many(append(put(text), "\x940"...), func(int) string { return "\x8c\x08builtinsh\x00\x93" })},
		{"one method", many(append(put(text), "\x940cbuiltins\ngetattr\n\x940cuuid\nUUID\n\x940"...), func(int) string { return "h\x01h\x02h\x00\x86R" })},
	} {
		t.Run(test.name, func(t *testing.T) {
			if testing.Short() {
				t.Skip("takes seconds")
			}
			start := time.Now()
			var v any
			if err := pickle.Unmarshal(test.data, &v); err != nil {
				t.Fatal(err)
			}
			loaded := time.Since(start)
			var typed []any
			if err := pickle.Unmarshal(test.data, &typed); err != nil {
				t.Fatal(err)
			}
			into := time.Since(start) - loaded
			if _, err := pickle.Marshal(v); err != nil {
				t.Fatal(err)
			}
			dumped := time.Since(start) - loaded - into
			t.Log(loaded, into, dumped)
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%v for %d bytes", took, len(test.data))
			}
		})
	}
}
