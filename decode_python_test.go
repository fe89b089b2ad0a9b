package pickle_test

import (
	"encoding/json"
	"errors"
	"maps"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// typedCase is a value of testdata/typed/make.py, and what it is in Go types.
type typedCase struct {
	name string
	want any    // loaded into its type
	err  string // the error instead; want gives the type
	less bool   // not for Python 2, where text is bytes and the like
	min  string // the first protocol in which Python keeps all of it
}

type xy struct {
	X float64 `pickle:"x"`
	Y float64 `pickle:"y"`
}

type xyz struct {
	xy
	Z int `pickle:"z"`
}

type xyPoint struct {
	_ struct{} `pickle:",class=geometry.Point"`
	xy
}

type xyTuple struct {
	_ struct{} `pickle:",tuple"`
	A float64
	B float64
}

type treeNode struct {
	Name     string      `pickle:"name"`
	Next     *treeNode   `pickle:"next"`
	Children []*treeNode `pickle:"children"`
}

type loopList []loopList

func bigFrom(s string) *big.Int {
	v, ok := new(big.Int).SetString(s, 10)
	if !ok {
		panic(s)
	}
	return v
}

func ptr[T any](v T) *T { return &v }

var typedCases = []typedCase{
	{name: "int", want: int8(42)},
	{name: "int", want: uint16(42)},
	{name: "int", want: int64(42)},
	{name: "int", want: 42.0},
	{name: "int", want: float32(42)},
	{name: "int", want: complex64(42)},
	{name: "int", want: big.NewInt(42)},
	{name: "int", want: big.NewRat(42, 1)},
	{name: "int", want: ptr(ptr(42))},
	{name: "int", want: false, err: "$: int 42 into bool"},
	{name: "int", want: "", err: "$: int 42 into string"},
	{name: "int", want: []int{}, err: "$: int 42 into []int"},
	{name: "negative", want: int8(-1)},
	{name: "negative", want: uint8(0), err: "$: int -1 into uint8: out of range"},
	{name: "negative", want: uint(0), err: "$: int -1 into uint: out of range"},
	{name: "large", want: uint64(1 << 63)},
	{name: "large", want: float64(1 << 63)},
	{name: "large", want: bigFrom("9223372036854775808")},
	{name: "large", want: int64(0), err: "$: int of 72 bits into int64: out of range"},
	{name: "huge", want: float32(0), err: "$: int of 208 bits into float32: out of range"},
	{name: "huge", want: float64(1 << 100 * (1 << 100))},
	{name: "huge", want: uint64(0), err: "$: int of 208 bits into uint64: out of range"},
	{name: "float", want: 1.5},
	{name: "float", want: float32(1.5)},
	{name: "float", want: complex128(1.5)},
	{name: "float", want: big.NewFloat(1.5)},
	{name: "float", want: big.NewRat(3, 2)},
	{name: "float", want: int64(0), err: "$: float 1.5 into int64: not exact"},
	{name: "whole", want: 3},
	{name: "whole", want: uint8(3)},
	{name: "whole", want: big.NewInt(3)},
	{name: "true", want: true},
	{name: "true", want: 0, err: "$: bool True into int"},
	{name: "true", want: 0.0, err: "$: bool True into float64"},
	{name: "none", want: (*int)(nil)},
	{name: "none", want: []int(nil)},
	{name: "none", want: map[string]int(nil)},
	{name: "none", want: 0},
	{name: "none", want: xy{}},
	{name: "complex", want: 1 + 2i},
	{name: "complex", want: complex64(1 + 2i)},
	{name: "complex", want: 0.0, err: "$: builtins.complex object into float64"},
	{name: "text", want: "héllo"},
	{name: "text", want: []byte("héllo")},
	{name: "text", want: [6]byte{}, err: `$: str "héllo" into [6]uint8`},
	{name: "text", want: []string{}, err: `$: str "héllo" into []string`},
	{name: "bytes", want: "hé", less: true},
	{name: "bytes", want: []byte("hé"), less: true},
	{name: "bytes", want: [3]byte{'h', 0xc3, 0xa9}, less: true},
	{name: "bytes", want: [4]byte{}, err: "3 bytes for 4", less: true},
	{name: "bytes", want: []int{}, err: "into []int", less: true},
	{name: "badbytes", want: []byte{0xff, 0}, less: true},
	{name: "badbytes", want: "", err: "into string: not valid UTF-8", less: true},
	{name: "bytearray", want: []byte("abc"), less: true},
	{name: "bytearray", want: "abc", less: true},
	{name: "list", want: []int{1, 2, 3}},
	{name: "list", want: []float32{1, 2, 3}},
	{name: "list", want: [3]uint8{1, 2, 3}},
	{name: "list", want: []byte{1, 2, 3}},
	{name: "list", want: []any{int64(1), 2.0, int64(3)}},
	{name: "list", want: [2]int{}, err: "$: list of 3 items into [2]int: 3 items for 2"},
	{name: "list", want: []string{}, err: "$[0]: int 1 into string"},
	{name: "list", want: map[int]bool{}, err: "$: list of 3 items into map[int]bool"},
	{name: "tuple", want: []any{int64(1), "two", 3.0}},
	{name: "tuple", want: struct {
		A int
		B string
		C float64
	}{1, "two", 3}},
	{name: "tuple", want: xy{}, err: "3 items for 2 fields"},
	{name: "pairtuple", want: xy{1, 2}},
	{name: "pairtuple", want: xyTuple{A: 1, B: 2}},
	{name: "set", want: map[int]struct{}{7: {}}},
	{name: "set", want: map[uint8]bool{7: true}},
	{name: "set", want: []int{7}},
	{name: "frozenset", want: map[int]struct{}{7: {}}},
	{name: "frozenset", want: []int{7}},
	{name: "dict", want: map[string]float64{"x": 1, "y": 2}},
	{name: "dict", want: map[string]int{"x": 1, "y": 2}},
	{name: "dict", want: map[string]any{"x": 1.0, "y": 2.0}},
	{name: "dict", want: map[any]float64{"x": 1, "y": 2}},
	{name: "dict", want: xy{1, 2}},
	{name: "dict", want: xyPoint{xy: xy{1, 2}}},
	{name: "dict", want: &xy{1, 2}},
	{name: "dict", want: map[string]string{}, err: `into string`},
	{name: "dict", want: []float64{}, err: "$: dict into []float64"},
	{name: "intdict", want: map[int]string{1: "one", 2: "two"}},
	{name: "intdict", want: map[uint8]string{1: "one", 2: "two"}},
	{name: "intdict", want: map[string]string{}, err: "into string"},
	{name: "tupledict", want: map[[2]int]string{{1, 2}: "a"}},
	{name: "tupledict", want: map[xy]string{{1, 2}: "a"}},
	{name: "tupledict", want: map[any]string{}, err: "$.key(tuple of 2 items): tuple of 2 items into interface {}: can't be a key of a Go map"},
	{name: "point", want: xy{1, 2}},
	{name: "point", want: xyPoint{xy: xy{1, 2}}},
	{name: "point", want: map[string]float64{"x": 1, "y": 2}},
	{name: "point", want: []float64{}, err: "$: geometry.Point object into []float64"},
	{name: "slotted", want: xy{1, 2}},
	{name: "slotted", want: xyPoint{}, err: "$: geometry.Slotted object into pickle_test.xyPoint: the struct stands for geometry.Point"},
	{name: "slotted", want: map[string]float64{"x": 1, "y": 2}},
	{name: "both", want: xyz{xy{1, 2}, 3}},
	{name: "namedtuple", want: xy{1, 2}},
	{name: "namedtuple", want: xyTuple{A: 1, B: 2}},
	{name: "namedtuple", want: []float64{1, 2}},
	{name: "table", want: map[string]float64{"x": 1, "y": 2}},
	{name: "table", want: struct {
		X    float64 `pickle:"x"`
		Note string  `pickle:"note"`
	}{1, "kept as an attribute"}},
	{name: "stack", want: []int{1, 2}},
	{name: "stack", want: [2]int{1, 2}},
	{name: "bag", want: map[int]struct{}{7: {}}},
	{name: "bag", want: []int{7}},
	{name: "trio", want: []int{1, 2, 3}},
	{name: "trio", want: struct{ A, B, C int }{1, 2, 3}},
	{name: "name", want: "bob"},
	{name: "count", want: 5},
	{name: "ordered", want: map[string]float64{"x": 1, "y": 2}},
	{name: "ordered", want: xy{1, 2}},
	{name: "default", want: map[string]float64{"x": 1, "y": 2}},
	{name: "default", want: xy{1, 2}},
	{name: "deque", want: []int{1, 2}},
	{name: "counter", want: map[string]int{"a": 2, "b": 1}},
	{name: "keywords", want: xy{1, 2}, less: true, min: "2"},
	{name: "ownstate", want: xy{1, 2}},
	{name: "failure", want: struct {
		Code int `pickle:"code"`
	}{3}},
	{name: "old", want: xy{1, 2}},
	{name: "oldargs", want: struct {
		Args []float64 `pickle:"args"`
	}{[]float64{1, 2}}},
	{name: "color", want: "red"},
	{name: "level", want: 3},
	{name: "inner", want: xy{1, 2}},
	{name: "surrogate", want: "a\xed\xa0\x80"},
	{name: "surrogate", want: []byte{}, err: "a lone surrogate has no UTF-8"},
	{name: "data", want: xy{1, 2}},
	{name: "frozen", want: xy{1, 2}},
	{name: "datetime", want: time.Date(2024, 2, 29, 12, 30, 1, 5000, time.UTC)},
	{name: "datetime", want: ptr(time.Date(2024, 2, 29, 12, 30, 1, 5000, time.UTC))},
	{name: "utc", want: time.Date(2024, 2, 29, 12, 30, 1, 5000, time.UTC)},
	{name: "date", want: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
	{name: "date", want: "2024-02-29"},
	{name: "date", want: 0, err: "$: datetime.date object into int"},
	{name: "timedelta", want: 24*time.Hour + 3*time.Microsecond},
	{name: "decimal", want: big.NewRat(3, 2)},
	{name: "decimal", want: 1.5},
	{name: "decimal", want: "1.50"},
	{name: "fraction", want: big.NewRat(1, 3)},
	{name: "fraction", want: "1/3"},
	{name: "uuid", want: [16]byte{15: 5}},
	{name: "address", want: netip.MustParseAddr("192.0.2.1")},
	{name: "address", want: "192.0.2.1"},
	{name: "network", want: netip.MustParsePrefix("192.0.2.0/24")},
	{name: "path", want: "/a/b"},
	{name: "array", want: []int32{1, 2}},
	{name: "range", want: []int{0, 1, 2}},
	{name: "namespace", want: xy{1, 2}},
	{name: "status", want: 200},
	{name: "datekeys", want: map[string][]time.Time{"2024-02-29": {time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)}}},
	{name: "empty", want: []any{new(py.List), py.Tuple{}, new(py.Dict), ""}},
}

// TestTypedFromPython loads what Python wrote, in all protocols, into Go types.
func TestTypedFromPython(t *testing.T) {
	files, err := filepath.Glob("testdata/typed/*.json")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var made map[string]map[string][]byte
		if err := json.Unmarshal(text, &made); err != nil {
			t.Fatal(err)
		}
		python2 := strings.Contains(file, "python2")
		t.Run(filepath.Base(file), func(t *testing.T) {
			for _, c := range typedCases {
				for _, protocol := range slices.Sorted(maps.Keys(made[c.name])) {
					if !(python2 && c.less) && protocol >= c.min {
						c.check(t, protocol, made[c.name][protocol])
					}
				}
			}
			for protocol, data := range made["cycle"] {
				checkTypedCycle(t, protocol, data)
			}
			for protocol, data := range made["nested"] {
				var x loopList
				if err := pickle.Unmarshal(data, &x); err != nil || len(x) != 1 || &x[0] != &x[0][0] {
					t.Errorf("nested %s: %v", protocol, err)
				}
			}
			for protocol, data := range made["shared"] {
				checkTypedShared(t, protocol, data)
			}
		})
	}
}

