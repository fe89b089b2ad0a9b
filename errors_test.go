package pickle_test

import (
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// TestLoadErrors is a table of what is said, where, and of which kind.
func TestLoadErrors(t *testing.T) {
	for _, row := range []struct {
		data string
		kind graph.Kind
		text string
	}{
		{"", graph.EOFError, "pickle: offset 0: Ran out of input"},
		{"K\x01", graph.EOFError, "pickle: offset 2: Ran out of input"},
		{"K", graph.UnpicklingError, "pickle: BININT1 at offset 0: pickle data was truncated"},
		{"X\xff\xff\x00\x00abc.", graph.UnpicklingError, "pickle: BINUNICODE at offset 0: pickle data was truncated"},
		{"Vabc", graph.UnpicklingError, "pickle: UNICODE at offset 0: pickle data was truncated"},
		{"K\x01K\x02h9.", graph.UnpicklingError, "pickle: BINGET at offset 4: Memo value not found at index 57"},
		{"j\x00\x00\x00\x80.", graph.UnpicklingError, "pickle: LONG_BINGET at offset 0: Memo value not found at index 2147483648"},
		{"g3\n.", graph.UnpicklingError, "pickle: GET at offset 0: Memo value not found at index 3"},
		{".", graph.UnpicklingError, "pickle: STOP at offset 0: unpickling stack underflow"},
		{"(.", graph.UnpicklingError, "pickle: STOP at offset 1: unexpected MARK found"},
		{"K\x01t.", graph.UnpicklingError, "pickle: TUPLE at offset 2: could not find MARK"},
		{"\xff", graph.UnpicklingError, `pickle: offset 0: invalid load key, '\xff'. (this does not look like a pickle)`},
		{"N!", graph.UnpicklingError, "pickle: offset 1: invalid load key, '!'."},
		{"\x80\x06.", graph.ValueError, "pickle: PROTO at offset 0: unsupported pickle protocol: 6"},
		{"I12x\n.", graph.ValueError, "pickle: INT at offset 0: could not convert string to int"},
		{"Ladjf\n.", graph.ValueError, "pickle: LONG at offset 0: invalid literal for int() with base 10: 'adjf\\n'"},
		{"\x94.", graph.UnpicklingError, "pickle: MEMOIZE at offset 0: unpickling stack underflow"},
		{"S'abc\n.", graph.UnpicklingError, "pickle: STRING at offset 0: the STRING opcode argument must be quoted"},
		{"U\x01\xe9.", graph.UnicodeDecodeError, "pickle: SHORT_BINSTRING at offset 0: 'ascii' codec can't decode byte 0xe9 in position 0: ordinal not in range(128)"},
		{"X\x01\x00\x00\x00\x80.", graph.UnicodeDecodeError, "pickle: BINUNICODE at offset 0: 'utf-8' codec can't decode byte 0x80 in position 0: invalid start byte"},
		{"}]K\x01s.", graph.TypeError, "pickle: SETITEM at offset 4: unhashable type: 'list'"},
		{"\x8f(]\x90.", graph.TypeError, "pickle: ADDITEMS at offset 3: unhashable type: 'list'"},
		{"K\x01)R.", graph.TypeError, "pickle: REDUCE at offset 3: 'int' object is not callable"},
		{"K\x01K\x02a.", graph.AttributeError, "pickle: APPEND at offset 4: 'int' object has no attribute 'append'"},
		{"]K\x05K\x02s.", graph.IndexError, "pickle: SETITEM at offset 5: list assignment index out of range"},
		{"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", graph.OverflowError, "pickle: BINBYTES8 at offset 0: BINBYTES exceeds system's maximum size of 9223372036854775807 bytes"},
		{"\x95\xff\xff\xff\xff\xff\xff\xff\xff.", graph.OverflowError, "pickle: FRAME at offset 0: FRAME length exceeds system's maximum of 9223372036854775807 bytes"},
		{"F1e999\n.", graph.OverflowError, ""},
		{"\x82\x05.", graph.ValueError, "pickle: EXT1 at offset 0: unregistered extension code 5 (register it in the options, as copyreg.add_extension does in Python)"},
		{"P1\n.", graph.UnpicklingError, "pickle: PERSID at offset 0: A load persistent id instruction was encountered,\nbut no persistent_load function was specified. (set PersistentLoad in the options)"},
		{"\x97.", graph.UnpicklingError, "pickle: NEXT_BUFFER at offset 0: pickle stream refers to out-of-band data but no *buffers* argument was given (give the buffers in the options)"},
		{"NN\x93.", graph.UnpicklingError, "pickle: STACK_GLOBAL at offset 2: STACK_GLOBAL requires str"},
		{"]K\x05b.", graph.UnpicklingError, "pickle: BUILD at offset 3: state is not a dictionary"},
	} {
		var v any
		err := pickle.Unmarshal([]byte(row.data), &v)
		var ge *graph.Error
		if !errors.As(err, &ge) || ge.Kind != row.kind || row.text != "" && err.Error() != row.text {
			t.Errorf("%q:\n got %v\nwant %s", row.data, err, row.text)
		}
		if v != nil {
			t.Errorf("%q: an error, and %v", row.data, v)
		}
		if err2 := pickle.Unmarshal([]byte(row.data), new(string)); err2 == nil || err2.Error() != err.Error() {
			t.Errorf("%q: into a string: %v", row.data, err2)
		}
	}
	o := pickle.DecodeOptions{Encoding: "klingon"}
	var v any
	var ge *graph.Error
	if err := o.Unmarshal([]byte("U\x01x."), &v); !errors.As(err, &ge) || ge.Kind != graph.LookupError {
		t.Error(err)
	}
	if err := o.Unmarshal([]byte("U\x00."), &v); err != nil {
		t.Errorf("an unknown encoding that nothing needs: %v", err)
	}
}

// TestDumpErrors is a table of what can't be dumped, and where in the value it is said to be.
func TestDumpErrors(t *testing.T) {
	type secret struct{ x int }
	type job struct{ Done chan int }
	text := py.Tuple{nil}
	text[0] = text
	frozen := &py.List{}
	frozen.Items = []any{py.NewDict("a", frozen)}
	for _, row := range []struct {
		value any
		o     pickle.EncodeOptions
		kind  pickle.Kind
		text  string
	}{
		{func() {}, pickle.EncodeOptions{}, pickle.TypeError,
			"pickle: dump $: cannot pickle a Go func() (register it in a py.Registry under the name of a Python function, or give a py.Global)"},
		{py.NewDict("layers", &py.List{Items: []any{1, 2, 3, make(chan int)}}), pickle.EncodeOptions{}, pickle.TypeError,
			`pickle: dump $["layers"][3]: cannot pickle a Go chan int (it has no value outside this process; leave it out)`},
		{py.NewDict(py.Tuple{1}, unsafe.Pointer(nil)), pickle.EncodeOptions{}, pickle.TypeError,
			"pickle: dump $[tuple]: cannot pickle a Go unsafe.Pointer (it has no value outside this process; leave it out)"},
		{map[string]any{"a": []any{secret{1}}}, pickle.EncodeOptions{}, pickle.TypeError,
			`pickle: dump $["a"][0]: cannot pickle a Go pickle_test.secret (it has no exported fields; give it a MarshalPickle or MarshalText method, or put what it holds into a py.Object)`},
		{struct{ Jobs []job }{[]job{{}, {}}}, pickle.EncodeOptions{}, pickle.TypeError,
			"pickle: dump $.Jobs[0].Done: cannot pickle a Go chan int (it has no value outside this process; leave it out)"},
		{py.NewSet(int64(1), &py.Object{}), pickle.EncodeOptions{}, pickle.PicklingError, "pickle: dump $.item(1): an Object must say How it was made"},
		{text, pickle.EncodeOptions{}, pickle.RecursionError,
			"pickle: dump $" + strings.Repeat("[0]", 16) + "...4064 more..." + strings.Repeat("[0]", 15) +
				": maximum recursion depth exceeded while pickling an object (an immutable value holds itself)"},
		{frozen, pickle.EncodeOptions{Fast: true}, pickle.ValueError,
			"pickle: dump $" + strings.Repeat(`[0]["a"]`, 8) + "...4064 more..." + strings.Repeat(`[0]["a"]`, 7) +
				"[0]: fast mode: can't pickle cyclic objects including object type list (switch Fast off)"},
		{py.Global{Module: "m", Name: "é"}, pickle.EncodeOptions{Protocol: pickle.Protocol2}, pickle.PicklingError,
			"pickle: dump $: can't pickle global identifier 'é' using pickle protocol 2 (use protocol 4 or higher)"},
		{py.Global{Module: "a\nb", Name: "c"}, pickle.EncodeOptions{Protocol: pickle.Protocol3}, pickle.PicklingError,
			"pickle: dump $: can't pickle module identifier 'a\nb' using pickle protocol 3 (use protocol 4 or higher)"},
		{&py.PersistentRef{ID: "a\nb"}, pickle.EncodeOptions{Protocol: pickle.Protocol0}, pickle.PicklingError,
			"pickle: dump $: persistent IDs in protocol 0 must be ASCII strings (use protocol 1 or higher)"},
		{&py.Buffer{}, pickle.EncodeOptions{Protocol: pickle.Protocol4}, pickle.PicklingError,
			"pickle: dump $: PickleBuffer can only pickled with protocol >= 5"},
		{new(big.Int).Exp(big.NewInt(10), big.NewInt(4300), nil), pickle.EncodeOptions{Protocol: pickle.Protocol1}, pickle.ValueError,
			"pickle: dump $: Exceeds the limit (4300 digits) for integer string conversion; " +
				"use sys.set_int_max_str_digits() to increase the limit (use protocol 2 or higher)"},
		{1, pickle.EncodeOptions{Protocol: 99}, pickle.ValueError, "pickle: dump: pickle protocol must be <= 5"},
		{py.Global{Module: "m", Name: "f"}, pickle.EncodeOptions{Extension: func(py.Global) (int, bool) { return 0, true }}, pickle.PicklingError,
			"pickle: dump $: extension code 0 is out of range"},
		{&py.Object{How: py.ByNewObj, Class: py.Global{Module: "m", Name: "C"}, Args: py.Tuple{}, Ops: []py.Op{
			{Kind: py.OpBuild, Items: []any{py.NewDict("weight", func() {})}}}}, pickle.EncodeOptions{}, pickle.TypeError,
			`pickle: dump $.state["weight"]: cannot pickle a Go func() (register it in a py.Registry under the name of a Python function, or give a py.Global)`},
	} {
		data, err := row.o.Marshal(row.value)
		var ee *pickle.EncodeError
		if !errors.As(err, &ee) || ee.Kind != row.kind || err.Error() != row.text {
			t.Errorf("%s:\n got %v\nwant %s", reflect.TypeOf(row.value), err, row.text)
		}
		if len(data) != 0 {
			t.Errorf("an error, and %q", data)
		}
		dst := []byte("before")
		if got, _ := row.o.Append(dst, row.value); string(got) != "before" {
			t.Errorf("Append left %q", got)
		}
	}
}

// TestDumpDeepPath leaves the middle of a long path out.
func TestDumpDeepPath(t *testing.T) {
	v := any(func() {})
	for range 1000 {
		v = &py.List{Items: []any{v}}
	}
	_, err := pickle.Marshal(v)
	if err == nil || len(err.Error()) > 400 || !strings.Contains(err.Error(), "more") {
		t.Error(err)
	}
}

// TestAssignErrors has Go targets that do not fit.
func TestAssignErrors(t *testing.T) {
	data := marshal(t, pickle.EncodeOptions{}, "text")
	for _, row := range []struct {
		dst  any
		text string
	}{
		{new(int), `pickle: load $: str "text" into int`},
		{nil, "pickle: cannot load into a <nil>; give a pointer that is not nil"},
		{"x", "pickle: cannot load into a string; give a pointer that is not nil"},
		{(*any)(nil), ""},
		{(*string)(nil), "pickle: cannot load into a *string; give a pointer that is not nil"},
	} {
		func() {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("%T: panic: %v", row.dst, p)
				}
			}()
			err := pickle.Unmarshal(data, row.dst)
			if err == nil || row.text != "" && err.Error() != row.text {
				t.Errorf("%T: %v, not %s", row.dst, err, row.text)
			}
		}()
	}
	if _, err := pickle.Load[py.Tuple](strings.NewReader(string(data))); err == nil {
		t.Error("a str loaded as a tuple")
	}
	if s, err := pickle.Load[string](strings.NewReader(string(data))); s != "text" || err != nil {
		t.Error(s, err)
	}
	none := marshal(t, pickle.EncodeOptions{}, nil)
	if d, err := pickle.Load[*py.Dict](strings.NewReader(string(none))); d != nil || err != nil {
		t.Error(d, err)
	}
	seven := 7
	if err := pickle.Unmarshal(none, &seven); err != nil || seven != 0 {
		t.Error("None as an int:", seven, err)
	}
}
