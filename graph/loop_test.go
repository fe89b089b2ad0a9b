package graph

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestPlainLine(t *testing.T) {
	const odd = "\n\\\x0b\x5d\x0a\x5b\x80\x8a\xdc\xff\x00\x01"
	r := rand.New(rand.NewPCG(1, 2))
	for range 200000 {
		data := bytes.Repeat([]byte{'a'}, r.IntN(90))
		for range r.IntN(4) {
			if len(data) > 0 {
				data[r.IntN(len(data))] = odd[r.IntN(len(odd))]
			}
		}
		end := bytes.IndexByte(data, '\n')
		plain := end >= 0 && bytes.IndexFunc(data[:end], func(c rune) bool { return c == '\\' || c >= 0x80 }) < 0
		got := plainLine(data)
		if got >= 0 && (!plain || got != end) {
			t.Fatalf("%q: %d, not %d", data, got, end)
		}
		if got < 0 && plain && end < 56 && len(data)-end > 8 {
			t.Fatalf("%q: not seen", data)
		}
	}
}
