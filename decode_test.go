package pickle_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// typedData is the pickle of v.
func typedData(t testing.TB, v any) []byte {
	t.Helper()
	data, err := pickle.EncodeOptions{Registry: py.NewRegistry()}.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// typedLoad loads the pickle of v into a T.
func typedLoad[T any](t testing.TB, o pickle.DecodeOptions, v any) (T, error) {
	t.Helper()
	var to T
	err := o.Unmarshal(typedData(t, v), &to)
	return to, err
}

// isTyped checks that v loads as want.
func isTyped[T any](t *testing.T, v any, want T) {
	t.Helper()
	got, err := typedLoad[T](t, pickle.DecodeOptions{}, v)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %+v, %v, not %+v", py.Repr(v), got, err, want)
	}
}

// failsTyped checks that v does not load as a T, with an error that ends in want.
func failsTyped[T any](t *testing.T, v any, want string) *pickle.DecodeError {
	t.Helper()
	got, err := typedLoad[T](t, pickle.DecodeOptions{}, v)
	var de *pickle.DecodeError
	if !errors.As(err, &de) || err.Error() != "pickle: load "+want {
		t.Errorf("%s: %+v, %v, not %s", py.Repr(v), got, err, want)
	}
	return de
}

func items(v ...any) *py.List { return py.NewList(v...) }

func TestTypedPaths(t *testing.T) {
	type point struct {
		X int64 `pickle:"point"`
	}
	de := failsTyped[[]point](t, items(py.NewDict(), py.NewDict(), py.NewDict(), py.NewDict("point", 1.5)),
		"$[3].point: float 1.5 into int64: not exact")
	if de.Path != "$[3].point" || de.Type != reflect.TypeFor[int64]() || de.Value != "float 1.5" {
		t.Errorf("%+v", de)
	}
	failsTyped[map[string][]int](t, py.NewDict("layers", items(1, 2, 3, "x")), `$["layers"][3]: str "x" into int`)
	failsTyped[map[int]int](t, py.NewDict("k", 1), `$.key("k"): str "k" into int`)
	failsTyped[map[any]int](t, py.NewDict(py.Tuple{1}, 1), "$.key(tuple of 1 item): tuple of 1 item into interface {}: can't be a key of a Go map")
	failsTyped[[]struct {
		A int `pickle:"a b"`
	}](t, items(py.NewDict("a b", nil), py.NewDict("a b", "c")), `$[1]["a b"]: str "c" into int`)
	failsTyped[[]map[string]struct{ A []int }](t, items(py.NewDict("k", py.NewDict("A", items(nil, py.NewDict())))),
		`$[0]["k"].A[1]: dict into int`)
	failsTyped[[2][]int](t, items(items(), items(0, true)), `$[1][1]: bool True into int`)
	failsTyped[[]string](t, items("a", "b", py.Bytes("\xff")), "$[2]: bytes into string: not valid UTF-8")
	if de := failsTyped[[]int](t, items("text"), `$[0]: str "text" into int`); de.Offset != 15 {
		t.Error(de.Offset)
	}
	deep := items("x")
	for range 100 {
		deep = items(deep)
	}
	failsTyped[loopList](t, deep, "$"+strings.Repeat("[0]", 16)+"...69 more..."+strings.Repeat("[0]", 16)+`: str "x" into pickle_test.loopList`)
}

