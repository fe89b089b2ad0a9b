package pickle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/describe"
	"github.com/go-pickle/pickle/py"
)

type (
	dumpOpaque struct{ x int }
	dumpBadTag struct {
		A int `pickle:"a,omitempty"`
	}
	dumpFails  struct{ err error }
	dumpPanics struct{}
	dumpSelf   struct{ N int }
	dumpAgain  struct{ n int }
	dumpText   struct{ Text string }
	dumpShy    struct{ N int }
	dumpRest   struct {
		A    int            `pickle:"a"`
		Rest map[string]int `pickle:",unknown"`
	}
	dumpZero struct {
		A int       `pickle:"a,omitzero"`
		B dumpShy   `pickle:"b,omitzero"`
		C *dumpShy  `pickle:"c,omitzero"`
		D []int     `pickle:"d,omitzero"`
		E [2]int    `pickle:"e,omitzero"`
		F any       `pickle:"f,omitzero"`
		G float64   `pickle:"g,omitzero"`
		H string    `pickle:"h,omitzero"`
		I bool      `pickle:"i,omitzero"`
		J complex64 `pickle:"j,omitzero"`
	}
)

func (dumpPanics) MarshalPickle() (any, error)   { panic("user") }
func (d dumpFails) MarshalPickle() (any, error)  { return nil, d.err }
func (d *dumpSelf) MarshalPickle() (any, error)  { return d, nil }
func (d *dumpAgain) MarshalPickle() (any, error) { return &dumpAgain{d.n + 1}, nil }
func (d dumpText) MarshalText() ([]byte, error) {
	if d.Text == "" {
		return nil, io.ErrUnexpectedEOF
	}
	return []byte(d.Text), nil
}

// IsZero says that 7 is nothing.
func (d dumpShy) IsZero() bool { return d.N == 7 }

