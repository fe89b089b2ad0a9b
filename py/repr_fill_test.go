package py_test

import (
	"strings"
	"testing"

	"github.com/go-pickle/pickle/py"
)

// TestReprFill has many short items on few lines, and only those.
func TestReprFill(t *testing.T) {
	numbers := py.NewList()
	for i := range 12 {
		numbers.Append(int64(i * 100))
	}
	wide := py.NewList("a", "b", "c", "d", "e", "f", "g", strings.Repeat("x", 30))
	for _, test := range []struct {
		o    py.ReprOptions
		x    any
		want string
	}{
		{py.ReprOptions{Indent: "  ", Width: 24}, numbers, "[\n  0, 100, 200, 300, 400,\n  500, 600, 700, 800,\n  900, 1000, 1100,\n]"},
		{py.ReprOptions{Indent: "  ", Width: 24, MaxItems: 9}, numbers, "[\n  0, 100, 200, 300, 400,\n  500, 600, 700, 800,\n  ... 3 more,\n]"},
		{py.ReprOptions{Indent: "  ", Width: 1}, py.Tuple{nil, true, 1.5, "a", py.Bytes("b"), 2i, int64(7), nil}, "(\n  None,\n  True,\n  1.5,\n  'a',\n  b'b',\n  2j,\n  7,\n  None,\n)"},
		{py.ReprOptions{Indent: "  ", Width: 30}, wide, "[\n  'a',\n  'b',\n  'c',\n  'd',\n  'e',\n  'f',\n  'g',\n  '" + strings.Repeat("x", 30) + "',\n]"},
		{py.ReprOptions{Indent: "  ", Width: 12}, py.NewList(numbers), "[\n  [\n    0, 100,\n    200,\n    300,\n    400,\n    500,\n    600,\n    700,\n    800,\n    900,\n    1000,\n    1100,\n  ],\n]"},
	} {
		if got := test.o.Format(test.x); got != test.want {
			t.Errorf("%+v:\n%s\nwant\n%s", test.o, got, test.want)
		}
	}
}

// TestReprMaxStringBytes counts the columns that bytes take.
func TestReprMaxStringBytes(t *testing.T) {
	for _, test := range []struct {
		in   string
		want string
	}{
		{"\x00\x01\x02", `b'\x00\x01'...(3 bytes)`},
		{"abcdefgh", `b'abcdefgh'`},
		{"abcdefghi", `b'abcdefgh'...(9 bytes)`},
		{"\n\n\n\n", `b'\n\n\n\n'`},
		{"\n\n\n\n\n", `b'\n\n\n\n'...(5 bytes)`},
	} {
		if got := (py.ReprOptions{MaxString: 8}).Format(py.Bytes(test.in)); got != test.want {
			t.Errorf("%q: %s, want %s", test.in, got, test.want)
		}
		want := "bytearray(" + test.want + ")"
		if got := (py.ReprOptions{MaxString: 8}).Format(&py.ByteArray{Bytes: []byte(test.in)}); got != want {
			t.Errorf("bytearray %q: %s, want %s", test.in, got, want)
		}
	}
	if got := (py.ReprOptions{MaxString: 1}).Format(py.Bytes("\x00\x00")); got != `b'\x00'...(2 bytes)` {
		t.Error(got)
	}
}

// TestReprOmittedItems counts items that a container does not hold.
func TestReprOmittedItems(t *testing.T) {
	list, set, frozen := py.NewList(int64(1), int64(2)), py.NewSet("a"), py.NewFrozenSet("b")
	dict := py.NewDict("list", list, "set", set, "frozen", frozen)
	o := py.ReprOptions{Labels: true, Omitted: func(items []any) int {
		switch &items[0] {
		case &list.Items[0], &set.Items()[0]:
			return 40
		case &frozen.Items()[0]:
			return 1
		case &dict.Pairs()[0]:
			return 3
		}
		return 0
	}}
	for _, test := range []struct {
		depth, items int
		indent, want string
	}{
		{0, 0, "", "{'list': [1, 2, ... 40 more], 'set': {'a', ... 40 more}, 'frozen': frozenset({'b', ... 1 more}), ... 3 more}"},
		{0, 1, "", "{'list': [1, ... 41 more], ... 5 more}"},
		{1, 0, "", "{'list': [... 42 items], 'set': {... 41 items}, 'frozen': frozenset({... 2 items}), ... 3 more}"},
		{1, 1, " ", "{\n 'list': [... 42 items],\n ... 5 more,\n}"},
	} {
		o.MaxDepth, o.MaxItems, o.Indent = test.depth, test.items, test.indent
		if got := o.Format(dict); got != test.want {
			t.Errorf("depth %d, items %d:\n%s\nwant\n%s", test.depth, test.items, got, test.want)
		}
	}
}
