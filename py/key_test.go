package py_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/py"
)

// A fold is a text that is compared without regard to case.
type fold string

type foldKey string

func (f fold) HashKey() any { return foldKey(strings.ToLower(string(f))) }

// A cents is a number.
type cents int64

func (c cents) HashKey() any { return py.RationalKey(big.NewRat(int64(c), 100)) }

// A bag can't be a key.
type bag struct{ n int }

func (*bag) HashKey() any { return &py.UnhashableError{Type: "bag"} }

// A wrong has a key that is none, and a list in it.
type wrong struct{ Key any }

func (w wrong) HashKey() any { return w.Key }

func (w wrong) ReprParts() []any { return []any{py.ReprText("wrong("), w.Key, py.ReprText(")")} }

func ExampleKeyer() {
	d := py.NewDict(fold("Name"), "Ada")
	fmt.Println(d.Get(fold("NAME")))
	fmt.Println(py.Equal(fold("x"), fold("X")), py.Equal(fold("x"), "x"))
	// Output:
	// Ada true
	// true false
}

func ExampleRationalKey() {
	fmt.Println(py.Equal(cents(50), 0.5), py.Equal(int64(2), cents(200)), py.Equal(cents(10), 0.1))
	fmt.Println(py.NewDict(int64(1), "one").Get(cents(100)))
	// Output:
	// true true false
	// one true
}

func ExampleReprer() {
	fmt.Println(py.Repr(py.NewList(wrong{py.NewList(int64(1), "x")})))
	// Output: [wrong([1, 'x'])]
}

func TestKeys(t *testing.T) {
	d := py.NewDict()
	for i := range int64(30) {
		if err := d.Set(cents(i*50), i); err != nil {
			t.Fatal(err)
		}
	}
	for i := range int64(15) {
		if v, ok := d.Get(i); !ok || v != 2*i {
			t.Errorf("%d finds %v", i, v)
		}
		if err := d.Set(float64(i)+.5, nil); err != nil || d.Len() != 30 {
			t.Errorf("%d.5 is another key: %d", i, d.Len())
		}
	}
	if v, ok := d.Get(big.NewRat(3, 2)); !ok || v != nil {
		t.Errorf("Fraction(3, 2) finds %v, %v", v, ok)
	}
	third := py.NewDict(big.NewRat(1, 3), "third")
	if v, ok := third.Get(big.NewRat(2, 6)); !ok || v != "third" {
		t.Errorf("Fraction(2, 6) finds %v", v)
	}
	var unhashable *py.UnhashableError
	if err := d.Set(&bag{}, 1); !errors.As(err, &unhashable) || unhashable.Type != "bag" {
		t.Errorf("a bag as a key: %v", err)
	}
	if !py.Equal(&bag{1}, &bag{1}) || py.Equal(&bag{1}, &bag{2}) || py.Equal(&bag{1}, int64(1)) || py.Equal(int64(1), &bag{1}) {
		t.Error("bags are not compared by what they hold")
	}
	if !py.Equal(big.NewRat(1, 2), big.NewRat(1, 2)) || py.Equal(big.NewRat(1, 2), (*big.Rat)(nil)) || !py.Equal((*big.Rat)(nil), (*big.Rat)(nil)) {
		t.Error("Fractions are not compared by value")
	}
	for _, key := range []any{nil, wrong{}, []int{1}, map[string]int{}} {
		if !py.Equal(wrong{key}, wrong{key}) {
			t.Errorf("%v: not equal to itself", key)
		}
		_, _ = py.Hash(wrong{key})
		_ = py.Equal(wrong{key}, int64(1))
	}
	var nilBag *bag
	if _, err := py.Hash(nilBag); err != nil {
		t.Errorf("a nil pointer: %v", err)
	}
}

// TestDeepReprer prints values that hold each other so deep that recursion would not do.
func TestDeepReprer(t *testing.T) {
	var v any = int64(1)
	for range 1_000_000 {
		v = wrong{v}
	}
	if n := len(py.Repr(v)); n != 7*1_000_000+1 {
		t.Errorf("%d bytes", n)
	}
}
