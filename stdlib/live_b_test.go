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
import collections, functools, operator, itertools, re, types, typing, sys, copy, json
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
	"[OD(a=1), OD, collections.ChainMap, collections.abc]", "['collections', OD(a=1), 'OrderedDict', 'a']",
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
	"BlockingIOError(11, 'x', 3)", "__import__('socket').timeout('timed out')", "__import__('zlib').error('x')",
}

func testRegistry() *py.Registry { return py.NewRegistry(slices.Concat(stdlib.EntriesB()...)...) }

// style is the form of that Python.
func style(p pytest.Python) pickle.Style {
	switch {
	case !p.AtLeast(3, 11):
		return pickle.Python38
	case p.AtLeast(3, 14):
		return pickle.Python314
	case p.AtLeast(3, 13):
		return pickle.Python313
	}
	return pickle.Python311
}

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
			if err := w.Ask("define", map[string]any{"code": liveSetup}, &ok); err != nil && python.Major == 3 {
				t.Fatal(err)
			}
			var rows []dumped
			if err := w.Ask("dump", map[string]any{"expressions": liveValues}, &rows); err != nil {
				t.Fatal(err)
			}
			made := 0
			for _, row := range rows {
				if row.Error != "" {
					continue
				}
				var v any
				if err := (pickle.DecodeOptions{Registry: reg, Encoding: "latin-1"}).Unmarshal(row.Data, &v); err != nil {
					t.Errorf("%s, protocol %d: %v", row.Source, row.P, err)
					continue
				}
				if repr := py.Repr(v); strings.Contains(repr, "<collections") || strings.Contains(repr, " object") {
					t.Errorf("%s, protocol %d: inert: %s", row.Source, row.P, repr)
				}
				made++
				if !python.AtLeast(3, 8) {
					continue
				}
				back, err := pickle.EncodeOptions{Registry: reg, Protocol: protocol(row.P), Style: style(python)}.Marshal(v)
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
