package pickle_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/charset"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

func TestProtocols(t *testing.T) {
	for n := range 6 {
		p, ok := pickle.ProtocolNumber(n)
		if !ok || p.Number() != n {
			t.Errorf("protocol %d is %d, %v", n, p.Number(), ok)
		}
		got := marshal(t, pickle.EncodeOptions{Protocol: p}, py.NewDict("a", int64(1)))
		want := []string{"(dp0\nVa\np1\nI1\ns.", "}q\x00X\x01\x00\x00\x00aq\x01K\x01s.", "\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x01s.",
			"\x80\x03}q\x00X\x01\x00\x00\x00aq\x01K\x01s.", "\x80\x04\x95\n\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s.",
			"\x80\x05\x95\n\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s."}[n]
		if string(got) != want {
			t.Errorf("protocol %d: %q, not %q", n, got, want)
		}
	}
	if p, ok := pickle.ProtocolNumber(-1); !ok || p != pickle.HighestProtocol {
		t.Error("-1 is not the highest protocol")
	}
	if _, ok := pickle.ProtocolNumber(6); ok || pickle.Protocol(7).Number() != -1 {
		t.Error("there is a protocol 6")
	}
	if pickle.DefaultProtocol.Number() != 5 {
		t.Error("the default is not 5")
	}
}

// TestFixImports maps names both ways, in the protocols of Python 2 alone.
func TestFixImports(t *testing.T) {
	g := py.Global{Module: "builtins", Name: "range"}
	for _, p := range protocols() {
		data := marshal(t, pickle.EncodeOptions{Protocol: p}, g)
		if old := bytes.Contains(data, []byte("__builtin__\nxrange")); old != (p.Number() < 3) {
			t.Errorf("protocol %d: %q", p.Number(), data)
		}
		if got := unmarshal(t, pickle.DecodeOptions{}, data); got != any(g) {
			t.Errorf("protocol %d: %v", p.Number(), got)
		}
		plain := marshal(t, pickle.EncodeOptions{Protocol: p, NoFixImports: true}, g)
		if !bytes.Contains(plain, []byte("range")) || bytes.Contains(plain, []byte("xrange")) {
			t.Errorf("protocol %d without fix_imports: %q", p.Number(), plain)
		}
	}
	const old = "c__builtin__\nxrange\n."
	if got := unmarshal(t, pickle.DecodeOptions{NoFixImports: true}, []byte(old)); got != any(py.Global{Module: "__builtin__", Name: "xrange"}) {
		t.Error(got)
	}
	if got := unmarshal(t, pickle.DecodeOptions{}, []byte("\x80\x03"+old)); got != any(py.Global{Module: "__builtin__", Name: "xrange"}) {
		t.Error("mapped in protocol 3:", got)
	}
}

func TestEncodings(t *testing.T) {
	const data = "U\x04a\xe9\xff\x80."
	for _, row := range []struct {
		encoding, errors string
		want             any
	}{
		{"latin-1", "", "a\u00e9\u00ff\u0080"},
		{"ISO_8859-1", "", "a\u00e9\u00ff\u0080"},
		{"bytes", "", py.Bytes("a\xe9\xff\x80")},
		{"", "ignore", "a"},
		{"ASCII", "replace", "a\ufffd\ufffd\ufffd"},
		{"utf-8", "backslashreplace", `a\xe9\xff\x80`},
		{"ascii", "surrogateescape", "a\xed\xb3\xa9\xed\xb3\xbf\xed\xb2\x80"},
		{"utf-8", "surrogatepass", nil},
		{"koi8-r", "", "aИЪ─"},
		{"cp1251", "strict", "aйяЂ"},
		{"", "", nil},
		{"utf-8", "strict", nil},
		{"nonsense", "", nil},
		{"ascii", "nonsense", nil},
	} {
		var v any
		o := pickle.DecodeOptions{Encoding: row.encoding, Errors: row.errors, Charset: charset.Lookup}
		err := o.Unmarshal([]byte(data), &v)
		if (err == nil) != (row.want != nil) || v != row.want {
			t.Errorf("%q, %q: %q, %v; want %q", row.encoding, row.errors, v, err, row.want)
		}
		if err := o.Unmarshal([]byte("X\x03\x00\x00\x00\xe2\x82\xac."), &v); err != nil || v != "€" {
			t.Errorf("%q counts for str, too: %v, %v", row.encoding, v, err)
		}
	}
}

