package textcodec

import (
	"math"
	"strconv"
)

// AppendFloat appends repr(f): the shortest digits that read back as f, always
// recognisable as a float ("1.0", "1e+16", "1e-05", "inf", "nan", "-0.0").
func AppendFloat(dst []byte, f float64) []byte {
	switch {
	case f != f:
		return append(dst, "nan"...)
	case f > math.MaxFloat64:
		return append(dst, "inf"...)
	case f < -math.MaxFloat64:
		return append(dst, "-inf"...)
	}
	// Python leaves the plain form below 1e-4 and from 1e16 on. The bound is
	// on the decimal exponent of the shortest digits, and no float close to
	// these powers of ten rounds across them, so comparing values will do.
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, '.', '0')
}

// ParseFloat reads the argument of FLOAT, its line without the LF. It takes
// what PyOS_string_to_double takes: sign, digits, point, exponent, or inf,
// infinity, nan in any case; no white space, underscores or hexadecimals. A
// NUL ends the text. Too large a number is an OverflowError, everything else
// a ValueError.
func ParseFloat(line []byte) (float64, error) {
	s := cString(line)
	i := 0
	negative := false
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		negative = s[i] == '-'
		i++
	}
	if f, n := parseInfNaN(s[i:], negative); n > 0 {
		if i+n != len(s) {
			return 0, valueError("could not convert string to float")
		}
		return f, nil
	}
	d := scanDecimal(s[i:])
	if d.length == 0 {
		return 0, valueError("could not convert string to float: '" + shownLine(line) + "'")
	}
	f, overflow := d.value(s[i:])
	if overflow {
		// Judged before the rest of the line is.
		return 0, &Error{Kind: "OverflowError",
			Message: "value too large to convert to float: '" + shownLine(line) + "'"}
	}
	if i+d.length != len(s) {
		return 0, valueError("could not convert string to float")
	}
	if negative {
		f = -f
	}
	return f, nil
}

// parseInfNaN reads a name at the start of s, and its length, 0 if there is
// none. The sign of a NaN is kept: it shows when the value is dumped in binary.
func parseInfNaN(s []byte, negative bool) (float64, int) {
	bits, n := uint64(0), 0
	switch {
	case hasFold(s, "infinity"):
		bits, n = 0x7FF0000000000000, 8
	case hasFold(s, "inf"):
		bits, n = 0x7FF0000000000000, 3
	case hasFold(s, "nan"):
		bits, n = 0x7FF8000000000000, 3
	}
	if negative {
		bits |= 1 << 63
	}
	return math.Float64frombits(bits), n
}

// hasFold reports whether s begins with the lower-case word in any case.
func hasFold(s []byte, word string) bool {
	if len(s) < len(word) {
		return false
	}
	for i := range len(word) {
		if s[i]|0x20 != word[i] {
			return false
		}
	}
	return true
}

// decimal is where the parts of an unsigned decimal number stand in its text.
type decimal struct {
	digits   int // end of the digits with their point
	length   int // end of the whole number; 0 if there is none
	point    int // index of the point, or digits
	exponent int // of ten, cut at maxExponent
}

// maxExponent bounds an exponent well past what a line of any length that fits
// into 100 MB can balance by leading zeros, and far from overflowing 32 bits.
const maxExponent = 1 << 27

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// scanDecimal finds the longest decimal number at the start of s.
func scanDecimal(s []byte) decimal {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	n := i
	d := decimal{point: i}
	if i < len(s) && s[i] == '.' {
		i++
		for i < len(s) && isDigit(s[i]) {
			i++
			n++
		}
	}
	if n == 0 {
		return decimal{}
	}
	d.digits, d.length = i, i
	if i == len(s) || s[i]|0x20 != 'e' {
		return d
	}
	// An e that no digits follow is not part of the number.
	i++
	negative := false
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		negative = s[i] == '-'
		i++
	}
	for ; i < len(s) && isDigit(s[i]); i++ {
		d.length = i + 1
		if d.exponent < maxExponent {
			d.exponent = d.exponent*10 + int(s[i]-'0')
		}
	}
	if negative {
		d.exponent = -d.exponent
	}
	return d
}

// value is the float nearest to the number that d describes in s.
func (d decimal) value(s []byte) (f float64, overflow bool) {
	// strconv cuts exponents at some 10000 even when as many zeros stand
	// against them, so longer numbers are brought into a short form first.
	text := s[:d.length]
	if d.length > 64 {
		text = d.shorten(s)
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		// The syntax has been checked, so the number is out of range. Too
		// small is 0 and no error, in strconv as in Python.
		return 0, true
	}
	return f, false
}

// shorten rewrites the number as 0.DIGITSe±N with at most enough digits to
// round correctly: 800 are more than the 767 that any tie between two floats
// needs, and a 1 behind them stands for whatever nonzero digits were cut.
func (d decimal) shorten(s []byte) []byte {
	const keep = 800
	out := append(make([]byte, 0, keep+32), '0', '.')
	exponent := d.exponent + d.point
	n, rest := 0, false
	for i := 0; i < d.digits; i++ {
		c := s[i]
		switch {
		case c == '.':
		case n == 0 && c == '0':
			exponent--
		case n < keep:
			out = append(out, c)
			n++
		default:
			rest = rest || c != '0'
		}
	}
	if n == 0 {
		return out[:1]
	}
	if rest {
		out = append(out, '1')
	}
	out = append(out, 'e')
	return strconv.AppendInt(out, int64(exponent), 10)
}
