package pyjson_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/big"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

func huge(s string) *big.Int {
	i, ok := new(big.Int).SetString(s, 0)
	if !ok {
		panic(s)
	}
	return i
}

func global(module, name string) py.Global { return py.Global{Module: module, Name: name} }

// same is s with storage of its own.
func same(s string) string { return strings.Clone(s) }

// forms are values with the typed and the plain JSON for them. An empty plain one says
// that there is none.
func forms() []struct {
	name         string
	v            any
	typed, plain string
} {
	type row = struct {
		name         string
		v            any
		typed, plain string
	}
	list := py.NewList(int64(1))
	list.Append(list)
	holder := py.NewList()
	tuple := py.Tuple{holder, int64(2)}
	holder.Append(tuple)
	obj := &py.Object{How: py.ByReduce, Class: global("m", "C"), Args: py.Tuple{}}
	obj.Ops = []py.Op{
		{Kind: py.OpAppend, Items: []any{int64(1), obj}},
		{Kind: py.OpSetItems, Items: []any{"k", nil}},
		{Kind: py.OpAddItems, Items: []any{true}},
		{Kind: py.OpCall, Items: []any{global("m", "set"), "st"}},
		{Kind: py.OpAppend},
	}
	obj.Twins = []py.Twin{{Class: global("m", "C"), Args: py.Tuple{}}, {Args: py.Tuple{}, Kwargs: new(py.Dict)}}
	frozen := py.NewFrozenSet(int64(1))
	text := "a text of more than sixty-four bytes, which is longer than a name is"
	shared := py.Bytes("raw")
	var c any = complex(1, math.Inf(-1))
	return []row{
		{"None", nil, `null`, `null`},
		{"nil pointer", (*py.List)(nil), `null`, `null`},
		{"bools", py.NewList(true, false), `[true,false]`, `[true,false]`},
		{"ints", py.NewList(int64(0), int64(math.MinInt64), huge("0x1_0000_0000_0000_0000")),
			`[0,-9223372036854775808,18446744073709551616]`, `[0,-9223372036854775808,18446744073709551616]`},
		{"floats", py.NewList(1.0, 0.0, math.Copysign(0, -1), 1e16, 1e-5, 0.1, 5e-324, math.MaxFloat64),
			`[1.0,0.0,-0.0,1e+16,1e-05,0.1,5e-324,1.7976931348623157e+308]`,
			`[1.0,0.0,-0.0,1e+16,1e-05,0.1,5e-324,1.7976931348623157e+308]`},
		{"odd floats", py.NewList(math.Inf(1), math.Inf(-1), math.Float64frombits(0x7ff8000000000000),
			math.Float64frombits(0xfff8000000000000), math.Float64frombits(0x7ff8000000000001)),
			`[{"$float":"inf"},{"$float":"-inf"},{"$float":"nan"},{"$float":"-nan"},{"$float":"0x7ff8000000000001"}]`,
			`[null,null,null,null,null]`},
		{"complex", py.NewList(c, c, 1i), `[{"$def":1,"value":{"$complex":[1.0,"-inf"]}},{"$ref":1},{"$complex":[0.0,1.0]}]`,
			`[{"__class__":"complex","real":1.0,"imag":null},{"__class__":"complex","real":1.0,"imag":null},{"__class__":"complex","real":0.0,"imag":1.0}]`},
		{"str", "a\"\\\n\r\t\x00\x7f€\U0001f600\u2028", `"a\"\\\n\r\t\u0000` + "\x7f€\U0001f600\u2028\"",
			`"a\"\\\n\r\t\u0000` + "\x7f€\U0001f600\u2028\""},
		{"surrogate", "\\a\xed\xb2\x80b\xffé", `{"$escaped":"\\\\a\\udc80b\\xffé"}`, `"\\a\udc80b\udcffé"`},
		{"equal str", py.NewList("name", same("name"), same("name")), `["name",{"$str":"name"},{"$str":"name"}]`,
			`["name","name","name"]`},
		{"one of equal str is shared", func() any {
			x, y := same("name"), same("name")
			return py.NewList(x, y, y, py.NewDict(y, x))
		}(), `[{"$def":1,"value":{"$str":"name"}},"name","name",{"name":{"$ref":1}}]`, ``},
		{"two of equal str are shared", func() any {
			x, y := same("name"), same("name")
			return py.NewList(x, y, x, y)
		}(), `["name",{"$def":1,"value":{"$str":"name"}},"name",{"$ref":1}]`, `["name","name","name","name"]`},
		{"long str", py.NewList(text, text, py.NewDict(text, nil), same(text)),
			`[{"$def":1,"value":"` + text + `"},{"$ref":1},{"$dict":[[{"$ref":1},null]]},"` + text + `"]`,
			`["` + text + `","` + text + `",{"` + text + `":null},"` + text + `"]`},
		{"characters", py.NewList("x", py.Bytes("x"), same("x"), same("é")), `[{"$str":"x"},{"$bytes":"x"},{"$str":"x"},"é"]`, ``},
		{"bytes", py.NewList(py.Bytes(""), py.Bytes("text\n"), py.Bytes("\x00\xff"), shared, shared),
			`[{"$bytes":""},{"$bytes":"text\n"},{"$bytes":{"$base64":"AP8="}},{"$def":1,"value":{"$bytes":"raw"}},{"$ref":1}]`,
			`["","dGV4dAo=","AP8=","cmF3","cmF3"]`},
		{"bytearray", &py.ByteArray{Bytes: []byte("\x80")}, `{"$bytearray":{"$base64":"gA=="}}`, `"gA=="`},
		{"buffer", &py.Buffer{Data: []byte("x"), ReadOnly: true, Index: 3}, `{"$buffer":{"data":"x","readonly":true,"index":3}}`, `"eA=="`},
		{"tuples", py.Tuple{py.Tuple{}, py.Tuple{nil}}, `{"$tuple":[{"$tuple":[]},{"$tuple":[null]}]}`, `[[],[null]]`},
		{"sets", py.NewList(new(py.Set), py.NewSet(int64(2), "b"), frozen, frozen),
			`[{"$set":[]},{"$set":[2,"b"]},{"$def":1,"value":{"$frozenset":[1]}},{"$ref":1}]`, `[[],[2,"b"],[1],[1]]`},
		{"dicts", py.NewList(new(py.Dict), py.NewDict("b", int64(1), "a", int64(2)), py.NewDict("", nil)),
			`[{},{"b":1,"a":2},{"":null}]`, `[{},{"b":1,"a":2},{"":null}]`},
		{"dict with $", py.NewDict("a", nil, "$ref", int64(1)), `{"$dict":[["a",null],["$ref",1]]}`, `{"a":null,"$ref":1}`},
		{"keys", py.NewDict(int64(1), 1, 2.5, 2, nil, 3, true, 4),
			`{"$dict":[[1,4],[2.5,2],[null,3]]}`, `{"1":4,"2.5":2,"null":3}`},
		{"more keys", py.NewDict(false, 1, math.Inf(1), 2, py.Tuple{int64(1), "a"}, 3, py.Bytes("b"), 4, 1e100, 5),
			`{"$dict":[[false,1],[{"$float":"inf"},2],[{"$tuple":[1,"a"]},3],[{"$bytes":"b"},4],[1e+100,5]]}`,
			`{"false":1,"Infinity":2,"(1, 'a')":3,"b'b'":4,"1e+100":5}`},
		{"cycle", list, `{"$def":1,"value":[1,{"$ref":1}]}`, ``},
		{"recursive tuple", tuple, `{"$def":1,"value":{"$tuple":[[{"$ref":1}],2]}}`, ``},
		{"globals", py.NewList(global("m", "A"), global("m", "B"), global("m", "A")),
			`[{"$def":1,"value":{"$global":["m","A"]}},{"$global":["m","B"]},{"$ref":1}]`, `["m.A","m.B","m.A"]`},
		{"interned", py.NewList(global("builtins", "range"), global(same("builtins"), "set"), "complex", "bytearray", 1i),
			`[{"$global":[{"$interned":"builtins"},"range"]},{"$global":["builtins","set"]},{"$interned":"complex"},"bytearray",{"$complex":[0.0,1.0]}]`, ``},
		{"not interned", py.NewList(global("builtins", "range"), global(same("builtins"), "set"), "complex"),
			`[{"$global":["builtins","range"]},{"$global":[{"$str":"builtins"},"set"]},"complex"]`, ``},
		{"persistent", &py.PersistentRef{ID: py.Tuple{"storage", int64(1)}}, `{"$persistent":{"$tuple":["storage",1]}}`,
			`{"__persistent__":["storage",1]}`},
		{"object", obj, `{"$def":1,"value":{"$object":{"how":"reduce","class":{"$def":2,"value":{"$global":["m","C"]}},"args":{"$tuple":[]},` +
			`"ops":[["append",1,{"$ref":1}],["setitems","k",null],["additems",true],["call",{"$global":["m","set"]},"st"],["append"]],` +
			`"twins":[[{"$ref":2},{"$tuple":[]}],[null,{"$tuple":[]},{}]]}}}`, ``},
		{"instance", py.NewObject(global("m", "P"), py.NewDict("x", 1)),
			`{"$object":{"how":"newobj","class":{"$global":["m","P"]},"args":{"$tuple":[]},"ops":[["build",{"x":1}]]}}`,
			`{"__class__":"m.P","x":1}`},
		{"big int", new(big.Int).Lsh(big.NewInt(-1), 20000), `{"$int":"-0x1` + strings.Repeat("0", 5000) + `"}`,
			`"-0x1` + strings.Repeat("0", 5000) + `"`},
		{"Go data", map[string]any{"a": []any{1, uint8(2)}, "b": []byte{0}}, `{"a":[1,2],"b":{"$bytes":{"$base64":"AA=="}}}`, `{"a":[1,2],"b":"AA=="}`},
		{"Go numbers", py.NewList(1, uint64(1<<63), float32(0.5)), `[1,9223372036854775808,0.5]`, `[1,9223372036854775808,0.5]`},
	}
}

