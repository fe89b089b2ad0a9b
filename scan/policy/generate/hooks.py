"""Lists what the classes of a library would run when a pickle makes them without calling them.

python hooks.py PACKAGE... imports all modules of each package and prints, for every class, the methods that NEWOBJ and BUILD call
(__new__, __setstate__, __setattr__, __getattr__) and that run at the object's end (__del__), with the class that defines them. Whoever
adds a pattern to a policy reads the source of each.
"""

import importlib
import inspect
import pkgutil
import sys
import warnings

warnings.simplefilter("ignore")
HOOKS = ("__new__", "__setstate__", "__setattr__", "__getattr__", "__getattribute__", "__del__")
PLAIN = (object, dict, list, tuple, set, frozenset, int, float, str, bytes, type, BaseException, Exception)


def modules(package):
    root = importlib.import_module(package)
    yield root
    for info in pkgutil.walk_packages(getattr(root, "__path__", []), package + ".", onerror=lambda name: None):
        parts = info.name.split(".")
        if "tests" in parts or "testing" in parts or "__main__" in parts or "conftest" in parts:
            continue
        try:
            yield importlib.import_module(info.name)
        except BaseException:
            pass


def owner(cls, hook):
    for base in cls.__mro__:
        if hook in vars(base):
            return base


table, families = {}, {}
for package in sys.argv[1:]:
    for module in modules(package):
        for value in list(vars(module).values()):
            if not inspect.isclass(value) or not str(value.__module__).startswith(package.split(".")[0]):
                continue
            families[value.__module__ + ":" + value.__qualname__] = value
            for hook in HOOKS:
                base = owner(value, hook)
                if base and base not in PLAIN and base.__module__ not in ("builtins", "enum", "typing", "abc"):
                    if issubclass(value, BaseException) and hook == "__setstate__":
                        continue
                    # what C and Cython generate sets fields and calls nothing; __new__ of a named tuple is tuple's
                    if not inspect.isfunction(inspect.unwrap(getattr(vars(base)[hook], "__func__", vars(base)[hook]))) or hook == "__new__" and hasattr(base, "_fields"):
                        continue
                    table.setdefault((base.__module__ + ":" + base.__qualname__, hook), set()).add(value.__module__ + ":" + value.__qualname__)
for (base, hook), classes in sorted(table.items()):
    print(base, hook, len(classes), " ".join(sorted(classes)[:6]))
print(len(families), "classes", file=sys.stderr)
