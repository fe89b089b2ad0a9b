package py_test

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/go-pickle/pickle/py"
)

func ExampleEqual() {
	fmt.Println(py.Equal(int64(1), 1.0), py.Equal(true, 1.0))
	fmt.Println(py.Equal(int64(1<<53+1), float64(1<<53)))
	fmt.Println(py.Equal(py.NewDict("a", 1, "b", 2), py.NewDict("b", 2.0, "a", true)))
	fmt.Println(py.Equal(py.Tuple{1}, py.NewList(1)))
	// Output:
	// true true
	// false
	// true
	// false
}

func ExampleHash() {
	x, _ := py.Hash(py.Tuple{int64(1), "a"})
	y, _ := py.Hash(py.Tuple{1.0, "a"})
	_, err := py.Hash(py.Tuple{py.NewList()})
	fmt.Println(x == y, err)
	// Output: true unhashable type: 'list'
}

func ExampleRepr() {
	fmt.Println(py.Repr(py.NewDict("a", py.Tuple{1.0}, py.Bytes("b"), nil)))
	self := py.NewList(true)
	self.Append(self)
	fmt.Println(py.Repr(self))
	// Output:
	// {'a': (1.0,), b'b': None}
	// [True, [...]]
}

func ExampleAppendRepr() {
	fmt.Printf("%s\n", py.AppendRepr([]byte("x = "), py.NewSet("it's")))
	// Output: x = {"it's"}
}

func ExampleReprOptions() {
	shared := py.NewList("shared")
	v := py.NewDict(
		"first", shared,
		"again", shared,
		"numbers", py.NewList(1, 2, 3, 4, 5),
		"deep", py.NewList(py.NewList(py.NewList(1))),
		"point", py.NewObject(py.Global{Module: "geometry", Name: "Point"}, py.NewDict("x", 1, "y", 2)),
		"text", "a long text",
	)
	o := py.ReprOptions{Indent: "  ", Width: 60, Labels: true, MaxItems: 6, MaxDepth: 2, MaxString: 6}
	_ = o.Write(os.Stdout, v)
	// Output:
	// {
	//   'first': &1 ['shared'],
	//   'again': *1,
	//   'number'...(7 chars): [1, 2, 3, 4, 5],
	//   'deep': [[... 1 item]],
	//   'point': <geometry.Point object: x=1, y=2>,
	//   'text': 'a long'...(11 chars),
	// }
}

func ExampleReprOptions_Format() {
	v := py.NewList(1, 2, 3, 4, 5)
	fmt.Println(py.ReprOptions{MaxItems: 2}.Format(v))
	// Output: [1, 2, ... 3 more]
}

func ExampleDict() {
	d := py.NewDict("one", 1)
	_ = d.Set(int64(2), "int")
	_ = d.Set(2.0, "float") // an equal key: only the value changes
	_ = d.Set(py.Tuple{"a", int64(1)}, "tuple")
	v, ok := d.Get(py.Tuple{"a", true})
	fmt.Println(d, d.Len(), v, ok)
	fmt.Println(d.Set(py.NewList(), nil))
	d.Delete("one")
	for k, v := range d.All() {
		fmt.Println(k, v)
	}
	// Output:
	// {'one': 1, 2: 'float', ('a', 1): 'tuple'} 3 tuple true
	// unhashable type: 'list'
	// 2 float
	// ('a', 1) tuple
}

func ExampleDict_Adopt() {
	var d py.Dict
	err := d.Adopt([]any{"a", 1, "b", 2, "a", 3})
	fmt.Println(&d, err)
	// Output: {'a': 3, 'b': 2} <nil>
}

func ExampleKeyMemo() {
	big := make(py.Tuple, 100_000)
	var memo py.KeyMemo
	for range 1000 {
		d := new(py.Dict)
		if err := d.AdoptMemo([]any{big, 1, "x", 2}, &memo); err != nil { // big is hashed once
			panic(err)
		}
	}
	// Output:
}