func TestForms(t *testing.T) {
	for _, row := range forms() {
		t.Run(row.name, func(t *testing.T) {
			text, err := pyjson.Marshal(row.v)
			if err != nil || string(text) != row.typed {
				t.Fatalf("%v\n got %s\nwant %s", err, text, row.typed)
			}
			back, err := pyjson.Unmarshal(text)
			if err != nil {
				t.Fatal(err)
			}
			again, err := pyjson.Marshal(back)
			if err != nil || string(again) != row.typed {
				t.Errorf("again: %v\n got %s\nwant %s", err, again, row.typed)
			}
			for _, indent := range []string{" ", "\t"} {
				pretty, err := pyjson.Options{Indent: indent}.Marshal(row.v)
				if err != nil {
					t.Fatal(err)
				}
				back, err := pyjson.Unmarshal(pretty)
				if err != nil {
					t.Fatalf("%v in %s", err, pretty)
				}
				if again, _ := pyjson.Marshal(back); string(again) != row.typed {
					t.Errorf("indented: %s", pretty)
				}
			}
			if row.plain != "" {
				text, err := pyjson.Plain(row.v)
				if err != nil || string(text) != row.plain {
					t.Errorf("plain: %v\n got %s\nwant %s", err, text, row.plain)
				}
			}
			v, err := py.From(row.v)
			if err != nil {
				t.Fatal(err)
			}
			for p := pickle.Protocol0; p <= pickle.Protocol5; p++ {
				o := pickle.EncodeOptions{Protocol: p}
				want, err := o.Marshal(v)
				if err != nil {
					continue
				}
				if got, err := o.Marshal(back); err != nil || !bytes.Equal(got, want) {
					t.Errorf("protocol %d: %v\n got %q\nwant %q", p.Number(), err, got, want)
				}
			}
		})
	}
}

