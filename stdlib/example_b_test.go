package stdlib_test

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

func loadExample(data string) any {
	var v any
	if err := (pickle.DecodeOptions{Registry: stdlib.Registry()}).Unmarshal([]byte(data), &v); err != nil {
		panic(err)
	}
	return v
}

func ExampleOrderedDict() {
	// pickle.dumps(collections.OrderedDict(b=1, a=2), 0)
	v := loadExample("ccollections\nOrderedDict\np0\n(tRp1\nVb\np2\nI1\nsVa\np3\nI2\ns.")
	d := v.(*stdlib.OrderedDict)
	for k, x := range d.All() {
		fmt.Println(k, x)
	}
	fmt.Println(py.Equal(d, py.NewDict("a", 2, "b", 1)), py.Equal(d, stdlib.NewOrderedDict("a", 2, "b", 1)))
	// Output:
	// b 1
	// a 2
	// true false
}

func ExampleDefaultDict() {
	// pickle.dumps(collections.defaultdict(list, a=[1]), 0)
	v := loadExample("ccollections\ndefaultdict\np0\n(c__builtin__\nlist\np1\ntp2\nRp3\nVa\np4\n(lp5\nI1\nas.")
	d := v.(*stdlib.DefaultDict)
	a, _ := d.Get("a")
	fmt.Println(d.Factory, a)
	// Output: builtins.list [1]
}

func ExampleCounter() {
	c := stdlib.NewCounter("a", "b", "a")
	if err := c.Add("b", 5); err != nil {
		panic(err)
	}
	fmt.Println(c, c.Count("b"), c.Count("z"), c.MostCommon(1))
	// Output: Counter({'a': 2, 'b': 6}) 6 0 [b]
}

func ExampleDeque() {
	d := &stdlib.Deque{Bounded: true, MaxLen: 3}
	d.Append(1, 2, 3, 4)
	d.AppendLeft(0)
	fmt.Println(d)
	data, err := pickle.EncodeOptions{Registry: stdlib.Registry(), Protocol: pickle.Protocol0}.Marshal(d)
	fmt.Printf("%q %v\n", data, err)
	// Output:
	// deque([0, 2, 3], maxlen=3)
	// "ccollections\ndeque\np0\n((tI3\ntp1\nRp2\nI0\naI2\naI3\na." <nil>
}

func ExampleChainMap() {
	c := stdlib.NewChainMap(py.NewDict("color", "red"), py.NewDict("color", "blue", "size", 3))
	color, _ := c.Get("color")
	size, _ := c.Get("size")
	fmt.Println(color, size, c)
	// Output: red 3 ChainMap({'color': 'red'}, {'color': 'blue', 'size': 3})
}

func ExampleUserDict() {
	u := stdlib.NewUserDict(py.NewDict("a", 1))
	fmt.Println(u, u.Attrs())
	// Output: {'a': 1} {'data': {'a': 1}}
}

func ExampleUserList() {
	u := stdlib.NewUserList(1, 2)
	u.Data().Append(3)
	fmt.Println(u)
	// Output: [1, 2, 3]
}

func ExampleUserString() {
	var text string
	fmt.Println(py.Store(&text, stdlib.NewUserString("hello")), text)
	// Output: <nil> hello
}

func ExamplePartial() {
	// pickle.dumps(functools.partial(int, base=16), 0)
	v := loadExample("cfunctools\npartial\np0\n(c__builtin__\nint\np1\ntp2\nRp3\n(g1\n(t(dp4\nVbase\np5\nI16\nsNtp6\nb.")
	p := v.(*stdlib.Partial)
	fmt.Println(p.Func, p.Args, p.Keywords)
	fmt.Println(p)
	// Output:
	// builtins.int () {'base': 16}
	// functools.partial(builtins.int, base=16)
}

func ExampleItemGetter() {
	fmt.Println(stdlib.NewItemGetter(1, "name"))
	// Output: operator.itemgetter(1, 'name')
}