func ExampleSet() {
	s := py.NewSet(1, 2, "a", 2.0)
	_ = s.Add(py.NewFrozenSet())
	fmt.Println(s.Has(true), s.Delete("a"), s.Len(), s)
	fmt.Println(slices.Collect(s.All()))
	// Output:
	// true true 3 {1, 2, frozenset()}
	// [1 2 frozenset()]
}

func ExampleFrozenSet() {
	f := py.NewFrozenSet("a", "b")
	d := py.NewDict(f, "value")
	v, _ := d.Get(py.NewFrozenSet("b", "a"))
	fmt.Println(f, v)
	// Output: frozenset({'a', 'b'}) value
}

func ExampleList() {
	l := py.NewList("a")
	l.Append(nil, 1.5)
	fmt.Println(l, l.Len(), l.Items[2])
	// Output: ['a', None, 1.5] 3 1.5
}

func ExampleBytes() {
	b := py.Bytes("caf\xc3\xa9")
	fmt.Printf("%v %x %s\n", b, b, string(b))
	// Output: b'caf\xc3\xa9' 636166c3a9 café
}

func ExampleTuple_Format() {
	t := py.Tuple{"a", py.NewList(1, 2)}
	fmt.Printf("%v\n%.8v\n", t, t)
	fmt.Printf("%+v\n", py.Tuple{t[1], t[1], strings.Repeat("long text ", 7)})
	// Output:
	// ('a', [1, 2])
	// ('a', [1...
	// (
	//   &1 [1, 2],
	//   *1,
	//   'long text long text long text long text long text long text long text ',
	// )
}

func ExampleNewObject() {
	o := py.NewObject(py.Global{Module: "geometry", Name: "Point"}, py.NewDict("x", 1))
	_ = o.SetAttr("y", 2)
	x, _ := o.Attr("x")
	fmt.Println(o.ClassName(), x)
	for name, value := range o.Attrs() {
		fmt.Println(name, value)
	}
	fmt.Println(o)
	// Output:
	// geometry.Point 1
	// x 1
	// y 2
	// <geometry.Point object: x=1, y=2>
}

func ExampleNewCall() {
	fmt.Println(py.NewCall(py.Global{Module: "datetime", Name: "date"}, 2024, 1, 31))
	// Output: datetime.date(2024, 1, 31)
}

func ExampleObject_DictItems() {
	o := py.NewCall(py.Global{Module: "collections", Name: "OrderedDict"})
	o.Ops = []py.Op{{Kind: py.OpSetItems, Items: []any{"a", 1, "b", 2}}}
	for k, v := range o.DictItems() {
		fmt.Println(k, v)
	}
	// Output:
	// a 1
	// b 2
}

func ExampleObject_ListItems() {
	o := py.NewCall(py.Global{Module: "collections", Name: "deque"}, py.NewList())
	o.Ops = []py.Op{{Kind: py.OpAppend, Items: []any{1, 2}}}
	fmt.Println(slices.Collect(o.ListItems()))
	// Output: [1 2]
}

func ExampleFrom() {
	v, err := py.From(map[string]any{"b": []int{1, 2}, "a": []byte("x")})
	fmt.Println(v, err)
	_, err = py.From(map[string]any{"a": []any{1, func() {}}})
	fmt.Println(err)
	// Output:
	// {'a': b'x', 'b': [1, 2]} <nil>
	// py: $["a"][1]: a func (func()) has no counterpart in Python
}

func ExamplePlain() {
	v, err := py.Plain(py.NewDict("a", py.Tuple{int64(1), nil}))
	fmt.Println(v, err)
	_, err = py.Plain(py.NewDict("a", py.NewCall(py.Global{Module: "m", Name: "C"})))
	fmt.Println(err)
	// Output:
	// map[a:[1 <nil>]] <nil>
	// py: $["a"]: m.C is an object, not plain data: register a Go type for its class
}

func ExampleTypeName() {
	fmt.Println(py.TypeName(nil), py.TypeName(1), py.TypeName("a"), py.TypeName(py.NewDict()))
	// Output: NoneType int str dict
}