func TestPlainObjects(t *testing.T) {
	ordered := &py.Object{How: py.ByReduce, Class: global("collections", "OrderedDict"), Args: py.Tuple{},
		Ops: []py.Op{{Kind: py.OpSetItems, Items: []any{"a", int64(1), int64(2), nil}}}}
	counter := py.NewCall(global("collections", "Counter"), py.NewDict("a", 2))
	old := &py.Object{How: py.ByReduce, Class: global("copyreg", "_reconstructor"),
		Args: py.Tuple{global("m", "Old"), global("builtins", "object"), nil},
		Ops:  []py.Op{{Kind: py.OpBuild, Items: []any{py.Tuple{py.NewDict("x", 1), py.NewDict("y", 2)}}}}}
	deque := &py.Object{How: py.ByReduce, Class: global("collections", "deque"), Args: py.Tuple{py.Tuple{}, int64(3)},
		Ops: []py.Op{{Kind: py.OpAppend, Items: []any{int64(1)}}, {Kind: py.OpBuild, Items: []any{int64(5)}}}}
	sub := &py.Object{How: py.ByNewObjEx, Class: global("m", "D"), Args: py.Tuple{}, Kwargs: py.NewDict("k", 1),
		Ops: []py.Op{{Kind: py.OpSetItems, Items: []any{"a", 1}}, {Kind: py.OpBuild, Items: []any{nil}}, {Kind: py.OpBuild, Items: []any{"s"}}}}
	for v, want := range map[any]string{
		ordered: `{"a":1,"2":null}`,
		counter: `{"a":2}`,
		old:     `{"__class__":"m.Old","x":1,"y":2}`,
		deque:   `{"__class__":"collections.deque","__args__":[[],3],"__state__":5,"__items__":[1]}`,
		sub:     `{"__class__":"m.D","__kwargs__":{"k":1},"__state__":[null,"s"],"__entries__":{"a":1}}`,
	} {
		if got, err := pyjson.Plain(v); err != nil || string(got) != want {
			t.Errorf("%v\n got %s\nwant %s", err, got, want)
		}
	}
}