func TestTypedNumbers(t *testing.T) {
	isTyped[[]float64](t, items(1, 2.5, int64(1)<<53), []float64{1, 2.5, 1 << 53})
	failsTyped[float64](t, int64(1)<<53+1, "$: int 9007199254740993 into float64: not exact")
	failsTyped[float32](t, 1<<24+1, "$: int 16777217 into float32: not exact")
	isTyped[float32](t, 0.1, 0.1)
	failsTyped[float32](t, 1e39, "$: float 1e+39 into float32: out of range")
	isTyped[float32](t, math.Inf(1), float32(math.Inf(1)))
	failsTyped[float64](t, int64(math.MaxInt64), "$: int 9223372036854775807 into float64: not exact")
	isTyped[int64](t, -0x1p63, math.MinInt64)
	failsTyped[int64](t, 0x1p63, "$: float 9.223372036854776e+18 into int64: out of range")
	isTyped[uint64](t, 0x1p63, 1<<63)
	failsTyped[uint64](t, 0x1p64, "$: float 1.8446744073709552e+19 into uint64: out of range")
	failsTyped[uint64](t, -1.0, "$: float -1.0 into uint64: out of range")
	failsTyped[int](t, math.NaN(), "$: float nan into int: not exact")
	failsTyped[time.Duration](t, 30, "$: int 30 into time.Duration: a number has no unit; load it into a number type")
	failsTyped[time.Duration](t, 1.5, "$: float 1.5 into time.Duration: a number has no unit; load it into a number type")
	failsTyped[chan int](t, 1, "$: int 1 into chan int: no Python value fits a Go chan")
	isTyped[chan int](t, nil, nil)
	isTyped[uintptr](t, 7, 7)
	isTyped[[]uint8](t, items(1, 255), []byte{1, 255})
	failsTyped[[]uint8](t, items(1, 256), "$[1]: int 256 into uint8: out of range")
	isTyped[big.Int](t, 7, *big.NewInt(7))
	isTyped[*big.Rat](t, 0.25, big.NewRat(1, 4))
	isTyped[*big.Rat](t, "1/3", big.NewRat(1, 3))
	isTyped[*big.Int](t, "12", big.NewInt(12))
	failsTyped[*big.Int](t, 1.5, "$: float 1.5 into big.Int: not exact")
	failsTyped[*big.Rat](t, math.Inf(1), "$: float inf into big.Rat: out of range")
	huge := new(big.Int).Lsh(big.NewInt(1), 3000)
	isTyped[*big.Int](t, huge, huge)
	isTyped[[]*big.Int](t, items(new(big.Int).Neg(huge), huge), []*big.Int{new(big.Int).Neg(huge), huge})
	failsTyped[float64](t, huge, "$: int of 3008 bits into float64: out of range")
	failsTyped[int64](t, huge, "$: int of 3008 bits into int64: out of range")
	type level int8
	type word string
	isTyped[map[word][]level](t, py.NewDict("a", items(1, 2)), map[word][]level{"a": {1, 2}})
}

func TestTypedText(t *testing.T) {
	isTyped[netip.Addr](t, "192.0.2.1", netip.MustParseAddr("192.0.2.1"))
	isTyped[[]netip.Prefix](t, items("192.0.2.0/24"), []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")})
	isTyped[map[netip.Addr]int](t, py.NewDict("192.0.2.1", 1), map[netip.Addr]int{netip.MustParseAddr("192.0.2.1"): 1})
	isTyped[time.Time](t, "2024-02-29T12:00:00Z", time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC))
	failsTyped[time.Time](t, 5, "$: int 5 into time.Time")
	failsTyped[[]netip.Addr](t, items("x"), `$[0]: str "x" into netip.Addr: ParseAddr("x"): unable to parse IP`)
	isTyped[[][4]byte](t, items(py.Bytes("abcd"), &py.ByteArray{Bytes: []byte("efgh")}), [][4]byte{[4]byte([]byte("abcd")), [4]byte([]byte("efgh"))})
	isTyped[[][]byte](t, items(py.Bytes(""), "text"), [][]byte{{}, []byte("text")})
	isTyped[[]string](t, items(py.Bytes("a"), &py.ByteArray{Bytes: []byte("b")}, "c"), []string{"a", "b", "c"})
}

// typedUpper has text forms, though it is an integer.
type typedUpper int

func (u *typedUpper) UnmarshalText(text []byte) error {
	*u = typedUpper(len(text))
	return nil
}

// typedShout loads itself.
type typedShout struct{ text string }

var errShout = errors.New("no shout")

func (s *typedShout) UnmarshalPickle(v any) error {
	if v == 7 || v == int64(7) {
		return errShout
	}
	s.text = strings.Trim(strings.ToUpper(py.Repr(v)), "'")
	return nil
}

func TestTypedMethods(t *testing.T) {
	isTyped[[]typedUpper](t, items("abc", 7), []typedUpper{3, 7})
	isTyped[map[typedUpper]int](t, py.NewDict("abc", 7), map[typedUpper]int{3: 7})
	isTyped[[]typedShout](t, items("a", nil, items(1)), []typedShout{{"A"}, {"NONE"}, {"[1]"}})
	isTyped[[]*typedShout](t, items("a", nil), []*typedShout{{"A"}, nil})
	_, err := typedLoad[map[string]typedShout](t, pickle.DecodeOptions{}, py.NewDict("k", 7))
	if !errors.Is(err, errShout) || err.Error() != `pickle: load $["k"]: int 7 into pickle_test.typedShout: no shout` {
		t.Error(err)
	}
	type text struct {
		typedUpper // an embedded type with a text form is a field
		Name       string
	}
	if _, err := typedLoad[text](t, pickle.DecodeOptions{}, "abcd"); err != nil {
		t.Error(err) // the method is promoted, as Go has it
	}
	isTyped[fmt.Stringer](t, nil, nil)
	failsTyped[[]fmt.Stringer](t, items("x"), `$[0]: str "x" into fmt.Stringer: a string does not implement it`)
	isTyped[[]fmt.Stringer](t, items(py.Global{Module: "m", Name: "n"}), []fmt.Stringer{py.Global{Module: "m", Name: "n"}})
}

