"""Copies the smallest file of each kind from the ecosystem corpus to real.tar.xz beside this file.

    python3 select.py ../../../../shared/corpus/ecosystem
"""

import io, json, lzma, os, sys, tarfile

KINDS = ("npy", "npz", "joblib", "torch-zip", "torch-legacy", "shelve-dbm.dumb", "shelve-dbm.gnu", "shelve-dbm.ndbm",
         "shelve-dbm.sqlite3", "diskcache", "sqlitedict", "django-filebased", "frame-u32be", "compressed-pickle", "zlib-pickle")

folder = sys.argv[1]
smallest = {}
with open(os.path.join(folder, "manifest.jsonl")) as f:
    for row in map(json.loads, f):
        if row["kind"] not in KINDS or row["path"].endswith((".dir", ".bak")) or "empty" in row["path"] or "no-tensors" in row["path"]:
            continue
        # One of each compression, of each ending, and of what has objects.
        key = (row["kind"], str(row.get("compress")), os.path.splitext(row["path"])[1], "object" in row["path"])
        if key not in smallest or (row["size"], row["path"]) < (smallest[key]["size"], smallest[key]["path"]):
            smallest[key] = row

out = io.BytesIO()
with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as t:
    for row in sorted(smallest.values(), key=lambda r: r["path"]):
        info = tarfile.TarInfo(row["path"].removeprefix("data/"))
        info.size = row["size"]
        with open(os.path.join(folder, row["path"]), "rb") as f:
            t.addfile(info, f)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "real.tar.xz"), "wb") as f:
    f.write(lzma.compress(out.getvalue(), preset=9))
