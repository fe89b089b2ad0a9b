package textcodec

import (
	"bytes"
	"math/big"
	"strconv"
)

// maxStrDigits is Python's default limit on decimal digits
// (sys.get_int_max_str_digits), which exists since converting them takes
// quadratic time.
const maxStrDigits = 4300

// cString is the part of a line that C's string functions see.
func cString(line []byte) []byte {
	if i := bytes.IndexByte(line, 0); i >= 0 {
		return line[:i]
	}
	return line
}

// smallDecimal reads the plain spelling of a number of up to 18 digits: what
// practically every line holds. Anything else is left to the full rules.
func smallDecimal(s []byte) (int64, bool) {
	negative := false
	if len(s) > 0 && s[0] == '-' {
		negative = true
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 18 || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	v := int64(0)
	for _, c := range s {
		if c -= '0'; c > 9 {
			return 0, false
		}
		v = v*10 + int64(c)
	}
	if negative {
		v = -v
	}
	return v, true
}

// ParseInt reads the argument of INT, its line without the LF. That is C's
// strtol with base 0 (octal "012", hexadecimal "0x1f", a NUL ends the text),
// and where strtol does not come to the end, a Python literal ("1_000",
// "0b1", big numbers). A line of two characters that is 0 or 1 is a bool.
//
// big is nil unless the value does not fit int64. The one error is a
// ValueError "could not convert string to int".
func ParseInt(line []byte) (v int64, big *big.Int, isBool bool, err error) {
	if v, ok := smallDecimal(line); ok {
		return v, nil, len(line) == 2 && v == 0, nil // "-0" is the only one here
	}
	s := cString(line)
	v, end, overflow := strtol(s)
	if !overflow && end == len(s) && len(line) > 0 {
		return v, nil, len(line) == 2 && (v == 0 || v == 1), nil
	}
	v, big, err = parseLiteral(s, 0, true)
	if err != nil {
		return 0, nil, false, valueError("could not convert string to int")
	}
	return v, big, false, nil
}

// ParseLong reads the argument of LONG, its line without the LF: a Python
// literal of any base with an optional L behind it. big is nil unless the
// value does not fit int64. Errors are those of Python's int(): ValueError
// for a bad literal and for more than 4300 decimal digits (other bases have no
// limit), UnicodeDecodeError if the bad literal is not UTF-8.
func ParseLong(line []byte) (int64, *big.Int, error) {
	s := line
	newline := true // whether CPython still sees the LF, which shows in messages
	if n := len(s); n > 0 && s[n-1] == 'L' {
		s = s[:n-1]
		newline = false
	}
	if v, ok := smallDecimal(s); ok {
		return v, nil, nil
	}
	if t := cString(s); len(t) < len(s) {
		s, newline = t, false
	}
	return parseLiteral(s, 0, newline)
}

// ParseIndex reads the argument of GET and PUT, its line without the LF:
// int(text, 10) with its white space and underscores. A value past int64 is an
// OverflowError; negative ones are returned as they are. Other errors are as
// for [ParseLong].
func ParseIndex(line []byte) (int64, error) {
	if v, ok := smallDecimal(line); ok {
		return v, nil
	}
	s := cString(line)
	v, big, err := parseLiteral(s, 10, len(s) == len(line))
	if err != nil {
		return 0, err
	}
	if big != nil {
		return 0, &Error{Kind: "OverflowError", Message: "Python int too large to convert to C ssize_t"}
	}
	return v, nil
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// digitValue is the value of c as a digit of a base up to 16, 16 if it is none.
func digitValue(c byte) int {
	if v := hexValue(c); v >= 0 {
		return v
	}
	return 16
}

// strtol is C's strtol(s, &end, 0) for a 64-bit long. end is 0 if there is no
// number.
func strtol(s []byte) (v int64, end int, overflow bool) {
	i := 0
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	negative := false
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		negative = s[i] == '-'
		i++
	}
	base := 10
	if i < len(s) && s[i] == '0' {
		base = 8
		// Without a digit behind it, the x of 0x is not part of the number.
		if i+2 < len(s) && s[i+1]|0x20 == 'x' && hexValue(s[i+2]) >= 0 {
			base = 16
			i += 2
		}
	}
	limit := uint64(1)<<63 - 1
	if negative {
		limit++
	}
	start := i
	n := uint64(0)
	for ; i < len(s); i++ {
		d := digitValue(s[i])
		if d >= base {
			break
		}
		if overflow || n > (limit-uint64(d))/uint64(base) {
			overflow = true
			continue
		}
		n = n*uint64(base) + uint64(d)
	}
	if i == start {
		return 0, 0, false
	}
	if negative {
		n = -n
	}
	return int64(n), i, overflow
}

// parseLiteral is CPython's PyLong_FromString for base 0 and 10. s holds no
// NUL. newline says that CPython's text has an LF at its end that s has not:
// white space that only messages show.
func parseLiteral(s []byte, base int, newline bool) (int64, *big.Int, error) {
	i := 0
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	negative := false
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		negative = s[i] == '-'
		i++
	}
	onlyZero := false // "007" is no number, but "00" is
	if base == 0 {
		base = 10
		if i < len(s) && s[i] == '0' {
			var mark byte
			if i+1 < len(s) {
				mark = s[i+1] | 0x20
			}
			switch mark {
			case 'x':
				base = 16
			case 'o':
				base = 8
			case 'b':
				base = 2
			default:
				onlyZero = true
			}
		}
		if base != 10 {
			if i += 2; i < len(s) && s[i] == '_' {
				i++ // one is allowed behind the prefix
			}
		}
	}
	start := i
	digits := 0
	zero := true
	for ; i < len(s); i++ {
		c := s[i]
		if c == '_' {
			if i == start || s[i-1] == '_' {
				return 0, nil, badLiteral(s, base, newline)
			}
			continue
		}
		if digitValue(c) >= base {
			break
		}
		digits++
		zero = zero && c == '0'
	}
	end := i
	if end > start && s[end-1] == '_' {
		return 0, nil, badLiteral(s, base, newline)
	}
	if base == 10 && digits > maxStrDigits {
		return 0, nil, valueError("Exceeds the limit (4300 digits) for integer string conversion: value has " +
			strconv.Itoa(digits) + " digits; use sys.set_int_max_str_digits() to increase the limit")
	}
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	if i < len(s) || digits == 0 || onlyZero && !zero {
		if onlyZero {
			base = 0 // what CPython shows once it has seen a leading zero
		}
		return 0, nil, badLiteral(s, base, newline)
	}
	v, big := convertDigits(s[start:end], base, negative)
	return v, big, nil
}

