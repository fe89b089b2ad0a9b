package textcodec

import (
	"encoding/binary"
	"unicode/utf8"
)

func isSurrogate(r rune) bool { return 0xD800 <= r && r <= 0xDFFF }

// appendRune appends the UTF-8 of r, and of a surrogate the three bytes that
// 'surrogatepass' gives, where utf8.AppendRune would put U+FFFD.
func appendRune(dst []byte, r rune) []byte {
	if isSurrogate(r) {
		return append(dst, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0xBF, 0x80|byte(r)&0xBF)
	}
	return utf8.AppendRune(dst, r)
}

// AppendRune appends one code point of Python text, a surrogate included.
func AppendRune(dst []byte, r rune) []byte { return appendRune(dst, r) }

// decodeRune is the first code point of s, which must not be empty, and its
// length. A byte that does not belong there is the surrogate that
// 'surrogateescape' makes of it.
func decodeRune(s string) (rune, int) {
	if s[0] < utf8.RuneSelf {
		return rune(s[0]), 1
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		if s[0] == 0xED && len(s) >= 3 && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80 {
			return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
		}
		return 0xDC00 + rune(s[0]), 1
	}
	return r, n
}

// IsASCII reports whether every byte is below 0x80.
func IsASCII(b []byte) bool { return asciiPrefix(b) == len(b) }

// asciiPrefix is the number of leading bytes below 0x80.
func asciiPrefix(b []byte) int {
	const high = 0x8080808080808080
	i := 0
	for ; len(b)-i >= 32; i += 32 {
		c := b[i : i+32 : i+32]
		if (binary.LittleEndian.Uint64(c)|binary.LittleEndian.Uint64(c[8:])|
			binary.LittleEndian.Uint64(c[16:])|binary.LittleEndian.Uint64(c[24:]))&high != 0 {
			break
		}
	}
	for ; len(b)-i >= 8; i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&high != 0 {
			break
		}
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// CheckUTF8 reports whether b is UTF-8 in which lone surrogates are allowed,
// that is, whether bytes.decode('utf-8', 'surrogatepass') succeeds. The error
// is its UnicodeDecodeError.
func CheckUTF8(b []byte) error {
	if ValidUTF8(b) {
		return nil
	}
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i += asciiPrefix(b[i:])
			continue
		}
		n, reason := utf8Sequence(b[i:])
		if reason != "" {
			if _, n = surrogateAt(b[i:], "utf-8"); n == 0 {
				n, _ = utf8Sequence(b[i:])
				return decodeError("utf-8", b, i, i+n, reason)
			}
		}
		i += n
	}
	return nil
}

// utf8Sequence is the length of the sequence at the start of b, which must not
// be empty. If there is none, reason says why and the length is that of what
// CPython calls undecodable: the longest prefix that some sequence begins with.
func utf8Sequence(b []byte) (n int, reason string) {
	const (
		badStart    = "invalid start byte"
		badContinue = "invalid continuation byte"
		tooShort    = "unexpected end of data"
	)
	lo, hi := byte(0x80), byte(0xBF) // bounds of the second byte
	switch c := b[0]; {
	case c < 0x80:
		return 1, ""
	case c < 0xC2:
		return 1, badStart
	case c < 0xE0:
		n = 2
	case c < 0xF0:
		n = 3
		if c == 0xE0 {
			lo = 0xA0
		} else if c == 0xED {
			hi = 0x9F
		}
	case c < 0xF5:
		n = 4
		if c == 0xF0 {
			lo = 0x90
		} else if c == 0xF4 {
			hi = 0x8F
		}
	default:
		return 1, badStart
	}
	for i := 1; i < n; i++ {
		if i == len(b) {
			return i, tooShort
		}
		if b[i] < lo || b[i] > hi {
			return i, badContinue
		}
		lo, hi = 0x80, 0xBF
	}
	return n, ""
}

// decodeUTF8 is the codec utf-8.
func decodeUTF8(dst, src []byte, errors string) ([]byte, error) {
	if ValidUTF8(src) {
		return append(dst, src...), nil
	}
	good := 0 // src[good:i] is valid and not yet copied
	for i := 0; i < len(src); {
		if src[i] < utf8.RuneSelf {
			i += asciiPrefix(src[i:])
			continue
		}
		n, reason := utf8Sequence(src[i:])
		if reason == "" {
			i += n
			continue
		}
		dst = append(dst, src[good:i]...)
		var err error
		if dst, i, err = HandleDecodeError(dst, src, "utf-8", errors, i, i+n, reason); err != nil {
			return dst, err
		}
		good = i
	}
	return append(dst, src[good:]...), nil
}

// decodeUTF8Sig is the codec utf-8-sig. Python strips the signature first, so
// positions in its messages count from behind it.
func decodeUTF8Sig(dst, src []byte, errors string) ([]byte, error) {
	if len(src) >= 3 && src[0] == 0xEF && src[1] == 0xBB && src[2] == 0xBF {
		src = src[3:]
	}
	return decodeUTF8(dst, src, errors)
}
