package graph_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/graph"
)

// TestAssign sets items by number, of what takes them and of what does not. The results are
// those of CPython 3.11.
func TestAssign(t *testing.T) {
	const (
		big   = "\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x7f"
		array = "\x96\x03\x00\x00\x00\x00\x00\x00\x00abc"
	)
	for _, row := range []struct{ data, want string }{
		{array + "K\x00K\x42s", "Bbc"},
		{array + "J\xff\xff\xff\xffK\x42s", "abB"},
		{array + "\x88K\x00s", "a\x00c"},
		{array + "K\x00\x88s", "\x01bc"},
		{array + "(K\x00K\x42K\x02K\x43u", "BbC"},
		{array + "(K\x42K\x43eK\x03K\x44s", "abcDC"},
		{array + "(K\x42K\x09K\x00K\x01u", "IndexError: bytearray index out of range"},
		{array + "K\x09K\x42s", "IndexError: bytearray index out of range"},
		{array + "K\x09Ns", "TypeError: 'NoneType' object cannot be interpreted as an integer"},
		{array + big + "K\x42s", "IndexError: cannot fit 'int' into an index-sized integer"},
		{array + "U\x01xK\x42s", "TypeError: bytearray indices must be integers or slices, not str"},
		{array + "K\x00M\x00\x01s", "ValueError: byte must be in range(0, 256)"},
		{array + "K\x00" + big + "s", "ValueError: byte must be in range(0, 256)"},
		{array + "K\x00U\x01xs", "TypeError: 'str' object cannot be interpreted as an integer"},
		{array + "M\x00\x01a", "ValueError: byte must be in range(0, 256)"},
		{array + big + "a", "ValueError: byte must be in range(0, 256)"},
		{array + "Na", "TypeError: 'NoneType' object cannot be interpreted as an integer"},
		{array + "\x98K\x00K\x00s", "TypeError: cannot modify read-only memory"},
		{")" + big + "Ns", "IndexError: cannot fit 'int' into an index-sized integer"},
		{"U\x01x" + big + "Ns", "IndexError: cannot fit 'int' into an index-sized integer"},
		{"C\x01x" + big + "Ns", "IndexError: cannot fit 'int' into an index-sized integer"},
		{"\x8f" + big + "Ns", "IndexError: cannot fit 'int' into an index-sized integer"},
		{"(\x91" + big + "Ns", "IndexError: cannot fit 'int' into an index-sized integer"},
		{"]" + big + "Ns", "IndexError: cannot fit 'int' into an index-sized integer"},
		{")K\x00Ns", "TypeError: 'tuple' object does not support item assignment"},
		{"K\x01" + big + "Ns", "TypeError: 'int' object does not support item assignment"},
		{"]U\x01xNs", "TypeError: list indices must be integers or slices, not str"},
	} {
		data := []byte(row.data + ".")
		was := string(data)
		g, err := graph.Parse(data)
		got := string(g.Root().Payload())
		var e *graph.Error
		if errors.As(err, &e) {
			got = string(e.Kind) + ": " + e.Message
		}
		if got != row.want {
			t.Errorf("%q: %s, not %s", row.data, got, row.want)
		}
		if string(data) != was {
			t.Errorf("%q: the input was changed", row.data)
		}
		if _, err2 := (graph.Options{}).Read(strings.NewReader(was)); (err == nil) != (err2 == nil) {
			t.Errorf("%q: %v from memory, %v from a reader", row.data, err, err2)
		}
	}
}
