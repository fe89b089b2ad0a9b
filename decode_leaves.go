package pickle

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"unicode/utf8"
	"unsafe"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/wire"
	"github.com/go-pickle/pickle/py"
)

// errOther says that a value is of another type than its target; the error needs no more
// words.
var errOther = errors.New("another type")

// leaf loads a number, bool, text or data.
func (d *typed) leaf(pl *plan, p unsafe.Pointer, r graph.Ref) bool {
	n := d.g.Node(r)
	var err error
	switch n.Kind() {
	case graph.Int:
		err = setInt(pl, p, n.Int())
	case graph.Float:
		err = setFloat(pl, p, n.Float())
	case graph.Bool:
		err = errOther
		if pl.op == opBool {
			*(*bool)(p), err = n.Bool(), nil
		}
	case graph.Long:
		if !d.spend(2 * uint64(n.Len())) {
			return d.tooLarge(pl, r)
		}
		if pl.op == opBigInt {
			data := n.Payload()
			if d.words.left == 0 {
				d.words.left = d.g.PayloadBytes() / 8
			}
			wire.SetBig((*big.Int)(p), d.words.take(wire.BigWords(len(data))), data)
			return true
		}
		err = setBig(pl, p, n.BigInt())
	case graph.Str:
		if pl.text || pl.op == opBytes {
			if !d.spend(2 * uint64(n.Len())) {
				return d.tooLarge(pl, r)
			}
		}
		err = setText(pl, p, d.str(r))
	default:
		return d.data(pl, p, r, n.Payload(), false)
	}
	return d.result(pl, r, err)
}

// result records err, if it is one.
func (d *typed) result(pl *plan, r graph.Ref, err error) bool {
	switch err {
	case nil:
		return true
	case errOther:
		return d.fail(pl, r, nil)
	}
	return d.fail(pl, r, err)
}

// data loads the data of bytes, a bytearray or a buffer. If fresh, nobody else has it.
func (d *typed) data(pl *plan, p unsafe.Pointer, r graph.Ref, data []byte, fresh bool) bool {
	if !d.spend(uint64(len(data)) + 8) {
		return d.tooLarge(pl, r)
	}
	switch {
	case pl.op == opString && !utf8.Valid(data):
		return d.fail(pl, r, errUTF8)
	case pl.op == opString && fresh:
		*(*string)(p) = unsafe.String(unsafe.SliceData(data), len(data))
	case pl.op == opString:
		*(*string)(p) = d.own(data)
	case pl.op == opBytes && fresh:
		*(*[]byte)(p) = data[:len(data):len(data)]
	case pl.op == opBytes:
		n := d.g.Node(r)
		mutable := n.Kind() == graph.ByteArray || n.Kind() == graph.Buffer
		if v, ok := d.shared(pl, n); ok && mutable {
			*(*sliceHeader)(p) = sliceHeader{v.p, v.n, v.n}
			return true
		}
		own := d.bytesOf(n, data)
		*(*[]byte)(p) = own
		if mutable {
			return d.share(pl, n, sharedValue{unsafe.Pointer(unsafe.SliceData(own)), len(own)})
		}
	case pl.op == opByteArray && len(data) != pl.len:
		return d.fail(pl, r, fmt.Errorf("%d bytes for %d", len(data), pl.len))
	case pl.op == opByteArray:
		copy(unsafe.Slice((*byte)(p), pl.len), data)
	default:
		return d.fail(pl, r, nil)
	}
	return true
}

// setText stores text. The text of Python may have lone surrogates, which stay in a string
// as they are with Load[any].
func setText(pl *plan, p unsafe.Pointer, s string) error {
	switch {
	case pl.text:
		return reflect.NewAt(pl.typ, p).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s))
	case pl.op == opString:
		*(*string)(p) = s
	case pl.op == opBytes && !utf8.ValidString(s):
		return errSurrogate
	case pl.op == opBytes:
		*(*[]byte)(p) = append([]byte{}, s...)
	default:
		return errOther
	}
	return nil
}