type typedBase struct {
	ID int `pickle:"id"`
}

type typedInner struct {
	N int `pickle:"n"`
}

type typedGeneric[K comparable, V any] struct {
	Pairs map[K]V `pickle:"pairs"`
	Last  *V      `pickle:"last"`
}

func TestTypedStructs(t *testing.T) {
	type outer struct {
		typedBase
		*typedInner
		Inner typedInner `pickle:"inner"`
	}
	type public struct {
		typedBase
		Box   *typedInner `pickle:",embed"`
		Inner typedInner  `pickle:"inner"`
	}
	isTyped[public](t, py.NewDict("id", 1, "n", 2, "inner", py.NewDict("n", 3)), public{typedBase{1}, &typedInner{2}, typedInner{3}})
	isTyped[public](t, py.NewDict("id", 1), public{typedBase: typedBase{1}})
	failsTyped[outer](t, py.NewDict("n", 2), "$.n: int 2 into int: the embedded pointer to the unexported pickle_test.typedInner is nil")
	isTyped[typedGeneric[string, []int]](t, py.NewDict("pairs", py.NewDict("a", items(1)), "last", items(2)),
		typedGeneric[string, []int]{map[string][]int{"a": {1}}, &[]int{2}})
	isTyped[struct{ A, B int }](t, py.Tuple{1, 2}, struct{ A, B int }{1, 2})
	failsTyped[struct{ A, B int }](t, py.Tuple{1}, "$: tuple of 1 item into struct { A int; B int }: 1 items for 2 fields")
	failsTyped[struct{ A, B int }](t, items(1, 2), "$: list of 2 items into struct { A int; B int }")
	isTyped[struct{ A, B int }](t, py.NewDict("B", 2, "c", 3, 5, 6), struct{ A, B int }{0, 2})
	isTyped[struct {
		A int `pickle:"a"`
	}](t, py.NewDict(py.Bytes("a"), 2), struct {
		A int `pickle:"a"`
	}{2})

	// What the pickle does not speak of stays.
	v := public{typedBase: typedBase{7}, Box: &typedInner{8}}
	box := v.Box
	if err := pickle.Unmarshal(typedData(t, py.NewDict("n", 9)), &v); err != nil || v.ID != 7 || v.Box != box || box.N != 9 {
		t.Errorf("%+v, %v", v, err)
	}

	type bad struct {
		A int `pickle:"a,nosuch"`
	}
	var te *pickle.TagError
	if err := pickle.Unmarshal(typedData(t, 1), new(map[string][]bad)); !errors.As(err, &te) || te.Field != "A" || te.Type != reflect.TypeFor[bad]() {
		t.Error(err)
	}
}

