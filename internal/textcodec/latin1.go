package textcodec

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"
	"unsafe"
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
			if out, ok := encodeLatin1(dst, s, n); ok {
				return out, true
			}
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

// encodeLatin1 appends s if it is UTF-8. It has no bytes above 0x7F but those that begin
// characters below U+0100, C0 to C3, and n others. In what stands for bytes nothing foretells
// which of them take two bytes, so that it goes without branches: all eight of a word are
// written, and the first of two where the second comes after it.
func encodeLatin1(dst []byte, s string, n int) ([]byte, bool) {
	dst = slices.Grow(dst, n)
	out := dst[len(dst) : len(dst)+n]
	at := 0
	var before uint64 // the byte before those of x
	var wrong uint64
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	for ; len(b) >= 8 && at+8 <= n; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		first := x & (x << 1) & highs
		second := x & highs &^ first
		wrong |= second ^ (first<<8 | before&(before<<1)&0x80) | first&^(x<<6) // C0 and C1 begin nothing
		two := second >> 7 * 0xff
		x, before = x&^two|two&(x&(ones*0x3f)|(x<<8|before)&(ones*3)<<6), x>>56
		sums := (highs &^ first) >> 7 * ones // of what stays, up to each
		to := (*[8]byte)(out[at:])
		to[0] = byte(x)
		to[sums&7] = byte(x >> 8)
		to[sums>>8&7] = byte(x >> 16)
		to[sums>>16&7] = byte(x >> 24)
		to[sums>>24&7] = byte(x >> 32)
		to[sums>>32&7] = byte(x >> 40)
		to[sums>>40&7] = byte(x >> 48)
		to[sums>>48&7] = byte(x >> 56)
		at += int(sums >> 56)
	}
	for _, c := range b {
		switch {
		case c >= 0xc0:
			wrong |= before&(before<<1)&0x80 | uint64(^c<<6&0x80)
		case c >= utf8.RuneSelf:
			wrong |= ^(before & (before << 1)) & 0x80
			out[at] = byte(before)<<6 | c&0x3f
			at++
		default:
			wrong |= before & (before << 1) & 0x80
			out[at] = c
			at++
		}
		before = uint64(c)
	}
	wrong |= before & (before << 1) & 0x80
	return dst[:len(dst)+n], wrong == 0
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
