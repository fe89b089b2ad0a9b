package py_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/py"
)

// shopSource is a module with a class of each kind that a program may have.
const shopSource = `
import collections, copyreg, enum, sys
class Point(object):
    def __init__(self, x, y): self.x, self.y = x, y
class Slotted(object):
    __slots__ = 'a', 'b'
    def __init__(self, a, b): self.a, self.b = a, b
class Mixed(Slotted):
    pass
class Stateful(object):
    def __init__(self, *items): self.items = list(items)
    def __getstate__(self): return ('v1', tuple(self.items))
    def __setstate__(self, state): self.items = list(state[1])
class FalseState(object):
    got = None
    def __getstate__(self): return 0
    def __setstate__(self, state): self.got = state
class NewArgs(object):
    def __new__(cls, a=0, b=0):
        o = object.__new__(cls)
        o.a, o.b = a, b
        return o
    def __getnewargs__(self): return self.a, self.b
class NewArgsEx(object):
    def __new__(cls, a=0, **kw):
        o = object.__new__(cls)
        o.a, o.scale = a, kw.get('scale')
        return o
    def __getnewargs_ex__(self): return (self.a,), {'scale': self.scale}
class Reduced(object):
    def __init__(self, n): self.n = n
    def __reduce__(self): return Reduced, (self.n,)
class Registered(object):
    def __init__(self, n): self.n = n
def make_registered(n, unit): return Registered(n)
copyreg.pickle(Registered, lambda r: (make_registered, (r.n, 'unit')))
class Six(object):
    def __init__(self): self.items, self.map = [], {}
    def append(self, x): self.items.append(x)
    def extend(self, xs): self.items.extend(xs)
    def __setitem__(self, k, v): self.map[k] = v
    def __reduce_ex__(self, protocol):
        return Six, (), {'note': self.note}, iter(self.items), iter(self.map.items()), set_state
def set_state(o, state): o.__dict__.update(state)
def six(items, map, note):
    s = Six()
    s.items, s.map, s.note = items, map, note
    return s
class Int(int): pass
class Float(float): pass
class Complex(complex): pass
class Str(str): pass
class Bytes(bytes): pass
class Tuple(tuple): pass
class List(list): pass
class Dict(dict): pass
class Set(set): pass
class Frozen(frozenset): pass
class Color(enum.Enum):
    RED = 1
    GREEN = 'green'
    BLUE = (0, 0, 255)
class Level(enum.IntEnum):
    LOW = 1
    HIGH = 10
class Perm(enum.Flag):
    R = 4
    W = 2
Pair = collections.namedtuple('Pair', 'left right')
One = collections.namedtuple('One', 'item')
def w(o, **k):
    o.__dict__.update(k)
    return o
def same(a, b):
    return type(a) is type(b) and state(a) == state(b)
def state(o):
    if isinstance(o, enum.Enum):
        return o
    out = [getattr(o, '__dict__', None), [getattr(o, n, None) for n in ('a', 'b')]]
    if isinstance(o, (int, float, complex, str, bytes, tuple, list, dict, set, frozenset)):
        out.append(eval(type(o).__mro__[1].__name__ if not hasattr(o, '_fields') else 'tuple')(o))
    return out
`

func shop(name string) py.Global { return py.Global{Module: "shop", Name: name} }

func builtin(name string) py.Global { return py.Global{Module: "builtins", Name: name} }

type (
	shopPoint      struct{ X, Y any }
	shopSlotted    struct{ A, B any }
	shopMixed      struct{ A, B, Extra any }
	shopStateful   struct{ Items py.Tuple }
	shopFalse      struct{}
	shopNewArgs    struct{ A, B any }
	shopNewArgsEx  struct{ A, Scale any }
	shopReduced    struct{ N int }
	shopRegistered struct{ N int }
	shopSix        struct {
		Note       string
		Items, Map []any
	}
	shopValue struct { // of an immutable built-in type
		Value any
		Attrs any
	}
	shopInt     shopValue
	shopFloat   shopValue
	shopComplex shopValue
	shopStr     shopValue
	shopBytes   shopValue
	shopTuple   shopValue
	shopItems   struct {
		Items []any
		Attrs any
	}
	shopList   shopItems
	shopSet    shopItems
	shopFrozen shopItems
	shopDict   struct {
		Pairs []any
		Attrs any
	}
	shopColor uint8
	shopLevel int
	shopPerm  uint16
	shopPair  struct{ Left, Right any }
	shopOne   struct{ Item any }
)

