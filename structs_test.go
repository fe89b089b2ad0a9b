package pickle

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/py"
)

type structBase struct {
	ID   int
	Name string `pickle:"name"`
}

type structDeep struct{ structBase }

type structRecursive struct {
	*structRecursive
	A int
}

type structGeneric[T any] struct{ Value T }

type structOther struct{ ID int }

type structPointed struct{ B int }

func TestStructInfo(t *testing.T) {
	type plain struct {
		A      int
		b      int
		C      string `pickle:"see"`
		Hidden int    `pickle:"-"`
		Quoted int    `pickle:"'a,b\\'\"'"`
		Dash   int    `pickle:"'-',omitzero"`
		E      int    `pickle:",omitzero"`
	}
	type embeds struct {
		First int
		structDeep
		Time time.Time
		Last structBase `pickle:",embed"`
	}
	type hides struct {
		structBase
		ID string // less deep
	}
	type pointers struct {
		*structPointed
		Named *structBase `pickle:",embed"`
	}
	type values struct {
		time.Time
		structBase
	}
	tests := []struct {
		v    any
		want string
	}{
		{plain{b: 1}, `A see a,b'" -(omitzero) E(omitzero)`},
		{hides{}, "name@1 ID"},
		{structRecursive{structRecursive: nil}, "A"},
		{structGeneric[structBase]{}, "Value"},
		{pointers{}, "B*private ID* name*"},
		{struct {
			_ struct{} `pickle:",class=geometry.flat.Point,tuple"`
			X int
		}{}, "X tuple class geometry.flat.Point"},
		{struct {
			_ struct{} `pickle:",class=geometry:Outer.Point"`
			_ struct{}
		}{}, "class geometry.Outer.Point"},
		{struct {
			A    int
			Rest map[string]any `pickle:",unknown"`
		}{}, "A unknown Rest"},
		{struct {
			Rest *py.Dict `pickle:",unknown"`
		}{}, "unknown Rest"},
		{values{}, "Time ID@1 name@1"},
		{struct {
			structBase `pickle:"base"`
		}{}, `error: field structBase: an unexported field can't have a pickle tag`},
		{embeds{}, "First Time ID@1 name@1"},
		{struct {
			A int `pickle:"x"`
			B int `pickle:"x"`
		}{}, `error: field B: has the name "x", and so has field A`},
		{struct {
			structBase
			structOther
		}{}, `error: field structOther.ID: has the name "ID", and so has field structBase.ID`},
		{struct {
			A int `pickle:"a,omitempty"`
		}{}, `error: field A: unknown option "omitempty"; a field takes omitzero, embed, unknown, case:ignore and case:strict`},
		{struct {
			A int `pickle:"'a"`
		}{}, `error: field A: tag "'a": the quote does not end`},
		{struct {
			A int `pickle:"'a'b"`
		}{}, `error: field A: malformed tag "'a'b": no comma after the name`},
		{struct {
			a int `pickle:"a"`
		}{}, `error: field a: an unexported field can't have a pickle tag`},
		{struct {
			_ int `pickle:"x"`
		}{}, `error: field _: a blank field has no name; it takes the options class, tuple, slots and case`},
		{struct {
			_ int `pickle:",class=Point"`
		}{}, `error: field _: "Point" names no class: it is to be module.Name, or module:Outer.Name`},
		{struct {
			A int `pickle:",embed"`
		}{}, `error: field A: embed is for a struct or a pointer to one, and goes with no name and no other option`},
		{struct {
			A map[int]int `pickle:",unknown"`
		}{}, `error: field A: unknown is for a map with string keys, or a *py.Dict`},
		{struct {
			_ struct{}       `pickle:",tuple"`
			A map[string]any `pickle:",unknown"`
		}{}, `error: field A: a tuple has no unknown fields`},
	}
	for _, test := range tests {
		typ := reflect.TypeOf(test.v)
		info, err := structInfoOf(typ)
		got := ""
		if err != nil {
			_, after, _ := strings.Cut(err.Error(), ", ")
			got = "error: " + after
		} else {
			got = describeStruct(info)
		}
		if got != test.want {
			t.Errorf("%s\n got %s\nwant %s", typ, got, test.want)
		}
	}
}

func describeStruct(info *structInfo) string {
	var out []string
	for _, f := range info.fields {
		s := f.name
		if f.depth > 0 && len(f.pointers) == 0 {
			s += fmt.Sprint("@", f.depth)
		}
		for _, p := range f.pointers {
			s += "*"
			if p.private {
				s += "private"
			}
		}
		if f.omitZero {
			s += "(omitzero)"
		}
		out = append(out, s)
	}
	if info.tuple {
		out = append(out, "tuple")
	}
	if info.hasClass {
		out = append(out, "class "+info.class.String())
	}
	if info.unknown != nil {
		out = append(out, "unknown "+info.unknown.goName)
	}
	return strings.Join(out, " ")
}
