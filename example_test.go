package pickle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/charset"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// example is the value of the examples. In Python:
//
//	a = [1, 2.0, 3+4j]
//	{'a': a, 'b': ('text', b'bytes'), 'c': {None, True, False}, 'd': a}
func example() *py.Dict {
	a := &py.List{Items: []any{1, 2.0, 3 + 4i}}
	return py.NewDict(
		"a", a,
		"b", py.Tuple{"text", py.Bytes("bytes")},
		"c", py.NewSet(nil, true, false),
		"d", a,
	)
}

// pickle.dump(data, file) and pickle.load(file).
func Example() {
	var file bytes.Buffer
	if err := pickle.Dump(&file, example()); err != nil {
		fmt.Println(err)
		return
	}
	data, err := pickle.Load[*py.Dict](&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	for key, value := range data.All() {
		fmt.Println(key, "is", value)
	}
	a, _ := data.Get("a")
	d, _ := data.Get("d")
	fmt.Println("one list:", a == d)
	// Output:
	// a is [1, 2.0, (3+4j)]
	// b is ('text', b'bytes')
	// c is {None, True, False}
	// d is [1, 2.0, (3+4j)]
	// one list: true
}

func ExampleDump() {
	var file bytes.Buffer
	if err := pickle.Dump(&file, example()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(file.Len(), "bytes")
	// Output: 118 bytes
}

func ExampleLoad() {
	file := strings.NewReader("\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00]\x94(K\x01\x8c\x03two\x94G@\x08\x00\x00\x00\x00\x00\x00e.")
	value, err := pickle.Load[any](file)
	fmt.Println(value, err)
	// Output: [1, 'two', 3.0] <nil>
}

// pickle.dumps(data).
func ExampleMarshal() {
	data, err := pickle.Marshal(map[string]any{"name": "Ann", "tags": []string{"x", "y"}})
	fmt.Printf("%q %v\n", data, err)
	// Output: "\x80\x05\x95%\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x04name\x94\x8c\x03Ann\x94\x8c\x04tags\x94]\x94(\x8c\x01x\x94\x8c\x01y\x94eu." <nil>
}

// pickle.loads(data).
func ExampleUnmarshal() {
	var value any
	err := pickle.Unmarshal([]byte("\x80\x02}q\x00U\x04nameq\x01U\x03Annq\x02s."), &value)
	fmt.Println(value, err)
	// Output: {'name': 'Ann'} <nil>
}

// save(filename, object) and load(filename).
func ExampleSaveFile() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "data.pickle")

	if err := pickle.SaveFile(name, []any{1, 2.0, 3 + 4i}); err != nil {
		fmt.Println(err)
		return
	}
	data, err := pickle.LoadFile[*py.List](name)
	fmt.Println(data, err)
	// Output: [1, 2.0, (3+4j)] <nil>
}

func ExampleLoadFile() {
	_, err := pickle.LoadFile[any]("no such file")
	fmt.Println(errors.Is(err, os.ErrNotExist))
	// Output: true
}

// pickle.Pickler(file): several pickles, one after another.
func ExampleEncoder() {
	var file bytes.Buffer
	enc := pickle.NewEncoder(&file)
	for _, v := range []any{1, "two", py.Tuple{3.0}} {
		if err := enc.Encode(v); err != nil {
			fmt.Println(err)
			return
		}
	}
	dec := pickle.NewDecoder(&file)
	for {
		var v any
		if err := dec.Decode(&v); err == io.EOF {
			break
		} else if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%v, up to byte %d\n", v, dec.InputOffset())
	}
	// Output:
	// 1, up to byte 5
	// two, up to byte 23
	// (3.0,), up to byte 46
}

