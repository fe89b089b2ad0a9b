"""Writes the files that the scripts use. Python 3.11 and the programs gzip, zstd and
python2.7 (for python2.pkl) make the same bytes again.

    cd cmd/pickle/testdata && python3 gen.py
"""

import bz2
import copyreg
import datetime
import fractions
import lzma
import pickle
import subprocess
import zlib

small = {"name": "small", "rows": [[1, 2.5], [3, None]], "data": b"\x00\xff"}


def write(name, data):
    with open(name, "wb") as f:
        f.write(data)


raw = pickle.dumps(small, 5)
write("small.pkl", raw)
for protocol in range(5):
    write(f"small{protocol}.pkl", pickle.dumps(small, protocol))

# Compressed, under names that say nothing.
write("c-gzip", subprocess.run(["gzip", "-9n"], input=raw, capture_output=True, check=True).stdout)
write("c-bzip2", bz2.compress(raw))
write("c-xz", lzma.compress(raw))
write("c-lzma", lzma.compress(raw, format=lzma.FORMAT_ALONE))
write("c-zlib", zlib.compress(raw))
write("c-zlib-window9", (lambda c: c.compress(raw) + c.flush())(zlib.compressobj(9, zlib.DEFLATED, 9)))
write("c-zlib-window13", (lambda c: c.compress(raw) + c.flush())(zlib.compressobj(9, zlib.DEFLATED, 13)))
write("c-zstd", subprocess.run(["zstd", "-q", "-19"], input=raw, capture_output=True, check=True).stdout)
write("c-xz-gzip", lzma.compress(open("c-gzip", "rb").read()))
write("c-cut.gz", open("c-gzip", "rb").read()[:-20])
write("c-parts.gz", b"".join(subprocess.run(["gzip", "-9n"], input=part, capture_output=True, check=True).stdout
                             for part in (raw[:30], b"", raw[30:])) + b"junk")
write("c-bomb", zlib.compress(bytes(3_000_000)))
# Django's file cache: a pickle, then a compressed one.
write("c-django", pickle.dumps(1700000300.5) + zlib.compress(raw))

# These are pickles, though their first bytes are near those of compressed data.
write("near-zlib.pkl", b"X\x09\x00\x00\x00123456789.")  # 58 09 is a header of zlib
write("near-lzma.pkl", b"].")

write("several.pkl", b"".join(pickle.dumps({"number": i}, 4) for i in range(3)))
write("trailing.pkl", pickle.dumps([1, 2], 4) + b"<END>\n")
write("cut.pkl", raw[:40])
write("shared.pkl", pickle.dumps((lambda a, b: [a, a, b, (b,)])([1], {"k": [2, 3]}), 5))
loop = ["loop"]
loop.append({"self": loop})
write("cycle.pkl", pickle.dumps(loop, 5))
write("big.pkl", pickle.dumps({"numbers": list(range(1000)), "text": "x" * 1000, "nested": [[[[[[1]]]]]],
                               "words": [{"w": i} for i in range(30)]}, 5))
write("times.pkl", pickle.dumps([
    datetime.date(2024, 2, 29), datetime.time(8, 5), datetime.time(8, 5, 1, 20, fold=1),
    datetime.datetime(2024, 2, 29, 23, 59, 59, 999999),
    datetime.datetime(2024, 2, 29, 12, 0, tzinfo=datetime.timezone.utc),
    datetime.timedelta(1, 2, 3), fractions.Fraction(1, 3)], 5))
write("calls.pkl", pickle.dumps([1 + 2j, {1}, frozenset({2}), b"\x01\xe9", bytearray(b"ab"),
                                 datetime.date(2024, 2, 29)], 2))


class Pickler(pickle.Pickler):
    def persistent_id(self, obj):
        return ("file", 7) if isinstance(obj, fractions.Fraction) else None


with open("persistent.pkl", "wb") as f:
    Pickler(f, 5).dump(["kept", fractions.Fraction(1, 2)])

write("buffers.pkl", pickle.dumps([pickle.PickleBuffer(bytearray(b"x")), pickle.PickleBuffer(b"y")], 5,
                                  buffer_callback=lambda b: None))

copyreg.add_extension("fractions", "Fraction", 240)
write("extension.pkl", pickle.dumps(fractions.Fraction, 4))
copyreg.remove_extension("fractions", "Fraction", 240)

write("python2.pkl", subprocess.run(["python2.7", "-c", """
import sys, pickle
sys.stdout.write(pickle.dumps({'name': 'Caf\\xc3\\xa9', 'plain': 'ascii', 'text': u'\\u00e9', 'error': KeyError}, 2))
"""], capture_output=True, check=True).stdout)
write("python2-latin1.pkl", pickle.dumps(["x"], 2).replace(b"X\x01\x00\x00\x00x", b"U\x02\xe9!"))
