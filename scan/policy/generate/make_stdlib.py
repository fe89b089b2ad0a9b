"""Values of everything in the standard library that pickles. Runs on Python 2.7 and 3.6 up."""

import collections
import datetime
import decimal
import fractions
import importlib
import inspect
import operator
import random
import re
import sys
import uuid

PY2 = sys.version_info[0] == 2

# modules whose data classes, exceptions and constants are looked for
MODULES = """
abc argparse array ast asyncio asyncio.exceptions bdb binascii bz2 calendar cgi codecs codeop collections concurrent.futures
concurrent.futures.process concurrent.futures.thread configparser contextlib contextvars copy csv ctypes curses dataclasses datetime dbm
dbm.dumb dbm.gnu dbm.ndbm decimal difflib dis doctest email email.errors email.headerregistry email.message email.policy email.charset
email.header email._policybase encodings enum errno fileinput fnmatch fractions ftplib functools gc getopt getpass gettext glob graphlib
gzip hashlib heapq hmac html html.parser http http.client http.cookiejar http.cookies imaplib imp importlib importlib.metadata
importlib.resources inspect io ipaddress itertools json json.decoder keyword linecache locale logging lzma mailbox marshal mimetypes
multiprocessing multiprocessing.context netrc nntplib ntpath numbers operator optparse os pathlib pdb pickle pickletools pkgutil platform
plistlib poplib posix pprint profile pstats pwd grp spwd py_compile pyclbr pydoc queue random re sre_constants reprlib resource runpy
sched secrets select selectors shelve shlex shutil signal site smtplib smtpd socket socketserver sqlite3 ssl stat statistics string
struct subprocess sunau symtable sys sysconfig tarfile telnetlib textwrap threading time timeit token tokenize tomllib trace
traceback tracemalloc types typing unicodedata unittest unittest.case unittest.mock urllib.error urllib.parse urllib.request urllib.robotparser
uu uuid warnings wave weakref webbrowser wsgiref xdrlib xml.dom xml.etree.ElementTree xml.parsers.expat xml.sax xml.sax._exceptions
xmlrpc.client zipfile zipimport zlib zoneinfo
""".split()
MODULES2 = """
ConfigParser Cookie HTMLParser Queue SocketServer StringIO UserDict UserList UserString __builtin__ exceptions cookielib copy_reg httplib
htmlentitydefs mimetools rfc822 robotparser sets sgmllib urllib urllib2 urlparse xmlrpclib anydbm dumbdbm cPickle cStringIO thread
""".split()


class OldStyle:
    def __init__(self):
        self.a = 1


def constants():
    """Exceptions without arguments and with one, members of enums, named tuples and struct sequences."""
    try:
        import enum
    except ImportError:  # Python 2.7
        enum = None
    seen = set()
    for module_name in (MODULES2 if PY2 else []) + MODULES:
        try:
            module = importlib.import_module(module_name)
        except Exception:
            continue
        for name, cls in sorted(vars(module).items()):
            if not inspect.isclass(cls) or cls in seen:
                continue
            seen.add(cls)
            if issubclass(cls, BaseException):
                for args in ((), ("x",), (1, "x"), ("x", "y", 3), ("utf-8", b"x", 0, 1, "r"), ("utf-8", u"x", 0, 1, "r"), ("u", 500, "m", {}, None)):
                    try:
                        yield name, cls(*args)
                        break
                    except Exception:
                        continue
            elif enum and issubclass(cls, enum.Enum):
                for member in list(cls)[:2]:
                    yield name, member
                if issubclass(cls, enum.Flag) and len(list(cls)) > 1:
                    yield name, list(cls)[0] | list(cls)[1]
            elif issubclass(cls, tuple) and cls is not tuple:
                for n in list(range(0, 25)):
                    try:
                        yield name, (cls(*range(n)) if hasattr(cls, "_fields") else cls(range(n)))
                        break
                    except Exception:
                        continue


