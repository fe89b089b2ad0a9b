package pickle_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// A struct is a dict unless it says otherwise.
func ExampleDump_struct() {
	type Job struct {
		ID    int               `pickle:"id"`
		Name  string            `pickle:"name"`
		Tags  []string          `pickle:"tags"`
		Env   map[string]string `pickle:"env,omitzero"`
		Notes string            `pickle:"-"`
	}
	var file bytes.Buffer
	if err := pickle.Dump(&file, []Job{{ID: 1, Name: "build"}, {ID: 2, Name: "test", Tags: []string{"slow"}}}); err != nil {
		fmt.Println(err)
		return
	}
	// What pickle.load(file) gives in Python:
	fmt.Println(pickle.Load[any](&file))
	// Output: [{'id': 1, 'name': 'build', 'tags': []}, {'id': 2, 'name': 'test', 'tags': ['slow']}] <nil>
}

// A struct can stand for instances of a Python class. Python, whose module geometry has
//
//	class Point:
//	    def __init__(self, x, y): self.x, self.y = x, y
//
// loads a geometry.Point with the attributes x and y, and can't tell that it was not made
// there: the pickle has the bytes that Python would have written.
func ExampleDump_class() {
	type Point struct {
		_ struct{} `pickle:",class=geometry.Point"`
		X float64  `pickle:"x"`
		Y float64  `pickle:"y"`
	}
	data, err := pickle.Marshal(Point{X: 1, Y: 2.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := pickle.Load[*py.Object](bytes.NewReader(data))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Class, p.Ops[0].Items[0])
	// Output: geometry.Point {'x': 1.0, 'y': 2.5}
}

// Structs as tuples, and as instances of a namedtuple:
//
//	Sample = collections.namedtuple('Sample', 'time value')  # in the module metrics
func ExampleDump_tuple() {
	type Sample struct {
		_     struct{} `pickle:",tuple"`
		Time  int64
		Value float64
	}
	type Named struct {
		_     struct{} `pickle:",class=metrics.Sample,tuple"`
		Time  int64
		Value float64
	}
	for _, v := range []any{[]Sample{{Time: 1700000000, Value: 0.5}}, Named{Time: 1700000000, Value: 0.5}} {
		data, err := pickle.Marshal(v)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(pickle.Load[any](bytes.NewReader(data)))
	}
	// Output:
	// [(1700000000, 0.5)] <nil>
	// <metrics.Sample object (1700000000, 0.5)> <nil>
}

// What two pointers share in Go is one object in Python, too, and it may hold itself.
func ExampleDump_pointers() {
	type Person struct {
		Name   string  `pickle:"name"`
		Friend *Person `pickle:"friend"`
	}
	ann, bob := &Person{Name: "Ann"}, &Person{Name: "Bob"}
	ann.Friend, bob.Friend = bob, ann
	data, err := pickle.Marshal([]*Person{ann, bob, ann})
	if err != nil {
		fmt.Println(err)
		return
	}
	people, err := pickle.Load[*py.List](bytes.NewReader(data))
	if err != nil {
		fmt.Println(err)
		return
	}
	friend, _ := people.Items[0].(*py.Dict).Get("friend")
	fmt.Println(friend == people.Items[1], people.Items[0] == people.Items[2])
	// Output: true true
}

// A Warmth is written by its own method.
type Warmth float64

// MarshalPickle gives an instance of a Python class of which only Python knows.
func (c Warmth) MarshalPickle() (any, error) {
	if c < -273.15 {
		return nil, fmt.Errorf("%v is below absolute zero", float64(c))
	}
	return py.NewCall(py.Global{Module: "units", Name: "Temperature"}, float64(c), "C"), nil
}

func ExampleMarshaler() {
	data, err := pickle.Marshal(map[string]Warmth{"inside": 21.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pickle.Load[any](bytes.NewReader(data)))

	_, err = pickle.Marshal(map[string][]Warmth{"outside": {4, -300}})
	fmt.Println(err)
	// Output:
	// {'inside': units.Temperature(21.5, 'C')} <nil>
	// pickle: dump $["outside"][1]: MarshalPickle of pickle_test.Warmth: -300 is below absolute zero
}

// How Go's types are written can be chosen where Python has more than one for them.
func ExampleEncodeOptions_types() {
	v := struct {
		Data  []byte
		Shape []int
		Names map[string]int
	}{[]byte("abc"), []int{2, 3}, nil}
	for _, o := range []pickle.EncodeOptions{
		{},
		{BytesAsByteArray: true, SlicesAsTuples: true, NilAsNone: true},
	} {
		data, err := o.Marshal(v)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(pickle.Load[any](bytes.NewReader(data)))
	}
	// Output:
	// {'Data': b'abc', 'Shape': [2, 3], 'Names': {}} <nil>
	// {'Data': bytearray(b'abc'), 'Shape': (2, 3), 'Names': None} <nil>
}

// What Go has and Python has not is an error that says where it is. Nothing is written.
func ExampleEncodeError_struct() {
	type Job struct {
		Name string
		Done chan bool
	}
	var file bytes.Buffer
	err := pickle.Dump(&file, map[string][]Job{"jobs": {{Name: "build"}}})
	fmt.Println(strings.Replace(err.Error(), " (", "\n(", 1))
	fmt.Println(file.Len(), "bytes")
	// Output:
	// pickle: dump $["jobs"][0].Done: cannot pickle a Go chan bool
	// (it has no value outside this process; leave it out)
	// 0 bytes
}