func setInt(pl *plan, p unsafe.Pointer, v int64) error {
	fits := true
	switch pl.op {
	case opInt64:
		*(*int64)(p) = v
	case opInt32:
		fits = int64(int32(v)) == v
		*(*int32)(p) = int32(v)
	case opInt16:
		fits = int64(int16(v)) == v
		*(*int16)(p) = int16(v)
	case opInt8:
		fits = int64(int8(v)) == v
		*(*int8)(p) = int8(v)
	case opUint64:
		fits = v >= 0
		*(*uint64)(p) = uint64(v)
	case opUint32:
		fits = int64(uint32(v)) == v
		*(*uint32)(p) = uint32(v)
	case opUint16:
		fits = int64(uint16(v)) == v
		*(*uint16)(p) = uint16(v)
	case opUint8:
		fits = int64(uint8(v)) == v
		*(*uint8)(p) = uint8(v)
	case opFloat64, opComplex128:
		if !exactFloat(v) {
			return errInexact
		}
		return setComplex(pl, p, complex(float64(v), 0))
	case opFloat32, opComplex64:
		if f := float32(v); !exactFloat(v) || float64(f) != float64(v) {
			return errInexact
		}
		return setComplex(pl, p, complex(float64(v), 0))
	case opBigInt:
		(*big.Int)(p).SetInt64(v)
	case opBigFloat:
		setBigFloat(p, big.NewInt(v))
	case opBigRat:
		(*big.Rat)(p).SetInt64(v)
	case opDuration:
		return errUnit
	default:
		return errOther
	}
	if !fits {
		return errRange
	}
	return nil
}

// exactFloat reports whether a float64 holds v.
func exactFloat(v int64) bool {
	f := float64(v)
	return f < 1<<63 && int64(f) == v
}

// setBigFloat stores v with as many bits as it needs.
func setBigFloat(p unsafe.Pointer, v *big.Int) {
	*(*big.Float)(p) = *new(big.Float).SetInt(v)
}

// setFloat stores f: in an integer if it is one. A float32 gets the nearest float32: who
// asks for that type asks for its precision.
func setFloat(pl *plan, p unsafe.Pointer, f float64) error {
	switch pl.op {
	case opFloat64, opComplex128, opFloat32, opComplex64:
		return setComplex(pl, p, complex(f, 0))
	case opBigFloat:
		if math.IsNaN(f) {
			return errRange
		}
		*(*big.Float)(p) = *big.NewFloat(f)
		return nil
	case opBigRat:
		if (*big.Rat)(p).SetFloat64(f) == nil {
			return errRange
		}
		return nil
	case opBigInt:
		if math.IsInf(f, 0) || math.IsNaN(f) {
			return errRange
		}
		if f != math.Trunc(f) {
			return errInexact
		}
		big.NewFloat(f).Int((*big.Int)(p))
		return nil
	case opDuration:
		return errUnit
	case opBool, opString, opBytes, opByteArray, opOpaque, opStruct, opSlice, opArray, opMap, opSeq, opSeq2:
		return errOther
	}
	switch {
	case f != math.Trunc(f) || math.IsInf(f, 0):
		return errInexact
	case f >= -1<<63 && f < 1<<63:
		return setInt(pl, p, int64(f))
	case f >= 1<<63 && f < 1<<64:
		return setUint(pl, p, uint64(f))
	}
	return errRange
}

// setUint stores a v past the int64.
func setUint(pl *plan, p unsafe.Pointer, v uint64) error {
	if pl.op != opUint64 {
		return errRange
	}
	*(*uint64)(p) = v
	return nil
}