func TestIdentity(t *testing.T) {
	v, err := pyjson.Unmarshal([]byte(`["", "", {"$str":""}, {"$bytes":""}, {"$bytes":""}, "x", "x", "name", "na\u006de", {"$str":"name"}]`))
	if err != nil {
		t.Fatal(err)
	}
	out, err := pickle.EncodeOptions{Protocol: pickle.Protocol4}.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	const want = "(\x8c\x00\x94h\x01\x8c\x00\x94C\x00\x94C\x00\x94\x8c\x01x\x94h\x05\x8c\x04name\x94h\x06\x8c\x04name\x94e."
	if !strings.HasSuffix(string(out), want) {
		t.Errorf("got %q", out)
	}
}

func TestMergeStrings(t *testing.T) {
	v := py.NewList("name", same("name"), py.NewDict(same("name"), 1))
	o := pyjson.Options{MergeStrings: true}
	if got, err := o.Marshal(v); err != nil || string(got) != `["name","name",{"name":1}]` {
		t.Error(string(got), err)
	}
}

func TestMarshalErrors(t *testing.T) {
	loop := py.NewDict()
	_ = loop.Set("self", py.NewList(loop))
	for _, row := range []struct {
		v     any
		o     pyjson.Options
		path  string
		cause error
	}{
		{struct{}{}, pyjson.Options{}, "$", nil},
		{py.NewList(1, py.NewDict("a", py.Tuple{[]int{1}})), pyjson.Options{}, `$[1]["a"][0]`, nil},
		{py.NewList(&py.Object{}), pyjson.Options{}, `$[0]`, nil},
		{py.NewObject(global("m", "C"), py.NewDict("a", func() {})), pyjson.Options{}, `$.state["a"]`, nil},
		{py.NewDict(py.Tuple{int64(1)}, func() {}), pyjson.Options{}, `$[(1,)]`, nil},
		{py.NewList(1, func() {}), pyjson.Options{Plain: true}, `$[1]`, nil},
		{loop, pyjson.Options{Plain: true}, `$["self"][0]`, py.ErrCyclic},
		{py.NewList(math.NaN()), pyjson.Options{Plain: true, FiniteOnly: true}, `$[0]`, pyjson.ErrNotFinite},
	} {
		out, err := row.o.Append([]byte("kept"), row.v)
		var e *pyjson.Error
		if !errors.As(err, &e) || e.Path != row.path || e.Offset != -1 || row.cause != nil && !errors.Is(err, row.cause) {
			t.Errorf("%s: %v", row.path, err)
		}
		if string(out) != "kept" {
			t.Errorf("%s: dst is %q", row.path, out)
		}
	}
}

