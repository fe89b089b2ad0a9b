

# What CPython's C unpickler makes of pickles, many at a time: the verdict, where the pickle
# ends, and a description of the value. find_class gives a stand-in for each name: nothing is
# imported, and what a pickle calls is noted and does nothing.

import copyreg as _copyreg
import gc
import hashlib

# CPython allocates what a pickle claims: a memo twice as long as the largest index, bytes
# before they are there. Beyond this it gives a MemoryError, which counts as no verdict.
JUDGE_MEMORY = 400 << 20

# Where a description ends: both sides count in the same way.
MOST_VALUES, MOST_DEPTH = 20000, 90


class Standin(type):
    """The class of all stand-ins, which are classes themselves: so they can be called, be the
    class of NEWOBJ, be keys, and be changed in any way that a pickle can."""

    def __call__(cls, *args, **kwargs):
        return standin(cls, args, kwargs)

    def __setstate__(cls, state):
        cls.ops.append(('B', [state]))

    def note(cls, kind, items):
        if cls.ops and cls.ops[-1][0] == kind:
            cls.ops[-1][1].extend(items)
        else:
            cls.ops.append((kind, list(items)))

    def __setitem__(cls, key, value):
        cls.note('I', (key, value))

    def append(cls, item):
        cls.note('A', (item,))

    def extend(cls, items):
        cls.note('A', items)

    def add(cls, item):
        cls.note('S', (item,))


def _new(cls, *args, **kwargs):
    return standin(cls, args, kwargs)


def standin(*made):
    """A stand-in for a module and name, for a persistent id, or for what a call of a stand-in
    with arguments and keywords gives."""
    return type.__new__(Standin, 'Standin', (), {'__new__': _new, 'made': made, 'ops': []})


class Input(io.BytesIO):
    """A file that shows all it has, so that the unpickler works in memory, as loads does; yet
    it leaves the file behind the pickle's end."""

    def peek(self, n):
        return self.getvalue()[self.tell():]


class Judge(_pickle.Unpickler):
    def start(self, persistent):
        self.names, self.persistent = {}, persistent
        return self

    def find_class(self, module, name):
        found = self.names.get((module, name))
        if found is None:
            found = self.names[module, name] = standin(module, name)
        return found

    def persistent_load(self, pid):
        if not self.persistent:
            raise _pickle.UnpicklingError('A load persistent id instruction was encountered, '
                                          'but no persistent_load function was specified.')
        return standin(pid)


class TooLarge(Exception):
    pass


class Describer(object):
    def __init__(self, kwargs=True):
        self.out, self.left, self.kwargs = [], MOST_VALUES, kwargs

    def put(self, x):
        self.out.append(x)

    def sequence(self, items, seen, depth, inset):
        self.put(b'(')
        for item in items:
            self.value(item, seen, depth, inset)
        self.put(b')')

    def value(self, x, seen, depth, inset=False):
        self.left -= 1
        if self.left < 0 or depth > MOST_DEPTH:
            raise TooLarge()
        t, put = type(x), self.put
        if x is None:
            return put(b'N')
        if t is bool:
            return put(b'T' if x else b'F')
        if t is int:
            return put(b'i%x ' % x)
        if t is float:
            return put(b'f' + struct.pack('>d', x))
        if t is str:
            raw = x.encode('utf-8', 'surrogatepass')
            return put(b's%d:' % len(raw) + raw)
        if t is bytes:
            return put(b'b%d:' % len(x) + x)
        if t is memoryview:
            return put(b'm%d%d:' % (x.readonly, len(x)) + bytes(x))
        named = t is Standin and len(x.made) == 2
        if named:
            module, name = (n.encode('utf-8', 'surrogatepass') for n in x.made)
            put(b'g%d:%s%d:%s' % (len(module), module, len(name), name))
            if x.ops and id(x) not in seen:
                seen[id(x)] = -1
                self.ops(x, seen, depth, inset)
            return
        if t is Standin and len(x.made) == 1:
            put(b'p')
            return self.value(x.made[0], seen, depth + 1, inset)
        if t is not tuple or x:
            n = seen.get(id(x))
            if n is not None:
                return put(b'r%d ' % n)
            seen[id(x)] = seen['next'] = seen.get('next', 0) + 1
        if t is bytearray:
            put(b'a%d:' % len(x) + x)
        elif t is tuple:
            put(b't')
            self.sequence(x, seen, depth + 1, inset)
        elif t is list:
            put(b'l')
            self.sequence(x, seen, depth + 1, inset)
        elif t is dict:
            put(b'd')
            self.sequence([i for pair in x.items() for i in pair], seen, depth + 1, inset)
        elif t is set or t is frozenset:
            # The order is another one in every set: the items stand alone, in that of their text.
            put(b'S%d ' % len(x) if t is set else b'Z%d ' % len(x))
            if not inset:
                before, texts = self.out, []
                for item in x:
                    self.out = []
                    self.value(item, {}, depth + 1, True)
                    texts.append(b''.join(self.out))
                self.out = before + sorted(texts)
        elif t is Standin:
            put(b'o')
            fn, args, kwargs = x.made
            if not self.kwargs:
                kwargs = {}
            self.value(fn, seen, depth + 1, inset)
            self.sequence(args, seen, depth + 1, inset)
            self.sequence([i for pair in kwargs.items() for i in pair], seen, depth + 1, inset)
            self.ops(x, seen, depth, inset)
        else:
            put(b'?' + t.__name__.encode())

    def ops(self, x, seen, depth, inset):
        for kind, items in x.ops:
            self.put(kind.encode())
            self.sequence(items, seen, depth + 1, inset)
        self.put(b';')


