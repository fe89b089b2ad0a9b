# coding: utf-8
"""The Python side of tests that pass pickles to and from a live Python, 2.7 or later.

A request is a JSON object on a line of its own, an answer too. Pickles are base64.
"""

from __future__ import print_function, unicode_literals

import base64
import io
import json
import random
import struct
import sys
import types

try:
    import cPickle as pickle
    import copy_reg as copyreg
except ImportError:
    import copyreg
    import pickle

PY2 = sys.version_info[0] == 2
HIGHEST = pickle.HIGHEST_PROTOCOL
if PY2:
    text, integers, xrange = unicode, (int, long), xrange
else:
    text, integers, xrange, unichr = str, (int,), range, chr


# Classes that instances are of. They live in a module that exists only here.

class Plain(object):
    """State in __dict__."""


class Slots(object):
    __slots__ = 'a', 'b'


class Mixed(Slots):
    """Slots and __dict__."""


class State(object):
    def __getstate__(self):
        return [self.what]

    def __setstate__(self, state):
        self.what, = state


class Args(tuple):
    def __new__(cls, *items):
        return tuple.__new__(cls, items)

    def __getnewargs__(self):
        return tuple(self)


class Keywords(object):
    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls)
        self.args, self.kwargs = args, kwargs
        return self

    def __getnewargs_ex__(self):
        return self.args, self.kwargs


class Reduced(object):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __reduce__(self):
        return Reduced, (self.a, self.b)


class List(list):
    pass


class Dict(dict):
    pass


class Text(text):
    pass


class Outer(object):
    class Inner(object):
        class C(object):
            pass

    def method(self):
        pass


def function():
    pass


MODULE = types.ModuleType(str('livemodels'))
sys.modules['livemodels'] = MODULE
CLASSES = [Plain, Slots, Mixed, State, Args, Keywords, Reduced, List, Dict, Text, Outer, function]
NESTED = [] if PY2 else [Outer.Inner, Outer.Inner.C, Outer.method]
for c in CLASSES + NESTED:
    c.__module__ = str('livemodels')
    if c not in NESTED:
        setattr(MODULE, c.__name__, c)


if PY2:
    class Classic:
        pass

    Classic.__module__ = str('livemodels')
    MODULE.Classic = Classic


# Values

