package py_test

import (
	"errors"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/py"
)

func TestFrom(t *testing.T) {
	n := 5
	shared := []int{1}
	type named map[color]*int
	list := py.NewList([]int{1})
	for _, c := range []struct {
		x    any
		want string
	}{
		{nil, "None"}, {(*int)(nil), "None"}, {&n, "5"}, {color("red"), "'red'"}, {uint64(math.MaxUint64), "18446744073709551615"},
		{time.Second, "1000000000"}, {float32(0.5), "0.5"}, {complex64(1i), "1j"}, {big.NewInt(3), "3"}, {*big.NewInt(4), "4"},
		{[]byte("a"), "b'a'"}, {[2]byte{1, 2}, `b'\x01\x02'`}, {[]int{1, 2}, "[1, 2]"}, {[]int(nil), "[]"}, {[2]string{"a", "b"}, "('a', 'b')"},
		{map[string]any{"b": []any{nil, true}, "a": map[int]float64{2: 1, 1: 2}}, "{'a': {1: 2.0, 2: 1.0}, 'b': [None, True]}"},
		{map[string]int(nil), "{}"}, {map[string]struct{}{"b": {}, "a": {}}, "{'a', 'b'}"}, {named{"x": &n, "y": nil}, "{'x': 5, 'y': None}"},
		{map[[2]int]string{{2, 1}: "b", {1, 2}: "a"}, "{(1, 2): 'a', (2, 1): 'b'}"}, {map[any]any{nil: 1, true: 2, "a": 3, 1.5: 4, int8(-3): 5}, "{-3: 5, 1.5: 4, 'a': 3, None: 1, True: 2}"},
		{map[float64]int{math.NaN(): 1}, "{nan: 1}"}, {[]any{py.Tuple{1}, point, list}, "[(1,), geometry.Point, [[1]]]"},
		{(*py.List)(nil), "None"}, {[][]int{shared, shared}, "[[1], [1]]"},
	} {
		got, err := py.From(c.x)
		if err != nil || py.Repr(got) != c.want {
			t.Errorf("From(%v): %s, %v; want %s", c.x, py.Repr(got), err, c.want)
		}
	}
	x, _ := py.From([][]int{shared, shared})
	if l := x.(*py.List); l.Items[0] != l.Items[1] {
		t.Error("sharing was lost")
	}
	for _, c := range []struct {
		x    any
		want string
	}{
		{func() {}, "py: $: a func (func()) has no counterpart in Python"},
		{map[string]any{"a": []any{1, 2, 3, make(chan int)}}, `py: $["a"][3]: a chan (chan int) has no counterpart in Python`},
		{[]any{person{}}, "py: $[0]: a struct (py_test.person): convert it to a map, or give it to pickle.Marshal"},
		{map[any]any{[1]any{[1]any{&[]int{}}}: 1}, "py: $[[[[]]]]: unhashable type: 'list'"},
		{map[int]func(){7: nil}, "py: $[7]: a func (func()) has no counterpart in Python"},
		{[]any{map[[1]any]struct{}{{&[]int{}}: {}}}, "py: $[0][[[]]]: unhashable type: 'list'"},
	} {
		got, err := py.From(c.x)
		var e *py.PlainError
		if got != nil || !errors.As(err, &e) || err.Error() != c.want {
			t.Errorf("From(%T): %v, %v; want %s", c.x, got, err, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	data := []byte("data")
	for _, c := range []struct {
		x    any
		want any
	}{
		{nil, nil}, {true, true}, {int64(1), int64(1)}, {5, int64(5)}, {big.NewInt(7), int64(7)}, {1.5, 1.5}, {1i, 1i}, {"a", "a"},
		{bigInt("0x10000000000000000"), bigInt("0x10000000000000000")}, {(*big.Int)(nil), nil}, {(*py.List)(nil), nil}, {(*py.Buffer)(nil), nil},
		{py.Bytes("a"), []byte("a")}, {&py.ByteArray{Bytes: data}, []byte("data")}, {&py.Buffer{Data: data}, []byte("data")}, {py.Tuple{}, []any{}},
		{py.Tuple{int64(1), py.NewList("x")}, []any{int64(1), []any{"x"}}}, {py.NewSet(int64(1)), []any{int64(1)}}, {py.NewFrozenSet(), []any{}},
		{py.NewDict("a", py.NewDict()), map[string]any{"a": map[string]any{}}}, {py.NewDict(1, 2, "a", nil), map[any]any{int64(1): int64(2), "a": nil}},
		{py.NewDict(py.Bytes("a"), 1.5), map[any]any{py.Bytes("a"): 1.5}}, {py.NewDict(big.NewInt(3), nil), map[any]any{int64(3): nil}}, {time.Second, time.Second},
		{py.NewDict(nil, nil), map[any]any{nil: nil}},
	} {
		got, err := py.Plain(c.x)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("Plain(%v): %#v, %v; want %#v", c.x, got, err, c.want)
		}
	}
	x, _ := py.Plain(&py.ByteArray{Bytes: data})
	if x.([]byte)[0] = 'D'; data[0] != 'd' {
		t.Error("changing the result changed the value")
	}
	for _, c := range []struct {
		x    any
		want string
	}{
		{py.NewList(nil, py.NewDict("a", py.Tuple{point})), `py: $[1]["a"][0]: geometry.Point is a class or function, not plain data`},
		{py.NewList(py.NewCall(point)), "py: $[0]: geometry.Point is an object, not plain data: register a Go type for its class"},
		{&py.PersistentRef{ID: "x"}, "py: $: 'x' is a persistent reference: load it with a function that resolves it"},
		{py.NewDict(py.Tuple{1}, 2), "py: $[(1,)]: a tuple can't be a key of a Go map"},
		{py.NewDict(bigInt("0x10000000000000000"), 2), "py: $[18446744073709551616]: an int past 64 bits can't be a key of a Go map"},
		{py.NewDict(1, point), "py: $[1]: geometry.Point is a class or function, not plain data"},
		{py.NewDict("a", py.NewSet(point)), `py: $["a"][0]: geometry.Point is a class or function, not plain data`},
		{py.NewDict(&py.Buffer{}, 1), "py: $[<buffer b''>]: a buffer can't be a key of a Go map"},
	} {
		got, err := py.Plain(c.x)
		if got != nil || err == nil || err.Error() != c.want {
			t.Errorf("Plain(%v): %v, %v; want %s", c.x, got, err, c.want)
		}
	}
	_, err := py.Plain(deepLists(20_000))
	var e *py.PlainError
	if !errors.As(err, &e) || !strings.Contains(e.Path, "[0]...(9976 more)...[0]") || len(e.Path) > 200 {
		t.Errorf("%v", err)
	}
	// Much is shared, but no more than data has that people keep.
	row := py.Tuple{int64(1), int64(2), "x"}
	rows := new(py.List)
	for range 1_000_000 {
		rows.Append(row)
	}
	if _, err := py.Plain(rows); err != nil {
		t.Error(err)
	}
}

// twice is a registered value that holds another.
type twice struct{ of any }

func (t *twice) Plain() (any, error) {
	if t.of == "none" {
		return nil, errors.New("nothing plain")
	}
	return py.Tuple{t.of, t.of}, nil
}

func TestPlainer(t *testing.T) {
	got, err := py.Plain(py.NewList(&twice{py.Bytes("x")}, (*twice)(nil)))
	if want := []any{[]any{[]byte("x"), []byte("x")}, nil}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	_, err = py.Plain(py.NewList(int64(1), &twice{"none"}))
	if err == nil || err.Error() != "py: $[1]: nothing plain" {
		t.Errorf("%v", err)
	}
	self := &twice{}
	self.of = self
	if _, err := py.Plain(self); !errors.Is(err, py.ErrCyclic) {
		t.Errorf("itself: %v", err)
	}
	bomb := &twice{int64(1)}
	for range 64 {
		bomb = &twice{bomb}
	}
	if _, err := py.Plain(bomb); !errors.Is(err, py.ErrTooShared) {
		t.Errorf("2^64 leaves: %v", err)
	}
}
