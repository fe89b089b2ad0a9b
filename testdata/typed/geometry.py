"""The classes of TestTypedFromPython."""
import collections
import sys

try:
    import enum
except ImportError:
    enum = None

PY3 = sys.version_info[0] == 3


class Point(object):
    def __init__(self, x, y):
        self.x, self.y = x, y


class Slotted(object):
    __slots__ = ('x', 'y')

    def __init__(self, x, y):
        self.x, self.y = x, y


class Both(Slotted):
    def __init__(self, x, y, z):
        Slotted.__init__(self, x, y)
        self.z = z


class Node(object):
    def __init__(self, name):
        self.name = name
        self.next = None
        self.children = []


Pair = collections.namedtuple('Pair', 'x y')


class Table(dict):
    pass


class Stack(list):
    pass


class Bag(set):
    pass


class Trio(tuple):
    pass


class Name(str):
    pass


class Count(int):
    pass


class Ordered(collections.OrderedDict):
    pass


class Failure(Exception):
    def __init__(self, code, text):
        Exception.__init__(self, code, text)
        self.code = code


class WithKeywords(object):
    def __new__(cls, x=0, y=0):
        self = object.__new__(cls)
        self.x, self.y = x, y
        return self

    def __getnewargs_ex__(self):
        return (), {'x': self.x, 'y': self.y}

    def __getstate__(self):
        return None


class OwnState(object):
    def __init__(self, x, y):
        self.pair = x, y

    def __getstate__(self):
        return {'x': self.pair[0], 'y': self.pair[1]}

    def __setstate__(self, state):
        self.pair = state['x'], state['y']


class Old:
    def __init__(self, x, y):
        self.x, self.y = x, y


class OldArgs:
    def __init__(self, x, y):
        self.args = x, y

    def __getinitargs__(self):
        return self.args


class Color(enum.Enum if PY3 else object):
    RED = 'red'


class Level(enum.IntEnum if PY3 else object):
    HIGH = 3


class Outer(object):
    class Inner(object):
        def __init__(self):
            self.x, self.y = 1.0, 2.0
