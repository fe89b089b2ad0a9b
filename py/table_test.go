package py_test

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/py"
)

func TestDictMethods(t *testing.T) {
	d := py.NewDict("a", 1, "b", 2)
	if got := fmt.Sprint(slices.Collect(d.Keys()), slices.Collect(d.Values())); got != "[a b] [1 2]" {
		t.Error(got)
	}
	for range d.All() {
		break
	}
	for range d.Keys() {
		break
	}
	for range d.Values() {
		break
	}
	d.Clear()
	if d.Len() != 0 || len(d.Pairs()) != 0 {
		t.Error(d)
	}
	_ = d.Set("x", 1)
	if py.Repr(d) != "{'x': 1}" {
		t.Error(d)
	}
	odd := []any{"a"}
	for name, f := range map[string]func(){
		"odd":       func() { py.NewDict(odd...) },
		"dict key":  func() { py.NewDict(py.NewList(), 1) },
		"set":       func() { py.NewSet(py.NewList()) },
		"frozenset": func() { py.NewFrozenSet(py.NewDict()) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func TestSetMethods(t *testing.T) {
	var memo py.KeyMemo
	s, f := new(py.Set), new(py.FrozenSet)
	if s.AdoptMemo([]any{1, 1.0, "a"}, &memo) != nil || f.AdoptMemo([]any{"a", true}, &memo) != nil {
		t.Fatal("not hashable")
	}
	if !py.Equal(s, f) || !f.Has(1.0) || f.Has(py.NewList()) || f.Len() != 2 || len(f.Items()) != 2 {
		t.Error(s, f)
	}
	if got := slices.Collect(f.All()); len(got) != 2 || got[0] != "a" {
		t.Error(got)
	}
	for range f.All() {
		break
	}
	if s.Delete("none") || !s.Delete(true) || s.Has(1) {
		t.Error(s)
	}
	s.Clear()
	if s.Len() != 0 {
		t.Error(s)
	}
}

// Go's own numbers become Python's when they become keys.
func TestNumbersAsKeys(t *testing.T) {
	d := new(py.Dict)
	for i, k := range []any{int(1), int8(1), int16(1), int32(1), int64(1), uint(1), uint8(1), uint16(1), uint32(1), uint64(1), uintptr(1),
		float32(1), 1.0, complex64(1), complex(1, 0), true, big.NewInt(1)} {
		if err := d.Set(k, i); err != nil {
			t.Fatal(err)
		}
		if name := py.TypeName(k); !slices.Contains([]string{"int", "float", "complex", "bool"}, name) {
			t.Errorf("%T is %s", k, name)
		}
		if !py.Equal(k, int64(1)) || !py.Equal(py.Tuple{k}, py.Tuple{true}) {
			t.Errorf("%T(1) is not 1", k)
		}
	}
	if d.Len() != 1 || d.Pairs()[0] != int64(1) {
		t.Error(d)
	}
	for _, nan := range []any{math.NaN(), float32(math.NaN()), complex(math.NaN(), 0), complex64(complex(0, math.NaN()))} {
		if py.Equal(nan, nan) || !py.Equal(py.Tuple{nan}, py.Tuple{nan}) || py.Equal(py.Tuple{nan}, py.Tuple{1}) {
			t.Errorf("%T", nan)
		}
	}
}

func TestTypeName(t *testing.T) {
	for want, x := range map[string]any{
		"bytes": py.Bytes(""), "bytearray": &py.ByteArray{}, "tuple": py.Tuple{}, "list": py.NewList(), "set": py.NewSet(), "frozenset": py.NewFrozenSet(),
		"type": point, "memoryview": &py.Buffer{}, "object": py.NewCall(point), "py_test.person": person{}, "float": float32(1), "int": bigInt("5"),
	} {
		if got := py.TypeName(x); got != want {
			t.Errorf("%T is %s, want %s", x, got, want)
		}
	}
}

// A dict of which keys are deleted while others come stays as small as what it holds.
func TestDictQueue(t *testing.T) {
	d := new(py.Dict)
	for i := range 200_000 {
		_ = d.Set(int64(i), i)
		if i >= 100 && !d.Delete(int64(i-100)) {
			t.Fatal(i)
		}
	}
	if d.Len() != 100 || len(d.Pairs()) != 200 || d.Pairs()[0] != int64(199_900) {
		t.Error(d.Len(), len(d.Pairs()))
	}
}

func TestPlainLongBytes(t *testing.T) {
	b := py.Bytes(strings.Repeat("x", 1<<20))
	l := new(py.List)
	for range 10_000 { // 10 GB
		l.Append(b)
	}
	if _, err := py.Plain(l); err == nil {
		t.Error("no error")
	}
	l.Items = l.Items[:20]
	if _, err := py.Plain(l); err != nil {
		t.Error(err)
	}
}