def described(v, kwargs=True):
    d = Describer(kwargs)
    try:
        d.value(v, {}, 0)
    except TooLarge:
        return b'too large'
    return b''.join(d.out)


def judge_options(flags):
    encoding, errors = [('ASCII', 'strict'), ('latin-1', 'strict'), ('bytes', 'strict'), ('utf-8', 'replace')][flags & 3]
    options = {'fix_imports': False, 'encoding': encoding, 'errors': errors}
    if flags & 8:
        options['buffers'] = [memoryview(bytearray(b'one')), memoryview(b'two')]
    return options


def judge_one(data, flags, kwargs=True):
    """The verdict, the end, and the value's description; or the exception's name, its message
    and whether stand-ins had a part in it."""
    file = Input(data)
    try:
        v = Judge(file, **judge_options(flags)).start(flags & 4).load()
    except Exception as e:
        return type(e).__name__, str(e), 'Standin' in str(e) or 'argument list must be a tuple' in str(e)
    return 'ok', file.tell(), described(v, kwargs)


def judge_prepare():
    if resource.getrlimit(resource.RLIMIT_AS)[0] != JUDGE_MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (JUDGE_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
        gc.collect()
        gc.freeze()
        gc.set_threshold(20000)
        # "deallocated bytearray object has exported buffers", where a bytearray is cut off.
        sys.stderr = io.StringIO()
        for code in range(1, 1000):
            _copyreg._inverted_registry[code] = 'ext', 'x'


def op_judge(q):
    """For each item its verdict, where it ends, and a hash of the description."""
    judge_prepare()
    out = []
    for item in q['items']:
        _copyreg._extension_cache.clear()
        data = base64.b64decode(item)
        verdict, where, what = judge_one(data[1:], data[0])
        if verdict == 'ok':
            out.append('ok %d %s' % (where, hashlib.md5(what).hexdigest()))
        else:
            out.append('? %s' % where[:200] if what else verdict)
    return out


def op_explain(q):
    """All about one item, and what loads, which works in memory, says of it."""
    judge_prepare()
    _copyreg._extension_cache.clear()
    data = base64.b64decode(q['item'])
    flags, data = data[0], data[1:]
    verdict, where, what = judge_one(data, flags)
    answer = {'verdict': verdict, 'text': str(where)}
    if verdict == 'ok':
        answer['description'] = base64.b64encode(what).decode()
        answer['plain'] = base64.b64encode(judge_one(data, flags, False)[2]).decode()
    try:
        isolated(_pickle.loads, data, **judge_options(flags))
        answer['memory'] = 'ok'
    except Exception as e:
        answer['memory'] = type(e).__name__
        answer['memoryText'] = str(e)[:200]
    return answer


OPERATIONS['judge'] = op_judge
OPERATIONS['explain'] = op_explain
