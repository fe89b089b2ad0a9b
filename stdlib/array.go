package stdlib

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/cmplx"
	"reflect"
	"unicode/utf8"

	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/py"
)

// An Array is an array.array. Items is a slice, as the Typecode says:
//
//	b, B         []int8, []uint8
//	h, H         []int16, []uint16
//	i, I         []int32, []uint32; where C's int has two bytes []int16, []uint16
//	l, L         []int64, []uint64; as of Windows []int32, []uint32
//	q, Q         []int64, []uint64
//	f, d         []float32, []float64
//	e            []float32 of numbers that 16 bits hold; Python 3.15 was the first to have it
//	Zf, Zd       []complex64, []complex128; likewise
//	u, w         []rune; u as of Windows []uint16, which are UTF-16
//	c            []byte; of Python 2
type Array struct {
	Typecode string
	Items    any

	class py.Global // array.array as the pickle had it; see reduceArray
}

// NewArray returns an array that holds items, a slice of one of the types that [Array] lists,
// under the first typecode that it has there.
func NewArray(items any) (*Array, error) {
	for _, typecode := range []string{"b", "B", "h", "H", "i", "I", "q", "Q", "f", "d", "Zf", "Zd"} {
		if a := (&Array{Typecode: typecode, Items: items}); a.check() == nil {
			return a, nil
		}
	}
	return nil, fmt.Errorf("array.array has nothing for a %T", items)
}

// Len is the number of items.
func (a *Array) Len() int { return reflect.ValueOf(a.Items).Len() }

// At is item i as a Python value: an int64, *big.Int, float64, complex128 or string.
func (a *Array) At(i int) any {
	switch s := a.Items.(type) {
	case []int8:
		return int64(s[i])
	case []uint8:
		if a.Typecode == "c" {
			return intern.Char(s[i])
		}
		return int64(s[i])
	case []int16:
		return int64(s[i])
	case []uint16:
		if a.Typecode == "u" {
			return char(rune(s[i]))
		}
		return int64(s[i])
	case []int32:
		if a.Typecode == "u" || a.Typecode == "w" {
			return char(s[i])
		}
		return int64(s[i])
	case []uint32:
		return int64(s[i])
	case []int64:
		return s[i]
	case []uint64:
		return pyInt(new(big.Int).SetUint64(s[i]))
	case []float32:
		return float64(s[i])
	case []float64:
		return s[i]
	case []complex64:
		return complex128(s[i])
	case []complex128:
		return s[i]
	}
	return nil
}

// char is the str of one character, a new one past U+00FF. A surrogate is its three bytes.
func char(r rune) string {
	switch {
	case r >= 0 && r <= 0xff:
		return intern.Char(byte(r))
	case r >= 0xd800 && r <= 0xdfff:
		return string([]byte{byte(r>>12) | 0xe0, byte(r>>6)&0x3f | 0x80, byte(r)&0x3f | 0x80})
	}
	return string(r)
}

// oneChar is the character that s is.
func oneChar(s string) (rune, bool) {
	r, n := utf8.DecodeRuneInString(s)
	if n == len(s) && (r != utf8.RuneError || n == 3) {
		return r, n > 0
	}
	if len(s) == 3 && s[0] == 0xed && s[1] >= 0xa0 && s[1] <= 0xbf && s[2]&0xc0 == 0x80 {
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), true
	}
	return 0, false
}

// Text is the text of an array of characters, and whether it is one.
func (a *Array) Text() (string, bool) {
	if a.check() != nil || a.Typecode != "u" && a.Typecode != "w" && a.Typecode != "c" {
		return "", false
	}
	var out []byte
	units, isUTF16 := a.Items.([]uint16)
	for i := 0; i < a.Len(); i++ {
		if isUTF16 && i+1 < len(units) && units[i]&0xfc00 == 0xd800 && units[i+1]&0xfc00 == 0xdc00 {
			out = utf8.AppendRune(out, rune(units[i]&0x3ff)<<10+rune(units[i+1]&0x3ff)+0x10000)
			i++
			continue
		}
		out = append(out, a.At(i).(string)...)
	}
	return string(out), true
}

// ReprParts are the parts of what Python's repr gives.
func (a *Array) ReprParts() []any {
	parts := []any{py.ReprText("array("), a.Typecode}
	if a.check() != nil {
		return []any{py.ReprText("array(...)")}
	}
	if text, ok := a.Text(); ok && text != "" {
		parts = append(parts, py.ReprText(", "), text)
	} else if n := a.Len(); n > 0 {
		parts = append(parts, py.ReprText(", "), &py.List{Items: a.values()})
	}
	return append(parts, py.ReprText(")"))
}

