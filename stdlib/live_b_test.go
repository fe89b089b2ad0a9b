package stdlib_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// liveSetup is what the expressions below may use.
const liveSetup = `
import collections, functools, operator, re, types, sys, json
try:
    import typing
except ImportError:
    import UserDict, UserList, UserString
def w(o, **k):
    o.__dict__.update(k)
    return o
def loop(o, add):
    add(o, o)
    return o
def note(e, n):
    e.add_note(n)
    return e
OD, DQ, P = collections.OrderedDict, collections.deque, functools.partial
`

// liveValues are expressions whose values are Go values of the registry. What a Python
// does not have is an error there.
var liveValues = []string{
	"OD()", "OD([(1, 2), ('a', 'b')])", "w(OD(a=1), x=1)", "OD([((1, 2), [3])])",
	"[OD(a=1), OD, collections.ChainMap, collections.deque]", "['collections', OD(a=1), 'OrderedDict', 'a']",
	"loop(OD(a=1), lambda o, x: o.update(me=x))", "OD((i, str(i)) for i in range(2500))", "(lambda o: [o, o, {1: o}])(OD(b=[]))",
	"collections.defaultdict(list, a=[1])", "collections.defaultdict(None, a=1)", "collections.defaultdict(int)",
	"loop(collections.defaultdict(list), lambda o, x: o['me'].append(x))", "[list, collections.defaultdict(list), 'builtins', 'list', 'defaultdict']",
	"collections.Counter('abracadabra')", "collections.Counter()", "[collections.Counter(x=2**70), 'x', 'Counter']",
	"collections.Counter({'a': [1], 'b': 1.5})", "(lambda s: [s, collections.Counter([s])])('shared-key')",
	"DQ()", "DQ([1, 2])", "DQ([1, 2, 3], 2)", "DQ([], 0)", "DQ(range(1500))", "DQ([DQ([1], 1)])",
	"loop(DQ(), lambda o, x: o.append(x))", "loop(DQ([], 3), lambda o, x: o.append([x]))", "(lambda d: [d, (d, d)])(DQ('ab'))",
	"collections.ChainMap({'a': 1}, {})", "[collections.ChainMap({'maps': 'data'}), 'maps', 'data']", "w(collections.ChainMap(), x=1)",
	"loop(collections.ChainMap({}), lambda o, x: o.__setitem__('me', x))",
	"collections.UserDict(a=1)", "collections.UserList([1, 2])", "collections.UserString('text')", "collections.UserString('s')",
	"[collections.UserDict(data='data'), collections.UserList(['data']), collections.UserString('data')]", "(lambda u: [u, u.data, u.data])(collections.UserList([1]))",
	"w(collections.UserString('s'), note='s')", "w(collections.UserDict(), data=OD(a=1))",
	"P(int, base=16)", "P(int)", "P(int, '10', base=2)", "w(P(int, 1), zz=1)", "P(P(int), 1)", "(lambda p: [p, p.args, p.keywords, p.func])(P(max, 'ab', [1], key=len))",
	"(lambda a: [a, P(print, *a)])((1, 2))", "(lambda p: p.__setstate__((p.func, (p,), {}, {})) or p)(P(repr))", "[P(len), functools.partial, 'functools', 'partial']",
	"(lambda p: p.__setstate__((p.func, (p, [p]), {'me': p}, {'me': p})) or [p, p])(P(repr))",
	"operator.itemgetter(1)", "operator.itemgetter(1, 'a', (2, 3))", "operator.attrgetter('a')", "operator.attrgetter('a', 'b.c')", "[operator.itemgetter([1]), 'itemgetter', 'operator']",
	"operator.methodcaller('a')", "operator.methodcaller('name', 1, [2])", "operator.methodcaller('name', 1, b=2)", "operator.methodcaller('name', b=2)",
	"[operator.methodcaller('name', b=2), operator.methodcaller, functools.partial, 'b', 'name', 'functools']",
	"types.SimpleNamespace()", "types.SimpleNamespace(a=1, b=[2])", "loop(types.SimpleNamespace(a=1), lambda o, x: setattr(o, 'me', [x]))", "(lambda n: [n, n.__dict__, n])(types.SimpleNamespace(a=1))",
	"list[int]", "dict[str, list[int]]", "[list[int], types.GenericAlias, 'types', list, int]", "tuple[()]",
	"int | str", "int | None | list[int]", "[int | str, functools.reduce, operator.or_, '_operator', 'or_']", "typing.Union[int, str]", "typing.Optional[int]",
	"[typing.Union[int, str], typing.Union, operator.getitem, 'typing', 'Union']",
	"re.compile('a+(b|c)?')", "re.compile('x', re.I | re.M)", "re.compile(b'\\\\x00+')", "(lambda p: [p, p, p.pattern, 're'])(re.compile('shared-pattern'))",
	"[re.compile('', re.A), re.compile('x', re.X), '', '_compile']",
	"ValueError()", "ValueError(1, 'a')", "w(ValueError(1), x=1)", "(lambda e: [e, e.args, e.__dict__, e])(w(KeyError('k', [1]), y=2))", "loop(ValueError(), lambda o, x: o.__dict__.update(me=x))",
	"OSError(2, 'm')", "OSError(13, 'm', 'file')", "OSError(2, 'm', 'f', None, 'g')", "OSError('x')", "OSError(22, 'm')", "FileNotFoundError('x')", "OSError(2**70, 'x')", "(lambda e: [e, e.args])(OSError(17, 'there'))",
	"ImportError('m', name='n')", "[ModuleNotFoundError('m', name='n', path='p'), 'name', 'path', 'n']", "StopIteration(3)", "SystemExit(3)", "UnicodeDecodeError('utf8', b'a', 0, 1, 'r')",
	"UnicodeEncodeError('utf8', 'a', 0, 1, 'r')", "SyntaxError('m', ('f', 1, 2, 't'))", "NameError('m')", "AttributeError('m')", "[ValueError('a'), ValueError, ValueError, 'builtins', 'ValueError']",
	"ExceptionGroup('g', [ValueError(1), TypeError('t')])", "BaseExceptionGroup('g', (KeyboardInterrupt(), ExceptionGroup('h', [ValueError()])))", "note(ValueError('n'), 'first note')",
	"json.decoder.JSONDecodeError('msg', 'doc', 1)", "__import__('subprocess').CalledProcessError(1, 'x')", "__import__('configparser').NoOptionError('a', 'b')", "__import__('queue').Empty()", "__import__('decimal').InvalidOperation('x')",
	"UserDict.UserDict(a=1)", "UserDict.IterableUserDict(a=[1])", "UserList.UserList([1])", "UserString.UserString('text')", "IOError(2, 'x')", "EnvironmentError(13, 'x', 'f')", "StandardError('x')",
	// Several classes of one module: which of them share the str of its name?
	"[operator.itemgetter(1), operator.attrgetter('c'), operator.methodcaller('d'), operator.methodcaller('e', f=1), P(int), operator.itemgetter]",
	"[OD(g=1), collections.defaultdict(int), DQ([1]), collections.Counter('h'), collections.ChainMap(), collections.UserDict(), collections.UserString('i'), collections.defaultdict(list), DQ]",
	"[ValueError(), Ellipsis, range(3), slice(1), type(None), 1j, OSError(2, 'x'), P(print), [].append, int]", "[list[int], Ellipsis, ValueError()]",
	"BlockingIOError(11, 'x', 3)", "__import__('socket').timeout('timed out')", "__import__('zlib').error('x')",
}

