package py_test

import (
	"errors"
	"fmt"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// passOn dumps v as Python would and loads it again, both with the registry.
func passOn(reg *py.Registry, v any) (data []byte, back any) {
	data, err := pickle.EncodeOptions{Registry: reg, Protocol: pickle.Protocol2}.Marshal(v)
	if err != nil {
		panic(err)
	}
	if err := (pickle.DecodeOptions{Registry: reg}).Unmarshal(data, &back); err != nil {
		panic(err)
	}
	return data, back
}

// Point is in Python, in module geometry:
//
//	class Point:
//	    def __init__(self, x, y):
//	        self.x, self.y = x, y
type Point struct{ X, Y float64 }

var pointClass = py.Class[*Point]{
	Name: py.Global{Module: "geometry", Name: "Point"},
	Make: func(*py.Instance) (*Point, bool) { return new(Point), true },
	Fill: func(p *Point, i *py.Instance) error {
		return errors.Join(i.Store("x", &p.X), i.Store("y", &p.Y))
	},
	Reduce: func(p *Point) (*py.Instance, error) {
		return &py.Instance{State: py.NewDict("x", p.X, "y", p.Y)}, nil
	},
	Strings: []string{"x", "y"},
}

func ExampleClass() {
	reg := py.NewRegistry(pointClass.Entry())

	// pickle.dumps(geometry.Point(1, 2.5), 0)
	var v any
	data := "ccopy_reg\n_reconstructor\np0\n(cgeometry\nPoint\np1\nc__builtin__\nobject\np2\nNtp3\nRp4\n" +
		"(dp5\nVx\np6\nI1\nsVy\np7\nF2.5\nsb."
	err := pickle.DecodeOptions{Registry: reg}.Unmarshal([]byte(data), &v)
	fmt.Println(v.(*Point), err)

	written, back := passOn(reg, &Point{3, 4})
	fmt.Printf("%q\n%v\n", written, back)
	// Output:
	// &{1 2.5} <nil>
	// "\x80\x02cgeometry\nPoint\nq\x00)\x81q\x01}q\x02(X\x01\x00\x00\x00xq\x03G@\b\x00\x00\x00\x00\x00\x00X\x01\x00\x00\x00yq\x04G@\x10\x00\x00\x00\x00\x00\x00ub."
	// &{3 4}
}

// A class with __slots__ = 'x', 'y' has its attributes in another place.
func ExampleClass_slots() {
	class := pointClass
	class.Reduce = func(p *Point) (*py.Instance, error) {
		return &py.Instance{State: py.Slots("x", p.X, "y", p.Y)}, nil
	}
	data, back := passOn(py.NewRegistry(class.Entry()), &Point{3, 4})
	fmt.Printf("%q\n%v\n", data, back)
	// Output:
	// "\x80\x02cgeometry\nPoint\nq\x00)\x81q\x01N}q\x02(X\x01\x00\x00\x00xq\x03G@\b\x00\x00\x00\x00\x00\x00X\x01\x00\x00\x00yq\x04G@\x10\x00\x00\x00\x00\x00\x00u\x86q\x05b."
	// &{3 4}
}

// A class with __getstate__ and __setstate__ has a state of its own:
//
//	class Point:
//	    def __getstate__(self):
//	        return (self.x, self.y)
//	    def __setstate__(self, state):
//	        self.x, self.y = state
func ExampleClass_state() {
	class := pointClass
	class.Fill = func(p *Point, i *py.Instance) error {
		state, ok := i.State.(py.Tuple)
		if !ok || len(state) != 2 {
			return errors.New("the state is no pair")
		}
		return errors.Join(py.Store(&p.X, state[0]), py.Store(&p.Y, state[1]))
	}
	class.Reduce = func(p *Point) (*py.Instance, error) {
		return &py.Instance{State: py.Tuple{p.X, p.Y}}, nil
	}
	data, back := passOn(py.NewRegistry(class.Entry()), &Point{3, 4})
	fmt.Printf("%q\n%v\n", data, back)
	// Output:
	// "\x80\x02cgeometry\nPoint\nq\x00)\x81q\x01G@\b\x00\x00\x00\x00\x00\x00G@\x10\x00\x00\x00\x00\x00\x00\x86q\x02b."
	// &{3 4}
}

// A class with __getnewargs_ex__ gets arguments for __new__, of which some have names:
//
//	def __getnewargs_ex__(self):
//	    return (self.x,), {'y': self.y}
func ExampleClass_arguments() {
	reg := py.NewRegistry(py.Class[Point]{
		Name: py.Global{Module: "geometry", Name: "Point"},
		Make: func(i *py.Instance) (p Point, ok bool) {
			if len(i.Args) != 1 || i.Kwargs == nil {
				return p, false
			}
			y, _ := i.Kwargs.Get("y")
			return p, errors.Join(py.Store(&p.X, i.Args[0]), py.Store(&p.Y, y)) == nil
		},
		Reduce: func(p Point) (*py.Instance, error) {
			return &py.Instance{Args: py.Tuple{p.X}, Kwargs: py.NewDict("y", p.Y)}, nil
		},
	}.Entry())
	_, back := passOn(reg, Point{3, 4})
	fmt.Printf("%T %v\n", back, back)
	// Output: py_test.Point {3 4}
}

// Stack is in Python a class that extends list and has an attribute:
//
//	class Stack(list):
//	    limit = 10
type Stack struct {
	Items []any
	Limit int
}

func ExampleClass_builtin() {
	reg := py.NewRegistry(py.Class[*Stack]{
		Name: py.Global{Module: "shop", Name: "Stack"},
		Base: py.Global{Module: "builtins", Name: "list"},
		Make: func(*py.Instance) (*Stack, bool) { return &Stack{Limit: 10}, true },
		Fill: func(s *Stack, i *py.Instance) error {
			s.Items = i.Items
			if limit, ok := i.Attr("limit"); ok {
				return py.Store(&s.Limit, limit)
			}
			return nil
		},
		Reduce: func(s *Stack) (*py.Instance, error) {
			return &py.Instance{Items: s.Items, State: py.NewDict("limit", s.Limit)}, nil
		},
	}.Entry())
	data, back := passOn(reg, &Stack{[]any{"a", "b"}, 3})
	fmt.Printf("%q\n%v\n", data, back)
	// Output:
	// "\x80\x02cshop\nStack\nq\x00)\x81q\x01(X\x01\x00\x00\x00aq\x02X\x01\x00\x00\x00bq\x03e}q\x04X\x05\x00\x00\x00limitq\x05K\x03sb."
	// &{[a b] 3}
}

// Money is made by a function, as copyreg.pickle(Money, lambda m: (money, (m.text,))) has
// it in Python.
type Money struct{ Text string }

func ExampleClass_function() {
	reg := py.NewRegistry(py.Class[Money]{
		Name: py.Global{Module: "shop", Name: "money"},
		Make: func(i *py.Instance) (m Money, ok bool) {
			return m, i.Call && len(i.Args) == 1 && py.Store(&m.Text, i.Args[0]) == nil
		},
		Reduce: func(m Money) (*py.Instance, error) {
			return &py.Instance{Call: true, Args: py.Tuple{m.Text}}, nil
		},
	}.Entry())
	data, back := passOn(reg, Money{"12 EUR"})
	fmt.Printf("%q\n%v\n", data, back)
	// Output:
	// "\x80\x02cshop\nmoney\nq\x00X\x06\x00\x00\x0012 EURq\x01\x85q\x02Rq\x03."
	// {12 EUR}
}

// A __reduce__ that returns six parts has a function that sets the state.
func ExampleClass_setter() {
	class := pointClass
	class.Reduce = func(p *Point) (*py.Instance, error) {
		return &py.Instance{
			Call:   true,
			State:  py.NewDict("x", p.X, "y", p.Y),
			Setter: py.Global{Module: "geometry", Name: "set_state"},
		}, nil
	}
	data, back := passOn(py.NewRegistry(class.Entry()), &Point{3, 4})
	fmt.Printf("%q\n%v\n", data, back)
	// Output:
	// "\x80\x02cgeometry\nPoint\nq\x00)Rq\x01cgeometry\nset_state\nq\x02h\x01}q\x03(X\x01\x00\x00\x00xq\x04G@\b\x00\x00\x00\x00\x00\x00X\x01\x00\x00\x00yq\x05G@\x10\x00\x00\x00\x00\x00\x00u\x86R0."
	// &{3 4}
}

// Color is in Python:
//
//	class Color(enum.Enum):
//	    RED = 1
//	    GREEN = 'g'
type Color int

const (
	Red Color = iota
	Green
)

func (c Color) String() string { return [...]string{"Red", "Green"}[c] }

func ExampleEnum() {
	reg := py.NewRegistry(py.Enum(py.Global{Module: "shop", Name: "Color"}, map[Color]any{Red: 1, Green: "g"}))
	data, back := passOn(reg, py.Tuple{Red, Green})
	fmt.Printf("%q\n", data)
	fmt.Println(back.(py.Tuple)[1] == Green)
	// Output:
	// "\x80\x02cshop\nColor\nq\x00K\x01\x85q\x01Rq\x02h\x00X\x01\x00\x00\x00gq\x03\x85q\x04Rq\x05\x86q\x06."
	// true
}

// Perm is an enum.Flag in Python.
type Perm uint8

const (
	Write Perm = 2
	Read  Perm = 4
)

func ExampleFlag() {
	reg := py.NewRegistry(py.Flag[Perm](py.Global{Module: "shop", Name: "Perm"}))
	data, back := passOn(reg, Read|Write)
	fmt.Printf("%q\n%v\n", data, back == Read|Write)
	// Output:
	// "\x80\x02cshop\nPerm\nq\x00K\x06\x85q\x01Rq\x02."
	// true
}

// Pair is in Python: Pair = collections.namedtuple('Pair', 'left right')
type Pair struct {
	Left  int
	Right string
}

func ExampleNamedTuple() {
	reg := py.NewRegistry(py.NamedTuple[Pair](py.Global{Module: "shop", Name: "Pair"}))
	data, back := passOn(reg, Pair{1, "two"})
	fmt.Printf("%q\n%+v\n", data, back)
	// Output:
	// "\x80\x02cshop\nPair\nq\x00K\x01X\x03\x00\x00\x00twoq\x01\x86q\x02\x81q\x03."
	// {Left:1 Right:two}
}

func ExampleObject_Instance() {
	for _, data := range []string{
		"ccopy_reg\n_reconstructor\n(cshop\nStack\nc__builtin__\nlist\n(lVa\natR.", // protocol 0
		"\x80\x02cshop\nStack\n)\x81X\x01\x00\x00\x00aa.",                          // protocol 2
	} {
		var o *py.Object
		if err := pickle.Unmarshal([]byte(data), &o); err != nil {
			panic(err)
		}
		i, ok := o.Instance()
		fmt.Println(o.ClassName(), i.Items, ok)
	}
	// Output:
	// shop.Stack [a] true
	// shop.Stack [a] true
}

func ExampleInstance_Store() {
	i := &py.Instance{State: py.NewDict("size", 3.0)}
	var size int
	fmt.Println(i.Store("size", &size), size)
	fmt.Println(i.Store("color", &size))
	// Output:
	// <nil> 3
	// there is no attribute "color"
}

func ExampleStore() {
	var n int8
	fmt.Println(py.Store(&n, int64(100)), n)
	fmt.Println(py.Store(&n, int64(1000)), n)
	var b []byte
	fmt.Println(py.Store(&b, py.Bytes("data")), string(b))
	// Output:
	// <nil> 100
	// int 1000 into int8 100
	// <nil> data
}

// A Celsius prints as Temperature(20.5).
type Celsius struct{ Degrees any }

// ReprParts is what Celsius prints of.
func (c Celsius) ReprParts() []any {
	return []any{py.ReprText("Temperature("), c.Degrees, py.ReprText(")")}
}

// EqualParts has a Celsius equal the number of degrees.
func (c Celsius) EqualParts(other any) (mine, theirs []any, ok bool) {
	if o, isCelsius := other.(Celsius); isCelsius {
		other = o.Degrees
	}
	return []any{c.Degrees}, []any{other}, true
}

func ExampleEqualer() {
	list := py.NewList(Celsius{20.5})
	fmt.Println(list, py.Equal(list, py.NewList(Celsius{20.5})))
	// Output: [Temperature(20.5)] true
}
