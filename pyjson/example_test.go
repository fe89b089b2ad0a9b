package pyjson_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

func ExampleMarshal() {
	point := py.Tuple{int64(1), 2.0}
	v := py.NewDict("name", "Ann", "tags", py.NewSet("a"), "from", point, "to", point)
	text, err := pyjson.Marshal(v)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(text))
	// Output:
	// {"name":"Ann","tags":{"$set":["a"]},"from":{"$def":1,"value":{"$tuple":[1,2.0]}},"to":{"$ref":1}}
}

func ExampleUnmarshal() {
	v, err := pyjson.Unmarshal([]byte(`{"when": {"$object": {
		"how": "reduce",
		"class": {"$global": ["datetime", "date"]},
		"args": {"$tuple": [{"$bytes": {"$base64": "B+gBHw=="}}]}
	}}, "big": 123456789012345678901234567890}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(py.Repr(v))
	// Output:
	// {'when': datetime.date(b'\x07\xe8\x01\x1f'), 'big': 123456789012345678901234567890}
}

// The same pickle comes out after JSON in between.
func ExampleUnmarshal_pickle() {
	in := []byte("\x80\x04\x95\x0c\x00\x00\x00\x00\x00\x00\x00]\x94(K\x01h\x00)\x85\x94e.")
	var v any
	if err := pickle.Unmarshal(in, &v); err != nil {
		fmt.Println(err)
		return
	}
	text, _ := pyjson.Marshal(v)
	fmt.Println(string(text))
	back, err := pyjson.Unmarshal(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := pickle.EncodeOptions{Protocol: pickle.Protocol4}.Marshal(back)
	fmt.Println(string(out) == string(in), err)
	// Output:
	// {"$def":1,"value":[1,{"$ref":1},{"$tuple":[{"$tuple":[]}]}]}
	// true <nil>
}

func ExamplePlain() {
	point := py.NewObject(py.Global{Module: "geometry", Name: "Point"}, py.NewDict("x", 1, "y", 2.5))
	v := py.NewDict("at", point, int64(7), py.Tuple{"seven", py.Bytes("\x00\x01")})
	text, err := pyjson.Plain(v)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(text))
	// Output:
	// {"at":{"__class__":"geometry.Point","x":1,"y":2.5},"7":["seven","AAE="]}
}

func ExampleOptions_Write() {
	o := pyjson.Options{Indent: "  "}
	if err := o.Write(os.Stdout, py.NewDict("a", py.Tuple{int64(1), int64(2)}, "b", py.NewList())); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {
	//   "a": {"$tuple": [
	//     1,
	//     2
	//   ]},
	//   "b": []
	// }
}

func ExampleOptions_Append() {
	line := []byte("value: ")
	line, err := pyjson.Options{}.Append(line, py.NewFrozenSet(int64(1)))
	fmt.Println(string(line), err)
	// Output:
	// value: {"$frozenset":[1]} <nil>
}

func ExampleDecoder() {
	d := pyjson.NewDecoder(strings.NewReader("{\"$tuple\":[1]}\n[2]\n3\n"))
	for v, err := range d.All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(py.Repr(v))
	}
	// Output:
	// (1,)
	// [2]
	// 3
}