// lossy are parts of expressions for which protocols 0 to 2 have other names that do not
// lead back.
var lossy = []string{"NotFoundError(", "timeout(", "functools.reduce"}

func testRegistry() *py.Registry { return stdlib.Registry() }

func protocol(n int) pickle.Protocol {
	p, _ := pickle.ProtocolNumber(n)
	return p
}

// dumped is a pickle that a Python made of an expression.
type dumped struct {
	Source string
	P      int
	Data   []byte
	Error  string
}

func TestLiveBytes(t *testing.T) {
	reg := testRegistry()
	for _, python := range pytest.Installed(t) {
		t.Run(python.String(), func(t *testing.T) {
			w := python.Start(t)
			var ok bool
			if err := w.Ask("define", map[string]any{"code": liveSetup}, &ok); err != nil {
				t.Fatal(err)
			}
			var rows []dumped
			if err := w.Ask("dump", map[string]any{"expressions": liveValues}, &rows); err != nil {
				t.Fatal(err)
			}
			made := 0
			values := make(map[string]any)
			for _, row := range rows {
				if row.Error != "" {
					if testing.Verbose() && row.P == 2 {
						t.Logf("%s: %s", row.Source, row.Error)
					}
					continue
				}
				var v any
				if err := (pickle.DecodeOptions{Registry: reg, Encoding: "latin-1"}).Unmarshal(row.Data, &v); err != nil {
					t.Errorf("%s, protocol %d: %v", row.Source, row.P, err)
					continue
				}
				// Python 2 itself loses what these hold.
				lost := python.Major == 2 && strings.Contains(row.Source, "operator.")
				if repr := py.Repr(v); !lost && (strings.Contains(repr, "<collections") || strings.Contains(repr, " object")) {
					t.Errorf("%s, protocol %d: inert: %s", row.Source, row.P, repr)
				}
				made++
				if first, ok := values[row.Source]; !ok {
					values[row.Source] = v
				} else if !py.Equal(first, v) && !slices.ContainsFunc(lossy, func(part string) bool { return strings.Contains(row.Source, part) }) {
					t.Errorf("%s, protocol %d: %s, not %s as in a lower protocol", row.Source, row.P, py.Repr(v), py.Repr(first))
				}
				if !python.AtLeast(3, 8) {
					continue
				}
				back, err := pickle.EncodeOptions{Registry: reg, Protocol: protocol(row.P), Style: styleOf(python.Minor)}.Marshal(v)
				if err != nil {
					t.Errorf("%s, protocol %d: %v", row.Source, row.P, err)
				} else if !bytes.Equal(back, row.Data) {
					t.Errorf("%s, protocol %d: loaded as %s\n got %q\nwant %q", row.Source, row.P, py.Repr(v), back, row.Data)
				}
			}
			t.Logf("%d pickles of %d", made, len(rows))
		})
	}
}