func emptyInstance[T any](*py.Instance) (*T, bool) { return new(T), true }

// valueClass is a class that extends an immutable built-in type.
func valueClass[T ~struct{ Value, Attrs any }](name, base string) py.Entry {
	return py.Class[*T]{
		Name: shop(name), Base: builtin(base),
		Make: func(i *py.Instance) (*T, bool) {
			return &T{Value: i.Value, Attrs: i.State}, i.Value != nil
		},
		Reduce: func(v *T) (*py.Instance, error) {
			s := struct{ Value, Attrs any }(*v)
			return &py.Instance{Value: s.Value, State: s.Attrs}, nil
		},
	}.Entry()
}

// itemsClass is a class that extends list, set or frozenset.
func itemsClass[T ~struct {
	Items []any
	Attrs any
}](name, base string) py.Entry {
	return py.Class[*T]{
		Name: shop(name), Base: builtin(base),
		Make: emptyInstance[T],
		Fill: func(v *T, i *py.Instance) error {
			*v = T{Items: i.Items, Attrs: i.State}
			return nil
		},
		Reduce: func(v *T) (*py.Instance, error) {
			s := struct {
				Items []any
				Attrs any
			}(*v)
			return &py.Instance{Items: s.Items, State: s.Attrs}, nil
		},
	}.Entry()
}