func TestTypedUnknown(t *testing.T) {
	d := py.NewDict("id", 1, "more", 2, "less", items(3), 5, 6)
	isTyped[typedBase](t, d, typedBase{1})
	type rest struct {
		typedBase
		Rest map[string]any `pickle:",unknown"`
	}
	d.Delete(5)
	got, err := typedLoad[rest](t, pickle.DecodeOptions{RejectUnknown: true}, d)
	if err != nil || len(got.Rest) != 2 || got.Rest["more"] != int64(2) {
		t.Error(got, err)
	}
	type intRest struct {
		typedBase
		Rest map[string]int `pickle:",unknown"`
	}
	failsTyped[intRest](t, d, `$["less"]: list of 1 item into int`)
	type dictRest struct {
		typedBase
		Rest *py.Dict `pickle:",unknown"`
	}
	keeps, err := typedLoad[dictRest](t, pickle.DecodeOptions{}, d)
	if err != nil || py.Repr(keeps.Rest) != "{'more': 2, 'less': [3]}" {
		t.Error(py.Repr(keeps.Rest), err)
	}
	none, err := typedLoad[dictRest](t, pickle.DecodeOptions{}, py.NewDict("id", 1))
	if err != nil || none.Rest != nil {
		t.Error(none, err)
	}
	_, err = typedLoad[[]typedBase](t, pickle.DecodeOptions{RejectUnknown: true}, items(d))
	if !errors.Is(err, pickle.ErrUnknownField) || err.Error() != `pickle: load $[0]["more"]: int 2 into pickle_test.typedBase: the struct has no such field` {
		t.Error(err)
	}
	_, err = typedLoad[[]rest](t, pickle.DecodeOptions{RejectMissing: true}, items(py.NewDict("x", 1)))
	if !errors.Is(err, pickle.ErrMissingField) || err.Error() != `pickle: load $[0].id: dict into pickle_test.rest: there is no value for the field` {
		t.Error(err)
	}
	if _, err = typedLoad[[]rest](t, pickle.DecodeOptions{RejectMissing: true}, items(d)); err != nil {
		t.Error(err)
	}
}

func TestTypedCase(t *testing.T) {
	type user struct {
		UserName string
		Exact    int `pickle:",case:strict"`
	}
	d := py.NewDict("user_name", "bob", "exact", 1)
	isTyped[user](t, d, user{})
	got, err := typedLoad[user](t, pickle.DecodeOptions{IgnoreCase: true}, d)
	if err != nil || got != (user{"bob", 0}) {
		t.Error(got, err)
	}
	type ignore struct {
		_        struct{} `pickle:",case:ignore"`
		UserName string
		Username int `pickle:"username"`
	}
	isTyped[ignore](t, py.NewDict("USER-NAME", "a", "username", 2), ignore{UserName: "a", Username: 2})
}