// TestDumpTypedErrors is a table of Go values that can't be dumped.
func TestDumpTypedErrors(t *testing.T) {
	type job struct {
		Name string
		Done chan int
	}
	type deep struct {
		Jobs []job
		ByID map[int]*job
	}
	type anything struct{ V any }
	var loop any
	loop = &loop
	for _, row := range []struct {
		value any
		o     pickle.EncodeOptions
		kind  pickle.Kind
		text  string
	}{
		{deep{Jobs: make([]job, 4)}, pickle.EncodeOptions{}, pickle.TypeError, "$.Jobs[0].Done: cannot pickle a Go chan int (it has no value outside this process; leave it out)"},
		{deep{ByID: map[int]*job{7: {}}}, pickle.EncodeOptions{}, pickle.TypeError, "$.ByID[7].Done: cannot pickle a Go chan int (it has no value outside this process; leave it out)"},
		{map[string]anything{"k": {func() {}}}, pickle.EncodeOptions{}, pickle.TypeError, `$["k"].V: cannot pickle a Go func() (register it in a py.Registry under the name of a Python function, or give a py.Global)`},
		{anything{&py.List{Items: []any{1, anything{[]any{2, func() {}}}}}}, pickle.EncodeOptions{}, pickle.TypeError, `$.V[1].V[1]: cannot pickle a Go func() (register it in a py.Registry under the name of a Python function, or give a py.Global)`},
		{dumpOpaque{1}, pickle.EncodeOptions{}, pickle.TypeError, "$: cannot pickle a Go pickle_test.dumpOpaque (it has no exported fields; give it a MarshalPickle or MarshalText method, or put what it holds into a py.Object)"},
		{[]dumpBadTag{{}}, pickle.EncodeOptions{}, pickle.TypeError, `$[0]: pickle: Go struct pickle_test.dumpBadTag, field A: unknown option "omitempty"; a field takes omitzero, embed, unknown, case:ignore and case:strict`},
		{[]any{&dumpFails{io.EOF}}, pickle.EncodeOptions{}, pickle.PicklingError, "$[0]: MarshalPickle of pickle_test.dumpFails: EOF"},
		{[]dumpText{{"x"}, {}}, pickle.EncodeOptions{}, pickle.PicklingError, "$[1]: MarshalText of pickle_test.dumpText: unexpected EOF"},
		{new(dumpSelf), pickle.EncodeOptions{}, pickle.RecursionError, "$: MarshalPickle of pickle_test.dumpSelf leads to itself"},
		{new(dumpAgain), pickle.EncodeOptions{}, pickle.RecursionError, "$: MarshalPickle of pickle_test.dumpAgain leads to itself"},
		{loop, pickle.EncodeOptions{}, pickle.RecursionError, "$: a pointer leads to more pointers than are followed"},
		{struct{ S string }{"\xff"}, pickle.EncodeOptions{}, pickle.ValueError, "$.S: a string that is not UTF-8 (use []byte or py.Bytes for what is no text)"},
		{struct{ S []string }{[]string{"", "text and\xc3"}}, pickle.EncodeOptions{Protocol: pickle.Protocol1}, pickle.ValueError, "$.S[1]: a string that is not UTF-8 (use []byte or py.Bytes for what is no text)"},
		{map[liveOne]int{{}: 1}, pickle.EncodeOptions{}, pickle.TypeError, "$: unhashable type: 'dict' (of a Go pickle_test.liveOne) (give a struct that is a key the tag tuple or class)"},
		{map[any]int{liveOne{}: 1}, pickle.EncodeOptions{}, pickle.TypeError, "$: unhashable type: 'dict' (of a Go pickle_test.liveOne) (give a struct that is a key the tag tuple or class)"},
		{map[[1]any]int{{liveOne{}}: 1}, pickle.EncodeOptions{}, pickle.TypeError, "$: unhashable type: 'dict' (of a Go pickle_test.liveOne) (give a struct that is a key the tag tuple or class)"},
		{map[*liveOne]struct{}{{}: {}}, pickle.EncodeOptions{}, pickle.TypeError, "$: unhashable type: 'dict' (of a Go *pickle_test.liveOne) (give a struct that is a key the tag tuple or class)"},
		{dumpRest{1, map[string]int{"a": 2}}, pickle.EncodeOptions{}, pickle.ValueError, `$: the field Rest has an entry "a", which is the name of another field`},
		{[]liveSlots{{}}, pickle.EncodeOptions{Protocol: pickle.Protocol1}, pickle.TypeError, "$[0]: a class that defines __slots__ without defining __getstate__ cannot be pickled with protocol 0: livemodels.Slots (use protocol 2 or higher)"},
	} {
		for _, asked := range []bool{false, true} {
			o := row.o
			if asked {
				o.PersistentID = func(any) (any, bool) { return nil, false }
			}
			data, err := o.Append([]byte("before"), row.value)
			var ee *pickle.EncodeError
			if !errors.As(err, &ee) {
				t.Fatalf("%T: %v", row.value, err)
			}
			want := "pickle: dump " + row.text
			if asked { // the names are Python's then
				_, want, _ = strings.Cut(want, ": ")
				_, want, _ = strings.Cut(want, ": ")
			}
			if ee.Kind != row.kind || !strings.HasSuffix(err.Error(), want) || len(err.Error()) != len(want) && !asked {
				t.Errorf("%T:\n got %v, %v\nwant %v, %s", row.value, ee.Kind, err, row.kind, want)
			}
			if string(data) != "before" {
				t.Errorf("%T: Append left %q", row.value, data)
			}
		}
	}
	var te *pickle.TagError
	if _, err := pickle.Marshal(dumpBadTag{}); !errors.As(err, &te) || te.Field != "A" {
		t.Errorf("a bad tag: %v", err)
	}
	if _, err := pickle.Marshal(dumpFails{io.EOF}); !errors.Is(err, io.EOF) {
		t.Errorf("a method's error: %v", err)
	}
	var out bytes.Buffer
	if err := pickle.Dump(&out, deep{Jobs: make([]job, 1)}); err == nil || out.Len() > 0 {
		t.Errorf("half a pickle: %q, %v", out.Bytes(), err)
	}
}

