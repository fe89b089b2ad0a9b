package textcodec

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Eight bytes at a time: masks with the highest bit of each byte that is of a kind.
const (
	highs = 0x8080808080808080
	lows  = 0x7f7f7f7f7f7f7f7f
	ones  = 0x0101010101010101
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

// latin1Length returns how many characters s has, if all are Latin-1; s is UTF-8.
func latin1Length(s string) (n int, ok bool) {
	n = len(s)
	i := 0
	var beyond uint64
	for ; len(s)-i >= 8; i += 8 {
		x := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		high := x & highs
		leading := high & (x << 1)
		beyond |= leading & (x&0x3c3c3c3c3c3c3c3c + lows) // C2 and C3 alone have these bits clear
		n -= bits.OnesCount64(leading)
	}
	for ; i < len(s); i++ {
		if s[i] >= 0xc0 {
			n--
			if s[i] > 0xc3 {
				return 0, false
			}
		}
	}
	return n, beyond == 0
}