func (a *Array) values() []any {
	values := make([]any, a.Len())
	for i := range values {
		values[i] = a.At(i)
	}
	return values
}

// Equal reports whether the arrays hold equal items: typecodes don't count, and 1 is equal
// to 1.0.
func (a *Array) Equal(b *Array) bool {
	if a.check() != nil || b.check() != nil || a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !py.Equal(a.At(i), b.At(i)) {
			return false
		}
	}
	return true
}

// HashKey says that an array can't be a key.
func (a *Array) HashKey() any { return &py.UnhashableError{Type: "array.array"} }

// Plain is a []any of the items, or a string if they are characters.
func (a *Array) Plain() (any, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	if text, ok := a.Text(); ok {
		return text, nil
	}
	return a.values(), nil
}

// StoreIn stores a copy of the items in a pointer to a slice of any type of number that
// holds each of them exactly, or characters in a *string.
func (a *Array) StoreIn(dst any) (bool, error) {
	if s, ok := dst.(*string); ok {
		text, ok := a.Text()
		if !ok {
			return true, errors.New("an array of numbers is no string")
		}
		*s = text
		return true, nil
	}
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Slice {
		return false, nil
	}
	from, elem := reflect.ValueOf(a.Items), v.Type().Elem().Elem()
	if k := elem.Kind(); k < reflect.Int || k > reflect.Complex128 {
		return false, nil
	}
	if err := a.check(); err != nil {
		return true, err
	}
	if fromComplex := from.Type().Elem().Kind() >= reflect.Complex64; fromComplex != (elem.Kind() >= reflect.Complex64) {
		return true, fmt.Errorf("array.array(%q) in a slice of %s", a.Typecode, elem)
	}
	to := reflect.MakeSlice(v.Type().Elem(), a.Len(), a.Len())
	if elem == from.Type().Elem() {
		reflect.Copy(to, from)
		v.Elem().Set(to)
		return true, nil
	}
	for i := range a.Len() {
		item, back := from.Index(i), reflect.New(from.Type().Elem()).Elem()
		converted := item.Convert(elem)
		back.Set(converted.Convert(from.Type().Elem()))
		exact := back.Equal(item) || isNaN(item)
		if exact && (item.CanInt() && item.Int() < 0 && converted.CanUint() ||
			item.CanUint() && converted.CanInt() && converted.Int() < 0 ||
			item.CanFloat() && !converted.CanFloat() && isNaN(item)) {
			exact = false
		}
		if exact && item.CanFloat() != converted.CanFloat() && math.Abs(asFloat(item)) >= 1<<63 {
			exact = false // conversion of floats out of range gives any number
		}
		if !exact {
			return true, fmt.Errorf("item %d, %v, into %s", i, item, elem)
		}
		to.Index(i).Set(converted)
	}
	v.Elem().Set(to)
	return true, nil
}

func isNaN(v reflect.Value) bool {
	return v.CanFloat() && math.IsNaN(v.Float()) || v.CanComplex() && cmplx.IsNaN(v.Complex())
}

func asFloat(v reflect.Value) float64 {
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	}
	return v.Float()
}

// check reports whether Items is of a type that the Typecode has.
func (a *Array) check() error {
	if formats, ok := arrayFormats[a.Typecode]; ok {
		for _, format := range formats {
			if machineFormats[format].is(a.Items) {
				return nil
			}
		}
	}
	return fmt.Errorf("an array of typecode %q has no %T", a.Typecode, a.Items)
}

// arrayFormats are the machine formats that an array of a typecode may have, without the
// order of bytes: 2 stands for 2 and 3.
var arrayFormats = map[string][]int{
	"b": {1}, "B": {0}, "h": {4}, "H": {2}, "i": {8, 4}, "I": {6, 2}, "l": {12, 8}, "L": {10, 6}, "q": {12}, "Q": {10},
	"e": {26}, "f": {14}, "d": {16}, "Zf": {22}, "Zd": {24}, "u": {20, 18}, "w": {20}, "c": {0},
}

// Bytes are the items as bytes, little-endian, as tobytes gives them on most machines.
func (a *Array) Bytes() []byte {
	if a.check() != nil {
		return nil
	}
	for _, format := range arrayFormats[a.Typecode] {
		if m := machineFormats[format]; m.is(a.Items) {
			return m.add(make([]byte, 0, m.size*a.Len()), a.Items)
		}
	}
	return nil
}
