package py_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/py"
)

var point = py.Global{Module: "geometry", Name: "Point"}

func object(how py.How, class any, args any, ops ...py.Op) *py.Object {
	return &py.Object{How: how, Class: class, Args: args, Ops: ops}
}

func op(kind py.OpKind, items ...any) py.Op { return py.Op{Kind: kind, Items: items} }

type color string

type person struct {
	Name   string
	Age    int
	Friend *person
	secret int
}

type fraction struct{ a, b int }

func (f fraction) AppendRepr(dst []byte) []byte {
	return fmt.Appendf(dst, "Fraction(%d, %d)", f.a, f.b)
}

func TestRepr(t *testing.T) {
	list := py.NewList(int64(1))
	list.Append(list)
	dict := py.NewDict("a", int64(1))
	_ = dict.Set("d", dict)
	tuple := py.Tuple{py.NewList()}
	tuple[0].(*py.List).Append(tuple)
	me := py.NewObject(point, nil)
	_ = me.SetAttr("me", me)
	own := py.NewDict("x", int64(1))
	_ = own.Set("own", own)
	call := py.NewCall(point, int64(1), nil)
	call.Args.(py.Tuple)[1] = call
	set := py.NewSet()
	inSet := py.NewCall(point, set)
	_ = set.Add(inSet)
	ada := &person{Name: "Ada", Age: 36}
	ada.Friend = ada
	deleted := py.NewDict("a", int64(1), "b", int64(2), "c", int64(3), "d", 4, "e", 5, "f", 6, "g", 7, "h", 8, "i", 9, "j", 10)
	deleted.Delete("b")
	for _, c := range []struct {
		x    any
		want string
	}{
		{nil, "None"}, {true, "True"}, {false, "False"}, {int64(-5), "-5"}, {7, "7"}, {uint64(1 << 63), "9223372036854775808"},
		{bigInt("-100000000000000000000"), "-100000000000000000000"}, {float32(0.5), "0.5"}, {1e16, "1e+16"},
		{"it's", `"it's"`}, {py.Bytes("\x00'"), `b"\x00'"`}, {&py.ByteArray{Bytes: []byte("a")}, "bytearray(b'a')"},
		{py.Tuple{}, "()"}, {py.Tuple{int64(1)}, "(1,)"}, {py.Tuple{int64(1), "a"}, "(1, 'a')"},
		{py.NewSet(), "set()"}, {py.NewSet(int64(1), int64(2)), "{1, 2}"},
		{py.NewFrozenSet(), "frozenset()"}, {py.NewFrozenSet(int64(1)), "frozenset({1})"},
		{py.NewDict(), "{}"}, {py.NewDict("a", py.NewList(1, 2), py.Tuple{"k"}, nil), "{'a': [1, 2], ('k',): None}"},
		{complex(3, 4), "(3+4j)"}, {complex(0, 2), "2j"},
		{list, "[1, [...]]"}, {dict, "{'a': 1, 'd': {...}}"}, {tuple, "([(...)],)"}, {tuple[0], "[([...],)]"},
		{deleted, "{'a': 1, 'c': 3, 'd': 4, 'e': 5, 'f': 6, 'g': 7, 'h': 8, 'i': 9, 'j': 10}"},

		{point, "geometry.Point"}, {py.Global{Module: "m", Name: "A.b"}, "m.A.b"},
		{py.Global{Module: "m\x1b[2J", Name: "x"}, `<global 'm\x1b[2J' 'x'>`},
		{py.Global{Module: "m", Name: "f(1)"}, `<global 'm' 'f(1)'>`},
		{py.Global{}, "<global '' ''>"},
		{py.NewCall(point, int64(1), int64(2)), "geometry.Point(1, 2)"},
		{py.NewCall(point), "geometry.Point()"},
		{py.NewCall(point, py.NewCall(point)), "geometry.Point(geometry.Point())"},
		{object(py.ByReduce, point, py.NewCall(point)), "geometry.Point(*geometry.Point())"},
		{object(py.ByReduce, py.NewCall(point), py.Tuple{}), "geometry.Point()()"},
		{object(py.ByReduce, point, py.Tuple{}, op(py.OpAppend, 1, 2), op(py.OpAppend, 3)), "<geometry.Point(): [1, 2, 3]>"},
		{object(py.ByReduce, point, py.Tuple{1}, op(py.OpSetItems, "a", 1), op(py.OpAddItems, 2)), "<geometry.Point(1): {'a': 1}; {2}>"},
		{py.NewObject(point, nil), "<geometry.Point object>"},
		{object(py.ByNewObj, point, py.Tuple{1, 2}), "<geometry.Point object (1, 2)>"},
		{object(py.ByNewObj, point, py.Tuple{1}), "<geometry.Point object (1)>"},
		{py.NewObject(point, py.NewDict("x", 1, "y", 2)), "<geometry.Point object: x=1, y=2>"},
		{py.NewObject(point, py.NewDict("x y", 1)), "<geometry.Point object: state {'x y': 1}>"},
		{py.NewObject(point, py.NewDict("x", 1, 2, 3)), "<geometry.Point object: state {'x': 1, 2: 3}>"},
		{object(py.ByNewObj, point, py.Tuple{}, op(py.OpBuild, py.NewDict())), "<geometry.Point object: state {}>"},
		{object(py.ByNewObj, point, py.Tuple{}, op(py.OpBuild, py.Tuple{nil, py.NewDict("x", 1)})), "<geometry.Point object: slots x=1>"},
		{object(py.ByNewObj, point, py.Tuple{}, op(py.OpBuild, py.Tuple{py.NewDict("y", 2), py.NewDict("x", 1)})), "<geometry.Point object: y=2; slots x=1>"},
		{object(py.ByNewObj, point, py.Tuple{}, op(py.OpBuild, py.Tuple{1, 2})), "<geometry.Point object: state (1, 2)>"},
		{object(py.ByNewObj, point, py.Tuple{}, op(py.OpCall, point, 3)), "<geometry.Point object: call geometry.Point(self, 3)>"},
		{object(py.ByInst, point, py.Tuple{}, op(py.OpBuild, py.NewDict("x", 1))), "<geometry.Point instance: x=1>"},
		{&py.Object{How: py.ByNewObjEx, Class: point, Args: py.Tuple{1}, Kwargs: py.NewDict("k", 2)}, "<geometry.Point object (1, k=2)>"},
		{&py.Object{How: py.ByNewObjEx, Class: point, Args: py.Tuple{}, Kwargs: py.NewDict(1, 2)}, "<geometry.Point object (**{1: 2})>"},
		{object(py.ByName, point, nil, op(py.OpBuild, py.NewDict("x", 1))), "<global geometry.Point: x=1>"},
		{object(py.ByName, nil, py.Tuple{"m", &py.PersistentRef{ID: 1}}), "<global ('m', <persistent 1>)>"},
		{me, "<geometry.Point object: me=<geometry.Point object ...>>"},
		{py.NewObject(point, own), "<geometry.Point object: x=1, own={...}>"},
		{call, "geometry.Point(1, geometry.Point(...))"},
		{set, "{geometry.Point(set(...))}"},
		{&py.PersistentRef{ID: "id"}, "<persistent 'id'>"},
		{&py.Buffer{Data: []byte("abc")}, "<buffer b'abc'>"}, {&py.Buffer{Data: []byte("abc"), ReadOnly: true}, "<readonly buffer b'abc'>"},

		{(*py.List)(nil), "None"}, {(*py.Object)(nil), "None"}, {(*big.Int)(nil), "None"}, {(*py.Dict)(nil), "None"},
		{(*py.ByteArray)(nil), "None"}, {(*py.Buffer)(nil), "None"}, {(*person)(nil), "None"},
		{color("red"), "'red'"}, {[]byte("ab"), "b'ab'"}, {[]int{1, 2}, "[1, 2]"}, {[2]bool{true}, "[True, False]"}, {[]int{}, "[]"},
		{map[string]int{"b": 2, "a": 1}, "{'a': 1, 'b': 2}"}, {map[any]any{2: 1, 10: 1, "a": 2, 1.5: nil}, "{1.5: None, 2: 1, 10: 1, 'a': 2}"},
		{ada, "<py_test.person Name='Ada', Age=36, Friend=<py_test.person ...>>"}, {struct{}{}, "<struct {}>"},
		{fraction{1, 2}, "Fraction(1, 2)"}, {py.NewList(fraction{1, 2}), "[Fraction(1, 2)]"},
		{netip.MustParseAddr("10.0.0.1"), "IPv4Address('10.0.0.1')"}, {errors.New("e\x1b"), `<errors.errorString 'e\x1b'>`},
		{time.Second, "<time.Duration '1s'>"}, {func() {}, "<func()>"}, {big.NewRat(1, 2), "Fraction(1, 2)"},
	} {
		if got := py.Repr(c.x); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
		// The other ways to print must give the same.
		var w bytes.Buffer
		if err := (py.ReprOptions{}).Write(&w, c.x); err != nil || w.String() != c.want {
			t.Errorf("Write: got  %s\nwant %s", w.String(), c.want)
		}
		if got := string(py.AppendRepr([]byte("x"), c.x)); got != "x"+c.want {
			t.Errorf("AppendRepr: %s", got)
		}
		if !py.Equal(c.x, c.x) && !strings.HasPrefix(c.want, "<func") {
			t.Errorf("%s is not equal to itself", c.want)
		}
	}
}

