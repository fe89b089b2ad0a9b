

# What CPython's own C unpickler says of a pickle when nothing that the pickle names
# matters: every name stands for a class that takes whatever is done to it, and nothing is
# imported or called.

import builtins as _builtins
import resource

import _pickle


class Anything(type):
    """A class of classes: an instance can be called, be the class of NEWOBJ, be a key, and
    be changed in any way that a pickle can."""

    def __call__(cls, *args, **kwargs):
        return anything()

    def __setstate__(cls, state):
        pass

    def __setitem__(cls, key, value):
        pass

    def take(cls, x):
        pass

    append = extend = add = update = take

    def __getattr__(cls, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return anything()


def anything():
    return type.__call__(Anything, 'anything', (), {'__new__': lambda cls, *a, **k: anything()})


class AnyModule(types.ModuleType):
    """A module that has every name, the same thing under the same name."""

    def __init__(self):
        types.ModuleType.__init__(self, 'anymodule')

    def __getattribute__(self, name):
        names = types.ModuleType.__getattribute__(self, '__dict__')
        key = 'name:' + name
        if key not in names:
            names[key] = anything()
        return names[key]


def isolated(call, *args, **kwargs):
    """Calls with an __import__ that puts an AnyModule where the module would be."""
    before = {}

    def fake(name, *rest):
        if name not in before:
            before[name] = sys.modules.get(name)
            sys.modules[name] = AnyModule()

    space = {'__builtins__': dict(vars(_builtins), __import__=fake), 'call': call, 'args': args, 'kwargs': kwargs}
    try:
        return eval('call(*args, **kwargs)', space)
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


def op_verdict(q):
    """'ok', the exception's name, or '?' where stand-ins for classes can't tell."""
    # CPython allocates a memo as long as the largest index; that must not take the machine down.
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, resource.getrlimit(resource.RLIMIT_AS)[1]))
    out = []
    for item in q['items']:
        data = base64.b64decode(item)
        try:
            isolated(_pickle.loads, data)
            out.append(['ok', ''])
        except MemoryError as e:
            out.append(['?', 'MemoryError'])
        except Exception as e:
            unsure = 'Anything' in str(e) or 'anything' in str(e) or 'argument list must be a tuple' in str(e)
            out.append(['?' if unsure else type(e).__name__, str(e)[:200]])
    return out


OPERATIONS['verdict'] = op_verdict