// refused are texts that are no typed JSON, with offset and path of the fault.
var refused = []struct {
	text   string
	offset int64
	path   string
	says   string
}{
	{``, 0, `$`, "unexpected end"},
	{`nul`, 0, `$`, "a value"},
	{`[1,]`, 3, `$[1]`, "unexpected ']'"},
	{`[1 2]`, 3, `$[1]`, "wanted ',' or ']'"},
	{`{"a":1,}`, 7, `$.key(1)`, "a key"},
	{`{"a":[1,{"b":x}]}`, 13, `$["a"][1]["b"]`, "a value"},
	{`{"a":1} x`, 8, `$`, "end of the text"},
	{`01`, 0, `$`, "leading zero"},
	{`1.`, 2, `$`, "digit"},
	{`-`, 1, `$`, "digit"},
	{`1e400`, 0, `$`, "out of range"},
	{strings.Repeat("9", 4301), 0, `$`, "4301 digits"},
	{"\"\xff\"", 1, `$`, "UTF-8"},
	{"\"\\n\xff\"", 3, `$`, "UTF-8"},
	{"\"a\nb\"", 2, `$`, "control character"},
	{`"\x"`, 1, `$`, "bad escape"},
	{`"\u12`, 1, `$`, "bad escape"},
	{`"abc`, 4, `$`, "end of text"},
	{`{"$tupel":[]}`, 1, `$`, "unknown tag"},
	{`{"a":1,"$ref":2}`, 7, `$.key(1)`, "$dict"},
	{`{"$ref":1}`, 8, `$`, "not defined"},
	{`{"$ref":0}`, 8, `$`, "from 1"},
	{`{"$ref":99999999999999999999999}`, 8, `$`, "from 1"},
	{`{"$ref":"a"}`, 8, `$`, "a number"},
	{`{"$def":1,"value":{"$ref":1}}`, 26, `$`, "not defined"},
	{`[{"$def":1,"value":5},{"$def":1,"value":6}]`, 30, `$[1]`, "twice"},
	{`{"$def":1,"value":{"$def":1,"value":[]}}`, 26, `$`, "twice"},
	{`{"$def":1,"other":5}`, 10, `$`, "not value"},
	{`{"$def":1}`, 9, `$`, "','"},
	{`{"$tuple":[1],"x":1}`, 13, `$`, "'}'"},
	{`{"$dict":[[1]]}`, 12, `$.value(0)`, "','"},
	{`{"$dict":[[1,2,3]]}`, 14, `$.key(1)`, "']'"},
	{`{"$dict":[["a",[}]]}`, 16, `$["a"][0]`, "a value"},
	{`{"$dict":[[[],1]]}`, 0, `$`, "unhashable"},
	{`[{"$dict":[[1,2],[1.0,3]]}]`, 1, `$[0]`, "equal"},
	{`{"a":{"$set":[1,true]}}`, 5, `$["a"]`, "equal"},
	{`{"$frozenset":[[]]}`, 0, `$`, "unhashable"},
	{`[{"$object":{"how":"reduce","ops":[["build",{"b":{"$set":[{"$tuple":[{}]}]}}]]}}]`, 49, `$[0].state["b"]`, "unhashable"},
	{`{"$def":1,"value":{"$tuple":[{"$ref":1}]}}`, 18, `$`, "holds itself"},
	{`{"$def":1,"value":{"$frozenset":[{"$tuple":[{"$ref":1}]}]}}`, 18, `$`, "holds itself"},
	{`{"$def":1,"value":{"$tuple":[[{"$def":2,"value":{"$tuple":[{"$ref":1}]}}],{"$ref":2}]}}`, 18, `$`, "holds itself"},
	{`{"$global":["a",1]}`, 17, `$.name`, "must be str"},
	{`{"$global":["a"]}`, 15, `$.name`, "','"},
	{`{"$interned":"x"}`, 13, `$`, "interned"},
	{`{"$escaped":"\\q"}`, 12, `$`, "backslash"},
	{`{"$bytes":"é"}`, 10, `$`, "base64"},
	{`{"$bytes":{"$base64":"*"}}`, 21, `$`, "not base64"},
	{`{"$bytes":{"$hex":"00"}}`, 11, `$`, "unknown tag"},
	{`{"$int":"12"}`, 8, `$`, "0x"},
	{`{"$int":"0xg"}`, 8, `$`, "hexadecimal"},
	{`{"$float":"NaN"}`, 10, `$`, "no float"},
	{`{"$complex":[1.0]}`, 16, `$`, "','"},
	{`{"$buffer":{"data":"","data":""}}`, 22, `$`, "twice"},
	{`{"$object":{}}`, 12, `$`, "a field"},
	{`{"$object":{"class":null}}`, 25, `$.class`, "how"},
	{`{"$object":{"how":"magic"}}`, 18, `$`, "made by"},
	{`{"$object":{"how":"inst","how":"inst"}}`, 25, `$`, "twice"},
	{`{"$object":{"how":"inst","state":1}}`, 25, `$`, "unknown field"},
	{`{"$object":{"how":"inst","ops":[["pop"]]}}`, 33, `$`, "no operation"},
	{`{"$object":{"how":"inst","ops":[["append",1,}]]}}`, 44, `$.ops[0][1]`, "a value"},
	{`{"$object":{"how":"inst","twins":[[1]]}}`, 37, `$.twins[0]`, "twin"},
}

