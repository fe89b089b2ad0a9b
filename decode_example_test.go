package pickle_test

import (
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// What Python wrote, for the examples of loading into Go types.
const (
	// [{'x': 1, 'y': 2.5}, {'x': 3, 'y': 4}]
	pythonPoints = "(lp0\n(dp1\nVx\np2\nI1\nsVy\np3\nF2.5\nsa(dp4\ng2\nI3\nsg3\nI4\nsa."

	// [Point(1.0, 2.5), Point(3.0, 4.0)], where Point is a class in the module geometry
	pythonInstances = "\x80\x02]q\x00(cgeometry\nPoint\nq\x01)\x81q\x02}q\x03(X\x01\x00\x00\x00xq\x04G?\xf0\x00\x00\x00\x00\x00\x00" +
		"X\x01\x00\x00\x00yq\x05G@\x04\x00\x00\x00\x00\x00\x00ubh\x01)\x81q\x06}q\x07(h\x04G@\x08\x00\x00\x00\x00\x00\x00" +
		"h\x05G@\x10\x00\x00\x00\x00\x00\x00ube."

	// Pair(x=1.0, y=2.0), a namedtuple
	pythonPair = "\x80\x02cgeometry\nPair\nq\x00G?\xf0\x00\x00\x00\x00\x00\x00G@\x00\x00\x00\x00\x00\x00\x00\x86q\x01\x81q\x02."

	// two Nodes of which each is the other's next
	pythonCycle = "\x80\x02cgeometry\nNode\nq\x00)\x81q\x01}q\x02(X\x04\x00\x00\x00nameq\x03X\x01\x00\x00\x00aq\x04X\x04\x00\x00\x00nextq\x05" +
		"h\x00)\x81q\x06}q\x07(h\x03X\x01\x00\x00\x00bq\x08h\x05h\x01X\x08\x00\x00\x00childrenq\x09]q\nubh\x09]q\x0bub."

	// {'at': datetime.datetime(2024, 2, 29, 12, 30), 'price': decimal.Decimal('19.90'),
	//  'wait': datetime.timedelta(minutes=5)}
	pythonOrder = "\x80\x04\x95\x7f\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x02at\x94\x8c\x08datetime\x94\x8c\x08datetime\x94\x93\x94" +
		"C\n\x07\xe8\x02\x1d\x0c\x1e\x00\x00\x00\x00\x94\x85\x94R\x94\x8c\x05price\x94\x8c\x07decimal\x94\x8c\x07Decimal\x94\x93\x94" +
		"\x8c\x0519.90\x94\x85\x94R\x94\x8c\x04wait\x94h\x02\x8c\x09timedelta\x94\x93\x94K\x00M,\x01K\x00\x87\x94R\x94u."
)

// A list of dicts loads into a slice of structs.
func ExampleUnmarshal_struct() {
	type Point struct {
		X int     `pickle:"x"`
		Y float64 `pickle:"y"`
	}
	var points []Point
	if err := pickle.Unmarshal([]byte(pythonPoints), &points); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(points)
	// Output: [{1 2.5} {3 4}]
}

// Instances of a class load into structs by their attributes. With a class in the tag of a
// blank field instances of another class are refused.
func ExampleUnmarshal_instance() {
	type Point struct {
		_ struct{} `pickle:",class=geometry.Point"`
		X float64  `pickle:"x"`
		Y float64  `pickle:"y"`
	}
	var points []Point
	if err := pickle.Unmarshal([]byte(pythonInstances), &points); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(points[0].X, points[1].Y)

	type Circle struct {
		_ struct{} `pickle:",class=geometry.Circle"`
		X float64  `pickle:"x"`
	}
	fmt.Println(pickle.Unmarshal([]byte(pythonInstances), new([]Circle)))
	// Output:
	// 1 4
	// pickle: load $[0]: geometry.Point object into pickle_test.Circle: the struct stands for geometry.Circle
}

// A namedtuple, or any tuple, loads into a struct by position.
func ExampleUnmarshal_namedtuple() {
	type Pair struct {
		_ struct{} `pickle:",tuple"`
		X float64
		Y float64
	}
	var pair Pair
	if err := pickle.Unmarshal([]byte(pythonPair), &pair); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pair.X, pair.Y)
	// Output: 1 2
}

