package py

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
)

// Store stores the Python value v where dst points to, if that can be done without loss:
// numbers in any Go number that holds exactly the value, a str in a string, bytes and
// bytearray in a []byte or a string type, what is a [Storer] where it knows the type, and any value in
// a variable of its own type or of an interface that it implements. None makes a pointer,
// interface, slice or map nil. Named types are taken as what they are named for.
//
// dst must be a pointer that is not nil. Lists and dicts are not converted: package pickle
// loads into slices, maps and structs.
func Store(dst, v any) error {
	p := reflect.ValueOf(dst)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("py.Store: the destination is a %T, not a pointer", dst)
	}
	return store(p.Elem(), v)
}

func store(dst reflect.Value, v any) error {
	t := dst.Type()
	if isNone(v) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
			dst.SetZero()
			return nil
		}
		return fmt.Errorf("the value is None, which a %s can't be", t)
	}
	if x := reflect.ValueOf(v); x.Type().AssignableTo(t) {
		dst.Set(x)
		return nil
	}
	if s, ok := v.(Storer); ok {
		if ok, err := s.StoreIn(dst.Addr().Interface()); ok || err != nil {
			return err
		}
	}
	if n, ok := goNumber(v); ok {
		v = n
	}
	stored := false
	switch t.Kind() {
	case reflect.Bool:
		if b, ok := v.(bool); ok {
			dst.SetBool(b)
			stored = true
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if i, ok := exactInt(v); ok && i.IsInt64() && !dst.OverflowInt(i.Int64()) {
			dst.SetInt(i.Int64())
			stored = true
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if i, ok := exactInt(v); ok && i.IsUint64() && !dst.OverflowUint(i.Uint64()) {
			dst.SetUint(i.Uint64())
			stored = true
		}
	case reflect.Float32, reflect.Float64:
		if f, ok := exactFloat(v); ok && (t.Kind() == reflect.Float64 || f != f || float64(float32(f)) == f) {
			dst.SetFloat(f)
			stored = true
		}
	case reflect.Complex64, reflect.Complex128:
		if c, ok := v.(complex128); ok && (t.Kind() == reflect.Complex128 || complex128(complex64(c)) == c) {
			dst.SetComplex(c)
			stored = true
		}
	case reflect.String:
		switch s := v.(type) {
		case string:
			dst.SetString(s)
			stored = true
		case Bytes:
			dst.SetString(string(s))
			stored = true
		}
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			break
		}
		switch b := v.(type) {
		case Bytes:
			dst.SetBytes([]byte(b))
			stored = true
		case *ByteArray:
			dst.SetBytes(append([]byte(nil), b.Bytes...))
			stored = true
		}
	case reflect.Pointer:
		if i, ok := exactInt(v); ok && t == reflect.TypeFor[*big.Int]() {
			dst.Set(reflect.ValueOf(i))
			stored = true
		}
	}
	if !stored {
		return fmt.Errorf("%s %s into %s", TypeName(v), ReprOptions{MaxLen: 60}.Format(v), t)
	}
	return nil
}

// exactInt is the integer that v equals. A bool is none here.
func exactInt(v any) (*big.Int, bool) {
	switch v := v.(type) {
	case int64:
		return big.NewInt(v), true
	case *big.Int:
		return v, v != nil
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<64 {
			i, _ := big.NewFloat(v).Int(nil)
			return i, true
		}
	}
	return nil, false
}

// exactFloat is the float that v equals.
func exactFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		f := float64(v)
		return f, math.Abs(f) < 1<<63 && int64(f) == v
	case *big.Int:
		f, accuracy := new(big.Float).SetInt(v).Float64()
		return f, accuracy == big.Exact && !math.IsInf(f, 0)
	}
	return 0, false
}