// convertDigits is the value of checked digits in base 2, 8, 10 or 16 with
// single underscores between them. The big.Int is nil if the value fits int64.
func convertDigits(s []byte, base int, negative bool) (int64, *big.Int) {
	limit := uint64(1)<<63 - 1
	if negative {
		limit++
	}
	n := uint64(0)
	for _, c := range s {
		if c == '_' {
			continue
		}
		d := uint64(digitValue(c))
		if n > (limit-d)/uint64(base) {
			return 0, convertBig(s, base, negative)
		}
		n = n*uint64(base) + d
	}
	if negative {
		n = -n
	}
	return int64(n), nil
}

func convertBig(s []byte, base int, negative bool) *big.Int {
	z := new(big.Int)
	switch base {
	case 10:
		z.SetString(string(bytes.ReplaceAll(s, []byte("_"), nil)), 10)
	case 16:
		z.SetBytes(packDigits(s, 4))
	case 8:
		z.SetBytes(packDigits(s, 3))
	case 2:
		z.SetBytes(packDigits(s, 1))
	}
	if negative {
		z.Neg(z)
	}
	return z
}

// packDigits turns digits of width bits each into big-endian bytes. Python has
// no limit on these bases, so this must be linear, which big.Int.SetString
// does not promise.
func packDigits(s []byte, width uint) []byte {
	out := make([]byte, (len(s)*int(width)+7)/8)
	at := len(out)
	acc, n := uint(0), uint(0)
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '_' {
			continue
		}
		acc |= uint(digitValue(s[i])) << n
		if n += width; n >= 8 {
			at--
			out[at] = byte(acc)
			acc >>= 8
			n -= 8
		}
	}
	if n > 0 {
		at--
		out[at] = byte(acc)
	}
	return out[at:]
}

// badLiteral is the error for a text that is no number. CPython shows the repr
// of its first 200 bytes, so a text that is not UTF-8 fails on that instead.
func badLiteral(s []byte, base int, newline bool) error {
	shown := s
	if newline {
		shown = append(bytes.Clone(s[:min(len(s), 200)]), '\n')
	}
	shown = shown[:min(len(shown), 200)]
	if _, err := decodeUTF8(nil, shown, "strict"); err != nil {
		return err
	}
	repr := AppendReprStr(nil, string(shown))
	return valueError("invalid literal for int() with base " + strconv.Itoa(base) + ": " + firstRunes(string(repr), 200))
}

// firstRunes cuts s after n code points.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// shownLine is a line as CPython's "%.200s" shows it: with its LF unless a NUL
// came first, cut at 200 bytes, what is not UTF-8 replaced.
func shownLine(line []byte) string {
	s := cString(line)
	if len(s) == len(line) {
		s = append(bytes.Clone(s[:min(len(s), 200)]), '\n')
	}
	out, _ := decodeUTF8(nil, s[:min(len(s), 200)], "replace")
	return string(out)
}