var shopRegistry = py.NewRegistry(
	py.Class[*shopPoint]{
		Name: shop("Point"), Strings: []string{"x", "y"},
		Make: emptyInstance[shopPoint],
		Fill: func(p *shopPoint, i *py.Instance) error {
			return errors.Join(i.Store("x", &p.X), i.Store("y", &p.Y))
		},
		Reduce: func(p *shopPoint) (*py.Instance, error) {
			return &py.Instance{State: py.NewDict("x", p.X, "y", p.Y)}, nil
		},
	}.Entry(),
	py.Class[*shopSlotted]{
		Name: shop("Slotted"), Strings: []string{"a", "b"},
		Make: emptyInstance[shopSlotted],
		Fill: func(s *shopSlotted, i *py.Instance) error {
			return errors.Join(i.Store("a", &s.A), i.Store("b", &s.B))
		},
		Reduce: func(s *shopSlotted) (*py.Instance, error) {
			return &py.Instance{State: py.Slots("a", s.A, "b", s.B)}, nil
		},
	}.Entry(),
	py.Class[*shopMixed]{
		Name: shop("Mixed"),
		Make: emptyInstance[shopMixed],
		Fill: func(s *shopMixed, i *py.Instance) error {
			return errors.Join(i.Store("a", &s.A), i.Store("b", &s.B), i.Store("extra", &s.Extra))
		},
		Reduce: func(s *shopMixed) (*py.Instance, error) {
			return &py.Instance{State: py.Tuple{py.NewDict("extra", s.Extra), py.NewDict("a", s.A, "b", s.B)}}, nil
		},
	}.Entry(),
	py.Class[*shopStateful]{
		Name: shop("Stateful"),
		Make: emptyInstance[shopStateful],
		Fill: func(s *shopStateful, i *py.Instance) error {
			state, ok := i.State.(py.Tuple)
			if !ok || len(state) != 2 {
				return errors.New("the state is no pair")
			}
			return py.Store(&s.Items, state[1])
		},
		Reduce: func(s *shopStateful) (*py.Instance, error) {
			return &py.Instance{State: py.Tuple{"v1", s.Items}}, nil
		},
	}.Entry(),
	py.Class[*shopFalse]{
		Name:   shop("FalseState"),
		Make:   emptyInstance[shopFalse],
		Reduce: func(*shopFalse) (*py.Instance, error) { return &py.Instance{State: int64(0)}, nil },
	}.Entry(),
	py.Class[*shopNewArgs]{
		Name: shop("NewArgs"), Strings: []string{"a", "b"},
		Make: emptyInstance[shopNewArgs],
		Fill: func(n *shopNewArgs, i *py.Instance) error {
			return errors.Join(i.Store("a", &n.A), i.Store("b", &n.B))
		},
		Reduce: func(n *shopNewArgs) (*py.Instance, error) {
			return &py.Instance{Args: py.Tuple{n.A, n.B}, State: py.NewDict("a", n.A, "b", n.B)}, nil
		},
	}.Entry(),
	py.Class[*shopNewArgsEx]{
		Name: shop("NewArgsEx"), Strings: []string{"a", "scale"},
		Make: func(i *py.Instance) (*shopNewArgsEx, bool) {
			n := new(shopNewArgsEx)
			if i.Kwargs == nil { // protocols 0 and 1
				return n, i.Store("a", &n.A) == nil && i.Store("scale", &n.Scale) == nil
			}
			n.Scale, _ = i.Kwargs.Get("scale")
			return n, len(i.Args) == 1 && py.Store(&n.A, i.Args[0]) == nil
		},
		Reduce: func(n *shopNewArgsEx) (*py.Instance, error) {
			return &py.Instance{Args: py.Tuple{n.A}, Kwargs: py.NewDict("scale", n.Scale), State: py.NewDict("a", n.A, "scale", n.Scale)}, nil
		},
	}.Entry(),
	py.Class[*shopReduced]{
		Name: shop("Reduced"),
		Make: func(i *py.Instance) (*shopReduced, bool) {
			r := new(shopReduced)
			return r, i.Call && len(i.Args) == 1 && py.Store(&r.N, i.Args[0]) == nil
		},
		Reduce: func(r *shopReduced) (*py.Instance, error) {
			return &py.Instance{Call: true, Args: py.Tuple{r.N}}, nil
		},
	}.Entry(),
	py.Class[*shopRegistered]{
		Name: shop("make_registered"),
		Make: func(i *py.Instance) (*shopRegistered, bool) {
			r := new(shopRegistered)
			return r, i.Call && len(i.Args) == 2 && py.Store(&r.N, i.Args[0]) == nil
		},
		Reduce: func(r *shopRegistered) (*py.Instance, error) {
			return &py.Instance{Call: true, Args: py.Tuple{r.N, "unit"}}, nil
		},
	}.Entry(),
	py.Class[*shopSix]{
		Name: shop("Six"), Strings: []string{"note"},
		Make: emptyInstance[shopSix],
		Fill: func(s *shopSix, i *py.Instance) error {
			s.Items, s.Map = i.Items, i.Pairs
			return i.Store("note", &s.Note)
		},
		Reduce: func(s *shopSix) (*py.Instance, error) {
			return &py.Instance{Call: true, Items: s.Items, Pairs: s.Map, State: py.NewDict("note", s.Note), Setter: shop("set_state")}, nil
		},
	}.Entry(),
	valueClass[shopInt]("Int", "int"), valueClass[shopFloat]("Float", "float"), valueClass[shopComplex]("Complex", "complex"),
	valueClass[shopStr]("Str", "str"), valueClass[shopBytes]("Bytes", "bytes"), valueClass[shopTuple]("Tuple", "tuple"),
	itemsClass[shopList]("List", "list"), itemsClass[shopSet]("Set", "set"), itemsClass[shopFrozen]("Frozen", "frozenset"),
	py.Class[*shopDict]{
		Name: shop("Dict"), Base: builtin("dict"),
		Make: emptyInstance[shopDict],
		Fill: func(d *shopDict, i *py.Instance) error {
			d.Pairs, d.Attrs = i.Pairs, i.State
			return nil
		},
		Reduce: func(d *shopDict) (*py.Instance, error) { return &py.Instance{Pairs: d.Pairs, State: d.Attrs}, nil },
	}.Entry(),
	py.Enum(shop("Color"), map[shopColor]any{1: 1, 2: "green", 3: py.Tuple{int64(0), int64(0), int64(255)}}),
	py.Flag[shopLevel](shop("Level")),
	py.Flag[shopPerm](shop("Perm")),
	py.NamedTuple[*shopPair](shop("Pair")),
	py.NamedTuple[shopOne](shop("One")),
)

