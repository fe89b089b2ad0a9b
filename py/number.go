package py

import (
	"math"
	"math/big"
)

// A number is any of Python's numbers in its simplest form: complex only if it has an
// imaginary part, big only if it does not fit 64 bits, float only if it is no such int.
// Two numbers of different forms can be equal only if one is big and the other float.
type number struct {
	form numberForm
	i    int64
	f    float64 // also the real part
	im   float64
	b    *big.Int
}

type numberForm uint8

const (
	notNumber numberForm = iota
	intForm
	bigForm
	floatForm
	complexForm
)

func numberOf(x any) number {
	switch x := x.(type) {
	case int64:
		return number{form: intForm, i: x}
	case float64:
		return floatNumber(x)
	case bool:
		if x {
			return number{form: intForm, i: 1}
		}
		return number{form: intForm}
	case *big.Int:
		if x == nil {
			return number{}
		}
		if x.IsInt64() {
			return number{form: intForm, i: x.Int64()}
		}
		return number{form: bigForm, b: x}
	case complex128:
		if imag(x) == 0 {
			return floatNumber(real(x))
		}
		return number{form: complexForm, f: real(x), im: imag(x)}
	}
	if n, ok := goNumber(x); ok {
		return numberOf(n)
	}
	return number{}
}

func floatNumber(f float64) number {
	if i, ok := floatInt(f); ok {
		return number{form: intForm, i: i}
	}
	return number{form: floatForm, f: f}
}

func isNumber(x any) bool {
	switch x.(type) {
	case int64, float64, bool, *big.Int, complex128:
		return true
	}
	_, ok := goNumber(x)
	return ok
}

// equalNumbers compares exactly. Inside a container the same NaN is equal to itself.
func equalNumbers(x, y any, inside bool) bool {
	a, b := numberOf(x), numberOf(y)
	if a.form > b.form {
		a, b = b, a
	}
	switch {
	case a.form == notNumber:
		return false
	case a.form == bigForm && b.form == floatForm:
		if math.IsInf(b.f, 0) || math.IsNaN(b.f) || a.b.BitLen() > 1024 {
			return false
		}
		i, _ := big.NewFloat(b.f).Int(nil) // exact: beyond 64 bits a float is an int
		return i.Cmp(a.b) == 0
	case a.form != b.form:
		return false
	case a.form == intForm:
		return a.i == b.i
	case a.form == bigForm:
		return a.b == b.b || a.b.Cmp(b.b) == 0
	}
	if a.f == b.f && a.im == b.im {
		return true
	}
	// Only a NaN is not equal to its own bits.
	return inside && boxAddr(x) == boxAddr(y) && sameFloatType(x, y)
}

func sameFloatType(x, y any) bool {
	switch x := x.(type) {
	case float64:
		_, ok := y.(float64)
		return ok && math.IsNaN(x)
	case complex128:
		_, ok := y.(complex128)
		return ok && hasNaN(x)
	case float32:
		_, ok := y.(float32)
		return ok && math.IsNaN(float64(x))
	case complex64:
		_, ok := y.(complex64)
		return ok && hasNaN(complex128(x))
	}
	return false
}

func hasNaN(x complex128) bool { return math.IsNaN(real(x)) || math.IsNaN(imag(x)) }
