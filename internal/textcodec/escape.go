package textcodec

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// AppendRawUnicodeEscape appends s the way protocol 0 writes a str behind
// UNICODE: code points below 256 are one byte, except backslash, NUL, LF, CR
// and 0x1A (which would end the line, or the file on some systems); those and
// all others are \uxxxx, or \Uxxxxxxxx past U+FFFF.
func AppendRawUnicodeEscape(dst []byte, s string) []byte {
	plain := 0 // s[plain:i] is ASCII without escapes and not yet copied
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf && c != '\\' && c != 0 && c != '\n' && c != '\r' && c != 0x1A {
			i++
			continue
		}
		dst = append(dst, s[plain:i]...)
		r, n := decodeRune(s[i:])
		switch {
		case utf8.RuneSelf <= r && r <= 0xFF:
			dst = append(dst, byte(r))
		case r <= 0xFFFF:
			dst = appendHex(append(dst, '\\', 'u'), uint32(r), 4)
		default:
			dst = appendHex(append(dst, '\\', 'U'), uint32(r), 8)
		}
		i += n
		plain = i
	}
	return append(dst, s[plain:]...)
}

// DecodeRawUnicodeEscape appends to dst the text that src spells in
// raw-unicode-escape, the argument of UNICODE: bytes are code points, \uXXXX
// and \UXXXXXXXX are escapes behind an odd number of backslashes. The error is
// a UnicodeDecodeError.
func DecodeRawUnicodeEscape(dst, src []byte) ([]byte, error) {
	return decodeRawUnicodeEscape(dst, src, "strict")
}

func decodeRawUnicodeEscape(dst, src []byte, errors string) ([]byte, error) {
	for i := 0; i < len(src); {
		n := bytes.IndexByte(src[i:], '\\')
		if n < 0 {
			return AppendLatin1(dst, src[i:]), nil
		}
		dst = AppendLatin1(dst, src[i:i+n])
		i += n
		if i+1 == len(src) {
			return append(dst, '\\'), nil
		}
		var (
			width  int
			reason string
		)
		switch c := src[i+1]; c {
		case 'u':
			width, reason = 4, `truncated \uXXXX escape`
		case 'U':
			width, reason = 8, `truncated \UXXXXXXXX escape`
		default:
			// The second character is taken along, so that the second of
			// two backslashes does not begin an escape.
			dst = AppendLatin1(append(dst, '\\'), src[i+1:i+2])
			i += 2
			continue
		}
		value := uint32(0)
		end := i + 2
		for end < len(src) && end < i+2+width {
			d := hexValue(src[end])
			if d < 0 {
				break
			}
			value = value<<4 | uint32(d)
			end++
		}
		if end == i+2+width {
			if value <= utf8.MaxRune {
				dst = appendRune(dst, rune(value))
				i = end
				continue
			}
			reason = `\Uxxxxxxxx out of range`
		}
		var err error
		if dst, i, err = HandleDecodeError(dst, src, "rawunicodeescape", errors, i, end, reason); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// DecodeStringEscape appends to dst the bytes that src spells with the escapes
// of a Python 2 str literal, the argument of STRING without its quotes. Escapes
// that are none stay as they are; an incomplete \x and a backslash at the end
// are ValueErrors.
func DecodeStringEscape(dst, src []byte) ([]byte, error) {
	for i := 0; i < len(src); {
		n := bytes.IndexByte(src[i:], '\\')
		if n < 0 {
			return append(dst, src[i:]...), nil
		}
		dst = append(dst, src[i:i+n]...)
		i += n + 1
		if i == len(src) {
			return dst, valueError(`Trailing \ in string`)
		}
		c := src[i]
		i++
		switch c {
		case '\n': // a line continued
		case '\\', '\'', '"':
			dst = append(dst, c)
		case 'a':
			dst = append(dst, '\a')
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'v':
			dst = append(dst, '\v')
		case '0', '1', '2', '3', '4', '5', '6', '7':
			v := c - '0' // of three digits, the ninth bit is lost
			for k := 0; k < 2 && i < len(src) && '0' <= src[i] && src[i] <= '7'; k++ {
				v = v<<3 | (src[i] - '0')
				i++
			}
			dst = append(dst, v)
		case 'x':
			if i+1 < len(src) && hexValue(src[i]) >= 0 && hexValue(src[i+1]) >= 0 {
				dst = append(dst, byte(hexValue(src[i])<<4|hexValue(src[i+1])))
				i += 2
				continue
			}
			return dst, valueError(`invalid \x escape at position ` + strconv.Itoa(i-2))
		default:
			dst = append(dst, '\\', c)
		}
	}
	return dst, nil
}