func TestReprOptions(t *testing.T) {
	shared := py.NewList("shared")
	ring := py.NewList(1)
	ring.Append(ring)
	long := strings.Repeat("word ", 30)
	ints := func(n int) *py.List {
		l := new(py.List)
		for i := range n {
			l.Append(int64(i))
		}
		return l
	}
	state := py.NewDict("x", 1, "y", py.NewList(1, 2))
	args := py.Tuple{1, 2}
	ba := &py.ByteArray{Bytes: []byte("x")}
	for _, c := range []struct {
		o    py.ReprOptions
		x    any
		want string
	}{
		{py.ReprOptions{MaxItems: 2}, ints(5), "[0, 1, ... 3 more]"},
		{py.ReprOptions{MaxItems: 2}, py.Tuple(ints(5).Items), "(0, 1, ... 3 more)"},
		{py.ReprOptions{MaxItems: 2}, ints(2), "[0, 1]"},
		{py.ReprOptions{MaxItems: 1}, py.NewDict("a", 1, "b", 2, "c", 3), "{'a': 1, ... 2 more}"},
		{py.ReprOptions{MaxItems: 1}, py.NewObject(point, py.NewDict("a", 1, "b", 2, "c", 3)), "<geometry.Point object: a=1, ... 2 more>"},
		{py.ReprOptions{MaxDepth: 1}, py.NewList(ints(3), py.NewDict(1, 2), py.Tuple{1}, py.Tuple{}, py.NewSet(1), py.NewFrozenSet(1), "x"),
			"[[... 3 items], {... 1 key}, (... 1 item), (), {... 1 item}, frozenset({... 1 item}), 'x']"},
		{py.ReprOptions{MaxDepth: 1}, py.NewList(py.NewObject(point, nil), py.NewCall(point), object(py.ByInst, point, nil), &py.PersistentRef{}),
			"[<geometry.Point object ...>, geometry.Point(...), <geometry.Point instance ...>, <persistent ...>]"},
		{py.ReprOptions{MaxDepth: 1}, py.NewObject(point, state), "<geometry.Point object: x=1, y=[... 2 items]>"},
		{py.ReprOptions{MaxDepth: 2}, py.NewObject(point, state), "<geometry.Point object: x=1, y=[1, 2]>"},
		{py.ReprOptions{MaxString: 3}, py.NewList("abcdef", "abc", "a€b", py.Bytes("abcdef"), &py.ByteArray{Bytes: []byte("abcdef")}),
			"['abc'...(6 chars), 'abc', 'a'...(3 chars), b'abc'...(6 bytes), bytearray(b'abc'...(6 bytes))]"},
		{py.ReprOptions{MaxString: 3}, &py.Buffer{Data: []byte("abcdef")}, "<buffer b'abc'...(6 bytes)>"},
		{py.ReprOptions{MaxString: 4}, bigInt("-0x12345678123456781234"), "-0x1234...(77 bits)"},
		{py.ReprOptions{MaxLen: 8}, ints(100), "[0, 1, 2..."},
		{py.ReprOptions{MaxLen: 4}, "äöü", "'ä..."},
		{py.ReprOptions{MaxLen: 5}, "abc", "'abc'"},
		{py.ReprOptions{MaxLen: 9}, strings.Repeat("x", 1<<20), "'xxxxxxxx..."},
		{py.ReprOptions{Labels: true}, py.NewList(shared, shared, py.NewDict("k", shared)), "[&1 ['shared'], *1, {'k': *1}]"},
		{py.ReprOptions{Labels: true}, ring, "&1 [1, *1]"},
		{py.ReprOptions{Labels: true}, py.NewList(state, py.NewObject(point, state)),
			"[&1 {'x': 1, 'y': [1, 2]}, <geometry.Point object: state *1>]"},
		{py.ReprOptions{Labels: true}, py.NewList(py.NewObject(point, state), state),
			"[<geometry.Point object: state &1 {'x': 1, 'y': [1, 2]}>, *1]"},
		{py.ReprOptions{Labels: true}, py.NewList(object(py.ByReduce, point, args), args), "[geometry.Point(*&1 (1, 2)), *1]"},
		{py.ReprOptions{Labels: true}, py.NewList(ba, ba, new(py.List), py.Tuple{}), "[&1 bytearray(b'x'), *1, [], ()]"},
		{py.ReprOptions{Labels: true, MaxDepth: 1}, py.NewList(shared, shared), "[[... 1 item], [... 1 item]]"},
		{py.ReprOptions{Indent: "  "}, ints(3), "[0, 1, 2]"},
		{py.ReprOptions{Indent: "  ", Width: 8}, ints(3), "[\n  0,\n  1,\n  2,\n]"},
		{py.ReprOptions{Indent: "  ", Width: 1}, py.NewList(), "[]"},
		{py.ReprOptions{Indent: "  ", Width: 1}, py.Tuple{py.NewList()}, "(\n  [],\n)"},
		{py.ReprOptions{Indent: "  ", MaxItems: 2}, ints(4), "[\n  0,\n  1,\n  ... 2 more,\n]"},
		{py.ReprOptions{Indent: "\t", Width: 30}, py.NewDict("name", long[:20], "points", py.NewList(py.Tuple{1, 2}, py.Tuple{3, 4}), "id", 1),
			"{\n\t'name': 'word word word word ',\n\t'points': [(1, 2), (3, 4)],\n\t'id': 1,\n}"},
		{py.ReprOptions{Indent: "  ", Width: 30}, py.NewList(py.NewObject(point, py.NewDict("x", 1, "y", 2)), py.NewCall(point, 1)),
			"[\n  <geometry.Point object:\n    x=1,\n    y=2,\n  >,\n  geometry.Point(1),\n]"},
		{py.ReprOptions{Indent: "  ", Width: 30}, object(py.ByReduce, point, py.Tuple{"aaaaaaaaa", "bbbbbbbbbb"}, op(py.OpSetItems, "cccccccccccccc", 1, "ddddddddddddd", 2)),
			"<geometry.Point(\n  'aaaaaaaaa',\n  'bbbbbbbbbb',\n): {\n  'cccccccccccccc': 1,\n  'ddddddddddddd': 2,\n}>"},
		{py.ReprOptions{Indent: "  ", Width: 40, Labels: true}, py.NewDict("first item", shared, "second item", shared, "third item", ring),
			"{\n  'first item': &1 ['shared'],\n  'second item': *1,\n  'third item': &2 [1, *2],\n}"},
	} {
		got := c.o.Format(c.x)
		if got != c.want {
			t.Errorf("%+v:\ngot  %s\nwant %s", c.o, got, c.want)
		}
		var w bytes.Buffer
		if err := c.o.Write(&w, c.x); err != nil || w.String() != c.want {
			t.Errorf("Write: %s", w.String())
		}
	}
}

