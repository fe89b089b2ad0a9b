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

// TestShortText has strings of each length with a byte that is no ASCII at each place: the
// graph has them if they are UTF-8, and refuses them if not.
func TestShortText(t *testing.T) {
	for size := range 40 {
		for at := range size {
			for _, bad := range []string{"\xff", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\x80"} {
				text := strings.Repeat("a", at) + bad + strings.Repeat("b", max(0, size-at-len(bad)))
				for _, tail := range []string{"", "\x94", strings.Repeat("0", 20)} {
					g, err := graph.Parse([]byte("\x8c" + string(rune(len(text))) + text + "." + tail))
					if want := bad != "\xff" && bad != "\x80"; (err == nil) != want {
						t.Fatalf("%q: %v", text, err)
					} else if want && g.Root().Str() != text {
						t.Fatalf("%q is %q", text, g.Root().Str())
					}
				}
			}
		}
	}
}