class Generator(object):
    """Makes values of all types, some parts of which are used again."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.known, self.keys = [], []

    def integer(self):
        r = self.r
        bits = r.choice([1, 7, 8, 15, 16, 30, 31, 32, 62, 63, 64, 65, 127, 500, 2039, 2040, 2048, 5000])
        return r.choice([1, -1]) * (r.getrandbits(bits) if r.random() < .5 else (1 << bits) - r.randrange(3))

    def real(self):
        r = self.r
        bits = r.choice([0, 1 << 63, 1, 0x7ff << 52, 0xfff << 52, (0x7ff8 << 48) + 5, (0xfff4 << 48) + 1,
                         r.getrandbits(64), r.getrandbits(64)])
        if r.random() < .5:
            return r.choice([.1, 1e300, 1e-300, -1.5, 3.0, 1e16, 123456789012345680.0])
        return struct.unpack(str('>d'), struct.pack(str('>Q'), bits))[0]

    def string(self):
        r = self.r
        chars = r.choice([u'ab', u'a\n\r\\\0\x1a\'"', u'\x7f\x80\xff\u0100\ud7ff\ue000\uffff', # Python 2 itself takes a pair of surrogates for a character
                          u'\udfff\udc00a' if PY2 else u'\ud800\udfff\udc00a',
                          u'\U00010000\U0010ffff'])
        n = r.choice([0, 1, 1, 2, 5, 20, 255, 256, 300])
        return u''.join(r.choice(chars) for _ in xrange(n))

    def data(self):
        r = self.r
        n = r.choice([0, 1, 1, 2, 5, 20, 255, 256, 300])
        return bytes(bytearray(r.getrandbits(8) for _ in xrange(n)))

    def name(self):
        import collections
        import os.path
        # int is not among them: fix_imports makes it Python 2's long
        names = CLASSES + NESTED + [len, dict, os.path.join, collections.OrderedDict, Exception, object]
        return self.r.choice(names)

    def atom(self):
        r = self.r
        return r.choice([lambda: None, lambda: True, lambda: False, lambda: r.randrange(-3, 300), self.integer,
                         self.real, self.string, self.string, self.data, self.name,
                         lambda: complex(self.real(), self.real())])()

    def key(self, depth):
        r = self.r
        if self.keys and r.random() < .3:
            return r.choice(self.keys)
        if depth > 0 and r.random() < .2:
            made = r.choice([tuple, frozenset])(self.key(depth - 1) for _ in xrange(r.randrange(4)))
        else:
            made = self.atom()
        self.keys.append(made)
        return made

    def instance(self, depth):
        r = self.r
        kind = r.choice(CLASSES[:10] + [Plain, Plain] + ([MODULE.Classic] if PY2 else []))
        sub = lambda: self.value(depth - 1)
        if kind is Args:
            return Args(*[sub() for _ in xrange(r.randrange(3))])
        if kind is Reduced:
            return Reduced(sub(), sub())
        if kind is Text:
            return Text(self.string())
        if kind is Keywords:
            if PY2:
                return Plain()
            return Keywords(sub(), k=sub())
        made = kind()
        self.known.append(made)
        if kind in (Slots, Mixed):
            made.a = sub()
        if kind is State:
            made.what = sub()
        if kind is List:
            made.extend(sub() for _ in xrange(r.choice([0, 1, 2, 3])))
        if kind is Dict:
            for _ in xrange(r.choice([0, 1, 2, 3])):
                made[self.key(1)] = sub()
        if kind in (Plain, Mixed, List, Dict) or PY2 and kind is MODULE.Classic:
            for name in r.sample(['x', 'y', 'name', 'a_b'], r.randrange(4)):
                setattr(made, str(name), sub())
        return made

    def value(self, depth):
        r = self.r
        if self.known and r.random() < .15:
            return r.choice(self.known)
        if depth <= 0 or r.random() < .3:
            made = self.atom()
            if r.random() < .3:
                self.known.append(made)
            return made
        kind = r.choice('tuple list list dict dict set frozenset bytearray instance instance batch'.split())
        n = r.choice([0, 1, 2, 3, 4, 8])
        if kind == 'tuple':
            made = tuple(self.value(depth - 1) for _ in xrange(n))
        elif kind == 'list':
            made = []
            self.known.append(made)     # before it is full: it can be used inside itself
            made.extend(self.value(depth - 1) for _ in xrange(n))
            return made
        elif kind == 'dict':
            made = {}
            self.known.append(made)
            for _ in xrange(n):
                made[self.key(2)] = self.value(depth - 1)
            return made
        elif kind in ('set', 'frozenset'):
            made = (set if kind == 'set' else frozenset)(self.key(2) for _ in xrange(n))
        elif kind == 'bytearray':
            made = bytearray(self.data())
        elif kind == 'batch':
            n = r.choice([5, 10, 20, 30, 1000, 1001])
            made = r.choice([list, tuple, set, lambda x: dict.fromkeys(x, 1), frozenset])(xrange(n))
        else:
            made = self.instance(depth)
        self.known.append(made)
        return made


def fixed():
    """Values that must not be missed."""
    loop = []
    loop.append(loop)
    through = ([],)
    through[0].append(through)
    d = {}
    d['self'] = d
    o = Plain()
    o.me, o.you = o, [o]
    s = 'shared-text'
    t = (1, 2)
    b = b'shared-bytes'
    deep = []
    for _ in xrange(100):
        deep = [deep]
    both = {'a': [1, 2.0, 3 + 4j], 'b': ('text', b'bytes'), 'c': set([None, True, False])}
    both['d'] = both['a']
    frozen = Plain()
    frozen.set = frozenset([frozen, 1])
    return [both, loop, through, d, o, [s, s, [s]], [t, t], [b, b], deep, frozen, [bytearray(b'x'), bytearray(b'x')],
            [1j, 1j, 2j], ['a', b'a', 'a', b'a', bytearray(b'a')], list('latin1') + ['latin1', b'latin1', b'ab'],
            'x' * 70000, [b'x' * 70000, 'y' * 70000, bytearray(70000)], ['%05d' % i for i in xrange(15000)],
            [Outer, len, function], CLASSES + NESTED, NESTED * 2, ['C', 'Inner'] + NESTED, (), ((), (), [])]


# Comparing

def parts(x):
    """What x holds, as pairs of a name and a part; sets in an order of their own."""
    if isinstance(x, (set, frozenset)):
        return [('item', i) for i in sorted(x, key=order)]
    out = []
    if isinstance(x, (tuple, list)):
        out += enumerate(x)
    elif isinstance(x, dict):
        pairs = list(x.items())
        if PY2 or sys.version_info < (3, 7) and type(x) is dict:
            pairs.sort(key=lambda p: order(p[0]))       # no order to speak of
        for k, v in pairs:
            out += [('key', k), (k, v)]
    if isinstance(x, (Slots, Mixed)):
        out += [(n, getattr(x, n)) for n in ('a', 'b') if hasattr(x, n)]
    if hasattr(x, '__dict__') and not isinstance(x, type) and not callable(x):
        out += sorted(x.__dict__.items())
    return out


def order(x, depth=0):
    """Something to sort x by that does not depend on where it is in memory."""
    if isinstance(x, (tuple, frozenset)) and depth < 5:
        inner = [order(y, depth + 1) for y in x]
        return type(x).__name__ + repr(sorted(inner) if isinstance(x, frozenset) else inner)
    if isinstance(x, float):
        return 'float' + struct.pack(str('>d'), x).hex() if not PY2 else struct.pack(str('>d'), x).encode('hex')
    if isinstance(x, complex):
        return 'complex' + order(x.real) + order(x.imag)
    if isinstance(x, integers) and not isinstance(x, bool):
        return 'int%d' % x
    if isinstance(x, (text, bytes, bool, type(None))):
        return type(x).__name__ + repr(x)
    return type(x).__name__ + getattr(x, '__name__', '')


def atom(x, payloads=True):
    if isinstance(x, float):
        return struct.pack(str('>d'), x) if payloads or x == x else 'nan'
    if isinstance(x, complex):
        return atom(x.real, payloads), atom(x.imag, payloads)
    if isinstance(x, bytearray):
        return bytes(x)
    if isinstance(x, (set, frozenset, tuple, list, dict)) or hasattr(x, '__dict__') and not isinstance(x, type) and not callable(x):
        return len(x) if hasattr(x, '__len__') and not isinstance(x, text) else x + '' if isinstance(x, text) else None
    if isinstance(x, Slots):
        return None
    return x


def tracked(x):
    """Whether it can be seen that x is used twice; () and frozenset() are one object always."""
    return not (x is None or isinstance(x, (bool, float, complex, text, bytes, type)) or isinstance(x, integers) or
                callable(x) or isinstance(x, (tuple, frozenset)) and len(x) == 0 and type(x) in (tuple, frozenset))


def written(path):
    names = []
    while path:
        path, name = path
        names.append('[%.20r]' % (name,))
    return '$' + ''.join(reversed(names))


def difference(a, b, payloads):
    """Where a and b differ, in values, types or in what is the same object; '' if nowhere.
    NaNs are the same whatever their payload unless payloads is set."""
    forth, back, keep = {}, {}, []
    todo = [((), a, b)]
    while todo:
        path, a, b = todo.pop()
        ta, tb = type(a), type(b)
        if PY2:
            ta, tb = int if ta is long else ta, int if tb is long else tb
        if ta is not tb:
            return '%s: %s, not %s' % (written(path), ta.__name__, tb.__name__)
        if atom(a, payloads) != atom(b, payloads):
            return '%s: %.100r, not %.100r' % (written(path), b, a)
        if tracked(a):
            if forth.get(id(a), id(b)) != id(b) or back.get(id(b), id(a)) != id(a):
                return '%s: shared otherwise' % written(path)
            if id(a) in forth:
                continue
            forth[id(a)], back[id(b)] = id(b), id(a)
            keep += [a, b]
            pa, pb = parts(a), parts(b)
            if len(pa) != len(pb):
                return '%s: %d parts, not %d' % (written(path), len(pb), len(pa))
            todo += [((path, n), x, y) for (n, x), (_, y) in zip(pa, pb)]
    return ''


# Requests

VALUES = []


def b64(b):
    return base64.b64encode(b).decode('ascii')


def pure(v, protocol):
    import pickle as module
    out = io.BytesIO()
    module._Pickler(out, protocol).dump(v)
    return out.getvalue()


def op_hello(q):
    return {'version': list(sys.version_info[:2]), 'highest': HIGHEST}


def op_make(q):
    """Makes values and dumps each in every protocol."""
    del VALUES[:]
    VALUES.extend(fixed())
    for i in xrange(q['count']):
        VALUES.append(Generator('%d/%d' % (q['seed'], i)).value(4))
    out = []
    for i, v in enumerate(VALUES):
        for p in xrange(HIGHEST + 1):
            try:
                out.append({'i': i, 'p': p, 'data': b64(pickle.dumps(v, p))})
            except Exception as e:
                # digits, or a cycle through arguments: Python can't do it either
                out.append({'i': i, 'p': p, 'error': '%s: %.100s' % (type(e).__name__, e)})
    return out


def op_same(q):
    """Compares what pickles load as with the values of op_make. Protocol 0, p, has no NaN payloads."""
    out = []
    for item in q['items']:
        try:
            v = pickle.loads(base64.b64decode(item['data']))
            out.append(difference(VALUES[item['i']], v, item['p'] > 0))
        except Exception as e:
            out.append('%s: %s' % (type(e).__name__, e))
    return out


def op_pass(q):
    """Loads pickles and dumps them again, each in the protocol asked for."""
    out = []
    for item in q['items']:
        try:
            out.append({'data': b64(pickle.dumps(pickle.loads(base64.b64decode(item['data'])), item['p']))})
        except Exception as e:
            out.append({'error': '%s: %s' % (type(e).__name__, e)})
    return out


def scope():
    """What expressions in requests may use."""
    names = {}
    for name in q_modules:
        try:
            exec('import ' + name, names)       # the name must be interned, as in any program
        except ImportError:
            pass        # it came with a later Python
    names['C'] = lambda f: f()
    return names


q_modules = ('datetime zoneinfo time decimal fractions uuid ipaddress pathlib array random collections enum functools '
             'itertools operator types re copy math').split()


def op_evaluate(q):
    """Evaluates expressions and dumps each value in every protocol, with the C pickler."""
    out = []
    for expression in q['expressions']:
        answer = {'data': []}
        try:
            value = eval(expression, scope())
            answer['repr'] = repr(value)
            for p in xrange(HIGHEST + 1):
                answer['data'].append(b64(pickle.dumps(value, p)))
        except Exception as e:
            answer['error'] = '%s: %.200s' % (type(e).__name__, e)
        out.append(answer)
    return out


def op_equals(q):
    """Compares what pickles load as with what expressions give, and with their repr. '' is no difference."""
    out = []
    for item in q['items']:
        try:
            want, got = eval(item['expression'], scope()), pickle.loads(base64.b64decode(item['data']))
            if type(got) is not type(want):
                out.append('type %r, not %r' % (type(got), type(want)))
            elif repr(got) != repr(want):
                out.append('%.300r, not %.300r' % (got, want))
            elif item.get('equal', True) and got != want:
                out.append('%.300r is not equal' % (got,))
            else:
                out.append('')
        except Exception as e:
            out.append('%s: %.300s' % (type(e).__name__, e))
    return out


def op_batches(q):
    """Pickles of containers of n items by the C pickler and the one in Python."""
    out = []
    for n in q['sizes']:
        for kind in 'list', 'dict', 'set', 'List', 'Dict':
            v = {'list': list, 'set': set, 'List': List, 'dict': lambda x: dict.fromkeys(x, 1),
                 'Dict': lambda x: Dict.fromkeys(x, 1)}[kind](range(n))
            for p in range(HIGHEST + 1):
                out.append({'kind': kind, 'n': n, 'p': p, 'c': b64(pickle.dumps(v, p)), 'python': b64(pure(v, p))})
    return out


DEFINED = {}


def op_define(q):
    """Runs code, in a module of the name that is given, whose names expressions have then."""
    name = str(q.get('module') or '__main__')
    module = sys.modules.setdefault(name, types.ModuleType(name))
    exec(q['code'], module.__dict__)
    DEFINED.update(module.__dict__)
    return True


def op_dump(q):
    """The pickles of expressions in every protocol."""
    out = []
    for source in q['expressions']:
        for p in xrange(HIGHEST + 1):
            row = {'source': source, 'p': p}
            try:
                row['data'] = b64(pickle.dumps(eval(source, DEFINED), p))
            except Exception as e:
                row['error'] = '%s: %.200s' % (type(e).__name__, e)
            out.append(row)
    return out


def op_show(q):
    """What expressions of v, what a pickle loads as, say."""
    out = []
    for item in q['items']:
        try:
            DEFINED['v'] = pickle.loads(base64.b64decode(item['data']))
            out.append(repr(eval(item['expression'], DEFINED)))
        except Exception as e:
            out.append('%s: %s' % (type(e).__name__, e))
    return out


def op_eval(q):
    """Evaluates expressions after some setup. Each is compared with what its pickle loads as, and dumped."""
    scope = dict(globals())
    exec(compile(q['setup'], 'setup', 'exec'), scope)
    out = []
    for item in q['items']:
        try:
            v = eval(item['expr'], scope)
            out.append({'difference': difference(v, pickle.loads(base64.b64decode(item['data'])), item['p'] > 0)})
            if 'unordered' not in item:
                out[-1]['data'] = b64(pickle.dumps(v, item['p']))
        except Exception as e:
            out.append({'error': '%s: %s' % (type(e).__name__, e)})
    return out


def main():
    sys.setrecursionlimit(5000)
    while True:
        line = sys.stdin.readline()
        if not line:
            return
        q = json.loads(line)
        try:
            answer = {'ok': OPERATIONS[q['op']](q)}
        except Exception as e:
            answer = {'failed': '%s: %s' % (type(e).__name__, e)}
        sys.stdout.write(json.dumps(answer) + str('\n'))
        sys.stdout.flush()


OPERATIONS = {n[3:]: f for n, f in list(globals().items()) if n[:3] == 'op_'}