type failing struct{ n int }

func (f *failing) Write(p []byte) (int, error) {
	f.n++
	return 0, errors.New("disk full")
}

func TestReprWrite(t *testing.T) {
	l := new(py.List)
	for i := range 200_000 {
		l.Append(int64(i), "some text")
	}
	var w bytes.Buffer
	if err := (py.ReprOptions{}).Write(&w, l); err != nil || w.String() != py.Repr(l) {
		t.Error("Write differs from Repr", err)
	}
	w.Reset()
	o := py.ReprOptions{Indent: " ", MaxLen: 100_001}
	if err := o.Write(&w, l); err != nil || w.String() != o.Format(l) || w.Len() != 100_004 {
		t.Error("Write differs from Format", err, w.Len())
	}
	var f failing
	if err := (py.ReprOptions{}).Write(&f, l); err == nil || f.n != 1 {
		t.Error(err, f.n)
	}
}

// A value that shares much, but not absurdly much, is printed in full.
func TestReprSharedInFull(t *testing.T) {
	row := py.Tuple{"shared", int64(1), 2.5}
	l := new(py.List)
	for range 1_000_000 {
		l.Append(row)
	}
	if n := len(py.Repr(l)); n != 1_000_000*(len("('shared', 1, 2.5)")+2) {
		t.Error(n)
	}
	wide := new(py.List)
	for range 10_000 {
		wide.Append(py.Tuple(l.Items[:100]))
	}
	if n := len(py.ReprOptions{MaxShared: 1000}.Format(wide)); n > 2_000_000 {
		t.Error(n)
	}
	if n := len(py.ReprOptions{MaxShared: -1}.Format(wide)); n != 20_020_000 {
		t.Error(n)
	}
}

