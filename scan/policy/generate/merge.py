"""Merges what record.py printed in many environments into ../../testdata/policy_uses.txt.gz.

python3 merge.py FILE... A line of the result has a name, the uses, and the libraries with the versions that need them.
"""

import gzip
import os
import sys

table = {}
for path in sys.argv[1:]:
    for line in open(path):
        name, uses, library = line.rstrip("\n").split("\t")
        if name.startswith(("make_", "__main__:")):
            continue  # the classes of the generator itself
        library, version = library.split(" ")
        table.setdefault((name, uses), {}).setdefault(library, set()).add(version)
out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata", "policy_uses.txt.gz")
os.makedirs(os.path.dirname(out), exist_ok=True)
text = "".join(
    "%s\t%s\t%s\n" % (name, uses, "; ".join(lib + " " + " ".join(sorted(versions)) for lib, versions in sorted(libraries.items())))
    for (name, uses), libraries in sorted(table.items())
)
with open(out, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as f:
    f.write(text.encode())
print(len(table), "lines,", os.path.getsize(out), "bytes")
