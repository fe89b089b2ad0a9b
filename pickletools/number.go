package pickletools

import (
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/go-pickle/pickle/internal/textcodec"
)

// pickletools reads the numbers of the line opcodes with Python's int(bytes) and
// float(bytes). The unpickler in C does not: its rules, which are internal/textcodec's,
// take other bases and no white space around a float.

// maxStrDigits is the limit that CPython puts on conversions between int and decimal
// text, sys.get_int_max_str_digits(). They take more than linear time.
const maxStrDigits = 4300

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// trimSpace removes what int and float call white space in bytes: that of ASCII.
func trimSpace(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// shortDecimal reads a line that is nothing but a few digits, as nearly all are.
func shortDecimal(line []byte) (n int64, ok bool) {
	b := line
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if len(b) < len(line) {
		n = -n
	}
	return n, true
}

// parseInt is Python's int(line), for CPython's PyLong_FromString. The digits are at
// most maxStrDigits. message is that of the ValueError, empty if there is none.
func parseInt(line []byte) (digits string, negative bool, message string) {
	s := trimSpace(line)
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	n, end, bad := 0, 0, false
	for ; end < len(s) && (isDigit(s[end]) || s[end] == '_'); end++ {
		if isDigit(s[end]) {
			n++
		} else if end == 0 || s[end-1] == '_' {
			bad = true
			break
		}
	}
	bad = bad || end > 0 && s[end-1] == '_'
	// CPython counts the digits before it looks at what follows them.
	if !bad && n > maxStrDigits {
		return "", false, "Exceeds the limit (4300 digits) for integer string conversion: value has " +
			strconv.Itoa(n) + " digits; use sys.set_int_max_str_digits() to increase the limit"
	}
	if bad || n == 0 || end < len(s) {
		// CPython shows 200 characters of the repr of 200 bytes.
		repr := textcodec.AppendReprBytes(nil, line[:min(len(line), 200)])
		return "", false, "invalid literal for int() with base 10: " + string(repr[:min(len(repr), 200)])
	}
	b := make([]byte, 0, n)
	for _, c := range s {
		if c != '_' {
			b = append(b, c)
		}
	}
	return string(b), negative, ""
}

// parseFloat is Python's float(line), for CPython's PyFloat_FromString.
func parseFloat(line []byte) (f float64, ok bool) {
	// Underscores come first, before white space: they must stand between digits.
	b := make([]byte, 0, 32)
	for i, c := range line {
		if c != '_' {
			b = append(b, c)
		} else if i == 0 || i == len(line)-1 || !isDigit(line[i-1]) || !isDigit(line[i+1]) {
			return 0, false
		}
	}
	b = trimSpace(b)
	s, negative := b, false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	if len(s) == 0 {
		return 0, false
	}
	if !isDigit(s[0]) && s[0] != '.' {
		switch lower(s) {
		case "inf", "infinity":
			if negative {
				return math.Inf(-1), true
			}
			return math.Inf(1), true
		case "nan":
			return math.NaN(), true
		}
		return 0, false
	}
	// strconv takes more than Python does, hexadecimals for one.
	for _, c := range s {
		switch {
		case isDigit(c), c == '.', c == 'e', c == 'E', c == '+', c == '-':
		default:
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil && !math.IsInf(f, 0) { // too large a number is infinite, as in Python
		return 0, false
	}
	return f, true
}

// lower returns s in lower case, and "" if it is longer than any word parseFloat knows.
func lower(s []byte) string {
	if len(s) > len("infinity") {
		return ""
	}
	var b []byte
	for _, c := range s {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return string(b)
}

// setTwosComplement sets z to b, little-endian.
func setTwosComplement(z *big.Int, b []byte) {
	b = slices.Clone(b)
	slices.Reverse(b)
	negative := len(b) > 0 && b[0] >= 0x80
	if !negative {
		z.SetBytes(b)
		return
	}
	// -x is ^x + 1.
	for i := range b {
		b[i] = ^b[i]
	}
	z.SetBytes(b)
	z.Add(z, big.NewInt(1)).Neg(z)
}

// appendBig appends n in decimal, or returns the message of the ValueError that Python
// raises if that takes more than maxStrDigits.
func appendBig(dst []byte, n *big.Int) ([]byte, string) {
	const tooLong = "Exceeds the limit (4300 digits) for integer string conversion; " +
		"use sys.set_int_max_str_digits() to increase the limit"
	// 10**4300 has 14285 bits. Without this test, the conversion of an int of
	// megabytes would run for seconds only to be found too long.
	if n.BitLen() > 14285 {
		return dst, tooLong
	}
	start := len(dst)
	dst = n.Append(dst, 10)
	if len(dst)-start > maxStrDigits+max(-n.Sign(), 0) {
		return dst[:start], tooLong
	}
	return dst, ""
}