func TestFormat(t *testing.T) {
	shared := py.NewList(int64(1))
	l := py.NewList("a", shared, shared)
	for _, c := range []struct {
		format string
		x      any
		want   string
	}{
		{"%v", l, "['a', [1], [1]]"}, {"%s", l, "['a', [1], [1]]"}, {"%#v", l, "['a', [1], [1]]"},
		{"%+v", l, "[\n  'a',\n  &1 [1],\n  *1,\n]"}, {"%.4v", l, "['a'..."}, {"%20v", l, "     ['a', [1], [1]]"},
		{"%-20v|", l, "['a', [1], [1]]     |"}, {"%d", l, "%!d(py.list=['a', [1], [1]])"},
		{"%v", py.Bytes("a\x00"), `b'a\x00'`}, {"%s", py.Bytes("a"), "b'a'"}, {"%q", py.Bytes("a"), "b'a'"}, {"%x", py.Bytes("a\x00"), "6100"},
		{"% X", py.Bytes("a\x00"), "61 00"}, {"%x", &py.ByteArray{Bytes: []byte("a")}, "61"}, {"%v", &py.ByteArray{}, "bytearray(b'')"},
		{"%v", py.Tuple{}, "()"}, {"%v", py.NewDict("a", nil), "{'a': None}"}, {"%v", py.NewSet(), "set()"}, {"%s", py.NewFrozenSet(1), "frozenset({1})"},
		{"%v", point, "geometry.Point"}, {"%v", py.NewCall(point), "geometry.Point()"}, {"%v", &py.PersistentRef{ID: 1}, "<persistent 1>"},
		{"%v", &py.Buffer{}, "<buffer b''>"}, {"%v", (*py.List)(nil), "None"}, {"%v", (*py.ByteArray)(nil), "None"},
		{"%v", []any{py.Tuple{1}, nil}, "[(1,) <nil>]"},
	} {
		if got := fmt.Sprintf(c.format, c.x); got != c.want {
			t.Errorf("%s: got %q, want %q", c.format, got, c.want)
		}
	}
	for _, x := range []fmt.Stringer{py.Tuple{}, l, py.NewDict(), py.NewSet(), py.NewFrozenSet(), &py.ByteArray{}, py.Bytes(""), point,
		py.NewCall(point), &py.PersistentRef{}, &py.Buffer{}} {
		if x.String() != py.Repr(x) {
			t.Errorf("%T: %s", x, x.String())
		}
	}
	if s := string(py.Bytes("raw")); s != "raw" {
		t.Error(s)
	}
}

// TestReprOfBriefParts prints what refers to very small containers so often that what is larger
// is watched: these are printed each time, and what doubles them still ends.
func TestReprOfBriefParts(t *testing.T) {
	for _, leaf := range []any{py.Tuple{int64(1), "ab"}, py.NewList(nil, true), py.NewDict("k", 0.5)} {
		many := make([]any, 1_000_000)
		for i := range many {
			many[i] = leaf
		}
		if got, want := len(py.Repr(py.NewList(many...))), 2+len(many)*(len(py.Repr(leaf))+2)-2; got != want {
			t.Errorf("%s a million times: %d bytes, not %d", py.Repr(leaf), got, want)
		}
		bomb := any(py.Tuple{leaf, leaf})
		for range 60 {
			bomb = py.Tuple{bomb, bomb}
		}
		if got := len(py.Repr(bomb)); got > 256<<20 {
			t.Errorf("%s doubled 60 times: %d MB", py.Repr(leaf), got>>20)
		}
	}
}