func TestUnmarshalErrors(t *testing.T) {
	for _, row := range refused {
		v, err := pyjson.Unmarshal([]byte(row.text))
		var e *pyjson.Error
		if !errors.As(err, &e) {
			t.Errorf("%.100s: %v, %v", row.text, v, err)
			continue
		}
		if e.Offset != row.offset || !strings.HasPrefix(e.Path, row.path) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%.100s: %v; want offset %d, path %s, %q", row.text, err, row.offset, row.path, row.says)
		}
	}
}

// Valid texts that Marshal would write in another way.
func TestAccepted(t *testing.T) {
	for text, want := range map[string]string{
		" [ ] ":                  `[]`,
		`{"$dict":[]}`:           `{}`,
		`{"$dict":[["a",1]]}`:    `{"a":1}`,
		`-0`:                     `0`,
		`1E5`:                    `100000.0`,
		`0.1e1`:                  `1.0`,
		`1e-400`:                 `0.0`,
		`{"$int":"0x1F"}`:        `31`,
		`{"$float":1}`:           `1.0`,
		`"\u00e9\ud83d\ude00\/"`: `"é😀/"`,
		`"\ud83d"`:               `{"$escaped":"\\ud83d"}`,
		`"\ude00\ud83d"`:         `{"$escaped":"\\ude00\\ud83d"}`,
		`{"$def":7,"value":5}`:   `5`,
		`[{"$def":9,"value":[]},{"$def":2,"value":{"$ref":9}},{"$ref":2}]`:                                  `[{"$def":1,"value":[]},{"$ref":1},{"$ref":1}]`,
		`{"$def":1,"value":{"$def":2,"value":[{"$ref":1},{"$ref":2}]}}`:                                     `{"$def":1,"value":[{"$ref":1},{"$ref":1}]}`,
		`{"$object":{"ops":[],"twins":[],"how":"inst"}}`:                                                    `{"$object":{"how":"inst"}}`,
		`{"$def":1,"value":{"$frozenset":[{"$object":{"how":"inst","args":{"$frozenset":[{"$ref":1}]}}}]}}`: `{"$def":1,"value":{"$frozenset":[{"$object":{"how":"inst","args":{"$frozenset":[{"$ref":1}]}}}]}}`,
	} {
		v, err := pyjson.Unmarshal([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := pyjson.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestDecoder(t *testing.T) {
	const text = "  {\"a\":\"}\\\"\"}\n[[1],\"]\"]\"x\"\n12 true[]{\"$ref\":1}"
	want := []string{`{"a":"}\""}`, `[[1],"]"]`, `"x"`, `12`, `true`, `[]`}
	for name, r := range map[string]io.Reader{
		"whole": strings.NewReader(text), "bytes": iotest.OneByteReader(strings.NewReader(text)),
		"late error": iotest.DataErrReader(strings.NewReader(text)),
	} {
		d := pyjson.NewDecoder(r)
		for _, w := range want {
			v, err := d.Decode()
			if err != nil {
				t.Fatalf("%s: %s: %v", name, w, err)
			}
			if got, _ := pyjson.Marshal(v); string(got) != w {
				t.Errorf("%s: got %s, want %s", name, got, w)
			}
		}
		if at := d.InputOffset(); at != int64(strings.Index(text, `{"$ref`)) {
			t.Errorf("%s: offset %d", name, at)
		}
		_, err := d.Decode()
		var e *pyjson.Error
		if !errors.As(err, &e) || e.Offset != int64(len(text)-2) {
			t.Errorf("%s: %v", name, err)
		}
		if _, again := d.Decode(); again != err {
			t.Errorf("%s: then %v", name, again)
		}
	}
	if _, err := pyjson.NewDecoder(strings.NewReader(" \n")).Decode(); err != io.EOF {
		t.Errorf("empty stream: %v", err)
	}
	if _, err := pyjson.NewDecoder(strings.NewReader("[1")).Decode(); err == nil || err == io.EOF {
		t.Errorf("cut off: %v", err)
	}
	failed := errors.New("failed")
	if _, err := pyjson.NewDecoder(io.MultiReader(strings.NewReader("[1"), iotest.ErrReader(failed))).Decode(); !errors.Is(err, failed) {
		t.Errorf("reader's error: %v", err)
	}
}

func TestWrite(t *testing.T) {
	l := py.NewList()
	for i := range 100_000 {
		l.Append(int64(i))
	}
	var b bytes.Buffer
	if err := (pyjson.Options{}).Write(&b, l); err != nil {
		t.Fatal(err)
	}
	text, _ := pyjson.Marshal(l)
	if b.String() != string(text)+"\n" {
		t.Error("Write and Marshal differ")
	}
	failed := errors.New("failed")
	if err := (pyjson.Options{}).Write(failWriter{failed}, l); err != failed {
		t.Error(err)
	}
}

type failWriter struct{ err error }

func (w failWriter) Write([]byte) (int, error) { return 0, w.err }