func TestPersistent(t *testing.T) {
	type connection struct{ name string }
	db := &connection{"db"}
	ids := map[any]any{db: "the-db"}
	e := pickle.EncodeOptions{PersistentID: func(v any) (any, bool) {
		if c, ok := v.(*connection); ok {
			return ids[c], true
		}
		return nil, false
	}}
	for _, p := range protocols() {
		e.Protocol = p
		data := marshal(t, e, py.Tuple{db, &py.List{Items: []any{db}}, py.NewDict("k", db)})
		var asked []any
		d := pickle.DecodeOptions{PersistentLoad: func(id any) (any, error) {
			asked = append(asked, id)
			return db, nil
		}}
		v := unmarshal(t, d, data).(py.Tuple)
		k, _ := v[2].(*py.Dict).Get("k")
		if v[0] != any(db) || v[1].(*py.List).Items[0] != any(db) || k != any(db) || fmt.Sprint(asked) != "[the-db the-db the-db]" {
			t.Errorf("protocol %d: %v, %v", p.Number(), v, asked)
		}
		// Kept as references, they are dumped again without a hook.
		d.PersistentLoad = pickle.KeepPersistent
		if got := marshal(t, pickle.EncodeOptions{Protocol: p}, unmarshal(t, d, data)); !bytes.Equal(got, data) {
			t.Errorf("protocol %d: %q, not %q", p.Number(), got, data)
		}
		gone := errors.New("it is gone")
		d.PersistentLoad = func(any) (any, error) { return nil, gone }
		var x any
		if err := d.Unmarshal(data, &x); !errors.Is(err, gone) || !strings.Contains(err.Error(), "the-db") {
			t.Errorf("protocol %d: %v", p.Number(), err)
		}
		var ge *graph.Error
		if err := pickle.Unmarshal(data, &x); !errors.As(err, &ge) || ge.Kind != graph.UnpicklingError {
			t.Errorf("protocol %d: without a PersistentLoad: %v", p.Number(), err)
		}
	}
	// An id may be anything in protocol 1 and up; it is complete when it is asked for.
	id := py.Tuple{"table", int64(7), &py.List{Items: []any{"x", py.NewDict("y", py.NewSet(int64(1)))}}}
	data := marshal(t, pickle.EncodeOptions{}, &py.PersistentRef{ID: id})
	unmarshal(t, pickle.DecodeOptions{PersistentLoad: func(got any) (any, error) {
		if !py.Equal(got, id) {
			t.Errorf("asked for %s", py.Repr(got))
		}
		return nil, nil
	}}, data)
	// The result may be a key, or the class of an object.
	v := unmarshal(t, pickle.DecodeOptions{PersistentLoad: func(id any) (any, error) { return id, nil }}, []byte("}U\x01aQU\x01bQs."))
	if py.Repr(v) != "{'a': 'b'}" {
		t.Error(py.Repr(v))
	}
	// An unhashable result as a key is an error, as Python says.
	var ge *graph.Error
	var x any
	err := pickle.DecodeOptions{PersistentLoad: func(id any) (any, error) { return new(py.List), nil }}.Unmarshal([]byte("}U\x01aQNs."), &x)
	if !errors.As(err, &ge) || ge.Kind != graph.TypeError {
		t.Errorf("an unhashable object for a persistent id as key: %v", err)
	}
}

