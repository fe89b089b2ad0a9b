package stdlib

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-pickle/pickle/py"
)

// A Decimal is a decimal.Decimal: a number in decimal digits, exactly as it was written, so
// that 1.50 keeps its zero; or an infinity, or a NaN. The zero Decimal is 0.
//
// Two Decimals are == if their texts are the same; [Decimal.Equal] compares the numbers.
type Decimal struct{ text string } // in the form that Python's str gives

// NewDecimal returns the Decimal of a text as Python reads it: 1.50, -2e-7, Infinity, NaN.
func NewDecimal(text string) (Decimal, error) {
	n, ok := parseDecimal(text)
	if !ok {
		return Decimal{}, fmt.Errorf("%.100q is no decimal number", text)
	}
	canonical := n.String()
	if canonical == text {
		return Decimal{text}, nil
	}
	return Decimal{canonical}, nil
}

// String gives the number as Python's str does.
func (d Decimal) String() string {
	if d.text == "" {
		return "0"
	}
	return d.text
}

// AppendRepr appends what Python's repr gives.
func (d Decimal) AppendRepr(dst []byte) []byte {
	return append(append(append(dst, "Decimal('"...), d.String()...), "')"...)
}

// IsNaN reports whether d is a NaN, quiet or signalling.
func (d Decimal) IsNaN() bool { return strings.Contains(d.text, "N") }

// IsSignalingNaN reports whether d is sNaN.
func (d Decimal) IsSignalingNaN() bool { return strings.Contains(d.text, "s") }

// IsInf reports whether d is an infinity.
func (d Decimal) IsInf() bool { return strings.Contains(d.text, "f") }

// Sign is -1, 0 or 1; that of a NaN is 0.
func (d Decimal) Sign() int {
	n := d.number()
	switch {
	case n.special == "NaN" || n.special == "sNaN" || n.special == "" && n.digits == "0":
		return 0
	case n.negative:
		return -1
	}
	return 1
}

// maxDecimal is how many digits, zeros between them and the point included, conversions
// write out: 1E+999999999 is a short text.
const maxDecimal = 5000

// Rat returns the number exactly. Infinities, NaNs and numbers of more than 5000 places
// before or after the point are an error.
func (d Decimal) Rat() (*big.Rat, error) {
	n := d.number()
	if n.special != "" {
		return nil, fmt.Errorf("%s is no rational number", d)
	}
	if len(n.digits) > maxDecimal || n.exp > maxDecimal || n.exp < -maxDecimal {
		return nil, errors.New("the Decimal has too many places")
	}
	num, _ := new(big.Int).SetString(n.digits, 10)
	if n.negative {
		num.Neg(num)
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(max(n.exp, -n.exp)), nil)
	if n.exp >= 0 {
		return new(big.Rat).SetInt(num.Mul(num, scale)), nil
	}
	return new(big.Rat).SetFrac(num, scale), nil
}

// Float64 returns the nearest float64: an infinity where the number is too large. For
// NaNs it is a NaN.
func (d Decimal) Float64() float64 {
	if d.IsNaN() {
		return math.NaN()
	}
	f, _ := strconv.ParseFloat(d.String(), 64) // what is out of range gives an infinity
	return f
}

// BigFloat returns the nearest number of that many bits. A NaN is an error.
func (d Decimal) BigFloat(prec uint) (*big.Float, error) {
	if d.IsNaN() {
		return nil, errors.New("a big.Float can't be NaN")
	}
	if n := d.number(); n.exp > 1<<28 || n.exp < -1<<28 || len(n.digits) > 1<<28 {
		return nil, errors.New("the Decimal has too many places")
	}
	text := strings.TrimSuffix(d.String(), "inity")
	f, _, err := big.ParseFloat(text, 10, prec, big.ToNearestEven)
	return f, err
}

// MarshalText gives what String does.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [NewDecimal] does.
func (d *Decimal) UnmarshalText(text []byte) (err error) {
	*d, err = NewDecimal(string(text))
	return err
}

// Plain is the text that String gives: a float64 would change most numbers.
func (d Decimal) Plain() (any, error) { return d.String(), nil }

// StoreIn stores the number in a *string, *float64, *float32, *[big.Rat], *[big.Int] or a
// pointer to an integer. A float takes it if it is exact, or the float that is printed as
// the same number, as 0.1 is.
func (d Decimal) StoreIn(dst any) (bool, error) {
	switch dst := dst.(type) {
	case *string:
		*dst = d.String()
		return true, nil
	case *float64:
		f := d.Float64()
		if d.IsSignalingNaN() || !d.IsNaN() && !d.isFloat(f, 64) {
			return true, fmt.Errorf("Decimal %s is no float64", d)
		}
		*dst = f
		return true, nil
	case *float32:
		f, err := strconv.ParseFloat(d.String(), 32)
		if err != nil || !d.isFloat(f, 32) {
			return true, fmt.Errorf("Decimal %s is no float32", d)
		}
		*dst = float32(f)
		return true, nil
	case *big.Rat:
		r, err := d.Rat()
		if err == nil {
			dst.Set(r)
		}
		return true, err
	}
	return storeRatInt(dst, d.Rat)
}