// Python's datetime, Decimal and the like load into Go's own types.
func ExampleUnmarshal_standardLibrary() {
	var order struct {
		At    time.Time     `pickle:"at"`
		Price string        `pickle:"price"`
		Wait  time.Duration `pickle:"wait"`
	}
	if err := pickle.Unmarshal([]byte(pythonOrder), &order); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(order.At.Format(time.DateTime), order.Price, order.Wait)
	// Output: 2024-02-29 12:30:00 19.90 5m0s
}

// What one Python object is is one pointer in Go, so that cycles are kept.
func ExampleUnmarshal_cycle() {
	type Node struct {
		Name string `pickle:"name"`
		Next *Node  `pickle:"next"`
	}
	var a *Node
	if err := pickle.Unmarshal([]byte(pythonCycle), &a); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a.Name, a.Next.Name, a.Next.Next == a)
	// Output: a b true
}

// A field tagged unknown keeps what no other field takes.
func ExampleUnmarshal_unknown() {
	type Point struct {
		X    int            `pickle:"x"`
		Rest map[string]any `pickle:",unknown"`
	}
	var points []Point
	if err := pickle.Unmarshal([]byte(pythonPoints), &points); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(points)
	// Output: [{1 map[y:2.5]} {3 map[y:4]}]
}

// Embedded structs and those tagged embed share the names of the struct around them;
// generic structs are like any others.
func ExampleUnmarshal_embedded() {
	type Base struct {
		ID int `pickle:"id"`
	}
	type Named[T any] struct {
		Base
		Value T `pickle:"value"`
	}
	data, err := pickle.Marshal(py.NewDict("id", 7, "value", py.NewList("a", "b")))
	if err != nil {
		fmt.Println(err)
		return
	}
	var v Named[[]string]
	if err := pickle.Unmarshal(data, &v); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(v.ID, v.Value)
	// Output: 7 [a b]
}