func ExampleAttrGetter() {
	fmt.Println(stdlib.NewAttrGetter("owner.name"))
	// Output: operator.attrgetter('owner.name')
}

func ExampleMethodCaller() {
	fmt.Println(&stdlib.MethodCaller{Name: "encode", Args: py.Tuple{"utf-8"}, Kwargs: py.NewDict("errors", "strict")})
	// Output: operator.methodcaller('encode', 'utf-8', errors='strict')
}

func ExampleSimpleNamespace() {
	// pickle.dumps(types.SimpleNamespace(x=1), 0)
	v := loadExample("ctypes\nSimpleNamespace\np0\n(tRp1\n(dp2\nVx\np3\nI1\nsb.")
	x, _ := v.(*stdlib.SimpleNamespace).Attrs.Get("x")
	fmt.Println(v, x)
	// Output: namespace(x=1) 1
}

func ExampleGenericAlias() {
	class := func(name string) py.Global { return py.Global{Module: "builtins", Name: name} }
	fmt.Println(stdlib.NewGenericAlias(class("dict"), class("str"), stdlib.NewUnion(class("int"), class("str"))))
	// Output: builtins.dict[builtins.str, builtins.int | builtins.str]
}

func ExampleUnion() {
	class := func(name string) py.Global { return py.Global{Module: "builtins", Name: name} }
	fmt.Println(stdlib.NewUnion(class("int"), class("str")))
	// Output: builtins.int | builtins.str
}

func ExamplePattern() {
	// pickle.dumps(re.compile('a+(b|c)?', re.M), 0)
	p := loadExample("cre\n_compile\np0\n(Va+(b|c)?\np1\nI40\ntp2\nRp3\n.").(stdlib.Pattern)
	re, err := p.Regexp()
	fmt.Println(p, re, err)

	_, err = stdlib.NewPattern(`(?<=x)\w+`, 0).Regexp()
	fmt.Println(err)
	// Output:
	// re.compile('a+(b|c)?', re.MULTILINE) (?m)a+(b|c)? <nil>
	// stdlib: re.compile('(?<=x)\\w+') is no regular expression of Go: a group of a kind that is not translated
}

func ExampleException() {
	// pickle.dumps(FileNotFoundError(2, 'No such file or directory', 'data.csv'), 2)
	v := loadExample("\x80\x02cexceptions\nOSError\nq\x00(K\x02X\x19\x00\x00\x00No such file or directoryq\x01X\x08\x00\x00\x00data.csvq\x02tq\x03Rq\x04}q\x05b.")
	var err error = v.(*stdlib.Exception)
	fmt.Println(err)
	fmt.Println(errors.Is(err, fs.ErrNotExist), errors.Is(err, stdlib.NewException("OSError")))
	// Output:
	// FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'
	// true true
}

func ExampleNewException() {
	group := stdlib.NewException("ExceptionGroup", "two of three failed",
		py.NewList(stdlib.NewException("KeyError", "a"), stdlib.NewException("ValueError", "b")))
	fmt.Println(group)
	fmt.Println(errors.Is(group, stdlib.NewException("LookupError")))
	// Output:
	// ExceptionGroup: two of three failed (2 sub-exceptions)
	// true
}

func ExampleExceptionClass() {
	appError := py.Global{Module: "app.errors", Name: "AppError"}
	reg := stdlib.Registry().With(stdlib.ExceptionClass(appError))

	var v any
	// pickle.dumps(AppError(7, 'no stock'), 0)
	data := "capp.errors\nAppError\np0\n(I7\nVno stock\np1\ntp2\nRp3\n(dp4\nVcode\np5\nI7\nsb."
	if err := (pickle.DecodeOptions{Registry: reg}).Unmarshal([]byte(data), &v); err != nil {
		panic(err)
	}
	e := v.(*stdlib.Exception)
	code, _ := e.Attr("code")
	fmt.Println(e, code)
	// Output: app.errors.AppError: (7, 'no stock') 7
}