var (
	classInt = py.Global{Module: "builtins", Name: "int"}
	classStr = py.Global{Module: "builtins", Name: "str"}
	funcLen  = py.Global{Module: "builtins", Name: "len"}
)

// goValues are values made in Go, with what they are in Python.
var goValues = []struct {
	v      any
	python string
}{
	{stdlib.NewOrderedDict("b", 1, "a", py.NewList()), "OD([('b', 1), ('a', [])])"},
	{&stdlib.OrderedDict{Attrs: py.NewDict("x", 1)}, "w(OD(), x=1)"},
	{stdlib.NewDefaultDict(py.Global{Module: "builtins", Name: "list"}, "a", py.NewList(1)), "collections.defaultdict(list, a=[1])"},
	{&stdlib.DefaultDict{}, "collections.defaultdict()"},
	{stdlib.NewCounter("a", "b", "a"), "collections.Counter('aba')"},
	{stdlib.NewDeque(1, "two"), "DQ([1, 'two'])"},
	{&stdlib.Deque{Bounded: true, MaxLen: 2}, "DQ([], 2)"},
	{stdlib.NewChainMap(py.NewDict("a", 1), py.NewDict()), "collections.ChainMap({'a': 1}, {})"},
	{&stdlib.ChainMap{}, "w(collections.ChainMap.__new__(collections.ChainMap), maps=[])"},
	{stdlib.NewUserDict(py.NewDict("a", 1)), "collections.UserDict(a=1)"},
	{&stdlib.UserDict{}, "collections.UserDict()"},
	{stdlib.NewUserList(1, 2), "collections.UserList([1, 2])"},
	{stdlib.NewUserString("text"), "collections.UserString('text')"},
	{stdlib.NewPartial(funcLen, "x"), "P(len, 'x')"},
	{&stdlib.Partial{Func: py.Global{Module: "builtins", Name: "max"}, Keywords: py.NewDict("key", funcLen)}, "P(max, key=len)"},
	{stdlib.NewItemGetter(1, "a"), "operator.itemgetter(1, 'a')"},
	{stdlib.NewAttrGetter("name"), "operator.attrgetter('name')"},
	{&stdlib.MethodCaller{Name: "get", Args: py.Tuple{1}}, "operator.methodcaller('get', 1)"},
	{&stdlib.MethodCaller{Name: "get", Kwargs: py.NewDict("key", 2)}, "operator.methodcaller('get', key=2)"},
	{stdlib.NewSimpleNamespace("a", 1), "types.SimpleNamespace(a=1)"},
	{&stdlib.SimpleNamespace{}, "types.SimpleNamespace()"},
	{stdlib.NewGenericAlias(py.Global{Module: "builtins", Name: "dict"}, classStr, classInt), "types.GenericAlias(dict, (str, int))"},
	{stdlib.NewUnion(classInt, classStr), "int | str"},
	{stdlib.NewPattern("a+", stdlib.IgnoreCase), "re.compile('a+', re.I)"},
	{stdlib.Pattern{Pattern: py.Bytes("a+")}, "re.compile(b'a+')"},
	{stdlib.NewException("KeyError", "a"), "KeyError('a')"},
	{stdlib.NewException("FileNotFoundError", 2, "m", "file"), "OSError(2, 'm', 'file')"},
	{&stdlib.Exception{Class: py.Global{Module: "builtins", Name: "ImportError"}, Args: py.Tuple{"m"}, Attrs: py.NewDict("name", "n")}, "ImportError('m', name='n')"},
	{stdlib.NewException("ExceptionGroup", "g", py.NewList(stdlib.NewException("ValueError", 1))), "ExceptionGroup('g', [ValueError(1)])"},
}

