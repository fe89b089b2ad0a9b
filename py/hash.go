package py

import (
	"errors"
	"hash/maphash"
	"math"
	"math/big"
	"math/bits"
	"reflect"
	"unsafe"

	"github.com/go-pickle/pickle/internal/stack"
)

// ErrUnhashable is what [Hash] and the setters of dicts and sets fail with when a key is
// or holds something that can change; the error's text names the type as Python does.
var ErrUnhashable = errors.New("unhashable type")

// An UnhashableError names the type that can't be a key. It matches [ErrUnhashable].
type UnhashableError struct{ Type string }

// Error gives Python's text.
func (e *UnhashableError) Error() string { return "unhashable type: '" + e.Type + "'" }

// Is reports whether target is [ErrUnhashable].
func (e *UnhashableError) Is(target error) bool { return target == ErrUnhashable }

// seed is chosen anew for each process, so that nobody can choose keys that collide.
var seed = maphash.MakeSeed()

var salt, salt2 = maphash.String(seed, "number"), maphash.String(seed, "another number")

// Hash returns a number that is the same for values that are keys for one another in
// Python: 1, 1.0 and True hash alike, and so do equal tuples and frozensets. Values that
// are [Equal] and hashable hash alike, unless they hold an [Object], a [PersistentRef] or
// a [Buffer]: these hash by identity, as an instance of a class without __hash__ does. So
// does a NaN, by the interface value that holds it. Values of Go types that are not of this
// package are hashed by their key if they are a [Keyer]; others are keys as they are for
// Go's maps: equal by ==.
//
// The error is an [*UnhashableError], also for a tuple that holds itself, which a Go
// program can make and Python cannot hash. Numbers differ from process to process. Time
// and memory are linear in what x holds, however often parts of it are shared, and depth
// does not matter.
func Hash(x any) (uint64, error) {
	switch x := x.(type) {
	case string:
		return maphash.String(seed, x), nil
	case int64:
		return hashInt(x), nil
	case Tuple:
		var h hasher
		return h.tuple(x)
	}
	return hashLeaf(x)
}

func hashInt(x int64) uint64 { return mix(uint64(x) ^ salt) }

// mix spreads a word over all bits: two full-width multiplications by secret numbers, each
// folded in two. One alone leaves patterns where keys are multiples of a power of two.
func mix(x uint64) uint64 {
	hi, lo := bits.Mul64(x^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93^salt|1)
	x = hi ^ lo
	hi, lo = bits.Mul64(x^x>>32, salt2|1)
	return hi ^ lo
}

// hashLeaf hashes anything but tuples.
func hashLeaf(x any) (uint64, error) {
	switch v := x.(type) {
	case nil:
		return hashNone(), nil
	case bool:
		if v {
			return hashInt(1), nil
		}
		return hashInt(0), nil
	case string:
		return maphash.String(seed, v), nil
	case int64:
		return hashInt(v), nil
	case float64:
		return hashFloat(v, boxAddr(x)), nil
	case complex128:
		if imag(v) == 0 || real(v) != real(v) || imag(v) != imag(v) {
			return hashFloat(real(v)+imag(v), boxAddr(x)), nil
		}
		return mix(hashFloat(real(v), 0) ^ bits.RotateLeft64(hashFloat(imag(v), 0), 17)), nil
	case *big.Int:
		if v == nil {
			return hashNone(), nil
		}
		return hashBig(v), nil
	case Bytes:
		return mix(maphash.String(seed, string(v)) + 2), nil
	case Global:
		return mix(maphash.String(seed, v.Module) ^ bits.RotateLeft64(maphash.String(seed, v.Name), 13)), nil
	case *FrozenSet:
		if v == nil {
			return hashNone(), nil
		}
		return v.hash(), nil
	case Tuple:
		var h hasher
		return h.tuple(v)
	case *List, *Dict, *Set, *ByteArray:
		if boxPointer(x) == nil {
			return hashNone(), nil
		}
		return 0, &UnhashableError{TypeName(x)}
	case *Object, *PersistentRef, *Buffer:
		if boxPointer(x) == nil {
			return hashNone(), nil
		}
		return mix(uint64(boxAddr(x)) + salt + 4), nil
	}
	if n, ok := goNumber(x); ok {
		return hashLeaf(n)
	}
	if k := keyOf(x); k != nil {
		if err, ok := k.(*UnhashableError); ok {
			return 0, err
		}
		if isNumber(k) {
			return hashLeaf(k)
		}
		return maphash.Comparable(seed, k), nil
	}
	if !reflect.ValueOf(x).Comparable() {
		return 0, &UnhashableError{TypeName(x)}
	}
	return maphash.Comparable(seed, x), nil
}

func hashNone() uint64 { return mix(salt + 1) }

func hashFloat(f float64, box uintptr) uint64 {
	if i, ok := floatInt(f); ok {
		return hashInt(i)
	}
	if f != f {
		return mix(uint64(box) ^ salt) // each NaN object has a hash of its own
	}
	if !math.IsInf(f, 0) && math.Abs(f) >= 1<<63 {
		b, _ := big.NewFloat(f).Int(nil)
		return hashBig(b)
	}
	return mix(math.Float64bits(f) + salt)
}