// shopValues are expressions in module shop, with a Go value that is the same.
var shopValues = []struct {
	python string
	v      any
}{
	{"Point(1, 'two')", &shopPoint{1, "two"}},
	{"Slotted(1, [2])", &shopSlotted{1, py.NewList(2)}},
	{"w(Mixed(1, 2), extra=3)", &shopMixed{1, 2, 3}},
	{"Stateful(1, 'a')", &shopStateful{py.Tuple{1, "a"}}},
	{"FalseState()", &shopFalse{}},
	{"NewArgs(1, 2)", &shopNewArgs{1, 2}},
	{"NewArgsEx(1, scale=2)", &shopNewArgsEx{1, 2}},
	{"Reduced(5)", &shopReduced{5}},
	{"Registered(5)", &shopRegistered{5}},
	{"six([1, 2], {'a': 1}, 'note')", &shopSix{"note", []any{1, 2}, []any{"a", 1}}},
	{"Int(5)", &shopInt{Value: 5}},
	{"w(Int(2**70), x=1)", nil},
	{"Float(1.5)", &shopFloat{Value: 1.5}},
	{"Complex(1, 2)", &shopComplex{Value: 1 + 2i}},
	{"Str('text')", &shopStr{Value: "text"}},
	{"w(Str('text'), x=1)", &shopStr{"text", py.NewDict("x", 1)}},
	{"Bytes(b'data')", &shopBytes{Value: py.Bytes("data")}},
	{"Tuple((1, 2))", &shopTuple{Value: py.Tuple{1, 2}}},
	{"Tuple()", &shopTuple{Value: py.Tuple{}}},
	{"List([1, 2])", &shopList{Items: []any{1, 2}}},
	{"w(List([1]), x=1)", &shopList{[]any{1}, py.NewDict("x", 1)}},
	{"List()", &shopList{}},
	{"Dict(a=1)", &shopDict{Pairs: []any{"a", 1}}},
	{"w(Dict(), x=1)", &shopDict{nil, py.NewDict("x", 1)}},
	{"w(Set([1]), x=1)", &shopSet{[]any{1}, py.NewDict("x", 1)}},
	{"Frozen([1])", nil},
	{"Set()", nil},
	{"[Color.RED, Color.GREEN, Color.BLUE, Color.RED, 'green']", nil},
	{"Color.GREEN", shopColor(2)},
	{"Color.BLUE", shopColor(3)},
	{"[Level.HIGH, Level.LOW, Perm.W]", nil},
	{"Level.HIGH", shopLevel(10)},
	{"Perm.R | Perm.W", shopPerm(6)},
	{"Pair(1, ['two'])", &shopPair{1, py.NewList("two")}},
	{"(lambda p: [p, p, {p: 1}])(Pair(1, 2))", nil},
	{"One(1)", shopOne{1}},
	{"One((1, 2))", nil},
	{"(lambda l: l.append(l) or [l, l])(List())", nil},
	{"(lambda p: w(p, x=p, y=[p]))(Point(1, 2))", nil},
	{"(lambda n: [n, n, n.a])(NewArgsEx([1], scale=[2]))", nil},
	{"[NewArgsEx(1, scale=2), NewArgs(1, 'scale'), Point('x', 'scale'), NewArgsEx]", nil},
	{"[Point(1, 2), Point(3, 4), Point, 'shop', 'x', 'Point']", nil},
}

func TestClassLive(t *testing.T) {
	for _, python := range pytest.Installed(t) {
		if python.Major < 3 {
			continue
		}
		t.Run(python.String(), func(t *testing.T) { testClasses(t, python) })
	}
}