// TestBuffers passes data beside the stream, both ways.
func TestBuffers(t *testing.T) {
	one := &py.Buffer{Data: []byte("one")}
	two := &py.Buffer{Data: []byte("two"), ReadOnly: true}
	value := py.Tuple{one, two, one, &py.Buffer{Data: []byte{}}}
	var aside []py.Buffer
	o := pickle.EncodeOptions{BufferCallback: func(b *py.Buffer) bool {
		aside = append(aside, *b)
		return true
	}}
	data := marshal(t, o, value)
	if bytes.Contains(data, []byte("one")) || len(aside) != 4 {
		t.Errorf("%q with %d buffers", data, len(aside))
	}
	got := unmarshal(t, pickle.DecodeOptions{Buffers: aside}, data).(py.Tuple)
	for i, b := range got {
		b := b.(*py.Buffer)
		if !bytes.Equal(b.Data, aside[i].Data) || b.ReadOnly != aside[i].ReadOnly || b.Index != i {
			t.Errorf("buffer %d is %v", i, b)
		}
	}
	aside[0].Data[0] = 'O'
	if string(got[0].(*py.Buffer).Data) != "One" {
		t.Error("the memory is not shared")
	}
	// Too few, none, and more than needed.
	var v any
	for n := range 6 {
		err := pickle.DecodeOptions{Buffers: make([]py.Buffer, n)}.Unmarshal(data, &v)
		if (err == nil) != (n >= 4) {
			t.Errorf("%d buffers: %v", n, err)
		}
	}
	if err := pickle.Unmarshal(data, &v); err == nil || !strings.Contains(err.Error(), "give the buffers") {
		t.Error(err)
	}
	// In band they are bytes, or a bytearray if they may be changed.
	in := unmarshal(t, pickle.DecodeOptions{}, marshal(t, pickle.EncodeOptions{}, value)).(py.Tuple)
	if py.Repr(in) != "(bytearray(b'One'), b'two', bytearray(b'One'), bytearray(b''))" || in[0] != in[2] {
		t.Error(py.Repr(in))
	}
	// A callback may take some and leave others.
	aside = nil
	o.BufferCallback = func(b *py.Buffer) bool {
		if b.ReadOnly {
			return false
		}
		aside = append(aside, *b)
		return true
	}
	some := unmarshal(t, pickle.DecodeOptions{Buffers: aside}, marshal(t, o, py.Tuple{two})).(py.Tuple)
	if some[0] != py.Bytes("two") || len(aside) != 0 {
		t.Error(py.Repr(some))
	}
	// A decoder gets those of each pickle in turn.
	d := pickle.NewDecoder(strings.NewReader("\x97.\x97."))
	for _, text := range []string{"first", "second"} {
		d.SetBuffers([]py.Buffer{{Data: []byte(text)}})
		if err := d.Decode(&v); err != nil || string(v.(*py.Buffer).Data) != text {
			t.Errorf("%v, %v", v, err)
		}
	}
}

func TestExtensions(t *testing.T) {
	codes := map[py.Global]int{{Module: "m", Name: "a"}: 1, {Module: "m", Name: "b"}: 256, {Module: "m", Name: "c"}: 1 << 20}
	e := pickle.EncodeOptions{Extension: func(g py.Global) (int, bool) { n, ok := codes[g]; return n, ok }}
	d := pickle.DecodeOptions{Extension: func(code int) (py.Global, bool) {
		for g, n := range codes {
			if n == code {
				return g, true
			}
		}
		return py.Global{}, false
	}}
	v := py.Tuple{py.Global{Module: "m", Name: "a"}, py.Global{Module: "m", Name: "b"}, py.Global{Module: "m", Name: "c"}, py.Global{Module: "m", Name: "d"}}
	for _, p := range protocols() {
		e.Protocol = p
		data := marshal(t, e, v)
		if short := bytes.Contains(data, []byte("\x82\x01")) && bytes.Contains(data, []byte("\x83\x00\x01")) &&
			bytes.Contains(data, []byte("\x84\x00\x00\x10\x00")); short != (p.Number() >= 2) {
			t.Errorf("protocol %d: %q", p.Number(), data)
		}
		if got := unmarshal(t, d, data); !py.Equal(got, v) {
			t.Errorf("protocol %d: %s", p.Number(), py.Repr(got))
		}
	}
}

// TestFast writes without a memo: shared values are written each time.
func TestFast(t *testing.T) {
	shared := &py.List{Items: []any{"s"}}
	for _, p := range protocols() {
		data := marshal(t, pickle.EncodeOptions{Protocol: p, Fast: true}, py.Tuple{shared, shared, "s", complex(1, 2)})
		got := unmarshal(t, pickle.DecodeOptions{}, data).(py.Tuple)
		if got[0] == got[1] || !py.Equal(got[0], got[1]) || got[3] != complex(1, 2) {
			t.Errorf("protocol %d: %s", p.Number(), py.Repr(got))
		}
	}
	if got := marshal(t, pickle.EncodeOptions{Fast: true, Protocol: pickle.Protocol2}, shared); string(got) != "\x80\x02]X\x01\x00\x00\x00sa." {
		t.Errorf("%q", got)
	}
	for name, v := range cycles() {
		for _, p := range protocols() {
			_, err := pickle.EncodeOptions{Protocol: p, Fast: true}.Marshal(v)
			var ee *pickle.EncodeError
			if !errors.As(err, &ee) || ee.Kind != pickle.ValueError && ee.Kind != pickle.RecursionError {
				t.Errorf("%s in protocol %d: %v", name, p.Number(), err)
			}
		}
	}
}