// isFloat reports whether f is, or stands for, the number of d.
func (d Decimal) isFloat(f float64, bits int) bool {
	if math.IsInf(f, 0) || d.IsInf() {
		return d.IsInf()
	}
	shown, err := NewDecimal(strconv.FormatFloat(f, 'e', -1, bits))
	if err == nil && shown.Equal(d) {
		return true
	}
	r, err := d.Rat()
	return err == nil && r.Cmp(new(big.Rat).SetFloat64(f)) == 0
}

// storeRatInt stores a number in what holds integers.
func storeRatInt(dst any, number func() (*big.Rat, error)) (bool, error) {
	big1, isBig := dst.(*big.Int)
	v := reflect.ValueOf(dst)
	if !isBig && (v.Kind() != reflect.Pointer || v.IsNil() || !v.Elem().CanInt() && !v.Elem().CanUint()) {
		return false, nil
	}
	r, err := number()
	if err != nil {
		return true, err
	}
	i := r.Num()
	switch {
	case !r.IsInt():
		return true, errors.New("the number is not a whole one")
	case isBig:
		big1.Set(i)
	case v.Elem().CanInt() && i.IsInt64() && !v.Elem().OverflowInt(i.Int64()):
		v.Elem().SetInt(i.Int64())
	case v.Elem().CanUint() && i.IsUint64() && !v.Elem().OverflowUint(i.Uint64()):
		v.Elem().SetUint(i.Uint64())
	default:
		return true, fmt.Errorf("the number is out of range for %s", v.Elem().Type())
	}
	return true, nil
}

// HashKey is the number, which in Python is equal to an int, float or Fraction of its value.
func (d Decimal) HashKey() any {
	n := d.number()
	switch n.special {
	case "":
	case "Infinity":
		return d.Float64()
	default:
		return math.NaN()
	}
	n.digits, n.exp = trimZeros(n.digits, n.exp)
	if n.digits == "0" {
		return int64(0)
	}
	if len(n.digits) > maxDecimal || n.exp > maxDecimal || n.exp < -maxDecimal {
		return decimalKey(n)
	}
	r, err := Decimal{n.String()}.Rat()
	if err != nil {
		return decimalKey(n)
	}
	return py.RationalKey(r)
}

type decimalKey decimalNumber

// Equal reports whether d and e are the same number. A NaN is equal to nothing.
func (d Decimal) Equal(e Decimal) bool {
	return !d.IsNaN() && !e.IsNaN() && py.Equal(d, e)
}

// A decimalNumber is a Decimal taken apart.
type decimalNumber struct {
	negative bool
	special  string // Infinity, NaN, sNaN or nothing
	digits   string // without leading zeros but at least one, or the payload of a NaN
	exp      int64
}

func (d Decimal) number() decimalNumber {
	n, _ := parseDecimal(d.String())
	return n
}

// parseDecimal reads the grammar of decimal.Decimal (_parser in Lib/_pydecimal.py), but for
// digits that are not of ASCII.
func parseDecimal(s string) (n decimalNumber, ok bool) {
	s = strings.Trim(s, " \t\n\r\v\f")
	s = strings.ReplaceAll(s, "_", "")
	if s != "" && (s[0] == '-' || s[0] == '+') {
		n.negative = s[0] == '-'
		s = s[1:]
	}
	if s == "" {
		return n, false
	}
	if c := s[0] | 0x20; c == 'i' || c == 'n' || c == 's' {
		lower := strings.ToLower(s)
		if lower == "inf" || lower == "infinity" {
			n.special = "Infinity"
			return n, true
		}
		rest, signaling := strings.CutPrefix(lower, "s")
		payload, isNaN := strings.CutPrefix(rest, "nan")
		if !isNaN || !allDigits(payload) {
			return n, false
		}
		n.special, n.digits = "NaN", strings.TrimLeft(payload, "0")
		if signaling {
			n.special = "sNaN"
		}
		return n, true
	}
	mantissa, exp := s, ""
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exp = s[:i], s[i+1:]
		var err error
		if n.exp, err = strconv.ParseInt(exp, 10, 64); err != nil || n.exp > maxExp || n.exp < minExp {
			return n, false
		}
	}
	whole, part, _ := strings.Cut(mantissa, ".")
	if !allDigits(whole) || !allDigits(part) || whole == "" && part == "" {
		return n, false
	}
	n.digits = strings.TrimLeft(whole+part, "0")
	if n.digits == "" {
		n.digits = "0"
	}
	n.exp -= int64(len(part))
	return n, n.exp+int64(len(n.digits)) <= maxExp && n.exp >= minExp
}

