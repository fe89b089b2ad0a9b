package textcodec

import (
	"strings"
	"unicode/utf8"
)

// AppendReprStr appends repr(s) of a Python str: in single quotes unless s
// holds a single and no double quote, with what Python 3.11 calls printable
// (Unicode 14) as it is and everything else escaped, lone surrogates too.
func AppendReprStr(dst []byte, s string) []byte {
	quote := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		quote = '"'
	}
	dst = append(dst, quote)
	plain := 0 // s[plain:i] needs no escape and is not yet copied
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= ' ' && c != 0x7F && c != '\\' && c != quote {
				i++
				continue
			}
			dst = append(dst, s[plain:i]...)
			dst = appendEscapedByte(dst, c)
			i++
			plain = i
			continue
		}
		r, n := decodeRune(s[i:])
		if IsPrintable(r) {
			i += n
			continue
		}
		dst = append(dst, s[plain:i]...)
		switch {
		case r <= 0xFF:
			dst = appendHex(append(dst, '\\', 'x'), uint32(r), 2)
		case r <= 0xFFFF:
			dst = appendHex(append(dst, '\\', 'u'), uint32(r), 4)
		default:
			dst = appendHex(append(dst, '\\', 'U'), uint32(r), 8)
		}
		i += n
		plain = i
	}
	dst = append(dst, s[plain:]...)
	return append(dst, quote)
}

// AppendReprBytes appends repr(b) of a Python bytes, such as b'\x00a'.
func AppendReprBytes(dst []byte, b []byte) []byte {
	quote := byte('\'')
	for _, c := range b {
		if c == '"' {
			quote = '\''
			break
		}
		if c == '\'' {
			quote = '"'
		}
	}
	dst = append(dst, 'b', quote)
	for _, c := range b {
		if c >= ' ' && c < 0x7F && c != '\\' && c != quote {
			dst = append(dst, c)
		} else {
			dst = appendEscapedByte(dst, c)
		}
	}
	return append(dst, quote)
}

// appendEscapedByte escapes a control character, backslash, quote or byte past
// ASCII the way both reprs do.
func appendEscapedByte(dst []byte, c byte) []byte {
	switch c {
	case '\\', '\'', '"':
		return append(dst, '\\', c)
	case '\t':
		return append(dst, '\\', 't')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	}
	return append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
}