func (c *typedCase) check(t *testing.T, protocol string, data []byte) {
	t.Helper()
	got := reflect.New(reflect.TypeOf(c.want))
	err := pickle.Unmarshal(data, got.Interface())
	switch {
	case c.err != "":
		var de *pickle.DecodeError
		if !errors.As(err, &de) || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s %s into %T: %v, not %s", c.name, protocol, c.want, err, c.err)
		}
	case err != nil:
		t.Errorf("%s %s into %T: %v", c.name, protocol, c.want, err)
	case !sameTyped(got.Elem().Interface(), c.want):
		t.Errorf("%s %s into %T: %v, not %v", c.name, protocol, c.want, got.Elem(), c.want)
	}
}

// sameTyped compares; floats of package big by value.
func sameTyped(a, b any) bool {
	if x, ok := a.(*big.Float); ok {
		return x.Cmp(b.(*big.Float)) == 0
	}
	if x, ok := a.([]any); ok {
		return py.Equal(py.Tuple(x), py.Tuple(b.([]any)))
	}
	return reflect.DeepEqual(a, b)
}

func checkTypedCycle(t *testing.T, protocol string, data []byte) {
	t.Helper()
	var a *treeNode
	if err := pickle.Unmarshal(data, &a); err != nil {
		t.Errorf("cycle %s: %v", protocol, err)
		return
	}
	b := a.Next
	if a.Name != "a" || b.Name != "b" || b.Next != a || len(a.Children) != 2 || a.Children[0] != b || a.Children[1] != b {
		t.Errorf("cycle %s: %+v", protocol, a)
	}
}

func checkTypedShared(t *testing.T, protocol string, data []byte) {
	t.Helper()
	var v struct {
		A    *xy   `pickle:"a"`
		B    *xy   `pickle:"b"`
		List []*xy `pickle:"list"`
	}
	if err := pickle.Unmarshal(data, &v); err != nil || v.A != v.B || v.A != v.List[0] || v.A != v.List[1] || *v.A != (xy{1, 2}) {
		t.Errorf("shared %s: %+v, %v", protocol, v, err)
	}
	var anys struct {
		A any   `pickle:"a"`
		B any   `pickle:"b"`
		L []any `pickle:"list"`
	}
	if err := pickle.Unmarshal(data, &anys); err != nil || anys.A != anys.B || anys.A != anys.L[0] {
		t.Errorf("shared %s: %+v, %v", protocol, anys, err)
	}
}