// The bounds of exponents: decimal.MAX_EMAX and decimal.MIN_ETINY on machines of 64 bits.
const (
	maxExp = 1e18
	minExp = -2e18 + 3
)

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// trimZeros takes the zeros off the end.
func trimZeros(digits string, exp int64) (string, int64) {
	short := strings.TrimRight(digits, "0")
	if short == "" {
		return "0", 0
	}
	return short, exp + int64(len(digits)-len(short))
}

// String writes the number as Decimal.__str__ does.
func (n decimalNumber) String() string {
	sign := ""
	if n.negative {
		sign = "-"
	}
	switch n.special {
	case "Infinity":
		return sign + n.special
	case "NaN", "sNaN":
		return sign + n.special + n.digits
	}
	size := int64(len(n.digits))
	left := n.exp + size // digits before the point
	point := int64(1)
	if n.exp <= 0 && left > -6 {
		point = left
	}
	text := sign
	switch {
	case point <= 0:
		text += "0." + strings.Repeat("0", int(-point)) + n.digits
	case point >= size:
		text += n.digits + strings.Repeat("0", int(point-size))
	default:
		text += n.digits[:point] + "." + n.digits[point:]
	}
	if left == point {
		return text
	}
	return text + fmt.Sprintf("E%+d", left-point)
}

var decimalClass = py.Global{Module: "decimal", Name: unshared("Decimal")}

var numberEntries = []py.Entry{
	{
		Names: []py.Global{decimalClass},
		Types: []reflect.Type{reflect.TypeFor[Decimal]()},
		Load:  loadDecimal,
		Reduce: func(v any, _ py.Form) (any, error) {
			// A str that Python makes anew each time.
			return py.NewCall(decimalClass, strings.Clone(v.(Decimal).String())), nil
		},
	},
	{
		Names:  []py.Global{fractionClass},
		Types:  []reflect.Type{reflect.TypeFor[*big.Rat]()},
		Load:   loadFraction,
		Reduce: func(v any, f py.Form) (any, error) { return reduceFraction(v.(*big.Rat), f), nil },
	},
	{
		Types: []reflect.Type{reflect.TypeFor[*big.Float]()},
		Reduce: func(any, py.Form) (any, error) {
			return nil, errors.New("no type of Python is like it: use a float64, a stdlib.Decimal or a *big.Rat")
		},
	},
}

func loadDecimal(o *py.Object) (any, bool) {
	args, ok := calledArgs(o, decimalClass)
	if !ok || len(args) != 1 {
		return nil, false
	}
	text, ok := textOf(args[0])
	if !ok {
		return nil, false
	}
	d, err := NewDecimal(text)
	return d, err == nil
}

var fractionClass = py.Global{Module: "fractions", Name: "Fraction"}

// maxFraction is how many bits the parts of a fraction may have: to cancel it takes more
// than linear time.
const maxFraction = 1 << 17

// loadFraction makes a *big.Rat of Fraction(num, den), and of Fraction('num/den') as up to
// Python 3.10.
func loadFraction(o *py.Object) (any, bool) {
	args, ok := calledArgs(o, fractionClass)
	if !ok {
		return nil, false
	}
	var num, den *big.Int
	switch len(args) {
	case 1:
		text, ok := textOf(args[0])
		if !ok || len(text) > maxFraction/3 {
			return nil, false
		}
		n, d, _ := strings.Cut(text, "/")
		if d == "" {
			d = "1"
		}
		if digits := strings.TrimPrefix(n, "-"); digits == "" || !allDigits(digits) || !allDigits(d) {
			return nil, false
		}
		num, _ = new(big.Int).SetString(n, 10)
		den, _ = new(big.Int).SetString(d, 10)
	case 2:
		num, den = bigInt(args[0]), bigInt(args[1])
	}
	if num == nil || den == nil || den.Sign() <= 0 || num.BitLen() > maxFraction || den.BitLen() > maxFraction {
		return nil, false
	}
	return new(big.Rat).SetFrac(num, den), true
}

func reduceFraction(r *big.Rat, f py.Form) any {
	if f.Python < 11 {
		return py.NewCall(fractionClass, strings.Clone(r.RatString()))
	}
	return py.NewCall(fractionClass, pyInt(r.Num()), pyInt(r.Denom()))
}

// bigInt is v if that is an int, or nil.
func bigInt(v any) *big.Int {
	switch v := v.(type) {
	case int64:
		return big.NewInt(v)
	case *big.Int:
		return v
	}
	return nil
}

// pyInt is i as package py has ints.
func pyInt(i *big.Int) any {
	if i.IsInt64() {
		return i.Int64()
	}
	return i
}