func setComplex(pl *plan, p unsafe.Pointer, c complex128) error {
	switch pl.op {
	case opComplex128:
		*(*complex128)(p) = c
		return nil
	case opComplex64:
		if overflows32(real(c)) || overflows32(imag(c)) {
			return errRange
		}
		*(*complex64)(p) = complex64(c)
		return nil
	}
	if imag(c) != 0 {
		return errOther
	}
	switch pl.op {
	case opFloat64:
		*(*float64)(p) = real(c)
	case opFloat32:
		if overflows32(real(c)) {
			return errRange
		}
		*(*float32)(p) = float32(real(c))
	default:
		return errOther
	}
	return nil
}

func overflows32(f float64) bool { return !math.IsInf(f, 0) && math.IsInf(float64(float32(f)), 0) }

// setBig stores a v past the int64.
func setBig(pl *plan, p unsafe.Pointer, v *big.Int) error {
	switch pl.op {
	case opBigInt:
		*(*big.Int)(p) = *v // which nobody else has
	case opBigFloat:
		setBigFloat(p, v)
	case opBigRat:
		(*big.Rat)(p).SetInt(v)
	case opFloat64, opFloat32, opComplex128, opComplex64:
		if v.BitLen() > 1024 {
			return errRange
		}
		f, accuracy := new(big.Float).SetInt(v).Float64()
		switch {
		case math.IsInf(f, 0), (pl.op == opFloat32 || pl.op == opComplex64) && overflows32(f):
			return errRange
		case accuracy != big.Exact, (pl.op == opFloat32 || pl.op == opComplex64) && float64(float32(f)) != f:
			return errInexact
		}
		return setComplex(pl, p, complex(f, 0))
	case opUint64:
		if !v.IsUint64() {
			return errRange
		}
		return setUint(pl, p, v.Uint64())
	case opInt64, opInt32, opInt16, opInt8, opUint32, opUint16, opUint8:
		return errRange
	case opDuration:
		return errUnit
	default:
		return errOther
	}
	return nil
}

// object loads what a call gives: as the Go value that the registry has, if the type is
// one of those; as a container or by its attributes; as whatever else the registry's value
// can be stored in; or, made of one value, as that.
func (d *typed) object(pl *plan, p unsafe.Pointer, n graph.Node) bool {
	r := n.Ref()
	switch pl.op {
	case opString, opBytes, opByteArray:
		if data, fresh, ok := d.bytesLike(n); ok {
			return d.data(pl, p, r, data, fresh)
		}
	}
	if c, ok := d.complexNumber(n); ok {
		if err := setComplex(pl, p, c); err != errOther {
			return d.result(pl, r, err)
		}
	}
	if d.mayBe(pl, n) {
		if v, ok := d.registered(n); !ok || d.assigned(pl, p, v) {
			return ok
		}
	}
	if ok, fits := d.container(pl, p, n); fits {
		return ok
	}
	if e := d.entry(n); e != nil && e.Load != nil {
		v, ok := d.registered(n)
		if !ok {
			return false
		}
		if _, inert := v.(*py.Object); !inert {
			return d.storeValue(pl, p, r, v)
		}
	}
	if only, ok := d.only(n); ok {
		return d.value(pl, p, only)
	}
	return d.stored(pl, p, r)
}

// complexNumber is the value of complex(re, im).
func (d *typed) complexNumber(n graph.Node) (c complex128, ok bool) {
	made := n.Made()
	args := made.Args()
	if made.Kind() != graph.CallReduce || d.global(made.Func()).is != isComplex || made.Next().Kind() != graph.NoCall {
		return 0, false
	}
	re, im := args.Index(0), args.Index(1)
	if args.Len() != 2 || re.Kind() != graph.Float || im.Kind() != graph.Float {
		return 0, false
	}
	return complex(re.Float(), im.Float()), true
}

