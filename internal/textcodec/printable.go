package textcodec

import "sort"

//go:generate python3 printable_gen.py

// IsPrintable reports whether Python 3.11's repr shows r as it is. The table is
// Python's own rather than Go's package unicode: that follows a newer Unicode,
// with thousands more printable characters, and changes with Go's releases.
func IsPrintable(r rune) bool {
	if r < 0x7F {
		return r >= ' '
	}
	// The bounds alternate: the first code point of a printable run, then the
	// first behind it. So the parity of how many are <= r tells.
	if r <= 0xFFFF {
		t := printable16[:]
		n := sort.Search(len(t), func(i int) bool { return rune(t[i]) > r })
		return n&1 == 1
	}
	t := printable32[:]
	n := sort.Search(len(t), func(i int) bool { return t[i] > r })
	return n&1 == 1
}
