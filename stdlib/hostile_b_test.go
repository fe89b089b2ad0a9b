package stdlib_test

import (
	"bytes"
	"errors"
	"io/fs"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

func load(t testing.TB, data string) (any, error) {
	t.Helper()
	var v any
	err := pickle.DecodeOptions{Registry: stdlib.Registry()}.Unmarshal([]byte(data), &v)
	return v, err
}

func mustLoad(t testing.TB, data string) any {
	t.Helper()
	v, err := load(t, data)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// shapes are what comes before the innermost value, it, and what comes after it, of values
// that can be nested.
var shapes = map[string][3]string{
	"deque":     {"ccollections\ndeque\n)R(", "N", "e"},
	"dict":      {"ccollections\nOrderedDict\n)RU\x01a", "N", "s"},
	"namespace": {"ctypes\nSimpleNamespace\n)R}U\x01a", "N", "sb"},
	"partial":   {"cfunctools\npartial\ncbuiltins\nlen\n\x85R(cbuiltins\nlen\n", "N", "\x85}Ntb"},
	"exception": {"cexceptions\nValueError\n", "N", "\x85R"},
	"alias":     {"ctypes\nGenericAlias\ncbuiltins\nlist\n", "N", "\x85\x86R"},
	"getter":    {"coperator\nitemgetter\n", "N", "\x85R"},
	"user":      {"ccollections\nUserList\n)\x81}X\x04\x00\x00\x00data](", "N", "esb"},
	"chain":     {"ccollections\nChainMap\n)\x81}X\x04\x00\x00\x00maps](", "N", "esb"},
}

// TestDeep nests values so deeply that any recursion would end the program.
func TestDeep(t *testing.T) {
	const depth = 100_000
	defer debug.SetMaxStack(debug.SetMaxStack(16 << 20)) // what Plain needs for its 10,000 levels
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			n := depth
			data := "\x80\x02" + strings.Repeat(shape[0], n) + shape[1] + strings.Repeat(shape[2], n) + "."
			v, w := mustLoad(t, data), mustLoad(t, data)
			if !py.Equal(v, w) {
				t.Error("two loads differ")
			}
			if s := (py.ReprOptions{MaxLen: 1 << 20}).Format(v); len(s) < 1000 {
				t.Errorf("it prints as %.100s", s)
			}
			if _, err := py.Plain(v); err == nil {
				t.Error("it is plain")
			}
			out, err := pickle.EncodeOptions{Registry: stdlib.Registry(), Protocol: pickle.Protocol2}.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if back := mustLoad(t, string(out)); !py.Equal(v, back) {
				t.Error("dumping and loading it gives something else")
			}
			if e, ok := v.(*stdlib.Exception); ok {
				if m := e.Error(); len(m) > 1<<13 {
					t.Errorf("a message of %d bytes", len(m))
				}
			}
		})
	}
}

// TestCycles loads values that hold themselves.
func TestCycles(t *testing.T) {
	for data, want := range map[string]string{
		"\x80\x02ccollections\ndeque\n)Rq\x00h\x00a.":                                       "deque([deque(...)])",
		"\x80\x02ccollections\nOrderedDict\n)Rq\x00U\x01ah\x00s.":                           "OrderedDict({'a': OrderedDict(...)})",
		"\x80\x02ccollections\nOrderedDict\n)Rq\x00}U\x01ah\x00sb.":                         "OrderedDict()",
		"\x80\x02ctypes\nSimpleNamespace\n)Rq\x00}U\x01ah\x00sb.":                           "namespace(a=namespace(...))",
		"\x80\x02cfunctools\npartial\ncm\nf\n\x85Rq\x00(cm\nf\nh\x00\x85}Ntb.":              "functools.partial(m.f, functools.partial(...))",
		"\x80\x02ccollections\ndefaultdict\n)Rq\x00U\x01ah\x00s.":                           "defaultdict(None, {'a': defaultdict(...)})",
		"\x80\x02]q\x00cbuiltins\nExceptionGroup\nU\x01gh\x00\x86Rq\x010h\x00h\x01a0h\x01.": "ExceptionGroup('g', [ExceptionGroup(...)])",
	} {
		v := mustLoad(t, data)
		if got := py.Repr(v); got != want {
			t.Errorf("%q: %s, not %s", data, got, want)
		}
		if !py.Equal(v, mustLoad(t, data)) {
			t.Errorf("%s: two loads differ", want)
		}
		if e, ok := v.(*stdlib.Exception); ok && errors.Is(e, fs.ErrNotExist) {
			t.Errorf("%s is not that", want)
		}
		out, err := pickle.EncodeOptions{Registry: stdlib.Registry(), Protocol: pickle.Protocol2}.Marshal(v)
		if err != nil {
			t.Errorf("%s: %v", want, err)
		} else if back := mustLoad(t, string(out)); !py.Equal(v, back) && !strings.HasPrefix(want, "ExceptionGroup") {
			// What is among its own arguments is made twice, and no Go value.
			t.Errorf("%s came back as %s", want, py.Repr(back))
		}
		if _, err := py.Plain(v); err == nil && !strings.HasPrefix(want, "OrderedDict()") {
			t.Errorf("%s is plain", want)
		}
	}
}

