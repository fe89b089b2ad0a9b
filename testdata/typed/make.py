"""Writes the pickles of TestTypedFromPython, one JSON object for each Python:

    for p in python2.7 python3.6 python3.11 python3.13; do $p make.py; done
"""
import base64
import collections
import json
import os
import pickle
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from geometry import *  # noqa: E402,F403

if sys.version_info >= (3, 10):
    from geometry3 import *  # noqa: E402,F403


def cycle():
    a, b = Node('a'), Node('b')
    a.next, b.next = b, a
    a.children = [b, b]
    return a


def nested_list():
    x = []
    x.append(x)
    return x


def shared():
    p = Point(1, 2)
    return {'a': p, 'b': p, 'list': [p, p]}


def ordered():
    d = collections.OrderedDict([('x', 1.0), ('y', 2.0)])
    return d


def default_dict():
    d = collections.defaultdict(int)
    d['x'] = 1
    d['y'] = 2
    return d


def table():
    t = Table(x=1.0, y=2.0)
    t.note = 'kept as an attribute'
    return t


values = {
    'int': lambda: 42,
    'negative': lambda: -1,
    'large': lambda: 2**63,
    'huge': lambda: 2**200,
    'float': lambda: 1.5,
    'whole': lambda: 3.0,
    'true': lambda: True,
    'none': lambda: None,
    'complex': lambda: 1 + 2j,
    'text': lambda: u'h\xe9llo',
    'bytes': lambda: b'h\xc3\xa9',
    'badbytes': lambda: b'\xff\x00',
    'bytearray': lambda: bytearray(b'abc'),
    'list': lambda: [1, 2.0, 3],
    'tuple': lambda: (1, u'two', 3.0),
    'pairtuple': lambda: (1.0, 2.0),
    'set': lambda: {7},
    'frozenset': lambda: frozenset([7]),
    'dict': lambda: {u'x': 1.0, u'y': 2.0},
    'intdict': lambda: {1: u'one', 2: u'two'},
    'tupledict': lambda: {(1, 2): u'a'},
    'point': lambda: Point(1.0, 2.0),
    'slotted': lambda: Slotted(1.0, 2.0),
    'both': lambda: Both(1.0, 2.0, 3.0),
    'namedtuple': lambda: Pair(1.0, 2.0),
    'table': table,
    'stack': lambda: Stack([1, 2]),
    'bag': lambda: Bag([7]),
    'trio': lambda: Trio((1, 2, 3)),
    'name': lambda: Name('bob'),
    'count': lambda: Count(5),
    'ordered': ordered,
    'default': default_dict,
    'deque': lambda: collections.deque([1, 2], 5),
    'counter': lambda: collections.Counter(u'aab'),
    'failure': lambda: Failure(3, u'no'),
    'keywords': lambda: WithKeywords(x=1.0, y=2.0),
    'ownstate': lambda: OwnState(1.0, 2.0),
    'old': lambda: Old(1.0, 2.0),
    'oldargs': lambda: OldArgs(1.0, 2.0),
    'cycle': cycle,
    'nested': nested_list,
    'shared': shared,
    'empty': lambda: [[], (), {}, u''],
}
if PY3:
    import array
    import datetime
    import decimal
    import fractions
    import http
    import ipaddress
    import pathlib
    import types
    import uuid

    values['datetime'] = lambda: datetime.datetime(2024, 2, 29, 12, 30, 1, 5)
    values['utc'] = lambda: datetime.datetime(2024, 2, 29, 12, 30, 1, 5, datetime.timezone.utc)
    values['date'] = lambda: datetime.date(2024, 2, 29)
    values['timedelta'] = lambda: datetime.timedelta(days=1, microseconds=3)
    values['decimal'] = lambda: decimal.Decimal('1.50')
    values['fraction'] = lambda: fractions.Fraction(1, 3)
    values['uuid'] = lambda: uuid.UUID(int=5)
    values['address'] = lambda: ipaddress.ip_address('192.0.2.1')
    values['network'] = lambda: ipaddress.ip_network('192.0.2.0/24')
    values['path'] = lambda: pathlib.PurePosixPath('/a/b')
    values['array'] = lambda: array.array('i', [1, 2])
    values['range'] = lambda: range(3)
    values['namespace'] = lambda: types.SimpleNamespace(x=1.0, y=2.0)
    values['status'] = lambda: http.HTTPStatus.OK
    values['datekeys'] = lambda: {datetime.date(2024, 2, 29): [datetime.date(2024, 2, 29)]}
    values['color'] = lambda: Color.RED
    values['level'] = lambda: Level.HIGH
    values['inner'] = lambda: Outer.Inner()
    values['surrogate'] = lambda: 'a\ud800'
if sys.version_info >= (3, 10):
    values['data'] = lambda: Data(1.0, 2.0)
    values['frozen'] = lambda: Frozen(1.0, 2.0)

out = {}
for name, make in sorted(values.items()):
    out[name] = {}
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        try:
            if PY3:
                data = pickle.dumps(make(), protocol)
            else:
                import cPickle
                data = cPickle.dumps(make(), protocol)
        except Exception as e:
            continue  # slots at protocol 0
        out[name][str(protocol)] = base64.b64encode(data).decode()
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'python%d.%d.json' % sys.version_info[:2]), 'w') as f:
    json.dump(out, f, indent=0, sort_keys=True)
    f.write('\n')