func TestTypedAllErrors(t *testing.T) {
	d := items(py.NewDict("id", "x", "n", 1), py.NewDict("id", 1), py.NewDict("id", 1.5))
	type record struct {
		ID int    `pickle:"id"`
		N  string `pickle:"n"`
	}
	got, err := typedLoad[[]record](t, pickle.DecodeOptions{AllErrors: true, RejectMissing: true}, d)
	var all pickle.DecodeErrors
	if !errors.As(err, &all) || len(all) != 5 || !errors.Is(err, pickle.ErrMissingField) {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range all {
		paths = append(paths, e.Path)
	}
	if want := []string{"$[0].id", "$[0].n", "$[1].n", "$[2].id", "$[2].n"}; !slices.Equal(paths, want) {
		t.Error(paths)
	}
	if len(got) != 3 || got[1].ID != 1 {
		t.Error(got)
	}
	var de *pickle.DecodeError
	if !errors.As(err, &de) || de != all[0] {
		t.Error(de)
	}
	many := &py.List{Items: make([]any, 5000)}
	for i := range many.Items {
		many.Items[i] = "x"
	}
	if _, err := typedLoad[[]int](t, pickle.DecodeOptions{AllErrors: true}, many); !errors.As(err, &all) || len(all) != 1000 {
		t.Error(len(all))
	}
	m, err := typedLoad[map[string]int](t, pickle.DecodeOptions{AllErrors: true}, py.NewDict("a", "x", "b", 2, 3, 4))
	if !errors.As(err, &all) || len(all) != 2 || !maps.Equal(m, map[string]int{"b": 2}) {
		t.Error(m, err)
	}
	if _, err := typedLoad[map[xy]int](t, pickle.DecodeOptions{AllErrors: true}, py.NewDict(py.Tuple{"x", 1}, 1)); !errors.As(err, &all) || len(all) != 1 {
		t.Error(err)
	}
}

// TestTypedRepeated has dicts that set a key twice: only the last value counts, and the
// first need not fit.
func TestTypedRepeated(t *testing.T) {
	for _, data := range []string{
		"(dVa\n(lVx\nasVa\nI2\ns.", "}(\x8c\x01a\x8c\x01b\x8c\x01aK\x02u.", "(dVa\np0\nVx\nsg0\nI2\ns.",
	} {
		var m map[string]int
		if err := pickle.Unmarshal([]byte(data), &m); err != nil || !maps.Equal(m, map[string]int{"a": 2}) {
			t.Errorf("%q: %v, %v", data, m, err)
		}
		var s struct {
			A int `pickle:"a"`
		}
		if err := pickle.Unmarshal([]byte(data), &s); err != nil || s.A != 2 {
			t.Errorf("%q: %v, %v", data, s, err)
		}
		var r map[string]map[string]int
		if err := pickle.Unmarshal([]byte("(dVk\n"+strings.TrimSuffix(data, ".")+"s."), &r); err != nil || r["k"]["a"] != 2 {
			t.Errorf("%q: %v, %v", data, r, err)
		}
	}
	// 1, 1.0 and True are one key.
	var m map[any]string
	if err := pickle.Unmarshal([]byte("(dI1\nVa\nsF1.0\nVb\nsI01\nVc\ns."), &m); err != nil || len(m) != 1 || m[int64(1)] != "c" {
		t.Error(m, err)
	}
	var s []any
	if err := pickle.Unmarshal([]byte("\x8f(K\x01K\x01K\x02\x90."), &s); err != nil || len(s) != 2 {
		t.Error(s, err)
	}
}

func TestTypedSharing(t *testing.T) {
	list, dict := items(1), py.NewDict("k", 1)
	array := &py.ByteArray{Bytes: []byte("ab")}
	v, err := typedLoad[struct {
		A, B [][]int
		C, D map[string]int
		E, F []byte
		G, H *[]int
		I, J any
	}](t, pickle.DecodeOptions{}, py.NewDict("A", items(list, list), "B", items(list), "C", dict, "D", dict, "E", array, "F", array,
		"G", list, "H", list, "I", list, "J", list))
	if err != nil {
		t.Fatal(err)
	}
	v.C["new"] = 2
	if &v.A[0][0] != &v.A[1][0] || &v.A[0][0] != &v.B[0][0] || v.D["new"] != 2 || &v.E[0] != &v.F[0] || v.G != v.H || v.I != v.J {
		t.Errorf("%+v", v)
	}
	// What can't change is not shared: no pointer to one string changes another.
	text := strings.Repeat("x", 3)
	w, err := typedLoad[[]*string](t, pickle.DecodeOptions{}, items(text, text))
	if err != nil || w[0] == w[1] {
		t.Error(w, err)
	}
	b, err := typedLoad[[][]byte](t, pickle.DecodeOptions{}, items(py.Bytes("ab"), py.Bytes("ab")))
	if err != nil || &b[0][0] == &b[1][0] {
		t.Error(b, err)
	}
}

func TestTypedCycles(t *testing.T) {
	m := py.NewDict()
	m.Set("self", m)
	v, err := typedLoad[loopMap](t, pickle.DecodeOptions{}, m)
	if err != nil || reflect.ValueOf(v["self"]).Pointer() != reflect.ValueOf(v).Pointer() {
		t.Error(len(v), err)
	}
	l := items()
	l.Append(l)
	s, err := typedLoad[loopSeq](t, pickle.DecodeOptions{}, l)
	count := 0
	s(func(inner loopSeq) bool {
		inner(func(loopSeq) bool { count++; return true })
		return true
	})
	if err != nil || count != 1 {
		t.Error(count, err)
	}
	if _, err := typedLoad[[1][1][1]int](t, pickle.DecodeOptions{}, l); err == nil {
		t.Error("a cycle fits an array")
	}
	// What an instance is made of is met again, and not the instance itself.
	for _, made := range []func(data *py.List) *py.Object{
		func(data *py.List) *py.Object {
			return &py.Object{How: py.ByNewObj, Class: py.Global{Module: "collections", Name: "UserList"}, Args: py.Tuple{},
				Ops: []py.Op{{Kind: py.OpBuild, Items: []any{py.NewDict("data", data)}}}}
		},
		func(data *py.List) *py.Object {
			return &py.Object{How: py.ByReduce, Class: py.Global{Module: "m", Name: "Bag"}, Args: py.Tuple{data}}
		},
	} {
		data := items()
		data.Append(made(data))
		o := pickle.DecodeOptions{Registry: py.NewRegistry()}
		l, err := typedLoad[loopList](t, o, data)
		if err != nil || len(l) != 1 || len(l[0]) != 1 || &l[0][0][0] != &l[0][0] {
			t.Error(err)
		}
	}
	d := py.NewDict()
	d.Set("next", d)
	n, err := typedLoad[treeNode](t, pickle.DecodeOptions{}, d)
	if err != nil || n.Next == nil || n.Next.Next != n.Next {
		t.Error(n, err)
	}
}

func TestTypedSeq(t *testing.T) {
	s, err := typedLoad[iter.Seq[int]](t, pickle.DecodeOptions{}, items(1, 2, 3))
	if err != nil || !slices.Equal(slices.Collect(s), []int{1, 2, 3}) {
		t.Error(err)
	}
	for v := range s {
		if v == 2 {
			break
		}
	}
	p, err := typedLoad[iter.Seq2[string, []int]](t, pickle.DecodeOptions{}, py.NewDict("b", items(1), "a", items(2)))
	var keys []string
	for k, v := range p {
		keys = append(keys, fmt.Sprint(k, v))
	}
	if err != nil || !slices.Equal(keys, []string{"b[1]", "a[2]"}) {
		t.Error(keys, err)
	}
	failsTyped[iter.Seq[int]](t, py.NewDict(), "$: dict into iter.Seq[int]")
	isTyped[iter.Seq[int]](t, nil, nil)
}

// TestTypedBounds has short pickles that ask for much memory.
func TestTypedBounds(t *testing.T) {
	laughs := "]\x94(" + strings.Repeat("K\x00", 10) + "e"
	for i := range 9 {
		laughs += "]\x94(" + strings.Repeat(fmt.Sprintf("h%c", i), 10) + "e"
	}
	laughs += "."
	type (
		level0 = [10]int
		level3 = [10][10][10]level0
	)
	for name, check := range map[string]func() error{
		"laughs by pointer": func() error {
			var v [][][][][][][][][][]int
			if err := pickle.Unmarshal([]byte(laughs), &v); err != nil {
				t.Error("slices share:", err)
			}
			return nil
		},
		"laughs by value": func() error {
			return pickle.Unmarshal([]byte(laughs), new([][][10][10][10]level3))
		},
		"laughs by value in maps": func() error {
			inner := py.NewDict("next", py.NewDict())
			for range 40 {
				inner = py.NewDict("next", py.NewDict("a", inner, "b", inner))
			}
			return pickle.Unmarshal(typedData(t, inner), new(loopValue))
		},
		"large arrays": func() error {
			return pickle.Unmarshal([]byte("]("+strings.Repeat("N", 1000)+"e."), new([][1 << 20]int))
		},
		"one bytes often": func() error {
			return pickle.Unmarshal([]byte("B\x00\x00\x04\x00"+strings.Repeat("x", 1<<18)+"\x940]("+strings.Repeat("h\x00", 100_000)+"e."), new([][]byte))
		},
		"one int often": func() error {
			return pickle.Unmarshal([]byte("\x8b\x00\x00\x04\x00"+strings.Repeat("x", 1<<18)+"\x940]("+strings.Repeat("h\x00", 100_000)+"e."), new([]*big.Int))
		},
		"keys often": func() error {
			dict := "}("
			for i := range 10_000 {
				dict += string([]byte{'M', byte(i), byte(i >> 8), 'N'})
			}
			return pickle.DecodeOptions{MaxMemory: 100 << 20}.Unmarshal([]byte(dict+"u\x940]("+strings.Repeat("h\x00", 100_000)+"e."), new([]struct{}))
		},
		"an embedded array": func() error {
			return pickle.Unmarshal([]byte("]("+strings.Repeat("}", 1000)+"e."), new([]struct{ A [1 << 20]byte }))
		},
	} {
		start := time.Now()
		err := check()
		if name != "laughs by pointer" && !errors.Is(err, pickle.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
		if d := time.Since(start); d > 5*time.Second && !raceEnabled {
			t.Errorf("%s took %v", name, d)
		}
	}
	if err := (pickle.DecodeOptions{MaxMemory: 100}).Unmarshal(typedData(t, items(1, 2, 3)), new([100]int)); err == nil {
		t.Error("an array of another length")
	}
	if err := (pickle.DecodeOptions{MaxMemory: 10}).Unmarshal(typedData(t, items(1, 2, 3)), new([]int)); !errors.Is(err, pickle.ErrTooLarge) {
		t.Error(err)
	}
	if err := (pickle.DecodeOptions{MaxMemory: -1}).Unmarshal(typedData(t, items(1, 2, 3)), new([]int)); err != nil {
		t.Error(err)
	}
}

// TestTypedDepth has pickles whose depth is not that of the Go stack.
func TestTypedDepth(t *testing.T) {
	n := 1_000_000
	if testing.Short() || raceEnabled {
		n = 100_000
	}
	lists := []byte(strings.Repeat("]", n) + strings.Repeat("a", n-1) + ".")
	var v loopList
	if err := pickle.Unmarshal(lists, &v); err != nil {
		t.Fatal(err)
	}
	depth := 1
	for ; len(v) > 0; v = v[0] {
		depth++
	}
	if depth != n {
		t.Error(depth)
	}
	var node *treeNode
	if err := pickle.Unmarshal([]byte(strings.Repeat("}\x8c\x04next", n)+"N"+strings.Repeat("s", n)+"."), &node); err != nil {
		t.Fatal(err)
	}
	for depth = 0; node != nil; node = node.Next {
		depth++
	}
	if depth != n {
		t.Error(depth)
	}
	var m loopMap
	if err := pickle.Unmarshal([]byte(strings.Repeat("}\x8c\x01k", n)+"}"+strings.Repeat("s", n)+"."), &m); err != nil {
		t.Fatal(err)
	}
	for depth = 0; len(m) > 0; m = m["k"] {
		depth++
	}
	if depth != n {
		t.Error(depth)
	}
	var seq loopSeq
	if err := pickle.Unmarshal(lists, &seq); err != nil {
		t.Fatal(err)
	}
	// The end does not fit, far below.
	err := pickle.Unmarshal([]byte(strings.Repeat("]", n)+"K\x01"+strings.Repeat("a", n)+"."), &v)
	want := fmt.Sprintf("...%d more...[0]", n-32)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
}

// TestTypedTogether loads into types that are new to all of several goroutines.
func TestTypedTogether(t *testing.T) {
	type inner[T any] struct {
		Items []T       `pickle:"items"`
		Next  *inner[T] `pickle:"next"`
	}
	shared := py.NewDict("items", items(1, 2))
	data := typedData(t, items(py.NewDict("items", items(3), "next", shared), shared))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				var a []*inner[int32]
				var b []*inner[float64]
				if err := pickle.Unmarshal(data, &a); err != nil || a[0].Next != a[1] || a[1].Items[1] != 2 {
					t.Error(a, err)
				}
				if err := pickle.Unmarshal(data, &b); err != nil || b[0].Next != b[1] || b[1].Items[1] != 2 {
					t.Error(b, err)
				}
				if err := pickle.Unmarshal(data, new([]string)); err == nil {
					t.Error("no error")
				}
			}
		})
	}
	all.Wait()
}

