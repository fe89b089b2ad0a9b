package textcodec

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// AppendLatin1 appends b as text of the same code points: byte 0xE9 becomes
// U+00E9. It is bytes.decode('latin-1').
func AppendLatin1(dst, b []byte) []byte {
	if n := asciiPrefix(b); len(b)-n >= shortText {
		return appendLatin1(append(dst, b[:n]...), b[n:])
	}
	for len(b) > 0 {
		n := asciiPrefix(b)
		dst = append(dst, b[:n]...)
		b = b[n:]
		for len(b) > 0 && b[0] >= utf8.RuneSelf {
			dst = append(dst, 0xC0|b[0]>>6, 0x80|b[0]&0x3F)
			b = b[1:]
		}
	}
	return dst
}

// appendLatin1 is AppendLatin1 without branches, for data of which nothing foretells what
// takes two bytes.
func appendLatin1(dst, b []byte) []byte {
	n := len(b)
	for i := 0; i < len(b); i += 8 {
		var x uint64
		if i+8 <= len(b) {
			x = binary.LittleEndian.Uint64(b[i:])
		} else {
			for k, c := range b[i:] {
				x |= uint64(c) << (8 * k)
			}
		}
		n += bits.OnesCount64(x & highs)
	}
	dst = slices.Grow(dst, n+1) // each is written as two bytes at first
	out := dst[len(dst) : len(dst)+n+1]
	at := 0
	for _, c := range b {
		two := c >> 7
		binary.LittleEndian.PutUint16(out[at:], uint16(c^-two&(c^(0xc0|c>>6)))|uint16(0x80|c&0x3f)<<8)
		at += 1 + int(two)
	}
	return dst[:len(dst)+n]
}

// EncodeLatin1 appends the code points of s as one byte each and reports
// whether all fit. It is str.encode('latin-1'). If one does not fit, the bytes
// of those before it have been appended.
func EncodeLatin1(dst []byte, s string) ([]byte, bool) {
	if len(s) >= shortText {
		if n, ok := latin1Length(s); ok {
			return encodeLatin1(dst, s, n), true
		}
	}
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		case (c == 0xC2 || c == 0xC3) && i+1 < len(s) && s[i+1]&0xC0 == 0x80:
			dst = append(dst, c<<6|s[i+1]&0x3F)
			i += 2
		default:
			return dst, false
		}
	}
	return dst, true
}

// encodeLatin1 appends s, UTF-8 of n characters up to U+00FF. In what stands for bytes nothing
// foretells which of them take two bytes, so that it goes without branches: what begins a
// character of two is written, too, but in the place of what follows it.
func encodeLatin1(dst []byte, s string, n int) []byte {
	const ones = 0x0101010101010101
	dst = slices.Grow(dst, n)
	out := dst[len(dst) : len(dst)+n]
	b := bytesOf(s)
	var before uint64 // the byte before
	i, j := 0, 0
	for ; len(b)-i >= 8 && len(out)-j >= 8; i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		back := x<<8 | before
		before = x >> 56
		after := back & (back << 1) & (back << 7) & highs // what follows C3
		y := x | after>>1
		stays := ^(x & (x << 1)) & highs >> 7
		upTo := stays * ones // in each byte: how many stay up to it
		at := upTo << 8
		o := (*[8]byte)(out[j:])
		o[0] = byte(y)
		o[at>>8&7] = byte(y >> 8)
		o[at>>16&7] = byte(y >> 16)
		o[at>>24&7] = byte(y >> 24)
		o[at>>32&7] = byte(y >> 32)
		o[at>>40&7] = byte(y >> 40)
		o[at>>48&7] = byte(y >> 48)
		o[at>>56&7] = byte(y >> 56)
		j += int(upTo >> 56)
	}
	for _, c := range b[i:] {
		if c>>6 == 3 {
			before = uint64(c)
			continue
		}
		if before == 0xc3 {
			c |= 0x40
		}
		out[j], before = c, 0
		j++
	}
	return dst[:len(dst)+n]
}

// decodeLatin1 is the codec latin-1, which knows no errors.
func decodeLatin1(dst, src []byte, _ string) ([]byte, error) {
	return AppendLatin1(dst, src), nil
}

// decodeASCII is the codec ascii.
func decodeASCII(dst, src []byte, errors string) ([]byte, error) {
	for i := 0; ; {
		n := asciiPrefix(src[i:])
		dst = append(dst, src[i:i+n]...)
		if i += n; i == len(src) {
			return dst, nil
		}
		var err error
		dst, i, err = HandleDecodeError(dst, src, "ascii", errors, i, i+1, "ordinal not in range(128)")
		if err != nil {
			return dst, err
		}
	}
}
