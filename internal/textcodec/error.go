package textcodec

import (
	"strconv"
)

// Error is what CPython would raise.
type Error struct {
	Kind    string // the exception's class: "ValueError", "UnicodeDecodeError", ...
	Message string // str(exception)
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

func valueError(message string) *Error {
	return &Error{Kind: "ValueError", Message: message}
}

// decodeError is a UnicodeDecodeError for src[start:end]. Python names the
// byte when there is just one, and the range otherwise.
func decodeError(codec string, src []byte, start, end int, reason string) *Error {
	m := make([]byte, 0, 64+len(codec)+len(reason))
	m = append(m, '\'')
	m = append(m, codec...)
	m = append(m, "' codec can't decode byte"...)
	if end == start+1 && start < len(src) {
		m = append(m, " 0x"...)
		m = appendHex(m, uint32(src[start]), 2)
		m = append(m, " in position "...)
		m = strconv.AppendInt(m, int64(start), 10)
	} else {
		m = append(m, "s in position "...)
		m = strconv.AppendInt(m, int64(start), 10)
		m = append(m, '-')
		m = strconv.AppendInt(m, int64(end-1), 10)
	}
	m = append(m, ": "...)
	m = append(m, reason...)
	return &Error{Kind: "UnicodeDecodeError", Message: string(m)}
}

const hexDigits = "0123456789abcdef"

// appendHex appends v as exactly width lower-case hexadecimal digits.
func appendHex(dst []byte, v uint32, width int) []byte {
	for shift := 4 * (width - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[v>>shift&15])
	}
	return dst
}

// hexValue is the value of a hexadecimal digit, or -1.
func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