func testClasses(t *testing.T, python pytest.Python) {
	w := python.Start(t)
	var ok bool
	if err := w.Ask("define", map[string]any{"module": "shop", "code": shopSource}, &ok); err != nil {
		t.Fatal(err)
	}
	var expressions []string
	for _, s := range shopValues {
		expressions = append(expressions, s.python)
	}
	var rows []struct {
		Source string
		P      int
		Data   []byte
		Error  string
	}
	if err := w.Ask("dump", map[string]any{"expressions": expressions}, &rows); err != nil {
		t.Fatal(err)
	}
	type item struct {
		Data       []byte `json:"data"`
		Expression string `json:"expression"`
	}
	var items []item
	style := pickle.Python311
	if !python.AtLeast(3, 11) {
		style = pickle.Python38
	} else if python.AtLeast(3, 13) {
		style = pickle.Python313
	}
	for i, row := range rows {
		where := row.Source + ", protocol " + string(rune('0'+row.P))
		protocol, _ := pickle.ProtocolNumber(row.P)
		o := pickle.EncodeOptions{Registry: shopRegistry, Protocol: protocol, Style: style}
		s := shopValues[i*len(shopValues)/len(rows)]
		if row.Error != "" {
			if !strings.Contains(row.Error, "__slots__") && !strings.Contains(row.Error, "RecursionError") && python.AtLeast(3, 8) {
				t.Errorf("%s: %s", where, row.Error)
			}
			continue // slots below protocol 2; six parts before 3.8
		}
		var v any
		if err := (pickle.DecodeOptions{Registry: shopRegistry}).Unmarshal(row.Data, &v); err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		if repr := py.Repr(v); strings.Contains(repr, "shop.") && !strings.Contains(row.Source, "'shop'") && !strings.Contains(row.Source, "NewArgsEx]") {
			t.Errorf("%s is inert: %s", where, repr)
		}
		if s.v != nil && !py.Equal(v, s.v) {
			t.Errorf("%s: %s, not %s", where, py.Repr(v), py.Repr(s.v))
		}
		for _, x := range []any{v, s.v} {
			if x == nil {
				continue
			}
			back, err := o.Marshal(x)
			if err != nil {
				t.Errorf("%s: %v", where, err)
				continue
			}
			if python.AtLeast(3, 8) && !bytes.Equal(back, row.Data) {
				t.Errorf("%s (%s)\n got %q\nwant %q", where, py.Repr(x), back, row.Data)
			}
			if s.v != nil && row.Source != "FalseState()" { // protocols 0 and 1 leave that out
				items = append(items, item{back, "same(v, " + row.Source + ")"})
			}
		}
	}
	var answers []string
	if err := w.Ask("show", map[string]any{"items": items}, &answers); err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		if a != "True" {
			t.Errorf("%s of %q: %s", items[i].Expression, items[i].Data, a)
		}
	}
	t.Logf("%d pickles, %d back", len(rows), len(answers))
}

// FuzzClasses loads any pickle with classes of all kinds: nothing panics.
func FuzzClasses(f *testing.F) {
	for _, s := range shopValues {
		if s.v == nil {
			continue
		}
		for p := pickle.Protocol0; p <= pickle.Protocol5; p++ {
			data, err := pickle.EncodeOptions{Registry: shopRegistry, Protocol: p}.Marshal(py.NewList(s.v, s.v))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		if (pickle.DecodeOptions{Registry: shopRegistry, Encoding: "latin-1"}).Unmarshal(data, &v) != nil {
			return
		}
		py.ReprOptions{MaxLen: 1 << 12}.Format(v)
		_, _ = py.Plain(v)
		for _, p := range []pickle.Protocol{pickle.Protocol0, pickle.Protocol2, pickle.Protocol5} {
			out, err := pickle.EncodeOptions{Registry: shopRegistry, Protocol: p}.Marshal(v)
			if err != nil {
				continue
			}
			var back any
			if err := (pickle.DecodeOptions{Registry: shopRegistry}).Unmarshal(out, &back); err != nil {
				t.Fatalf("%q was dumped as %q: %v", data, out, err)
			}
		}
	})
}
