// Package intern holds the strings of which there is one each.
//
// CPython has one object for each str of one character up to U+00FF and for names such as
// "latin1" that its pickler writes of its own accord. Where such an object occurs twice in a
// pickle the second is a reference to the first. A Go string's identity is the address of
// its data; the encoder uses the strings of this package, and whoever makes values from a
// pickle gives them to what is the same object there.
package intern

import "unsafe"

// Latin1 is the codec's name in the calls that stand for bytes in protocols below 3.
const Latin1 = "latin1"

var chars [256]string

func init() {
	var buf []byte
	for i := range 256 {
		buf = append(buf, string(rune(i))...)
	}
	all := string(buf)
	at := 0
	for i := range 256 {
		n := len(string(rune(i)))
		chars[i] = all[at : at+n]
		at += n
	}
}

// Char is the str of the one character c.
func Char(c byte) string { return chars[c] }

// IsChar reports whether s is one character up to U+00FF, and which.
func IsChar[S string | []byte](s S) (byte, bool) {
	switch {
	case len(s) == 1 && s[0] < 0x80:
		return s[0], true
	case len(s) == 2 && (s[0] == 0xc2 || s[0] == 0xc3):
		return s[0]<<6 | s[1]&0x3f, true
	}
	return 0, false
}

// Same reports whether a and b are one object: one address and one length.
func Same(a, b string) bool { return len(a) == len(b) && unsafe.StringData(a) == unsafe.StringData(b) }