// One Pickler and one Unpickler keep their memo from pickle to pickle.
func ExampleEncodeOptions_keepMemo() {
	list := &py.List{Items: []any{"shared"}}
	var file bytes.Buffer
	enc := pickle.EncodeOptions{KeepMemo: true}.NewEncoder(&file)
	dec := pickle.DecodeOptions{KeepMemo: true}.NewDecoder(&file)
	var values [2]any
	for i := range values {
		if err := enc.Encode(list); err != nil {
			fmt.Println(err)
		}
		fmt.Println(file.Len(), "bytes")
		if err := dec.Decode(&values[i]); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("one list:", values[0] == values[1])
	// Output:
	// 24 bytes
	// 5 bytes
	// one list: true
}

// pickle.dumps(data, protocol=2), for Python 2.
func ExampleEncodeOptions_Marshal() {
	o := pickle.EncodeOptions{Protocol: pickle.Protocol2}
	data, err := o.Marshal(py.Tuple{"text", py.Global{Module: "builtins", Name: "range"}})
	fmt.Printf("%q %v\n", data, err)
	// Output: "\x80\x02X\x04\x00\x00\x00textq\x00c__builtin__\nxrange\nq\x01\x86q\x02." <nil>
}

func ExampleEncodeOptions_Append() {
	buf := []byte("header:")
	buf, err := pickle.EncodeOptions{Protocol: pickle.Protocol0}.Append(buf, 7)
	fmt.Printf("%q %v\n", buf, err)
	// Output: "header:I7\n." <nil>
}

// pickle.loads(data, encoding="koi8-r"), for what Python 2 wrote.
func ExampleDecodeOptions_Unmarshal() {
	python2 := []byte("U\x06\xf0\xd2\xc9\xd7\xc5\xd4.")
	var text any
	o := pickle.DecodeOptions{Encoding: "koi8-r", Charset: charset.Lookup}
	err := o.Unmarshal(python2, &text)
	fmt.Println(text, err)

	o = pickle.DecodeOptions{Encoding: "bytes"}
	err = o.Unmarshal(python2, &text)
	fmt.Println(text, err)
	// Output:
	// Привет <nil>
	// b'\xf0\xd2\xc9\xd7\xc5\xd4' <nil>
}

// Several pickles in one piece of memory.
func ExampleDecodeOptions_UnmarshalPrefix() {
	data := []byte("K\x01.K\x02.")
	for len(data) > 0 {
		var v any
		n, err := pickle.DecodeOptions{}.UnmarshalPrefix(data, &v)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(v)
		data = data[n:]
	}
	// Output:
	// 1
	// 2
}

// An instance of a class that nobody registered says what the pickle says of it, and is
// dumped as it was. Nothing is imported or run.
func ExampleLoad_instance() {
	// class Point: pass;  p = Point(); p.x, p.y = 1, 2
	pickled := "\x80\x02cgeometry\nPoint\n)\x81}(U\x01xK\x01U\x01yK\x02ub."
	point, err := pickle.Load[*py.Object](strings.NewReader(pickled))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(point)
	fmt.Println(point.Class)
	// Output:
	// <geometry.Point object: x=1, y=2>
	// geometry.Point
}

// What an attacker wants to run is only a name and arguments here.
func ExampleLoad_malicious() {
	value, err := pickle.Load[any](strings.NewReader("cos\nsystem\n(S'rm -rf /'\ntR."))
	fmt.Println(value, err)
	// Output: os.system('rm -rf /') <nil>
}

// Pickler.persistent_id and Unpickler.persistent_load: objects that live elsewhere.
func ExampleEncodeOptions_persistentID() {
	type connection struct{ name string }
	db := &connection{"main"}
	e := pickle.EncodeOptions{PersistentID: func(v any) (any, bool) {
		if c, ok := v.(*connection); ok {
			return "db:" + c.name, true
		}
		return nil, false
	}}
	data, err := e.Marshal(py.Tuple{"query", db})
	if err != nil {
		fmt.Println(err)
		return
	}
	d := pickle.DecodeOptions{PersistentLoad: func(id any) (any, error) {
		fmt.Println("asked for", id)
		return db, nil
	}}
	var v any
	err = d.Unmarshal(data, &v)
	fmt.Println(v.(py.Tuple)[1] == any(db), err)
	// Output:
	// asked for db:main
	// true <nil>
}

// Large data beside the pickle, in protocol 5.
func ExampleEncodeOptions_bufferCallback() {
	image := &py.Buffer{Data: make([]byte, 1<<20)}
	var aside []py.Buffer
	e := pickle.EncodeOptions{BufferCallback: func(b *py.Buffer) bool {
		aside = append(aside, *b)
		return true
	}}
	data, err := e.Marshal(py.NewDict("image", image))
	fmt.Println(len(data), "bytes and", len(aside), "buffer", err)

	var v *py.Dict
	err = pickle.DecodeOptions{Buffers: aside}.Unmarshal(data, &v)
	b, _ := v.Get("image")
	fmt.Println(len(b.(*py.Buffer).Data), err)
	// Output:
	// 24 bytes and 1 buffer <nil>
	// 1048576 <nil>
}

// Loading errors tell the kind of CPython's exception, the place and the opcode.
func ExampleDecoder_Decode_error() {
	var v any
	err := pickle.NewDecoder(strings.NewReader("\x80\x02]q\x00(K\x01h\x05e.")).Decode(&v)
	fmt.Println(err)
	var e *graph.Error
	if errors.As(err, &e) {
		fmt.Println(e.Kind, e.Op, e.Offset)
	}
	// Output:
	// pickle: BINGET at offset 8: Memo value not found at index 5
	// UnpicklingError BINGET 8
}

// Dumping errors tell the path to what can't be dumped.
func ExampleEncodeError() {
	_, err := pickle.Marshal(map[string]any{"handlers": []any{1, func() {}}})
	fmt.Println(err)
	var e *pickle.EncodeError
	if errors.As(err, &e) {
		fmt.Println(e.Kind, e.Path)
	}
	// Output:
	// pickle: dump $["handlers"][1]: cannot pickle a Go func() (register it in a py.Registry under the name of a Python function, or give a py.Global)
	// TypeError $["handlers"][1]
}

func ExampleProtocolNumber() {
	p, ok := pickle.ProtocolNumber(-1) // the highest, as in Python
	fmt.Println(p == pickle.HighestProtocol, p.Number(), ok)
	// Output: true 5 true
}

func ExampleKeepPersistent() {
	o := pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent}
	var v any
	err := o.Unmarshal([]byte("\x80\x02U\x07storageQ."), &v)
	fmt.Println(v, err)
	// Output: <persistent 'storage'> <nil>
}
