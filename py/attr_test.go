package py_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/go-pickle/pickle/py"
)

func TestAttrs(t *testing.T) {
	reconstructor := py.Global{Module: "copyreg", Name: "_reconstructor"}
	object_ := py.Global{Module: "builtins", Name: "object"}
	state := func() *py.Dict { return py.NewDict("x", 1, "y", 2) }
	for _, c := range []struct {
		name      string
		o         *py.Object
		class     string
		want      string // Attrs
		set       bool   // whether SetAttr works
		after     string // Repr after SetAttr("x", 10) and SetAttr("z", 30)
		listItems string
		dictItems string
	}{
		{"plain", py.NewObject(point, state()), "geometry.Point", "{'x': 1, 'y': 2}", true,
			"<geometry.Point object: x=10, y=2, z=30>", "[]", "[]"},
		{"no state", py.NewObject(point, nil), "geometry.Point", "{}", true, "<geometry.Point object: x=10, z=30>", "[]", "[]"},
		{"empty state", py.NewObject(point, new(py.Dict)), "geometry.Point", "{}", true, "<geometry.Point object: x=10, z=30>", "[]", "[]"},
		{"None", object(py.ByReduce, point, py.Tuple{}, op(py.OpBuild, nil)), "geometry.Point", "{}", true,
			"<geometry.Point(): x=10, z=30>", "[]", "[]"},
		{"slots", object(py.ByNewObj, point, py.Tuple{}, op(py.OpBuild, py.Tuple{nil, state()})), "geometry.Point", "{'x': 1, 'y': 2}", true,
			"<geometry.Point object: slots x=10, y=2, z=30>", "[]", "[]"},
		{"dict and slots", object(py.ByNewObj, point, py.Tuple{}, op(py.OpBuild, py.Tuple{py.NewDict("a", 0, "x", 3), state()})),
			"geometry.Point", "{'a': 0, 'x': 1, 'y': 2}", true, "<geometry.Point object: a=0, x=3, z=30; slots x=10, y=2>", "[]", "[]"},
		{"(None, None)", object(py.ByNewObj, point, py.Tuple{}, op(py.OpBuild, py.Tuple{nil, nil})), "geometry.Point", "{}", true,
			"<geometry.Point object: state ({'x': 10, 'z': 30}, None)>", "[]", "[]"},
		{"two states", object(py.ByNewObj, point, py.Tuple{}, op(py.OpBuild, py.NewDict("x", 0, "w", 5)), op(py.OpBuild, state())),
			"geometry.Point", "{'w': 5, 'x': 1, 'y': 2}", true, "<geometry.Point object: x=0, w=5; x=10, y=2, z=30>", "[]", "[]"},
		{"other state", object(py.ByNewObj, point, py.Tuple{}, op(py.OpBuild, py.Tuple{1, 2, 3})), "geometry.Point", "{}", false, "", "[]", "[]"},
		{"keys that are not str", py.NewObject(point, py.NewDict(1, 2, "x", 1)), "geometry.Point", "{'x': 1}", true,
			"<geometry.Point object: state {1: 2, 'x': 10, 'z': 30}>", "[]", "[]"},
		{"name", object(py.ByName, point, nil), "geometry.Point", "{}", false, "", "[]", "[]"},
		{"protocol 0", object(py.ByReduce, reconstructor, py.Tuple{point, object_, nil}, op(py.OpBuild, state())), "geometry.Point",
			"{'x': 1, 'y': 2}", true, "<copyreg._reconstructor(geometry.Point, builtins.object, None): x=10, y=2, z=30>", "[]", "[]"},
		{"protocol 0 list", object(py.ByReduce, reconstructor, py.Tuple{point, object_, py.NewList(1, 2)}, op(py.OpAppend, 3)), "geometry.Point",
			"{}", true, "<copyreg._reconstructor(geometry.Point, builtins.object, [1, 2]): [3]; x=10, z=30>", "[1, 2, 3]", "[]"},
		{"items", object(py.ByReduce, point, py.Tuple{}, op(py.OpAppend, 1), op(py.OpAppend, 2), op(py.OpSetItems, "k", 1, "k", 2)), "geometry.Point",
			"{}", true, "<geometry.Point(): [1, 2]; {'k': 1, 'k': 2}; x=10, z=30>", "[1, 2]", "[('k', 1), ('k', 2)]"},
		{"protocol 0 dict", object(py.ByReduce, reconstructor, py.Tuple{point, object_, py.NewDict("k", 1)}), "geometry.Point",
			"{}", true, "<copyreg._reconstructor(geometry.Point, builtins.object, {'k': 1}): x=10, z=30>", "[]", "[('k', 1)]"},
		{"class of an expression", object(py.ByReduce, py.NewCall(point, 1), py.Tuple{}), "geometry.Point(1)", "{}", true,
			"<geometry.Point(1)(): x=10, z=30>", "[]", "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.o.ClassName(); got != c.class {
				t.Errorf("ClassName: %s", got)
			}
			attrs := new(py.Dict)
			for name, v := range c.o.Attrs() {
				if w, ok := c.o.Attr(name); !ok || w != v {
					t.Errorf("Attr(%s): %v, but Attrs says %v", name, w, v)
				}
				_ = attrs.Set(name, v)
			}
			if got := py.Repr(attrs); got != c.want {
				t.Errorf("Attrs: %s", got)
			}
			if _, ok := c.o.Attr("none"); ok {
				t.Error("an attribute that is not there")
			}
			if got := py.Repr(py.NewList(slices.Collect(c.o.ListItems())...)); got != c.listItems {
				t.Errorf("ListItems: %s", got)
			}
			pairs := new(py.List)
			for k, v := range c.o.DictItems() {
				pairs.Append(py.Tuple{k, v})
			}
			if got := py.Repr(pairs); got != c.dictItems {
				t.Errorf("DictItems: %s", got)
			}
			for range c.o.Attrs() {
				break
			}
			for range c.o.ListItems() {
				break
			}
			for range c.o.DictItems() {
				break
			}
			before := py.Repr(c.o)
			err := c.o.SetAttr("x", 10)
			if err == nil {
				err = c.o.SetAttr("z", 30)
			}
			if (err == nil) != c.set {
				t.Errorf("SetAttr: %v", err)
			}
			if !c.set {
				if after := py.Repr(c.o); after != before {
					t.Errorf("changed to %s", after)
				}
				return
			}
			if got := py.Repr(c.o); got != c.after {
				t.Errorf("after SetAttr: %s", got)
			}
			if v, _ := c.o.Attr("x"); v != 10 {
				t.Errorf("Attr(x) is %v", v)
			}
			if m := maps.Collect(c.o.Attrs()); m["x"] != 10 || m["z"] != 30 {
				t.Errorf("Attrs: %v", m)
			}
		})
	}
	if _, ok := py.NewObject(point, nil).State(); ok {
		t.Error("a state where there is none")
	}
	if s, ok := py.NewObject(point, state()).State(); !ok || !py.Equal(s, state()) {
		t.Error(s)
	}
	if g, ok := py.NewCall(point).Type(); !ok || g != point {
		t.Error(g)
	}
	if o := py.NewCall(point); o.How != py.ByReduce || o.Args == nil || len(o.Args.(py.Tuple)) != 0 {
		t.Errorf("%#v", o)
	}
	for h := py.How(0); h < 7; h++ {
		if (h.String() == "unknown") != (h == 0 || h > py.ByName) {
			t.Error(h)
		}
	}
	for k := py.OpKind(0); k < 7; k++ {
		if (k.String() == "unknown") != (k == 0 || k > py.OpCall) {
			t.Error(k)
		}
	}
}
