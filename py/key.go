package py

import (
	"math/big"
	"reflect"
)

// A Keyer is a value of a type outside this package that Python does not compare by what
// Go's == compares: a datetime in another time zone may be the same moment, and
// Decimal('1.0') is 1. [Equal], [Hash], dicts and sets then take its key in its place.
type Keyer interface {
	// HashKey returns what is equal for values that are equal in Python, and for no
	// others: a number of this package, a string of a type of one's own, or another
	// value that == compares and that holds no other Python values. For numbers that
	// are neither int nor float [RationalKey] has it. nil says that there is no such
	// key: then the value is compared part by part and hashed as for a Go map. An
	// [*UnhashableError] says that the value can't be a key of a dict either.
	HashKey() any
}

// RationalKey is the HashKey of the number r: what a float or int of that value is, if
// there is one.
func RationalKey(r *big.Rat) any {
	if r.IsInt() {
		return simplestInt(r.Num())
	}
	if f, exact := r.Float64(); exact {
		return f
	}
	return rational(r.String())
}

// rational is the key of a number that is neither an int nor a float.
type rational string

// keyOf is the key of x, or nil.
func keyOf(x any) any {
	switch v := x.(type) {
	case *big.Rat:
		if v != nil {
			return RationalKey(v)
		}
	case Keyer:
		if r := reflect.ValueOf(x); r.Kind() == reflect.Pointer && r.IsNil() {
			return nil
		}
		switch k := v.HashKey().(type) {
		case nil, Keyer:
		default:
			if reflect.ValueOf(k).Comparable() {
				return k
			}
		}
	}
	return nil
}

// byKey compares x and y, of which at least one is of another package's type, by their
// keys. ok is false if there are no keys to compare.
func byKey(x, y any) (same, ok bool) {
	k, l := keyOf(x), keyOf(y)
	if isUnhashable(k) || isUnhashable(l) {
		return false, false
	}
	switch {
	case k == nil && l == nil:
		return false, false
	case k == nil:
		k = x
	case l == nil:
		l = y
	}
	if isNumber(k) || isNumber(l) {
		return isNumber(k) && isNumber(l) && equalNumbers(k, l, false), true
	}
	if reflect.TypeOf(k) != reflect.TypeOf(l) || !reflect.ValueOf(l).Comparable() {
		return false, true
	}
	return k == l, true
}

func isUnhashable(k any) bool {
	_, ok := k.(*UnhashableError)
	return ok
}
