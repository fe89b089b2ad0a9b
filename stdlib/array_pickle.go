package stdlib

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/py"
)

// A machineFormat is how array._array_reconstructor has items: see enum machine_format_code
// in CPython's Modules/arraymodule.c. 0 and 1 are one byte, unsigned and signed; of the
// others the even ones are little-endian.
type machineFormat struct {
	size int
	is   func(items any) bool
	make func(data []byte, order binary.ByteOrder) any
	add  func(dst []byte, items any) []byte // little-endian
}

func formatOf[T any](size int, get func([]byte, binary.ByteOrder) T, add func([]byte, T) []byte) machineFormat {
	return machineFormat{
		size: size,
		is:   func(items any) bool { _, ok := items.([]T); return ok },
		make: func(data []byte, order binary.ByteOrder) any {
			items := make([]T, len(data)/size)
			for i := range items {
				items[i] = get(data[i*size:], order)
			}
			return items
		},
		add: func(dst []byte, items any) []byte {
			for _, item := range items.([]T) {
				dst = add(dst, item)
			}
			return dst
		},
	}
}

var little = binary.LittleEndian

// machineFormats are those of arrays by their even number, but for 1, which is int8.
var machineFormats = map[int]machineFormat{
	0: formatOf(1, func(b []byte, _ binary.ByteOrder) uint8 { return b[0] },
		func(dst []byte, v uint8) []byte { return append(dst, v) }),
	1: formatOf(1, func(b []byte, _ binary.ByteOrder) int8 { return int8(b[0]) },
		func(dst []byte, v int8) []byte { return append(dst, byte(v)) }),
	2: formatOf(2, func(b []byte, o binary.ByteOrder) uint16 { return o.Uint16(b) }, little.AppendUint16),
	4: formatOf(2, func(b []byte, o binary.ByteOrder) int16 { return int16(o.Uint16(b)) },
		func(dst []byte, v int16) []byte { return little.AppendUint16(dst, uint16(v)) }),
	6: formatOf(4, func(b []byte, o binary.ByteOrder) uint32 { return o.Uint32(b) }, little.AppendUint32),
	8: formatOf(4, func(b []byte, o binary.ByteOrder) int32 { return int32(o.Uint32(b)) },
		func(dst []byte, v int32) []byte { return little.AppendUint32(dst, uint32(v)) }),
	10: formatOf(8, func(b []byte, o binary.ByteOrder) uint64 { return o.Uint64(b) }, little.AppendUint64),
	12: formatOf(8, func(b []byte, o binary.ByteOrder) int64 { return int64(o.Uint64(b)) },
		func(dst []byte, v int64) []byte { return little.AppendUint64(dst, uint64(v)) }),
	14: formatOf(4, func(b []byte, o binary.ByteOrder) float32 { return math.Float32frombits(o.Uint32(b)) },
		func(dst []byte, v float32) []byte { return little.AppendUint32(dst, math.Float32bits(v)) }),
	16: formatOf(8, func(b []byte, o binary.ByteOrder) float64 { return math.Float64frombits(o.Uint64(b)) },
		func(dst []byte, v float64) []byte { return little.AppendUint64(dst, math.Float64bits(v)) }),
}

func init() {
	type order = binary.ByteOrder
	machineFormats[22] = formatOf(8, func(b []byte, o order) complex64 {
		return complex(math.Float32frombits(o.Uint32(b)), math.Float32frombits(o.Uint32(b[4:])))
	}, func(dst []byte, v complex64) []byte {
		return little.AppendUint32(little.AppendUint32(dst, math.Float32bits(real(v))), math.Float32bits(imag(v)))
	})
	machineFormats[24] = formatOf(16, func(b []byte, o order) complex128 {
		return complex(math.Float64frombits(o.Uint64(b)), math.Float64frombits(o.Uint64(b[8:])))
	}, func(dst []byte, v complex128) []byte {
		return little.AppendUint64(little.AppendUint64(dst, math.Float64bits(real(v))), math.Float64bits(imag(v)))
	})
	machineFormats[26] = formatOf(2, func(b []byte, o order) float32 { return fromHalf(o.Uint16(b)) },
		func(dst []byte, v float32) []byte { h, _ := toHalf(v); return little.AppendUint16(dst, h) })
	machineFormats[18] = machineFormats[2] // UTF-16
	machineFormats[20] = machineFormats[8] // UTF-32
}

// fromHalf is the number that 16 bits stand for (IEEE 754's binary16).
func fromHalf(h uint16) float32 {
	sign, exp, part := uint32(h>>15)<<31, uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch {
	case exp == 0x1f:
		return math.Float32frombits(sign | 0xff<<23 | part<<13)
	case exp > 0:
		return math.Float32frombits(sign | (exp+127-15)<<23 | part<<13)
	}
	f := float32(part) / (1 << 24)
	return math.Float32frombits(sign | math.Float32bits(f))
}

// toHalf is the inverse of fromHalf. ok is false for what 16 bits don't hold.
func toHalf(f float32) (h uint16, ok bool) {
	bits := math.Float32bits(f)
	sign, exp, part := uint16(bits>>31)<<15, int(bits>>23&0xff), bits&(1<<23-1)
	switch {
	case exp == 0xff:
		h = sign | 0x1f<<10 | uint16(part>>13)
	case exp > 127-15:
		h = sign | uint16(min(exp-(127-15), 0x1e))<<10 | uint16(part>>13)
	default:
		h = sign | uint16(math.Abs(float64(f))*(1<<24))
	}
	return h, math.Float32bits(fromHalf(h)) == bits
}