func TestLiveGoValues(t *testing.T) {
	reg := testRegistry()
	for _, python := range pytest.Installed(t) {
		if python.Major < 3 {
			continue
		}
		t.Run(python.String(), func(t *testing.T) {
			w := python.Start(t)
			var ok bool
			if err := w.Ask("define", map[string]any{"code": liveSetup}, &ok); err != nil {
				t.Fatal(err)
			}
			var expressions []string
			for _, g := range goValues {
				expressions = append(expressions, g.python)
			}
			var rows []dumped
			if err := w.Ask("dump", map[string]any{"expressions": expressions}, &rows); err != nil {
				t.Fatal(err)
			}
			type item struct {
				Data       []byte `json:"data"`
				Expression string `json:"expression"`
			}
			var items []item
			var sent []dumped
			for i, row := range rows {
				if row.Error != "" {
					continue
				}
				data, err := pickle.EncodeOptions{Registry: reg, Protocol: protocol(row.P), Style: styleOf(python.Minor)}.Marshal(goValues[i*len(goValues)/len(rows)].v)
				if err != nil {
					t.Fatalf("%s: %v", row.Source, err)
				}
				if python.AtLeast(3, 8) && !bytes.Equal(data, row.Data) {
					t.Errorf("%s, protocol %d\n got %q\nwant %q", row.Source, row.P, data, row.Data)
				}
				sent = append(sent, row)
				items = append(items, item{data, "repr(v) == repr(" + row.Source + ") and type(v) is type(" + row.Source + ") and vars(v) == vars(" +
					row.Source + ") if hasattr(v, '__dict__') else repr(v) == repr(" + row.Source + ")"})
			}
			var answers []string
			if err := w.Ask("show", map[string]any{"items": items}, &answers); err != nil {
				t.Fatal(err)
			}
			for i, a := range answers {
				if a != "True" {
					t.Errorf("%s, protocol %d: %s", sent[i].Source, sent[i].P, a)
				}
			}
			t.Logf("%d values", len(answers))
		})
	}
}
