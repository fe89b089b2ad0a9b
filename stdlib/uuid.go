package stdlib

import (
	"encoding/hex"
	"errors"
	"math/big"
	"reflect"

	"github.com/go-pickle/pickle/py"
)

// A UUID is a uuid.UUID.
type UUID struct {
	Bytes [16]byte // in the order in which they are written
	Safe  UUIDSafety
}

// UUIDSafety is a member of uuid.SafeUUID: it says whether the platform made a UUID in a way
// that is safe for several processes. It does not count when UUIDs are compared in Python.
type UUIDSafety uint8

const (
	UUIDSafetyUnknown UUIDSafety = iota
	UUIDSafe
	UUIDUnsafe
)

// safeties are the names and values of the enum's members.
var safeties = [...]struct {
	name  string
	value any
}{{"unknown", nil}, {"safe", int64(0)}, {"unsafe", int64(-1)}}

// String gives the name of the enum's member, such as SafeUUID.safe.
func (s UUIDSafety) String() string {
	if int(s) < len(safeties) {
		return "SafeUUID." + safeties[s].name
	}
	return "SafeUUID.unknown"
}

// ReprParts are the parts of what Python's repr gives.
func (s UUIDSafety) ReprParts() []any {
	return []any{py.ReprText("<" + s.String() + ": "), safeties[min(s, UUIDUnsafe)].value, py.ReprText(">")}
}

// safetyOf is the member of the value v.
func safetyOf(v any) (UUIDSafety, bool) {
	for i, s := range safeties {
		if v == s.value {
			return UUIDSafety(i), true
		}
	}
	return 0, false
}

// String gives the usual form in lower case.
func (u UUID) String() string {
	var b [36]byte
	at, from := 0, 0
	for i, n := range [...]int{4, 2, 2, 2, 6} {
		if i > 0 {
			b[at] = '-'
			at++
		}
		at += hex.Encode(b[at:], u.Bytes[from:from+n])
		from += n
	}
	return string(b[:])
}

// AppendRepr appends what Python's repr gives.
func (u UUID) AppendRepr(dst []byte) []byte {
	return append(append(append(dst, "UUID('"...), u.String()...), "')"...)
}

// MarshalText gives what String does.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads 32 hexadecimal digits, with hyphens wherever they are.
func (u *UUID) UnmarshalText(text []byte) error {
	digits := make([]byte, 0, 32)
	for _, c := range text {
		if c != '-' {
			digits = append(digits, c)
		}
	}
	var parsed UUID
	if len(digits) != 32 {
		return errors.New("a UUID has 32 hexadecimal digits")
	}
	if _, err := hex.Decode(parsed.Bytes[:], digits); err != nil {
		return err
	}
	*u = parsed
	return nil
}

// Plain is the text that String gives.
func (u UUID) Plain() (any, error) { return u.String(), nil }

// StoreIn stores the UUID in a *[16]byte, of a named type too, such as those that packages
// for UUIDs have, or a *string.
func (u UUID) StoreIn(dst any) (bool, error) {
	if s, ok := dst.(*string); ok {
		*s = u.String()
		return true, nil
	}
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return false, nil
	}
	if t := v.Type().Elem(); t.Kind() == reflect.Array && t.Len() == 16 && t.Elem().Kind() == reflect.Uint8 {
		reflect.Copy(v.Elem(), reflect.ValueOf(u.Bytes[:]))
		return true, nil
	}
	return false, nil
}

// HashKey is the UUID's bytes.
func (u UUID) HashKey() any { return uuidKey(u.Bytes) }

type uuidKey [16]byte

var (
	uuidClass     = py.Global{Module: "uuid", Name: "UUID"}
	safeUUIDClass = py.Global{Module: uuidClass.Module, Name: "SafeUUID"}
)

// The names in a UUID's state.
const uuidInt, uuidIsSafe = "int", "is_safe"

var uuidEntries = []py.Entry{
	{
		Names:   []py.Global{uuidClass},
		Types:   []reflect.Type{reflect.TypeFor[UUID]()},
		Load:    loadUUID,
		Reduce:  func(v any, f py.Form) (any, error) { return reduceUUID(v.(UUID), f), nil },
		Strings: []string{uuidInt, uuidIsSafe},
	},
	{
		Names: []py.Global{safeUUIDClass},
		Types: []reflect.Type{reflect.TypeFor[UUIDSafety]()},
		Load: func(o *py.Object) (any, bool) {
			args, ok := calledArgs(o, safeUUIDClass)
			if !ok || len(args) != 1 {
				return nil, false
			}
			return safetyOf(args[0])
		},
		Reduce: func(v any, _ py.Form) (any, error) {
			return py.NewCall(safeUUIDClass, safeties[min(v.(UUIDSafety), UUIDUnsafe)].value), nil
		},
	},
}

func loadUUID(o *py.Object) (any, bool) {
	args, ok := o.Args.(py.Tuple)
	switch {
	case !ok || len(o.Ops) != 1 || o.Ops[0].Kind != py.OpBuild:
		return nil, false
	case o.How == py.ByNewObj && len(args) == 0:
	case o.How == py.ByReduce && o.Class == reconstructor && len(args) == 3 && args[0] == uuidClass &&
		args[1] == objectClass && args[2] == nil:
	default:
		return nil, false
	}
	state, ok := o.Ops[0].Items[0].(*py.Dict)
	if !ok {
		return nil, false
	}
	var u UUID
	found := false
	for k, v := range state.All() {
		switch name, _ := textOf(k); name {
		case uuidInt:
			i := bigInt(v)
			if i == nil || i.Sign() < 0 || i.BitLen() > 128 {
				return nil, false
			}
			i.FillBytes(u.Bytes[:])
			found = true
		case uuidIsSafe:
			if u.Safe, ok = safetyOf(v); !ok || v == nil {
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return u, found
}

func reduceUUID(u UUID, f py.Form) any {
	state := py.NewDict(uuidInt, pyInt(new(big.Int).SetBytes(u.Bytes[:])))
	if u.Safe != UUIDSafetyUnknown {
		_ = state.Set(uuidIsSafe, safeties[min(u.Safe, UUIDUnsafe)].value) // a str can be a key
	}
	return instance(f, uuidClass, state)
}

// instance is an instance of a class without pickling methods, with that state.
func instance(f py.Form, class py.Global, state any) *py.Object {
	o := &py.Object{How: py.ByNewObj, Class: class, Args: py.Tuple{}}
	if f.Protocol < 2 {
		o.How, o.Class, o.Args = py.ByReduce, reconstructor, py.Tuple{class, objectClass, nil}
	}
	o.Ops = []py.Op{{Kind: py.OpBuild, Items: []any{state}}}
	return o
}