// evenFormat is the key of a format in machineFormats.
func evenFormat(format int) int {
	if format > 1 {
		return format &^ 1
	}
	return format
}

const (
	arrayModule = "array"
	maxFormat   = 27
)

// arrayClass is what array.array calls itself up to Python 3.9; later the name of its
// module is not that of other objects there.
var (
	arrayClass         = py.Global{Module: arrayModule, Name: unshared("array")}
	arrayClass311      = py.Global{Module: unshared(arrayModule), Name: arrayClass.Name}
	arrayReconstructor = py.Global{Module: arrayModule, Name: "_array_reconstructor"}
)

var arrayEntries = []py.Entry{{
	Names:  []py.Global{arrayClass, arrayReconstructor},
	Types:  []reflect.Type{reflect.TypeFor[*Array]()},
	Load:   loadArray,
	Reduce: func(v any, f py.Form) (any, error) { return reduceArray(v.(*Array), f) },
}}

func loadArray(o *py.Object) (any, bool) {
	if args, ok := calledArgs(o, arrayReconstructor); ok {
		return reconstructArray(args)
	}
	args, ok := calledArgs(o, arrayClass)
	if !ok || len(args) != 2 {
		return nil, false
	}
	typecode, ok1 := typecodeOf(args[0])
	list, ok2 := args[1].(*py.List)
	if !ok1 || !ok2 {
		return nil, false
	}
	items := arrayItems(typecode, list.Items)
	return &Array{Typecode: typecode, Items: items}, items != nil
}

func typecodeOf(v any) (string, bool) {
	s, ok := textOf(v)
	return s, ok && arrayFormats[s] != nil
}

// reconstructArray makes the array of (class, typecode, machine format, data).
func reconstructArray(args py.Tuple) (any, bool) {
	if len(args) != 4 || args[0] != arrayClass {
		return nil, false
	}
	typecode, ok1 := typecodeOf(args[1])
	format, ok2 := smallInt(args[2])
	data, ok3 := args[3].(py.Bytes)
	if !ok1 || !ok2 || !ok3 || format < 0 || format > maxFormat {
		return nil, false
	}
	f := machineFormats[evenFormat(format)]
	if len(data)%f.size != 0 {
		return nil, false
	}
	known := false
	for _, may := range arrayFormats[typecode] {
		known = known || may == evenFormat(format)
	}
	if !known {
		return nil, false
	}
	var order binary.ByteOrder = binary.LittleEndian
	if format > 1 && format&1 != 0 {
		order = binary.BigEndian
	}
	return &Array{typecode, f.make([]byte(data), order), args[0].(py.Global)}, true
}

// arrayItems are the items of a list, as protocols below 3 write them, or nil.
func arrayItems(typecode string, list []any) any {
	v := reflect.ValueOf(machineFormats[arrayFormats[typecode][0]].make(nil, little))
	v = reflect.MakeSlice(v.Type(), len(list), len(list))
	for i, x := range list {
		item := v.Index(i)
		switch typecode {
		case "u", "w", "c":
			s, ok := x.(string)
			if b, isBytes := x.(py.Bytes); isBytes && typecode == "c" && len(b) == 1 {
				item.SetUint(uint64(b[0]))
				continue
			}
			r, one := oneChar(s)
			switch {
			case !ok || !one:
				return nil
			case typecode != "c":
				item.SetInt(int64(r))
			case r > 0xff:
				return nil
			default:
				item.SetUint(uint64(r))
			}
		case "e", "f", "d":
			f, ok := x.(float64)
			if !ok {
				return nil
			}
			item.SetFloat(f)
		case "Zf", "Zd":
			c, ok := x.(complex128)
			if !ok {
				return nil
			}
			item.SetComplex(c)
		default:
			n := bigInt(x)
			switch {
			case n == nil:
				return nil
			case item.CanInt() && n.IsInt64() && !item.OverflowInt(n.Int64()):
				item.SetInt(n.Int64())
			case item.CanUint() && n.IsUint64() && !item.OverflowUint(n.Uint64()):
				item.SetUint(n.Uint64())
			default:
				return nil
			}
		}
	}
	return v.Interface()
}

func reduceArray(a *Array, f py.Form) (any, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	class := a.class // whether the name of its module is shared depends on the version
	switch {
	case class == arrayClass:
	case f.Python >= 11:
		class = arrayClass311
	default:
		class = arrayClass
	}
	typecode := strings.Clone(a.Typecode) // made anew, unless it is one character
	if c, ok := intern.IsChar(typecode); ok {
		typecode = intern.Char(c)
	}
	if halves, ok := a.Items.([]float32); ok && a.Typecode == "e" {
		for i, f := range halves {
			if _, exact := toHalf(f); !exact {
				return nil, fmt.Errorf("item %d of array.array('e'), %v, does not fit 16 bits", i, f)
			}
		}
	}
	if f.Protocol < 3 {
		return py.NewCall(class, typecode, &py.List{Items: a.values()}), nil
	}
	for _, format := range arrayFormats[a.Typecode] {
		if m := machineFormats[format]; m.is(a.Items) {
			data := m.add(make([]byte, 0, m.size*a.Len()), a.Items)
			if a.Typecode == "c" {
				break
			}
			return py.NewCall(arrayReconstructor, class, typecode, int64(format), py.Bytes(data)), nil
		}
	}
	// Python 3 has no typecode c: its bytes are those of B.
	return reduceArray(&Array{Typecode: "B", Items: a.Items}, f)
}