func TestTypedDecoder(t *testing.T) {
	var stream bytes.Buffer
	enc := pickle.NewEncoder(&stream)
	for i := range 3 {
		if err := enc.Encode(py.NewDict("id", i)); err != nil {
			t.Fatal(err)
		}
	}
	dec := pickle.NewDecoder(&stream)
	for i := range 3 {
		var v typedBase
		if err := dec.Decode(&v); err != nil || v.ID != i {
			t.Error(v, err)
		}
	}
	// With a memo that is kept a later pickle refers to an earlier one.
	shared := py.NewDict("id", 7)
	enc = pickle.EncodeOptions{KeepMemo: true}.NewEncoder(&stream)
	for range 3 {
		if err := enc.Encode(items(shared)); err != nil {
			t.Fatal(err)
		}
	}
	dec = pickle.DecodeOptions{KeepMemo: true}.NewDecoder(&stream)
	for range 2 {
		var v []typedBase
		if err := dec.Decode(&v); err != nil || len(v) != 1 || v[0].ID != 7 {
			t.Error(v, err)
		}
	}
	var v any
	if err := dec.Decode(&v); err != nil || py.Repr(v) != "[{'id': 7}]" {
		t.Error(v, err)
	}
}

func TestTypedPersistent(t *testing.T) {
	o := pickle.DecodeOptions{PersistentLoad: func(id any) (any, error) {
		switch id {
		case "int":
			return int64(5), nil
		case "base":
			return &typedBase{9}, nil
		case "bytes":
			return []byte("abc"), nil
		case "none":
			return nil, nil
		}
		return nil, errShout
	}}
	v, err := typedLoad[struct {
		A uint8
		B typedBase
		C *typedBase
		D string
		E []int
	}](t, o, py.NewDict("A", &py.PersistentRef{ID: "int"}, "B", &py.PersistentRef{ID: "base"}, "C", &py.PersistentRef{ID: "base"},
		"D", &py.PersistentRef{ID: "bytes"}, "E", &py.PersistentRef{ID: "none"}))
	if err != nil || v.A != 5 || v.B.ID != 9 || v.C == nil || v.C.ID != 9 || v.D != "abc" || v.E != nil {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := typedLoad[[]int](t, o, items(&py.PersistentRef{ID: "x"})); !errors.Is(err, errShout) {
		t.Error(err)
	}
}

// typedWhen is registered and can be stored in a time.Time.
type typedWhen struct{ year int }

func (w typedWhen) StoreIn(dst any) (bool, error) {
	if to, ok := dst.(*time.Time); ok {
		if w.year == 0 {
			return true, errShout
		}
		*to = time.Date(w.year, 1, 1, 0, 0, 0, 0, time.UTC)
		return true, nil
	}
	return false, nil
}

// typedHost is registered and has a text form.
type typedHost string

func (h typedHost) MarshalText() ([]byte, error) { return []byte("192.0.2.1"), nil }

func TestTypedRegistry(t *testing.T) {
	class := func(name string) py.Global { return py.Global{Module: "models", Name: name} }
	entry := func(name string, make func(arg any) any) py.Entry {
		return py.Entry{Names: []py.Global{class(name)}, Load: func(o *py.Object) (any, bool) {
			args, ok := o.Args.(py.Tuple)
			if !ok || len(args) != 1 {
				return nil, false
			}
			return make(args[0]), true
		}}
	}
	o := pickle.DecodeOptions{Registry: py.NewRegistry(
		entry("When", func(arg any) any { year, _ := arg.(int64); return typedWhen{int(year)} }),
		entry("Base", func(arg any) any { id, _ := arg.(int64); return &typedBase{int(id)} }),
		entry("Host", func(any) any { return typedHost("x") }),
	)}
	call := func(name string, arg any) *py.Object {
		return &py.Object{How: py.ByReduce, Class: class(name), Args: py.Tuple{arg}}
	}
	base := call("Base", 4)
	v, err := typedLoad[struct {
		A, B time.Time
		C, D *typedBase
		E    typedBase
		F    netip.Addr
		G    any
		H    *time.Time
		I    typedWhen
	}](t, o, py.NewDict("A", call("When", 2024), "B", nil, "C", base, "D", base, "E", base, "F", call("Host", 1), "G", call("When", 3),
		"H", call("When", 2025), "I", call("When", 3)))
	if err != nil {
		t.Fatal(err)
	}
	if v.A.Year() != 2024 || v.C.ID != 4 || v.C != v.D || v.E.ID != 4 || v.F.String() != "192.0.2.1" || v.G != (typedWhen{3}) ||
		v.H.Year() != 2025 || v.I.year != 3 {
		t.Errorf("%+v", v)
	}
	_, err = typedLoad[[]time.Time](t, o, items(call("When", 0)))
	if !errors.Is(err, errShout) || err.Error() != "pickle: load $[0]: models.When object into time.Time: no shout" {
		t.Error(err)
	}
	_, err = typedLoad[[]int](t, o, items(call("When", 0)))
	if err == nil || err.Error() != "pickle: load $[0]: models.When object into int" {
		t.Error(err)
	}
}

// TestOwnBytes loads []byte that share what was read: each can be changed without the others,
// and without what is text.
func TestOwnBytes(t *testing.T) {
	long := strings.Repeat("x", 5000)
	data := py.Bytes(long)
	one, err := pickle.Marshal(py.NewList(data, data, py.Bytes(long+"y"), py.Bytes("short")))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(name, one, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := pickle.LoadFile[[][]byte](name)
	if err != nil || len(got) != 4 {
		t.Fatal(got, err)
	}
	for i := range got {
		for j := range got[i] {
			got[i][j] = byte(i)
		}
		got[i] = append(got[i], 'z')
	}
	for i, n := range []int{5000, 5000, 5001, 5} {
		if want := bytes.Repeat([]byte{byte(i)}, n); string(got[i]) != string(want)+"z" {
			t.Errorf("%d: %.20q of %d", i, got[i], len(got[i]))
		}
	}
	type both struct {
		Any  any    `pickle:"a"`
		Data []byte `pickle:"b"`
	}
	if one, err = pickle.Marshal(py.NewDict("a", data, "b", data)); err != nil {
		t.Fatal(err)
	}
	for v, err := range pickle.All[both](bytes.NewReader(one)) {
		if err != nil {
			t.Fatal(err)
		}
		clear(v.Data)
		if v.Any != data {
			t.Error("a value of the interface has changed")
		}
	}
}
