package stdlib

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"

	"github.com/go-pickle/pickle/py"
)

// dictsEntries are the subclasses of dict in module collections.
var dictsEntries = []py.Entry{
	{
		Names: []py.Global{classOrderedDict},
		Types: []reflect.Type{reflect.TypeFor[*OrderedDict]()},
		Load: func(o *py.Object) (any, bool) {
			args, ok := made(o, -1, py.OpSetItems, py.OpBuild)
			if !ok || len(args) > 1 {
				return nil, false
			}
			if len(args) == 1 {
				if _, ok := args[0].(*py.List); !ok {
					return nil, false
				}
			}
			return new(OrderedDict), true
		},
		Fill: func(v any, o *py.Object) error { return v.(*OrderedDict).fill(o) },
		Reduce: func(v any, _ py.Form) (any, error) {
			d := v.(*OrderedDict)
			return changed(py.NewCall(classOrderedDict), py.Op{Kind: py.OpSetItems, Items: d.Pairs()}, build(d.Attrs)), nil
		},
	},
	{
		Names: []py.Global{classDefaultDict.name},
		Types: []reflect.Type{reflect.TypeFor[*DefaultDict]()},
		Load: func(o *py.Object) (any, bool) {
			args, ok := made(o, -1, py.OpSetItems)
			if !ok || len(args) > 1 {
				return nil, false
			}
			return new(DefaultDict), true
		},
		Fill: func(v any, o *py.Object) error {
			d := v.(*DefaultDict)
			if args := o.Args.(py.Tuple); len(args) == 1 {
				d.Factory = args[0]
			}
			return setItems(&d.Dict, o)
		},
		Reduce: func(v any, f py.Form) (any, error) {
			d := v.(*DefaultDict)
			o := py.NewCall(classDefaultDict.in(f))
			if d.Factory != nil {
				o.Args = py.Tuple{d.Factory}
			}
			return changed(o, py.Op{Kind: py.OpSetItems, Items: d.Pairs()}), nil
		},
	},
	{
		Names: []py.Global{classCounter},
		Types: []reflect.Type{reflect.TypeFor[*Counter]()},
		Load: func(o *py.Object) (any, bool) {
			args, ok := made(o, 1)
			if !ok {
				return nil, false
			}
			d, ok := args[0].(*py.Dict)
			return new(Counter), ok && d != nil
		},
		Fill: func(v any, o *py.Object) error {
			from := o.Args.(py.Tuple)[0].(*py.Dict)
			return v.(*Counter).AdoptMemo(slices.Clone(from.Pairs()), new(py.KeyMemo))
		},
		Reduce: func(v any, _ py.Form) (any, error) {
			d := new(py.Dict)
			if err := d.AdoptMemo(slices.Clone(v.(*Counter).Pairs()), new(py.KeyMemo)); err != nil {
				return nil, err
			}
			return py.NewCall(classCounter, d), nil
		},
	},
}

var (
	classOrderedDict = py.Global{Module: "collections", Name: "OrderedDict"}
	classDefaultDict = newCClass("collections", "defaultdict", 12)
	classCounter     = py.Global{Module: "collections", Name: "Counter"}
)

// dictOf is the dict that x is in Python, as these classes extend dict.
func dictOf(x any) (*py.Dict, bool) {
	switch x := x.(type) {
	case *py.Dict:
		return x, x != nil
	case *OrderedDict:
		return &x.Dict, x != nil
	case *DefaultDict:
		return &x.Dict, x != nil
	case *Counter:
		return &x.Dict, x != nil
	case *UserDict:
		return x.Data(), x != nil
	}
	return nil, false
}

// equalDicts says that d equals a dict with the same keys and values.
func equalDicts(d *py.Dict, other any) (mine, theirs []any, ok bool) {
	e, ok := dictOf(other)
	if !ok {
		return nil, nil, false
	}
	return []any{d}, []any{e}, true
}

// An OrderedDict is a Python collections.OrderedDict, used as *OrderedDict. It has the
// methods of [py.Dict]; the zero OrderedDict is empty and ready to use.
//
// Two of them are equal if their items are, in the same order; an OrderedDict and another
// dict are if all items are.
type OrderedDict struct {
	py.Dict

	// Attrs are the attributes that the program set on the object; nil if there are none.
	Attrs *py.Dict
}

// NewOrderedDict makes an OrderedDict of keys and values in turn, as [py.NewDict] does.
func NewOrderedDict(pairs ...any) *OrderedDict {
	return &OrderedDict{Dict: *py.NewDict(pairs...)}
}

// fill reads also what Python 2.7 wrote, OrderedDict([[key, value], ...]).
func (d *OrderedDict) fill(o *py.Object) (err error) {
	if d.Attrs, err = stateDict(o); err != nil {
		return err
	}
	args := o.Args.(py.Tuple)
	if len(args) == 0 {
		return setItems(&d.Dict, o)
	}
	var pairs []any
	for _, item := range args[0].(*py.List).Items {
		var pair []any
		switch p := item.(type) {
		case *py.List:
			pair = p.Items
		case py.Tuple:
			pair = p
		}
		if len(pair) != 2 {
			return fmt.Errorf("%s is no pair of key and value", py.ReprOptions{MaxLen: 100}.Format(item))
		}
		pairs = append(pairs, pair...)
	}
	pairs = append(pairs, added(o, py.OpSetItems)...)
	return d.AdoptMemo(pairs, new(py.KeyMemo))
}

// ReprParts prints d as Python 3.12 and later do: OrderedDict({'a': 1}).
func (d *OrderedDict) ReprParts() []any {
	if d.Len() == 0 {
		return []any{py.ReprText("OrderedDict()")}
	}
	return []any{py.ReprText("OrderedDict("), &d.Dict, py.ReprText(")")}
}

