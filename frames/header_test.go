package frames

import (
	"errors"
	"math"
	"testing"
)

// TestHeader writes the headers of payloads around 2 and 4 GiB, without the payloads.
func TestHeader(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("there are no such payloads here")
	}
	gib := 1 << 30
	for _, c := range []struct {
		form   Form
		size   int
		header string // "" if there is none
	}{
		{Length32, 0, "\x00\x00\x00\x00"},
		{Length32, 2*gib - 1, "\x7f\xff\xff\xff"},
		{Length32, 2 * gib, "\x80\x00\x00\x00"},
		{Length32, 4*gib - 1, "\xff\xff\xff\xff"},
		{Length32, 4 * gib, ""},
		{Multiprocessing, 0, "\x00\x00\x00\x00"},
		{Multiprocessing, 2*gib - 1, "\x7f\xff\xff\xff"},
		{Multiprocessing, 2 * gib, "\xff\xff\xff\xff\x00\x00\x00\x00\x80\x00\x00\x00"},
		{Multiprocessing, 5 * gib, "\xff\xff\xff\xff\x00\x00\x00\x01\x40\x00\x00\x00"},
	} {
		var h [maxHeader]byte
		n, err := Options{Form: c.form}.NewWriter(nil).header(&h, c.size)
		var se *SizeError
		if c.header == "" {
			if !errors.As(err, &se) || se.Size != uint64(c.size) {
				t.Errorf("%v, %d bytes: %v", c.form, c.size, err)
			}
			continue
		}
		if got := string(h[maxHeader-n:]); err != nil || got != c.header {
			t.Errorf("%v, %d bytes: %q, %v", c.form, c.size, got, err)
		}
	}
}