// only is the one value of which n is made, as an enum member or an instance of a class
// derived from int or str: C(value).
func (d *typed) only(n graph.Node) (r graph.Ref, ok bool) {
	const levels = 8
	for range levels {
		in := d.instance(n)
		switch {
		case in.base.Valid():
			r = in.base.Ref()
		case len(in.args) == 1 && !in.kwargs.Valid() && (in.made || in.changes.Kind() == graph.NoCall && d.isClass(in.class)):
			r = in.args[0]
		default:
			return 0, false
		}
		switch d.g.KindOf(r) {
		case graph.Bool, graph.Int, graph.Long, graph.Float, graph.Str, graph.Bytes, graph.ByteArray:
			return r, true
		case graph.Object:
			n = d.g.Node(r)
		default:
			return 0, false
		}
	}
	return 0, false
}

// isClass reports whether n may be the class of an enum: not a function of the standard
// library, which gives something else than its argument.
func (d *typed) isClass(n graph.Node) bool {
	switch module, _ := n.Global(); module {
	case "", "builtins", "__builtin__", "functools", "itertools", "operator", "_operator", "re", "codecs", "_codecs":
		return false
	}
	return true
}

// stored loads the value of r in package py, or of the registry, into a type that it fits.
func (d *typed) stored(pl *plan, p unsafe.Pointer, r graph.Ref) bool {
	v, ok := d.python(r)
	if !ok {
		return false
	}
	return d.storeValue(pl, p, r, v)
}

// assigned stores v, or what it points to, if that is assignable.
func (d *typed) assigned(pl *plan, p unsafe.Pointer, v any) bool {
	switch v := v.(type) { // numbers that must not share their memory
	case *big.Rat:
		if pl.op == opBigRat && v != nil {
			(*big.Rat)(p).Set(v)
			return true
		}
	case *big.Float:
		if pl.op == opBigFloat && v != nil {
			*(*big.Float)(p) = *new(big.Float).Copy(v)
			return true
		}
	case *big.Int:
		if pl.op == opBigInt && v != nil {
			(*big.Int)(p).Set(v)
			return true
		}
	}
	x := reflect.ValueOf(v)
	if !x.IsValid() {
		return false
	}
	switch {
	case x.Type().AssignableTo(pl.typ):
	case x.Kind() == reflect.Pointer && !x.IsNil() && x.Type().Elem().AssignableTo(pl.typ):
		x = x.Elem()
	default:
		return false
	}
	reflect.NewAt(pl.typ, p).Elem().Set(x)
	return true
}

// storeValue stores v, which r was loaded as.
func (d *typed) storeValue(pl *plan, p unsafe.Pointer, r graph.Ref, v any) bool {
	if d.assigned(pl, p, v) {
		return true
	}
	to := reflect.NewAt(pl.typ, p)
	if s, ok := v.(py.Storer); ok {
		ok, err := s.StoreIn(to.Interface())
		if err != nil {
			return d.fail(pl, r, err)
		}
		if ok {
			return true
		}
	}
	if t, ok := v.(encoding.TextMarshaler); ok && (pl.text || pl.op == opString) {
		text, err := t.MarshalText()
		if err == nil && !d.spend(uint64(len(text))) {
			return d.tooLarge(pl, r)
		}
		if err == nil {
			err = setText(pl, p, string(text))
		}
		return d.result(pl, r, err)
	}
	switch v := v.(type) {
	case nil:
		to.Elem().SetZero()
		return true
	case bool:
		if pl.op == opBool {
			*(*bool)(p) = v
			return true
		}
	case int64:
		return d.result(pl, r, setInt(pl, p, v))
	case int:
		return d.result(pl, r, setInt(pl, p, int64(v)))
	case float64:
		return d.result(pl, r, setFloat(pl, p, v))
	case complex128:
		return d.result(pl, r, setComplex(pl, p, v))
	case *big.Int:
		if v != nil {
			return d.result(pl, r, setBig(pl, p, new(big.Int).Set(v)))
		}
	case string:
		return d.result(pl, r, setText(pl, p, v))
	case py.Bytes:
		return d.data(pl, p, r, []byte(v), true)
	case []byte:
		return d.data(pl, p, r, v, false)
	}
	return d.fail(pl, r, nil)
}