// Types with a text form take it from a str, as values and as keys.
func ExampleUnmarshal_text() {
	data, err := pickle.Marshal(py.NewDict("192.0.2.1", "2024-02-29T12:00:00Z"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var seen map[netip.Addr]time.Time
	if err := pickle.Unmarshal(data, &seen); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(seen[netip.MustParseAddr("192.0.2.1")].Weekday())
	// Output: Thursday
}

// A dict can be gone through in its own order, which a Go map does not keep.
func ExampleUnmarshal_seq() {
	data, err := pickle.Marshal(py.NewDict("second", py.NewList(2), "first", py.NewList(1, 1)))
	if err != nil {
		fmt.Println(err)
		return
	}
	var dict iter.Seq2[string, []int]
	if err := pickle.Unmarshal(data, &dict); err != nil {
		fmt.Println(err)
		return
	}
	for key, value := range dict {
		fmt.Println(key, value)
	}
	// Output:
	// second [2]
	// first [1 1]
}

func ExampleLoad_slice() {
	points, err := pickle.Load[[]map[string]float64](strings.NewReader(pythonPoints))
	fmt.Println(points, err)
	// Output: [map[x:1 y:2.5] map[x:3 y:4]] <nil>
}

func ExampleLoadFile_struct() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "points.pkl")
	if err := os.WriteFile(name, []byte(pythonPoints), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	type Point struct {
		X int     `pickle:"x"`
		Y float64 `pickle:"y"`
	}
	points, err := pickle.LoadFile[[]Point](name)
	fmt.Println(points, err)
	// Output: [{1 2.5} {3 4}] <nil>
}

// With RejectUnknown and RejectMissing a struct has to be exactly what the pickle holds.
func ExampleDecodeOptions_strict() {
	type Point struct {
		X int `pickle:"x"`
		Z int `pickle:"z"`
	}
	strict := pickle.DecodeOptions{RejectUnknown: true}
	err := strict.Unmarshal([]byte(pythonPoints), new([]Point))
	fmt.Println(err)
	fmt.Println(errors.Is(err, pickle.ErrUnknownField))
	complete := pickle.DecodeOptions{RejectMissing: true}
	err = complete.Unmarshal([]byte(pythonPoints), new([]Point))
	fmt.Println(err)
	fmt.Println(errors.Is(err, pickle.ErrMissingField))
	// Output:
	// pickle: load $[0]["y"]: float 2.5 into pickle_test.Point: the struct has no such field
	// true
	// pickle: load $[0].z: dict into pickle_test.Point: there is no value for the field
	// true
}

// IgnoreCase matches Python's names to Go's without tags.
func ExampleDecodeOptions_ignoreCase() {
	data, err := pickle.Marshal(py.NewDict("user_name", "bob", "is_admin", true))
	if err != nil {
		fmt.Println(err)
		return
	}
	var user struct {
		UserName string
		IsAdmin  bool
	}
	err = pickle.DecodeOptions{IgnoreCase: true}.Unmarshal(data, &user)
	fmt.Println(user, err)
	// Output: {bob true} <nil>
}

// A short pickle may ask for much memory: MaxMemory bounds what Go values take.
func ExampleDecodeOptions_maxMemory() {
	data := []byte("](NNNNNNNNNNe.") // [None, None, ...]
	err := pickle.DecodeOptions{MaxMemory: 1 << 20}.Unmarshal(data, new([][1 << 20]byte))
	fmt.Println(errors.Is(err, pickle.ErrTooLarge))
	// Output: true
}

// A DecodeError has the path to what does not fit.
func ExampleDecodeError() {
	err := pickle.Unmarshal([]byte(pythonPoints), new([]map[string]int))
	fmt.Println(err)
	var de *pickle.DecodeError
	if errors.As(err, &de) {
		fmt.Println(de.Path, "is a", de.Value, "and not of type", de.Type)
	}
	// Output:
	// pickle: load $[0]["y"]: float 2.5 into int: not exact
	// $[0]["y"] is a float 2.5 and not of type int
}

// With AllErrors the error tells of everything that does not fit.
func ExampleDecodeErrors() {
	data, err := pickle.Marshal(py.NewList(1, "two", 3, 4.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	var numbers []int
	err = pickle.DecodeOptions{AllErrors: true}.Unmarshal(data, &numbers)
	fmt.Println(err)
	fmt.Println(numbers)
	var all pickle.DecodeErrors
	fmt.Println(errors.As(err, &all), len(all))
	// Output:
	// pickle: load $[1]: str "two" into int
	// pickle: load $[3]: float 4.5 into int: not exact
	// [1 0 3 0]
	// true 2
}

// A TagError is a mistake in the program.
func ExampleTagError() {
	type Point struct {
		X int `pickle:"x,omitempty"`
	}
	err := pickle.Unmarshal([]byte(pythonPoints), new([]Point))
	fmt.Println(err)
	// Output: pickle: Go struct pickle_test.Point, field X: unknown option "omitempty"; a field takes omitzero, embed, unknown, case:ignore and case:strict
}

// A Celsius loads from a number, or from a text such as "20 C".
type Celsius float64

func (c *Celsius) UnmarshalPickle(v any) error {
	switch v := v.(type) {
	case int64:
		*c = Celsius(v)
	case float64:
		*c = Celsius(v)
	case string:
		_, err := fmt.Sscanf(v, "%g C", (*float64)(c))
		return err
	default:
		return errors.New("no temperature")
	}
	return nil
}

// A type with a method UnmarshalPickle loads itself.
func ExampleUnmarshaler() {
	data, err := pickle.Marshal(py.NewList(20, "21.5 C", true))
	if err != nil {
		fmt.Println(err)
		return
	}
	var week []Celsius
	err = pickle.Unmarshal(data, &week)
	fmt.Println(week[:2], err)
	// Output: [20 21.5] pickle: load $[2]: bool True into pickle_test.Celsius: no temperature
}