func hashBig(x *big.Int) uint64 {
	if x.IsInt64() {
		return hashInt(x.Int64())
	}
	h := salt + uint64(int64(x.Sign()))
	for _, w := range x.Bits() {
		h = mix(h ^ uint64(w))
	}
	return h
}

// floatInt reports f as the integer it equals, if it equals one of 64 bits.
func floatInt(f float64) (int64, bool) {
	if f >= -1<<63 && f < 1<<63 {
		i := int64(f)
		return i, float64(i) == f
	}
	return 0, false
}

// goNumber turns Go's other number types into those of this package.
func goNumber(x any) (any, bool) {
	switch x := x.(type) {
	case int:
		return int64(x), true
	case int8:
		return int64(x), true
	case int16:
		return int64(x), true
	case int32:
		return int64(x), true
	case uint8:
		return int64(x), true
	case uint16:
		return int64(x), true
	case uint32:
		return int64(x), true
	case uint:
		return fromUint(uint64(x)), true
	case uint64:
		return fromUint(x), true
	case uintptr:
		return fromUint(uint64(x)), true
	case float32:
		return float64(x), true
	case complex64:
		return complex128(x), true
	}
	return nil, false
}

func fromUint(x uint64) any {
	if x <= math.MaxInt64 {
		return int64(x)
	}
	return new(big.Int).SetUint64(x)
}

// A hasher hashes values without recursion and remembers what it hashed: a small pickle
// can nest tuples so that 2^60 paths lead through them, or hold one tuple of a million
// items a million times. The zero hasher is ready. What it has hashed must not change
// while it is in use; nothing that is hashable does.
type hasher struct {
	steps int
	rng   sampler
	done  idTable[uint64] // 0 while the tuple is being hashed
}

// rememberAfter is the number of steps after which a hasher begins to remember: most keys
// are hashed before.
const rememberAfter = 64

func (h *hasher) hash(x any) (uint64, error) {
	h.steps++
	if t, ok := x.(Tuple); ok {
		return h.tuple(t)
	}
	return h.leaf(x)
}

func (h *hasher) leaf(x any) (uint64, error) {
	if h.steps <= rememberAfter {
		return hashLeaf(x)
	}
	id, long := longLeafID(x)
	if !long {
		return hashLeaf(x)
	}
	if v, _ := h.done.get(id); v != 0 {
		return v, nil
	}
	v, err := hashLeaf(x)
	if err == nil {
		h.remember(id, v)
	}
	return v, err
}

// remember notes that v is the hash of id, or with 0 that it is being hashed.
func (h *hasher) remember(id ident, v uint64) {
	h.done.set(id, v)
}

// A hashFrame is a tuple of which some items have been hashed.
type hashFrame struct {
	items Tuple // those to come
	all   *any  // the first item of the tuple, if its hash is to be remembered
	n     int   // and how many it has
	h     uint64
}

func (h *hasher) tuple(t Tuple) (uint64, error) {
	// The innermost tuple is f; those around it are in near and, further in, in far.
	var near [4]hashFrame
	var far stack.Stack[hashFrame]
	var f hashFrame
	depth := 0
	enter := true
	for {
		if enter {
			f = hashFrame{items: t, h: mix(uint64(len(t)) + salt)}
			h.steps++
			if h.steps > rememberAfter+1 && len(t) > 0 {
				id := tupleID(t)
				switch v, met := h.done.get(id); {
				case met && v == 0:
					h.done.clear()
					return 0, &UnhashableError{"tuple"}
				case met:
					f.h, f.items = v, nil
				case h.rng.hit():
					f.all, f.n = &t[0], len(t)
					h.remember(id, 0)
				}
			}
			enter = false
		}
		for len(f.items) > 0 {
			item := f.items[0]
			f.items = f.items[1:]
			if t, enter = item.(Tuple); enter {
				break
			}
			h.steps++
			v, err := h.leaf(item)
			if err != nil {
				h.done.clear() // it says "being hashed" of what is around it
				return 0, err
			}
			f.h = mix(f.h ^ v)
		}
		if enter {
			if depth < len(near) {
				near[depth] = f
			} else {
				far.Push(f)
			}
			depth++
			continue
		}
		v := f.h
		if f.all != nil {
			h.remember(ident{unsafe.Pointer(f.all), f.n}, v)
			if v == 0 { // which would say "being hashed", of one tuple in 2^64
				h.done.clear()
			}
		}
		if depth == 0 {
			return v, nil
		}
		if depth--; depth < len(near) {
			f = near[depth]
		} else {
			f = *far.Top()
			far.Pop()
		}
		f.h = mix(f.h ^ v)
	}
}

// TypeName is the name of x's type in Python, as its error messages give it.
func TypeName(x any) string {
	switch x := x.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case complex128:
		return "complex"
	case string:
		return "str"
	case Bytes:
		return "bytes"
	case *ByteArray:
		return "bytearray"
	case Tuple:
		return "tuple"
	case *List:
		return "list"
	case *Dict:
		return "dict"
	case *Set:
		return "set"
	case *FrozenSet:
		return "frozenset"
	case Global:
		return "type"
	case *Buffer:
		return "memoryview"
	case *Object, *PersistentRef:
		return "object"
	default:
		if n, ok := goNumber(x); ok {
			return TypeName(n)
		}
		return reflect.TypeOf(x).String()
	}
}