def values():
    yield "none", [None, True, 1, 1.5, 2 ** 70, b"a", u"a", [1], {1: 2}, (1,)]
    yield "complex", [1j, complex(1, 2)]
    yield "set", [set([1, 2]), frozenset([1])]
    yield "bytearray", bytearray(b"abc")
    yield "constants", [Ellipsis, NotImplemented]
    yield "range", (xrange(3) if PY2 else range(3))
    yield "slice", slice(1, 2, 3)
    yield "types", [int, float, complex, bool, str, list, dict, tuple, set, frozenset, object, type, bytearray, type(None), type(Ellipsis), type(NotImplemented), slice, property, classmethod, staticmethod, super, BaseException, Exception, ValueError]
    yield "none-type", type(None)
    yield "functions", [len, abs, max, min, sum, sorted, repr, any, all, divmod, hash, id, ord, chr, round, pow, isinstance, issubclass, callable, iter, zip, map, filter, enumerate, reversed]
    yield "operator", [getattr(operator, n) for n in dir(operator) if not n.startswith("_") and n not in ("attrgetter", "itemgetter", "methodcaller", "call")]
    yield "datetime", [datetime.date(2020, 1, 2), datetime.time(1, 2), datetime.datetime(2020, 1, 2, 3), datetime.timedelta(1)]
    yield "decimal", [decimal.Decimal("1.5"), decimal.Decimal("NaN"), decimal.getcontext(), decimal.ROUND_UP]
    yield "decimal-classes", [decimal.Decimal, decimal.Inexact]
    yield "fraction", fractions.Fraction(1, 3)
    yield "uuid", uuid.UUID(int=5)
    yield "deque", [collections.deque([1, 2]), collections.deque([1], 3)]
    yield "defaultdict", [collections.defaultdict(int, a=1), collections.defaultdict(list, a=[1]), collections.defaultdict(None, {1: 2}), collections.defaultdict(dict, {1: {}}), collections.defaultdict(set), collections.defaultdict(float), collections.defaultdict(str), collections.defaultdict(collections.OrderedDict), collections.defaultdict(collections.Counter), collections.defaultdict(bool), collections.defaultdict(tuple), collections.defaultdict(collections.deque)]
    yield "ordereddict", collections.OrderedDict([("a", 1)])
    yield "counter", collections.Counter("aab")
    yield "random", [random.Random(1), random.SystemRandom]
    yield "re", re.compile("a+", re.I)
    yield "old", OldStyle()
    import array
    for code in "bBhHiIlLfd" + ("u" if not PY2 else "c"):
        yield "array-" + code, array.array(code, (u"a" if code == "u" else b"a") if code in "uc" else [1])
    import functools
    yield "partial", [functools.partial(int, base=2), functools.partial(operator.add, 1), functools.partial(max, key=len), functools.partial(dict, a=1)]
    import itertools
    yield "itertools", [itertools.count(3), itertools.repeat(1, 2)]
    import string
    yield "string", [string.Template("$a"), string.Formatter()]
    import argparse
    yield "argparse", argparse.Namespace(a=1)
    import logging
    yield "logging", [logging.LogRecord("n", 10, "p", 1, "m", (), None)]
    import calendar
    yield "calendar", calendar.Calendar()
    yield "file-stat", __import__("os").stat(".")
    yield "times", [__import__("time").localtime(), __import__("os").times()]
    import xml.etree.ElementTree as et
    yield "element", et.fromstring("<a b='1'>t<c/></a>")
    import email.message
    m = email.message.Message()
    m["Subject"] = "x"
    m.set_payload("y")
    yield "message", m
    import ctypes
    yield "ctypes", [ctypes.c_int(3), ctypes.c_double(1)]
    import weakref
    yield "weakref", weakref.WeakValueDictionary()
    import io
    yield "io", [io.BytesIO(b"a"), io.StringIO(u"a")]
    import numbers
    yield "abc", [numbers.Number, numbers.Integral]
    import doctest
    yield "doctest", doctest.TestResults(1, 2)
    import difflib
    yield "difflib", difflib.Match(1, 2, 3)
    import dis
    import gettext
    yield "gettext", gettext.NullTranslations()
    import mimetypes
    yield "mimetypes", mimetypes.MimeTypes()
    import netrc
    import optparse
    yield "optparse", [optparse.Values({"a": 1})]
    import sched
    import shlex
    import textwrap
    yield "textwrap", textwrap.TextWrapper()
    import tarfile, zipfile
    yield "archives", [tarfile.TarInfo("a"), zipfile.ZipInfo("a")]
    import threading
    import platform
    yield "uname", platform.uname()
    import unittest
    yield "unittest", unittest.TestResult()
    import pstats
    import struct
    yield "struct", struct.Struct
    import codecs
    yield "codecs", [codecs.lookup("utf-8"), codecs.lookup("latin-1")]
    import copy
    yield "copy", [copy.copy, copy.deepcopy]
    import math, cmath
    yield "math", [f for n, f in sorted(vars(math).items()) if callable(f)] + [f for n, f in sorted(vars(cmath).items()) if callable(f)]
    import json
    yield "json", [json.JSONEncoder(), json.JSONDecoder]
    if PY2:
        import UserDict, UserList, UserString, StringIO, cStringIO, Cookie, sets, Queue, xmlrpclib, urlparse, cookielib
        yield "py2-long", long(5)
        yield "py2-unicode", [unicode, long, basestring, buffer, file, unichr, cmp, intern, apply, reduce]
        yield "py2-buffer", "abc"
        yield "py2-user", [UserDict.UserDict(a=1), UserDict.IterableUserDict(a=1), UserList.UserList([1]), UserString.UserString("a"), UserString.MutableString("a")]
        yield "py2-io", [StringIO.StringIO("a"), cStringIO.StringIO("a")]
        yield "py2-cookie", [Cookie.SimpleCookie("a=b")]
        yield "py2-sets", [sets.Set([1]), sets.ImmutableSet([1])]
        yield "py2-urlparse", [urlparse.urlparse("http://a/b"), urlparse.urlsplit("http://a/b")]
        yield "py2-xmlrpc", [xmlrpclib.Binary("a"), xmlrpclib.DateTime(0), xmlrpclib.Boolean(1)]
        yield "py2-cookiejar", cookielib.Cookie(0, "a", "b", None, False, "d", True, True, "/", True, False, None, True, None, None, {})
        return
    import types, pathlib, ipaddress, statistics, urllib.parse, http.cookies, http.cookiejar, http, enum
    yield "timezone", [datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=1), "x"), datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc), datetime.datetime(2020, 1, 1, fold=1), datetime.time(1, fold=1)]
    yield "namespace", types.SimpleNamespace(a=1)
    yield "mapping", [collections.ChainMap({1: 2}), collections.UserDict(a=1), collections.UserList([1]), collections.UserString("a")]
    yield "views", [types.MethodType, types.FunctionType, types.ModuleType, types.GeneratorType, types.BuiltinFunctionType, types.MappingProxyType]
    for make in ("PurePosixPath", "PureWindowsPath", "PosixPath", "Path", "PurePath"):
        yield "path-" + make, [getattr(pathlib, make)("a/b"), getattr(pathlib, make)]
    yield "ip", [f(x) for f, x in ((ipaddress.ip_address, "1.2.3.4"), (ipaddress.ip_address, "::1"), (ipaddress.ip_network, "1.2.3.0/24"), (ipaddress.ip_network, "::/8"), (ipaddress.ip_interface, "1.2.3.4/8"), (ipaddress.ip_interface, "::1/8"))] + [ipaddress.IPv4Network("1.2.3.0/24")]
    for case, value in (("bytes-iterator", iter(b"ab")), ("list-iterator", iter([1, 2])), ("tuple-iterator", iter((1, 2))), ("str-iterator", iter("ab")), ("range-iterator", iter(range(3))), ("dict-iterator", iter({1: 2})), ("set-iterator", iter({1})), ("reversed", reversed([1, 2])), ("enumerate", enumerate([1])), ("zip", zip([1], [2])), ("map", map(int, ["1"])), ("filter", filter(None, [1])), ("dict-keys", {1: 2}.keys()), ("long-range", iter(range(2 ** 70))), ("deque-iterator", iter(collections.deque([1]))), ("odict-iterator", iter(collections.OrderedDict(a=1))), ("array-iterator", iter(array.array("i", [1]))), ("bytearray-iterator", iter(bytearray(b"a")))):
        yield case, value
    yield "itertools3", [itertools.cycle([1]), itertools.chain([1], [2]), itertools.product([1], [2]), itertools.islice([1, 2], 1), itertools.accumulate([1]), itertools.combinations([1, 2], 2), itertools.permutations([1, 2]), itertools.compress([1], [1]), itertools.zip_longest([1], [2])]
    yield "bound", ["abc".upper, [1].append, {}.get, b"a".decode, "a".join]
    yield "methods", [str.upper, list.append, dict.get, dict.fromkeys, bytes.fromhex, object.__init__, "a".__len__]
    yield "nested", [inspect.Parameter.empty, inspect._ParameterKind.VAR_KEYWORD, inspect.signature(lambda a, b=1: 0)]
    yield "statistics", statistics.NormalDist(0, 1) if hasattr(statistics, "NormalDist") else None
    yield "urlparse", [urllib.parse.urlparse("http://a/b"), urllib.parse.urlsplit("http://a"), urllib.parse.urlparse(b"http://a"), urllib.parse.urldefrag("http://a#b")]
    yield "cookies", [http.cookies.SimpleCookie("a=b"), http.cookies.Morsel()]
    yield "cookie", http.cookiejar.Cookie(0, "a", "b", None, False, "d", True, True, "/", True, False, None, True, None, None, {})
    yield "cookiejar", http.cookiejar.CookieJar()
    yield "http-client", http.client.HTTPMessage()
    import typing
    for case, value in (("typing", [typing.List[int], typing.Dict[str, int], typing.Optional[int], typing.Any, typing.Union[int, str], typing.Tuple[int, ...], typing.Callable[[int], str]]), ("typing-names", [typing.List, typing.Generic, typing.Hashable, typing.Sequence])):
        yield case, value
    yield "typevar", typing.AnyStr
    if sys.version_info >= (3, 9):
        yield "generic-alias", [list[int], dict[str, int]]
        yield "zoneinfo", None
        import zoneinfo
        yield "zone", [zoneinfo.ZoneInfo("Europe/Berlin"), datetime.datetime(2020, 1, 1, tzinfo=zoneinfo.ZoneInfo("UTC"))]
        import graphlib
        yield "graphlib", graphlib.TopologicalSorter({1: [2]})
    if sys.version_info >= (3, 10):
        yield "union-type", int | str
        yield "none-types", [types.NoneType, types.EllipsisType]
    if sys.version_info >= (3, 11):
        yield "group", ExceptionGroup("m", [ValueError(1)])
        import tomllib
    import ast
    yield "ast", ast.parse("def f(a, *b, c=1, **d):\n  '''x'''\n  x = [y for y in f'{a!r:>{3}}' if not y]\n  with a as b: pass\n  try: raise a\n  except E as e: del a[1:2]\n  else: return lambda: (yield)\nclass A(B): x: int = {1: 2, **c}\nimport a.b as c\nfrom . import d\nwhile 1 < 2 <= 3 and a or b: x += 1 if a else 2; break\nfor i in {1}: continue\nassert a, b\nglobal q\nasync def g():\n  await x\n  nonlocal q\n", mode="exec")
    import email.policy, email.parser
    yield "email3", [email.parser.Parser(policy=email.policy.default).parsestr("Subject: x\n\ny"), email.policy.default, email.policy.SMTP]
    import queue
    import tokenize
    yield "token", tokenize.TokenInfo(1, "a", (1, 0), (1, 1), "a")
    import traceback
    yield "traceback", [traceback.FrameSummary("f", 1, "n", lookup_line=False), traceback.StackSummary()]
    import subprocess
    yield "subprocess", [subprocess.CompletedProcess(["a"], 0), subprocess.CalledProcessError(1, "a"), subprocess.TimeoutExpired("a", 1)]
    import dataclasses
    yield "dataclasses", [dataclasses.MISSING.__class__]
    import contextlib
    yield "contextlib", [contextlib.suppress(ValueError)]
    import reprlib
    yield "reprlib", reprlib.Repr()
    import sched
    import configparser
    c = configparser.ConfigParser()
    c.read_string("[a]\nb=1")
    yield "configparser", c
    import ssl, socket, signal, shutil
    yield "names", [ssl.PROTOCOL_TLS, socket.AF_INET, socket.SOCK_STREAM, signal.SIGINT, signal.SIG_DFL, http.HTTPStatus.OK, socket.AddressFamily.AF_INET]
    yield "disk", shutil.disk_usage(".")


MAKERS = [constants, values]