// TestUnknownForms loads what no Python writes: it stays an Object, or is an error as it is
// in Python.
func TestUnknownForms(t *testing.T) {
	for _, data := range []string{
		"ccollections\ndeque\n(I1\ntR.", "ccollections\ndeque\n(](I-1\nltR.",
		"ccollections\ndeque\n((tI-1\ntR.", "ccollections\ndeque\n((tL99999999999999999999L\ntR.", "ccollections\ndeque\n((tVx\ntR.",
		"ccollections\nCounter\n(I1\ntR.", "ccollections\nCounter\n(tR.", "ccollections\nCounter\n(NtR.",
		"ccollections\nOrderedDict\n(I1\ntR.", "ccollections\nOrderedDict\n((lI1\ntR.",
		"ccollections\ndefaultdict\n(NNtR.", "ccollections\ndefaultdict\n(tR}b.",
		"ccollections\nChainMap\n(tR.", "ccollections\nUserString\n(NtR.",
		"cfunctools\npartial\n(tR.", "cfunctools\npartial\n(NtR.", "coperator\nitemgetter\n(tR.", "coperator\nattrgetter\n(I1\ntR.",
		"coperator\nmethodcaller\n(tR.", "coperator\nmethodcaller\n(I1\ntR.",
		"ctypes\nSimpleNamespace\n(tR.", "ctypes\nGenericAlias\n(NNtR.", "ctypes\nGenericAlias\n(NtR.",
		"c_functools\nreduce\n(cm\nf\n(ttR.", "c_functools\nreduce\n(c_operator\nor_\n(ttR.", "c_operator\ngetitem\n(NNtR.",
		"cre\n_compile\n(NI0\ntR.", "cre\n_compile\n(Vx\nVx\ntR.", "cre\n_compile\n(Vx\nI99999999999\ntR.",
		"cexceptions\nValueError\n(tR(N(dtb.", "cexceptions\nValueError\n(tRVx\nVy\ns.",
	} {
		v, err := load(t, data)
		if err != nil {
			t.Logf("%q: %v", data, err)
			continue
		}
		if _, ok := v.(*py.Object); !ok {
			t.Errorf("%q: a %T: %s", data, v, py.Repr(v))
		}
	}
	for _, data := range []string{
		"ccollections\nOrderedDict\n((lp0\nI1\natR.", "ccollections\nOrderedDict\n((lp0\n(lI1\naatR.",
		"ccollections\nOrderedDict\n(tR(lI1\ns.", "ccollections\nOrderedDict\n(tRI1\nb.", "ccollections\ndeque\n(tRI1\nb.",
		"ctypes\nSimpleNamespace\n(tRI1\nb.", "cfunctools\npartial\n(NtRI1\nb.", "cfunctools\npartial\n(NtR(NNNNtb.",
		"cexceptions\nValueError\n(tRI1\nb.", "ccopy_reg\n_reconstructor\n(ccollections\nChainMap\nc__builtin__\nobject\nNtRI1\nb.",
	} {
		if v, err := load(t, data); err == nil {
			if _, ok := v.(*py.Object); !ok {
				t.Errorf("%q: a %T: %s", data, v, py.Repr(v))
			}
		}
	}
}

// TestShared loads a graph of which copies would have no end.
func TestShared(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("\x80\x02ccollections\ndeque\nq\x00)Rq\x01")
	for i := 1; i < 100; i++ { // each deque holds the one before twice
		b.WriteString("0h\x00)Rq" + string(byte(i+1)) + "(h" + string(byte(i)) + "h" + string(byte(i)) + "e")
	}
	b.WriteString(".")
	v, w := mustLoad(t, b.String()), mustLoad(t, b.String())
	if !py.Equal(v, w) {
		t.Error("two loads differ")
	}
	if s := (py.ReprOptions{MaxLen: 1 << 16}).Format(v); len(s) < 1000 {
		t.Errorf("it prints as %s", s)
	}
	if _, err := py.Plain(v); !errors.Is(err, py.ErrTooShared) {
		t.Errorf("Plain: %v", err)
	}
}