// TestDumpTypedAfterError has what is dumped after an error be as if there had been none.
func TestDumpTypedAfterError(t *testing.T) {
	good := []any{liveRecord{ID: 1, Name: "n"}, livePlain{X: 1}, "text"}
	want := marshal(t, pickle.EncodeOptions{}, good)
	for _, keep := range []bool{false, true} {
		var out bytes.Buffer
		enc := pickle.EncodeOptions{KeepMemo: keep}.NewEncoder(&out)
		if err := enc.Encode([]any{good, func() {}}); err == nil {
			t.Fatal("no error")
		}
		if err := enc.Encode(good); err != nil {
			t.Fatal(err)
		}
		if err := sameBytes(out.Bytes(), want); err != nil {
			t.Error(err)
		}
	}
	var out bytes.Buffer
	enc := pickle.NewEncoder(&out)
	func() {
		defer func() { recover() }()
		enc.Encode([]any{good, dumpPanics{}})
	}()
	func() {
		defer func() { recover() }()
		pickle.Marshal([]any{good, dumpPanics{}})
	}()
	if err := enc.Encode(good); err != nil {
		t.Fatal(err)
	}
	if err := sameBytes(out.Bytes(), want); err != nil {
		t.Error("after a panic:", err)
	}
	for range 10 {
		if err := sameBytes(marshal(t, pickle.EncodeOptions{}, good), want); err != nil {
			t.Error("after a panic:", err)
		}
	}
}

// TestDumpTypedKeepMemo refers to what an earlier pickle of the stream had.
func TestDumpTypedKeepMemo(t *testing.T) {
	var out bytes.Buffer
	enc := pickle.EncodeOptions{KeepMemo: true}.NewEncoder(&out)
	p := &livePlain{X: 5}
	for range 2 {
		if err := enc.Encode([]any{p, livePlain{X: 6}}); err != nil {
			t.Fatal(err)
		}
	}
	dec := pickle.DecodeOptions{KeepMemo: true}.NewDecoder(&out)
	var a, b *py.List
	if err := errors.Join(dec.Decode(&a), dec.Decode(&b)); err != nil {
		t.Fatal(err)
	}
	if a.Items[0] != b.Items[0] || a.Items[1] == b.Items[1] {
		t.Error("what is one pointer is not one object, or what is not is:", py.Repr(a), py.Repr(b))
	}
}

// TestDumpTypedIdentity has one object for what is one in Go.
func TestDumpTypedIdentity(t *testing.T) {
	type inner struct{ N int }
	type outer struct {
		First inner // at the address of the whole
		More  []inner
	}
	o := &outer{First: inner{1}, More: []inner{{2}, {3}}}
	arr := &[1]inner{{4}}
	none := &struct{}{}
	pp := &o
	row := [][2]int{{1, 2}}
	v := []any{o, &o.First, o, pp, o.More, &o.More, o.More[:1], arr, arr[:], &arr[0], none, none, row, row[0][:]}
	for _, p := range protocols() {
		l := unmarshal(t, pickle.DecodeOptions{}, marshal(t, pickle.EncodeOptions{Protocol: p}, v)).(*py.List).Items
		same := func(i, j int) bool { return l[i] == l[j] }
		if same(0, 1) || !same(0, 2) || !same(0, 3) || !same(4, 5) || same(4, 6) || same(8, 9) || same(10, 11) || same(12, 13) {
			t.Errorf("protocol %d: %s", p.Number(), describe.Value(l))
		}
	}
}

// TestDumpTypedOmitZero leaves out what is zero, or says that it is.
func TestDumpTypedOmitZero(t *testing.T) {
	for _, row := range []struct {
		v    dumpZero
		want string
	}{
		{dumpZero{B: dumpShy{7}}, "{}"},
		{dumpZero{C: &dumpShy{7}}, "{'b': {'N': 0}}"},
		{dumpZero{1, dumpShy{1}, new(dumpShy), []int{}, [2]int{0, 1}, 0, math.Copysign(0, -1), "h", true, 1},
			"{'a': 1, 'b': {'N': 1}, 'c': {'N': 0}, 'd': [], 'e': (0, 1), 'f': 0, 'g': -0.0, 'h': 'h', 'i': True, 'j': (1+0j)}"},
	} {
		if got := py.Repr(unmarshal(t, pickle.DecodeOptions{}, marshal(t, pickle.EncodeOptions{}, row.v))); got != row.want {
			t.Errorf("%+v is %s, not %s", row.v, got, row.want)
		}
	}
}

