package textcodec

import (
	"encoding/binary"
	"unicode/utf8"
	"unsafe"
)

// Eight bytes at a time: masks with the highest bit of each byte that is of a kind.
const (
	highs = 0x8080808080808080
	lows  = 0x7f7f7f7f7f7f7f7f
)

// shortText is where going by words begins to pay.
const shortText = 32

// ValidUTF8 is utf8.Valid, but faster for text whose characters take one or two bytes, such
// as Latin, Greek and Cyrillic script, and the text that stands for bytes in protocols
// below 3.
func ValidUTF8(b []byte) bool {
	if len(b) < shortText {
		return utf8.Valid(b)
	}
	i := asciiPrefix(b)
	i -= i % 8
	var open uint64 // 0x80 if the byte before i begins a character of two
	for ; len(b)-i >= 8; i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		high := x & highs
		if high|open == 0 {
			continue
		}
		second, third := x<<1&highs, x<<2&highs
		following := high &^ second
		leading := high & second &^ third
		overlong := leading &^ (x&0x1e1e1e1e1e1e1e1e + lows)
		if high&second&third|overlong|(following^(leading<<8|open)) != 0 {
			break // longer characters, or none
		}
		open = leading >> 56
	}
	if open != 0 {
		i--
	}
	return utf8.Valid(b[i:])
}

// latin1Length returns how many characters s has, if it is UTF-8 of none beyond U+00FF.
func latin1Length(s string) (n int, ok bool) {
	b := bytesOf(s)
	var bad, open uint64 // open is 0x80 if the byte before begins a character of two
	i := 0
	for whole := len(s) &^ 7; i < whole; {
		// Each byte of leads counts up to 255 of them.
		end := min(whole, i+8*255)
		n += end - i
		var leads uint64
		for ; i < end; i += 8 {
			x := binary.LittleEndian.Uint64(b[i:])
			high, second := x&highs, x<<1&highs
			leading := high & second
			// C2 and C3 alone have these bits clear, and this one set.
			bad |= leading&(x&0x3c3c3c3c3c3c3c3c+lows) | leading&^(x<<6) | (high &^ second) ^ (leading<<8 | open)
			open = leading >> 56
			leads += leading >> 7
		}
		for ; leads != 0; leads >>= 8 {
			n -= int(leads & 0xff)
		}
	}
	if bad != 0 {
		return 0, false
	}
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c>>6 == 2 != (open != 0), c > 0xc3, c == 0xc0, c == 0xc1:
			return 0, false
		case c >= 0xc0:
			open = highs
		default:
			open = 0
			n++
		}
	}
	return n, open == 0
}

// bytesOf is the memory of s, which must not be changed.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
