package pickle_test

import (
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// The types of these tests: a value made by its arguments, one made by its state, one that
// may hold itself, one that a method makes, and names.
type (
	testSpan  struct{ days, seconds, micros int64 }
	testID    struct{ text string }
	testQueue struct{ items []any }
	testZone  struct{ name string }
)

func testFunc() {}

const testInt = "int"

var testRegistry = py.NewRegistry(
	py.Entry{
		Names: []py.Global{{Module: "datetime", Name: "timedelta"}},
		Types: []reflect.Type{reflect.TypeFor[testSpan]()},
		Load: func(o *py.Object) (any, bool) {
			args, _ := o.Args.(py.Tuple)
			if len(args) != 3 || len(o.Ops) != 0 {
				return nil, false
			}
			d, ok1 := args[0].(int64)
			s, ok2 := args[1].(int64)
			m, ok3 := args[2].(int64)
			return testSpan{d, s, m}, ok1 && ok2 && ok3
		},
		Reduce: func(v any, _ py.Form) (any, error) {
			s := v.(testSpan)
			if s.micros < 0 {
				return nil, errors.New("negative microseconds")
			}
			return py.NewCall(py.Global{Module: "datetime", Name: "timedelta"}, s.days, s.seconds, s.micros), nil
		},
	},
	py.Entry{
		Names:   []py.Global{{Module: "uuid", Name: "UUID"}},
		Types:   []reflect.Type{reflect.TypeFor[testID]()},
		Strings: []string{testInt},
		Load: func(o *py.Object) (any, bool) {
			n, ok := o.Attr(testInt)
			if i, isInt := n.(*big.Int); ok && isInt && len(o.Ops) == 1 {
				return testID{i.String()}, true
			}
			return nil, false
		},
		Reduce: func(v any, f py.Form) (any, error) {
			n, _ := new(big.Int).SetString(v.(testID).text, 10)
			class := py.Global{Module: "uuid", Name: "UUID"}
			o := py.NewObject(class, py.NewDict(testInt, n))
			if f.Protocol < 2 {
				o.How, o.Class = py.ByReduce, py.Global{Module: "copyreg", Name: "_reconstructor"}
				o.Args = py.Tuple{class, py.Global{Module: "builtins", Name: "object"}, nil}
			}
			return o, nil
		},
	},
	py.Entry{
		Names: []py.Global{{Module: "collections", Name: "deque"}},
		Types: []reflect.Type{reflect.TypeFor[*testQueue]()},
		Load: func(o *py.Object) (any, bool) {
			if args, ok := o.Args.(py.Tuple); !ok || len(args) != 0 {
				return nil, false
			}
			for _, op := range o.Ops {
				if op.Kind != py.OpAppend {
					return nil, false
				}
			}
			return new(testQueue), true
		},
		Fill: func(v any, o *py.Object) error {
			for x := range o.ListItems() {
				if x == "bad" {
					return errors.New("a bad item")
				}
				v.(*testQueue).items = append(v.(*testQueue).items, x)
			}
			return nil
		},
		Reduce: func(v any, _ py.Form) (any, error) {
			o := py.NewCall(py.Global{Module: "collections", Name: "deque"})
			o.Ops = []py.Op{{Kind: py.OpAppend, Items: v.(*testQueue).items}}
			return o, nil
		},
	},
	py.Entry{
		Names: []py.Global{{Module: "zoneinfo", Name: "ZoneInfo._unpickle"}},
		Types: []reflect.Type{reflect.TypeFor[*testZone]()},
		Load: func(o *py.Object) (any, bool) {
			args, _ := o.Args.(py.Tuple)
			if len(args) != 2 {
				return nil, false
			}
			name, ok := args[0].(string)
			return &testZone{name}, ok
		},
		Reduce: func(v any, _ py.Form) (any, error) {
			o := py.NewCall(py.Global{}, v.(*testZone).name, int64(1))
			o.Class = py.NewCall(py.Global{Module: "builtins", Name: "getattr"},
				py.Global{Module: "zoneinfo", Name: "ZoneInfo"}, "_unpickle")
			return o, nil
		},
	},
	py.Entry{Names: []py.Global{{Module: "builtins", Name: "Ellipsis"}}, Value: testSpan{days: -1}},
	py.Entry{Names: []py.Global{{Module: "jobs", Name: "run"}}, Value: testFunc},
)

// registryValues are what testRegistry makes of the pickles, and how often in all.
var registryPickles = []struct {
	python string // for the reader
	data   string
	count  map[reflect.Type]int
}{
	{"a = timedelta(1, 2, 3); [a, a, timedelta(1, 2, 3), {a: 1}]; protocol 2",
		"\x80\x02]q\x00(cdatetime\ntimedelta\nq\x01K\x01K\x02K\x03\x87q\x02Rq\x03h\x03h\x01K\x01K\x02K\x03\x87q\x04Rq\x05}q\x06h\x03K\x01se.",
		map[reflect.Type]int{reflect.TypeFor[testSpan](): 4}},
	{"[UUID(int=2**70), UUID(int=2**70), {'int': 1}]; protocol 2",
		"\x80\x02]q\x00(cuuid\nUUID\nq\x01)\x81q\x02}q\x03X\x03\x00\x00\x00intq\x04\x8a\t\x00\x00\x00\x00\x00\x00\x00\x00@sb" +
			"h\x01)\x81q\x05}q\x06h\x04\x8a\t\x00\x00\x00\x00\x00\x00\x00\x00@sb}q\ah\x04K\x01se.",
		map[reflect.Type]int{reflect.TypeFor[testID](): 2}},
	{"UUID(int=2**70); protocol 1",
		"ccopy_reg\n_reconstructor\nq\x00(cuuid\nUUID\nq\x01c__builtin__\nobject\nq\x02Ntq\x03Rq\x04}q\x05X\x03\x00\x00\x00intq\x06L1180591620717411303424L\nsb.",
		map[reflect.Type]int{reflect.TypeFor[testID](): 1}},
	{"d = deque(); d.append(d); d.append(d); (d, {timedelta(0, 0, 0): d}); protocol 2",
		"\x80\x02ccollections\ndeque\nq\x00)Rq\x01(h\x01h\x01e}q\x02cdatetime\ntimedelta\nq\x03K\x00K\x00K\x00\x87q\x04Rq\x05h\x01s\x86q\x06.",
		map[reflect.Type]int{reflect.TypeFor[*testQueue](): 4, reflect.TypeFor[testSpan](): 1}},
	{"[ZoneInfo('UTC')]; protocol 2",
		"\x80\x02]q\x00c__builtin__\ngetattr\nq\x01czoneinfo\nZoneInfo\nq\x02X\t\x00\x00\x00_unpickleq\x03\x86q\x04Rq\x05X\x03\x00\x00\x00UTCq\x06K\x01\x86q\aRq\ba.",
		map[reflect.Type]int{reflect.TypeFor[*testZone](): 1}},
	{"[Ellipsis, jobs.run, jobs.run]; protocol 2",
		"\x80\x02]q\x00(c__builtin__\nEllipsis\nq\x01cjobs\nrun\nq\x02h\x02e.",
		map[reflect.Type]int{reflect.TypeFor[testSpan](): 1, reflect.TypeFor[func()](): 2}},
	{"timedelta('x', 2, 3), which it does not know; protocol 2",
		"\x80\x02cdatetime\ntimedelta\nq\x00X\x01\x00\x00\x00xq\x01K\x02K\x03\x87q\x02Rq\x03.",
		map[reflect.Type]int{reflect.TypeFor[*py.Object](): 1}},
	{"a state that holds what is not made yet: uuid whose state is {'int': timedelta}; protocol 2",
		"\x80\x02cuuid\nUUID\nq\x00)\x81q\x01}q\x02X\x03\x00\x00\x00intq\x03cdatetime\ntimedelta\nq\x04K\x01K\x02K\x03\x87q\x05Rq\x06sb.",
		map[reflect.Type]int{reflect.TypeFor[*py.Object](): 1, reflect.TypeFor[testSpan](): 1}},
}

func TestRegistry(t *testing.T) {
	decode := pickle.DecodeOptions{Registry: testRegistry}
	for _, row := range registryPickles {
		v := unmarshal(t, decode, []byte(row.data))
		count := map[reflect.Type]int{}
		countTypes(v, count, map[any]bool{})
		for typ, n := range row.count {
			if count[typ] != n {
				t.Errorf("%s: %d values of type %v, not %d", row.python, count[typ], typ, n)
			}
		}
		for _, p := range protocols() {
			encode := pickle.EncodeOptions{Protocol: p, Registry: testRegistry}
			got := marshal(t, encode, v)
			inert := pickle.EncodeOptions{Protocol: p}
			want := marshal(t, inert, unmarshal(t, pickle.DecodeOptions{Registry: py.NewRegistry()}, []byte(row.data)))
			if err := sameBytes(got, want); err != nil && (p.Number() >= 2) == (row.data[0] == 0x80) {
				t.Errorf("%s: protocol %d: %v", row.python, p.Number(), err)
			}
			back := unmarshal(t, decode, got)
			again := map[reflect.Type]int{}
			countTypes(back, again, map[any]bool{})
			if (p.Number() >= 2) == (row.data[0] == 0x80) && !reflect.DeepEqual(count, again) {
				t.Errorf("%s: protocol %d: loaded %v, back %v", row.python, p.Number(), count, again)
			}
		}
	}
}

// countTypes counts the Go types of what v refers to; every reference counts, but what is
// behind it is looked at once.
func countTypes(v any, count map[reflect.Type]int, seen map[any]bool) {
	if v == nil {
		return
	}
	count[reflect.TypeOf(v)]++
	if reflect.TypeOf(v).Kind() == reflect.Pointer {
		if seen[v] {
			return
		}
		seen[v] = true
	}
	switch v := v.(type) {
	case py.Tuple:
		for _, x := range v {
			countTypes(x, count, seen)
		}
	case *py.List:
		for _, x := range v.Items {
			countTypes(x, count, seen)
		}
	case *py.Dict:
		for k, x := range v.All() {
			countTypes(k, count, seen)
			countTypes(x, count, seen)
		}
	case *testQueue:
		for _, x := range v.items {
			countTypes(x, count, seen)
		}
	case *py.Object:
		countTypes(v.Args, count, seen)
		for _, op := range v.Ops {
			for _, x := range op.Items {
				countTypes(x, count, seen)
			}
		}
	}
}

// TestRegistryErrors has what the registry's functions refuse.
func TestRegistryErrors(t *testing.T) {
	decode := pickle.DecodeOptions{Registry: testRegistry}
	data := "\x80\x02ccollections\ndeque\nq\x00)Rq\x01X\x03\x00\x00\x00bada."
	var v any
	err := decode.Unmarshal([]byte(data), &v)
	var ge *graph.Error
	if !errors.As(err, &ge) || !strings.Contains(err.Error(), "deque: a bad item") || ge.Offset != int64(len(data)-2) {
		t.Errorf("a Fill that fails: %v", err)
	}
	encode := pickle.EncodeOptions{Registry: testRegistry}
	_, err = encode.Marshal(&py.List{Items: []any{int64(1), testSpan{micros: -1}}})
	var ee *pickle.EncodeError
	if !errors.As(err, &ee) || ee.Path != "$[1]" || !strings.Contains(err.Error(), "negative microseconds") {
		t.Errorf("a Reduce that fails: %v", err)
	}
	_, err = encode.Marshal([]any{func() {}})
	if !errors.As(err, &ee) || ee.Path != "$[0]" {
		t.Errorf("a func that is not registered: %v", err)
	}
	loop := py.NewRegistry(py.Entry{Types: []reflect.Type{reflect.TypeFor[testSpan]()},
		Reduce: func(v any, _ py.Form) (any, error) { return v, nil }})
	_, err = pickle.EncodeOptions{Registry: loop}.Marshal(testSpan{})
	if !errors.As(err, &ee) || !strings.Contains(err.Error(), "reduced to itself") {
		t.Errorf("a Reduce that goes round: %v", err)
	}
	self := py.NewRegistry(py.Entry{Types: []reflect.Type{reflect.TypeFor[*testQueue]()},
		Reduce: func(v any, _ py.Form) (any, error) {
			return py.NewCall(py.Global{Module: "m", Name: "f"}, v), nil
		}})
	_, err = pickle.EncodeOptions{Registry: self}.Marshal(new(testQueue))
	if !errors.As(err, &ee) || ee.Kind != pickle.RecursionError {
		t.Errorf("a value among its own arguments: %v", err)
	}
}

// TestRegistrySetter has a state setter, which refers to the value itself.
func TestRegistrySetter(t *testing.T) {
	reg := py.NewRegistry(py.Entry{Types: []reflect.Type{reflect.TypeFor[*testQueue]()},
		Reduce: func(v any, _ py.Form) (any, error) {
			o := py.NewCall(py.Global{Module: "m", Name: "C"})
			o.Ops = []py.Op{{Kind: py.OpCall, Items: []any{py.Global{Module: "m", Name: "set"}, v}}}
			return o, nil
		}})
	got := marshal(t, pickle.EncodeOptions{Registry: reg, Protocol: pickle.Protocol2}, new(testQueue))
	want := "\x80\x02cm\nC\nq\x00)Rq\x01cm\nset\nq\x02h\x01h\x01\x86R0."
	if err := sameBytes(got, []byte(want)); err != nil {
		t.Error(err)
	}
}