// TestDumpTypedDeep dumps what is nested deeper than the goroutine's stack would allow if
// each level took a part of it.
func TestDumpTypedDeep(t *testing.T) {
	n := 300_000
	if testing.Short() {
		n = 100_000
	}
	var list *liveNode
	var nested []any
	type level struct{ In map[string]any }
	var levels any
	for i := range n {
		list = &liveNode{i, list}
		nested = []any{nested}
		if i < n/10 {
			levels = level{map[string]any{"k": levels}}
		}
	}
	for _, v := range []any{list, nested, levels} {
		data := marshal(t, pickle.EncodeOptions{}, v)
		var back any
		if err := pickle.Unmarshal(data, &back); err != nil {
			t.Error(err)
		}
	}
	last := list
	for last.Next != nil {
		last = last.Next
	}
	last.Next = list
	if _, err := (pickle.EncodeOptions{Fast: true}).Marshal(list); err == nil || len(err.Error()) > 1000 {
		t.Error("a loop without a memo:", err)
	}
	var bad any = func() {}
	for range 10_000 {
		bad = level{map[string]any{"k": bad}}
	}
	_, err := pickle.Marshal(bad)
	if err == nil || len(err.Error()) > 1000 || !strings.HasPrefix(err.Error(), `pickle: dump $.In["k"].In["k"]`) ||
		!strings.Contains(err.Error(), `more....In["k"].In["k"]`) && !strings.Contains(err.Error(), `more...["k"].In["k"]`) {
		t.Errorf("the path of a deep error: %v", err)
	}
}

// TestDumpTypedParallel makes plans and names from many goroutines.
func TestDumpTypedParallel(t *testing.T) {
	types := make([]reflect.Type, 40)
	for i := range types {
		types[i] = reflect.StructOf([]reflect.StructField{
			{Name: fmt.Sprint("Parallel", i), Type: reflect.TypeFor[[]int]()},
			{Name: "Same", Type: reflect.TypeFor[map[string]*liveNode]()},
		})
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range types {
				typ := types[(i+g)%len(types)]
				data, err := pickle.Marshal(reflect.Zero(typ).Interface())
				var v *py.Dict
				if err == nil {
					err = pickle.Unmarshal(data, &v)
				}
				if err != nil {
					t.Error(err)
					return
				}
				if _, ok := v.Get(typ.Field(0).Name); !ok || v.Len() != 2 {
					t.Errorf("%s of %s", py.Repr(v), typ)
				}
			}
		})
	}
	wg.Wait()
}

// TestDumpUnsorted has the same entries in any order.
func TestDumpUnsorted(t *testing.T) {
	m := map[string]int{}
	for i := range 100 {
		m[fmt.Sprint(i)] = i
	}
	want := unmarshal(t, pickle.DecodeOptions{}, marshal(t, pickle.EncodeOptions{}, m))
	for _, v := range []any{m, map[string]any{"m": m, "n": map[int]int{2: 1, 1: 2}}} {
		for range 3 {
			a := marshal(t, pickle.EncodeOptions{}, v)
			if err := sameBytes(marshal(t, pickle.EncodeOptions{}, v), a); err != nil {
				t.Error(err)
			}
		}
	}
	if got := unmarshal(t, pickle.DecodeOptions{}, marshal(t, pickle.EncodeOptions{UnsortedMaps: true}, m)); !py.Equal(got, want) {
		t.Errorf("%s, not %s", py.Repr(got), py.Repr(want))
	}
}

// TestDumpTypedKeysThatAreOne has several keys in Go that are one in Python.
func TestDumpTypedKeysThatAreOne(t *testing.T) {
	m := map[any]string{1: "int", 1.0: "float", int8(1): "small", "1": "str", [1]any{2}: "array", livePoint{X: 1, Y: 2}: "object"}
	got := unmarshal(t, pickle.DecodeOptions{}, marshal(t, pickle.EncodeOptions{}, m)).(*py.Dict)
	if got.Len() != 4 {
		t.Error(py.Repr(got))
	}
}