// cycles are values that hold themselves, one of each kind that can.
func cycles() map[string]any {
	list := new(py.List)
	list.Items = []any{list}
	dict := new(py.Dict)
	dict.Set("self", dict)
	through := &py.List{}
	tuple := py.Tuple{through, int64(1)}
	through.Items = []any{tuple}
	object := &py.Object{How: py.ByNewObj, Class: py.Global{Module: "m", Name: "C"}, Args: py.Tuple{}}
	object.Ops = []py.Op{{Kind: py.OpBuild, Items: []any{py.NewDict("me", object)}}}
	member := &py.Object{How: py.ByNewObj, Class: py.Global{Module: "m", Name: "C"}, Args: py.Tuple{}}
	member.Ops = []py.Op{{Kind: py.OpBuild, Items: []any{py.NewDict("in", py.NewSet(member))}}}
	frozen := &py.Object{How: py.ByNewObj, Class: py.Global{Module: "m", Name: "C"}, Args: py.Tuple{}}
	frozen.Ops = []py.Op{{Kind: py.OpBuild, Items: []any{py.NewDict("in", py.NewFrozenSet(frozen))}}}
	two := new(py.List)
	two.Items = []any{py.NewDict("k", py.Tuple{two}), two}
	ref := &py.PersistentRef{}
	ref.ID = py.Tuple{ref}
	slice := []any{nil}
	slice[0] = slice
	m := map[string]any{}
	m["m"] = m
	return map[string]any{"list": list, "dict": dict, "list through tuple": through, "tuple": tuple, "object": object,
		"set": member, "frozenset": frozen, "two ways": two, "slice": slice, "map": m}
}

// TestCycles dumps and loads values that hold themselves.
func TestCycles(t *testing.T) {
	for name, v := range cycles() {
		for _, p := range protocols() {
			got := unmarshal(t, pickle.DecodeOptions{}, marshal(t, pickle.EncodeOptions{Protocol: p}, v))
			if name == "object" || name == "set" || name == "frozenset" {
				if p.Number() < 2 {
					continue // copyreg.__newobj__ made it
				}
			}
			if name == "slice" || name == "map" {
				if a, b := py.Repr(got), "[[...]]"; name == "slice" && a != b {
					t.Error(a)
				}
				continue
			}
			if !py.Equal(got, v) || py.Repr(got) != py.Repr(v) {
				t.Errorf("%s in protocol %d: %s, not %s", name, p.Number(), py.Repr(got), py.Repr(v))
			}
		}
	}
}

// TestKeepCalls tells the calls that stand for built-in values from those values.
func TestKeepCalls(t *testing.T) {
	values := py.Tuple{complex(1, 2), py.Bytes("b"), py.Bytes(""), py.NewSet(int64(1)), py.NewFrozenSet("x"), &py.ByteArray{Bytes: []byte("ab")}}
	for _, p := range protocols() {
		data := marshal(t, pickle.EncodeOptions{Protocol: p}, values)
		if got := unmarshal(t, pickle.DecodeOptions{}, data); !py.Equal(got, values) {
			t.Errorf("protocol %d: %s", p.Number(), py.Repr(got))
		}
		kept := unmarshal(t, pickle.DecodeOptions{KeepCalls: true}, data).(py.Tuple)
		objects := 0
		for _, v := range kept {
			if _, ok := v.(*py.Object); ok {
				objects++
			}
		}
		if want := []int{6, 6, 6, 4, 2, 1}[p.Number()]; objects != want {
			t.Errorf("protocol %d: %d calls, not %d: %s", p.Number(), objects, want, py.Repr(kept))
		}
	}
}

// TestOneByte has bytes objects of one equal byte that are not one object: each is written.
func TestOneByte(t *testing.T) {
	// a, b = bytes(bytearray(b'b')), bytes(bytearray(b'b')); pickle.dumps([a, b, a, 'b', bytearray(a)], 2)
	data := "\x80\x02]q\x00(c_codecs\nencode\nq\x01X\x01\x00\x00\x00bq\x02X\x06\x00\x00\x00latin1q\x03\x86q\x04Rq\x05h\x01h\x02h\x03\x86q\x06Rq\a" +
		"h\x05X\x01\x00\x00\x00bq\bc__builtin__\nbytearray\nq\th\x01h\x02h\x03\x86q\nRq\v\x85q\fRq\re."
	got := marshal(t, pickle.EncodeOptions{Protocol: pickle.Protocol2}, unmarshal(t, pickle.DecodeOptions{}, []byte(data)))
	if err := sameBytes(got, []byte(data)); err != nil {
		t.Error(err)
	}
}

