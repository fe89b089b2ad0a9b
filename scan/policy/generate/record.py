"""Prints the names that the pickles of this Python's libraries need, with the uses that the policy must allow.

python record.py LIBRARY..., each one of stdlib numpy scipy pandas sklearn joblib torch. A line has the name, the uses, the library with its version;
update.py merges the lines of many environments. Runs on Python 2.7 and 3.6 up.
"""

from __future__ import print_function

import importlib
import pickle
import platform
import sys
import warnings

import machine

warnings.simplefilter("ignore")


def streams(library, value):
    """The pickles of a value: at every protocol, or what a library's own dump writes."""
    if hasattr(library, "streams"):
        for data in library.streams(value):
            yield data
        return
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        try:
            yield pickle.dumps(value, protocol)
        except Exception:
            continue
        except RuntimeError:
            continue


def one_by_one(values):
    """Goes on where making one case fails; a generator would end."""
    while True:
        try:
            yield next(values)
        except StopIteration:
            return
        except Exception as e:
            print("case:", repr(e)[:200], file=sys.stderr)
            return


def record(name):
    out, sys.stdout = sys.stdout, sys.stderr  # some modules print when they are imported
    library = importlib.import_module("make_" + name)
    version = library.version() if hasattr(library, "version") else platform.python_version()
    table, cases = {}, 0
    for maker in library.MAKERS:
        for case, value in one_by_one(iter(maker())):
            cases += 1
            parts = value if isinstance(value, list) and len(value) < 1000 else [value]
            for part in parts:
                for data in streams(library, part):
                    try:
                        found = machine.uses(data)
                    except Exception as e:
                        print("machine:", name, case, repr(e), file=sys.stderr)
                        continue
                    for text, uses in found.items():
                        table.setdefault(text, set()).update(uses)
    sys.stdout = out
    for text in sorted(table):
        uses = table[text] - {"name"} or {"name"}
        print("\t".join((text, " ".join(sorted(uses)), name + " " + version)))
    print(name, version, cases, "cases", len(table), "names", file=sys.stderr)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        record(name)
