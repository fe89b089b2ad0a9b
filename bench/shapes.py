#!/usr/bin/env python3
"""Makes the values that are measured, the same each time, as pickles.

    shapes.py DIR [--scale F]

writes DIR/SHAPE.pPROTOCOL.pickle. Most shapes are a Go type, too (types.go).
"""
import argparse
import os
import pickle
import random
import string

ALPHABET = string.ascii_letters + string.digits + "_"


class Particle:
    def __init__(self, id, name, x, y, alive):
        self.id, self.name, self.x, self.y, self.alive = id, name, x, y, alive


def text(r, least, most):
    return "".join(r.choice(ALPHABET) for _ in range(r.randint(least, most)))


def some_int(r):
    """Half of them small, a tenth of 64 bits: as counters, ids and hashes are."""
    bits = r.choices((8, 16, 31, 63), (50, 25, 15, 10))[0]
    v = r.getrandbits(bits)
    return -v if bits > 16 and r.random() < 0.5 else v


def ints(r, n):
    return [some_int(r) for _ in range(n)]


def floats(r, n):
    return [r.gauss(0, 1e6) for _ in range(n)]


def strs(r, n):
    return [text(r, 4, 20) + ("é" if i % 20 == 0 else "") + str(i) for i in range(n)]


def records(r, n):
    return [{"id": i, "name": text(r, 5, 15), "score": r.uniform(0, 100), "active": r.random() < 0.5,
             "tags": [text(r, 3, 6), text(r, 3, 6)], "parent": r.randrange(n) if r.random() < 0.7 else None}
            for i in range(n)]


def tree(r, depth):
    kind = r.random()
    if depth and kind < 0.4:
        return {text(r, 3, 8): tree(r, depth - 1) for _ in range(r.randint(1, 8))}
    if depth and kind < 0.65:
        return [tree(r, depth - 1) for _ in range(r.randint(0, 8))]
    return r.choice((text(r, 2, 24), some_int(r), r.random(), None, True))


def nested(r, n):
    return {"version": 1, "items": [tree(r, 6) for _ in range(n)]}


def objects(r, n):
    return [Particle(i, text(r, 5, 12), r.random(), r.random(), i % 3 == 0) for i in range(n)]


def metrics(r, n):
    return [("servers.dc%d.host%05d.cpu.%s.%d" % (i % 4, i % 20011, r.choice(("user", "system", "idle")), i % 64),
             (1700000000 + i // 100, r.uniform(0, 100))) for i in range(n)]


def shared(r, n):
    """Few values, each used often."""
    pool = [r.choice(([i, "v%d" % i], {"id": i}, (i, "t%d" % i), "shared %d" % i)) for i in range(1000)]
    return [r.choice(pool) for _ in range(n)]


def bytestrings(r, n):
    return [r.randbytes(65536) for _ in range(n)]


def blob(r, n):
    return r.randbytes(n)


def bigints(r, n):
    return [r.getrandbits(2000) - r.getrandbits(2000) for _ in range(n)]


def tiny(r, n):
    return {"id": 12345, "name": "alpha", "ok": True, "score": 0.5, "tags": ["a", "b"]}


# Function, how many, whether there is a Go type for it, protocols. Bytes are written as text
# below protocol 3, which says little at that size.
SHAPES = [(ints, 500_000, True, (0, 2, 5)), (floats, 500_000, True, (0, 2, 5)), (strs, 100_000, True, (0, 2, 5)),
          (records, 40_000, True, (0, 2, 5)), (nested, 3_000, False, (0, 2, 5)), (objects, 40_000, True, (0, 2, 5)),
          (metrics, 100_000, True, (0, 2, 5)), (shared, 500_000, False, (0, 2, 5)), (bytestrings, 500, True, (2, 5)),
          (blob, 32 << 20, True, (5,)), (bigints, 10_000, True, (2, 5)), (tiny, 1, True, (0, 2, 5))]


def value(name, scale=1.0):
    for make, n, *_ in SHAPES:
        if make.__name__ == name:
            return make(random.Random("pickle for Go, " + name), max(1, int(n * scale)))
    raise KeyError(name)


def main():
    # The class is found by this name when the pickles are loaded.
    Particle.__module__ = "shapes"
    import sys
    sys.modules["shapes"] = sys.modules["__main__"]
    ap = argparse.ArgumentParser()
    ap.add_argument("dir")
    ap.add_argument("--scale", type=float, default=1.0)
    ap.add_argument("--only", default="")
    a = ap.parse_args()
    os.makedirs(a.dir, exist_ok=True)
    for make, _, _, protocols in SHAPES:
        if a.only and make.__name__ not in a.only.split(","):
            continue
        v = value(make.__name__, a.scale)
        for p in protocols:
            with open(os.path.join(a.dir, f"{make.__name__}.p{p}.pickle"), "wb") as f:
                f.write(pickle.dumps(v, p))


if __name__ == "__main__":
    main()