// EqualParts has the order count between two OrderedDicts.
func (d *OrderedDict) EqualParts(other any) (mine, theirs []any, ok bool) {
	if e, ok := other.(*OrderedDict); ok {
		return []any{py.Tuple(d.Pairs())}, []any{py.Tuple(e.Pairs())}, e != nil
	}
	return equalDicts(&d.Dict, other)
}

// String prints d as [py.Repr] does, cut off after 64 KiB.
func (d *OrderedDict) String() string { return printed(d) }

// Format prints d for package fmt as [py.Repr] does.
func (d *OrderedDict) Format(f fmt.State, verb rune) { format(d, f, verb) }

// Plain gives the items.
func (d *OrderedDict) Plain() (any, error) { return &d.Dict, nil }

// A DefaultDict is a Python collections.defaultdict, used as *DefaultDict. It has the
// methods of [py.Dict]; in Go no factory is called for a key that is not there. It is equal
// to any dict with the same items.
type DefaultDict struct {
	py.Dict

	// Factory makes the value of a missing key in Python: a function or class, such as
	// py.Global{Module: "builtins", Name: "list"}; nil if there is none.
	Factory any
}

// NewDefaultDict makes a DefaultDict with that factory of keys and values in turn, as
// [py.NewDict] does.
func NewDefaultDict(factory any, pairs ...any) *DefaultDict {
	return &DefaultDict{Dict: *py.NewDict(pairs...), Factory: factory}
}

// ReprParts prints d as defaultdict(builtins.list, {'a': [1]}).
func (d *DefaultDict) ReprParts() []any {
	return []any{py.ReprText("defaultdict("), d.Factory, py.ReprText(", "), &d.Dict, py.ReprText(")")}
}

// EqualParts compares the items.
func (d *DefaultDict) EqualParts(other any) (mine, theirs []any, ok bool) {
	return equalDicts(&d.Dict, other)
}

// String prints d as [py.Repr] does, cut off after 64 KiB.
func (d *DefaultDict) String() string { return printed(d) }

// Format prints d for package fmt as [py.Repr] does.
func (d *DefaultDict) Format(f fmt.State, verb rune) { format(d, f, verb) }

// Plain gives the items.
func (d *DefaultDict) Plain() (any, error) { return &d.Dict, nil }

// A Counter is a Python collections.Counter, used as *Counter: a dict of counts. It has the
// methods of [py.Dict]; the zero Counter is empty and ready to use. Two Counters are equal
// if all counts are, where what is not there counts as 0.
type Counter struct{ py.Dict }

// NewCounter counts the elements. It panics if one is unhashable.
func NewCounter(elements ...any) *Counter {
	c := new(Counter)
	for _, e := range elements {
		if err := c.Add(e, 1); err != nil {
			panic("stdlib.NewCounter: " + err.Error())
		}
	}
	return c
}

// Count is the count of key as an integer: 0 if key is not there, or its count is none that
// an int64 holds.
func (c *Counter) Count(key any) int64 {
	v, _ := c.Get(key)
	var n int64
	if py.Store(&n, v) != nil {
		return 0
	}
	return n
}

// Add adds n to the count of key. The error says that key is unhashable, or its count no
// integer.
func (c *Counter) Add(key any, n int64) error {
	old, ok := c.Get(key)
	if !ok {
		return c.Set(key, n)
	}
	var sum *big.Int
	if err := py.Store(&sum, old); err != nil || sum == nil {
		return fmt.Errorf("stdlib: the count is %s, not an integer", py.ReprOptions{MaxLen: 60}.Format(old))
	}
	sum = new(big.Int).Add(sum, big.NewInt(n))
	if sum.IsInt64() {
		return c.Set(key, sum.Int64())
	}
	return c.Set(key, sum)
}

// MostCommon returns the n keys with the highest counts, the highest first and of equal
// counts the first first; a negative n means all. Counts are compared as [Counter.Count]
// gives them.
func (c *Counter) MostCommon(n int) []any {
	keys := slices.Collect(c.Keys())
	slices.SortStableFunc(keys, func(a, b any) int {
		switch x, y := c.Count(a), c.Count(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	if n >= 0 && n < len(keys) {
		keys = keys[:n]
	}
	return keys
}

// ReprParts prints c as Counter({'a': 2}), in the order in which the keys came.
func (c *Counter) ReprParts() []any {
	if c.Len() == 0 {
		return []any{py.ReprText("Counter()")}
	}
	return []any{py.ReprText("Counter("), &c.Dict, py.ReprText(")")}
}

// EqualParts compares the counts.
func (c *Counter) EqualParts(other any) (mine, theirs []any, ok bool) {
	d, ok := other.(*Counter)
	if !ok {
		return equalDicts(&c.Dict, other)
	}
	zero := any(int64(0))
	for k, v := range c.All() {
		w, ok := d.Get(k)
		if !ok {
			w = zero
		}
		mine, theirs = append(mine, v), append(theirs, w)
	}
	for k, w := range d.All() {
		if _, both := c.Get(k); !both {
			mine, theirs = append(mine, zero), append(theirs, w)
		}
	}
	return mine, theirs, true
}

// String prints c as [py.Repr] does, cut off after 64 KiB.
func (c *Counter) String() string { return printed(c) }

// Format prints c for package fmt as [py.Repr] does.
func (c *Counter) Format(f fmt.State, verb rune) { format(c, f, verb) }

// Plain gives the counts.
func (c *Counter) Plain() (any, error) { return &c.Dict, nil }