// TestComplex has complex numbers that are equal but not one object, in lists and in Go's
// own slices and maps: each comes back with its own value.
func TestComplex(t *testing.T) {
	var many []any
	var typed []complex128
	byName := map[string]complex128{}
	for i := range 1000 {
		c := complex(float64(i), -float64(i))
		many, typed = append(many, c), append(typed, c)
		byName[fmt.Sprintf("%04d", i)] = c
	}
	for _, p := range protocols() {
		for _, v := range []any{&py.List{Items: many}, typed, [][]complex128{typed[:500], typed[500:]}, byName} {
			want, err := py.From(v)
			if err != nil {
				t.Fatal(err)
			}
			if got := unmarshal(t, pickle.DecodeOptions{}, marshal(t, pickle.EncodeOptions{Protocol: p}, v)); !py.Equal(got, want) {
				t.Errorf("protocol %d: %T comes back as %.200s", p.Number(), v, py.Repr(got))
			}
		}
	}
}

// TestGoValues dumps Go's own types and loads what stands for them.
func TestGoValues(t *testing.T) {
	type name string
	type count uint16
	n := 5
	for _, row := range []struct {
		value any
		want  string
	}{
		{int8(-1), "-1"}, {uint64(math.MaxUint64), "18446744073709551615"}, {uint8(200), "200"}, {float32(0.5), "0.5"},
		{complex64(1i), "1j"}, {name("x"), "'x'"}, {count(7), "7"}, {&n, "5"}, {(*int)(nil), "None"}, {(*py.List)(nil), "None"},
		{(*big.Int)(nil), "None"}, {big.NewInt(5), "5"}, {new(big.Int).Lsh(big.NewInt(1), 70), "1180591620717411303424"},
		{[]byte("ab"), "b'ab'"}, {[]int{1, 2}, "[1, 2]"}, {[2]string{"a", "b"}, "('a', 'b')"}, {[]any{nil, true}, "[None, True]"},
		{map[string]int{"b": 2, "a": 1}, "{'a': 1, 'b': 2}"}, {map[int]bool{3: true, -1: false}, "{-1: False, 3: True}"},
		{map[any]any{"x": 1, 2: "y"}, "{2: 'y', 'x': 1}"}, {[]string(nil), "[]"}, {math.Inf(-1), "-inf"}, {reflect.Value{}, ""},
	} {
		if row.want == "" {
			if _, err := pickle.Marshal(row.value); err == nil {
				t.Errorf("%T can be dumped", row.value)
			}
			continue
		}
		for _, p := range protocols() {
			got := unmarshal(t, pickle.DecodeOptions{}, marshal(t, pickle.EncodeOptions{Protocol: p}, row.value))
			if py.Repr(got) != row.want {
				t.Errorf("%T in protocol %d: %s, not %s", row.value, p.Number(), py.Repr(got), row.want)
			}
		}
	}
	s := []int{1, 2}
	got := unmarshal(t, pickle.DecodeOptions{}, marshal(t, pickle.EncodeOptions{}, []any{s, s, s[:1]})).(*py.List)
	if got.Items[0] != got.Items[1] || got.Items[0] == got.Items[2] {
		t.Error("one slice is not one list:", py.Repr(got))
	}
	if err := errors.Join(func() error { _, err := pickle.Marshal(map[[1]chan int]int{{}: 1}); return err }()); err == nil {
		t.Error("a map with channels for keys can be dumped")
	}
}

// TestUnmarshalCopies does not share memory with the caller's bytes.
func TestUnmarshalCopies(t *testing.T) {
	data := marshal(t, pickle.EncodeOptions{}, py.Tuple{strings.Repeat("text", 100), py.Bytes(strings.Repeat("data", 100)), &py.ByteArray{Bytes: []byte("array")}, "s"})
	want := py.Repr(unmarshal(t, pickle.DecodeOptions{}, data))
	v := unmarshal(t, pickle.DecodeOptions{}, data)
	clear(data)
	if got := py.Repr(v); got != want {
		t.Errorf("the value changed with the bytes: %.100s", got)
	}
}

func TestUnmarshalPrefix(t *testing.T) {
	one, two := marshal(t, pickle.EncodeOptions{}, "one"), marshal(t, pickle.EncodeOptions{}, "two")
	all := append(bytes.Clone(one), two...)
	var v any
	n, err := pickle.DecodeOptions{}.UnmarshalPrefix(all, &v)
	if n != len(one) || v != "one" || err != nil {
		t.Error(n, v, err)
	}
	n, err = pickle.DecodeOptions{}.UnmarshalPrefix(all[n:], &v)
	if n != len(two) || v != "two" || err != nil {
		t.Error(n, v, err)
	}
}
