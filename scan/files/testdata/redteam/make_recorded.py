# coding: utf-8
"""Writes recorded.tar.xz: what libraries write, and what Go cannot.

    python3 make_recorded.py OTHER_PYTHON...     # with numpy, pandas, scipy, scikit-learn, joblib, lz4 for the first one

Nothing is unpickled here. The harmless files are objects that are dumped; the bytes of the others
are put together by hand, and are only put into archives and databases. The folder of a member
says what may be said about it: B safe, S suspicious, D dangerous.
"""
import array, collections, datetime, decimal, fractions, pickle, random, re, sys, types, uuid
if sys.version_info > (3, 7):
    import bz2, gzip, io, ipaddress, lzma, os, pathlib, shutil, sqlite3, subprocess, tarfile, tempfile, zipfile

EVIL = b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x06echo x\x85R."
OLD = b"cposix\nsystem\n(S'echo x'\ntR."
GOOD = b"\x80\x04}\x8c\x05epochK\x03s."
out = {}


def add(accept, name, data):
    assert (accept, name) not in out, name
    out[accept, name] = data


def plain():
    names = ["os.system", "builtins", "eval", "__reduce__", "cposix\nsystem\n(S'echo x'\ntR.", "pickle.loads", "subprocess", "exec(1)", "__import__('os')", "c__builtin__\neval\n"]
    yield "names", names
    yield "names as keys", {n: i for i, n in enumerate(names)}
    yield "names in bytes", [n.encode() for n in names]
    yield "pickles in bytes", [EVIL, OLD, bytearray(EVIL)]
    yield "pairs", [("os", "system"), ("builtins", "eval"), ["posix", "popen"]]
    yield "nan", [float("nan"), float("inf"), -0.0, 1e300, 2.0 ** -1074]
    yield "integers", [0, -1, 255, 256, 65535, 65536, 2 ** 31 - 1, -2 ** 31, 2 ** 63, -2 ** 64, 10 ** 60]
    yield "texts", ["", "é", "模型", "\U0001f600", "a\nb", "\\u0041", "'\"", "\x00", "x" * 300]
    x = []; x.append(x); yield "a list in itself", x
    d = {}; d["d"] = d; yield "a dict in itself", d
    a = ["a"]; yield "shared", [a, a, {"a": a}, (a, a)]
    yield "dates", [datetime.datetime(2026, 1, 2, 3, 4, 5, 6), datetime.date(1, 1, 1), datetime.time(23, 59), datetime.timedelta(-1, 2, 3)]
    yield "decimals", [decimal.Decimal("1.10"), decimal.Decimal("NaN"), fractions.Fraction(3, 7)]
    yield "collections", [collections.OrderedDict(a=1), collections.Counter("abca"), collections.deque([1, 2], 5), collections.defaultdict(list, a=[1])]
    yield "sets", [set("ab"), frozenset("cd"), set(), frozenset()]
    yield "array", array.array("d", [1.0, 2.0])
    yield "uuid", uuid.UUID(int=5)
    yield "regex", re.compile("a(b|c)*", re.I)
    yield "complex", [1j, range(5), slice(1, 2), Ellipsis, NotImplemented]
    yield "exceptions", [ValueError("os.system"), KeyError("a"), OSError(2, "no such file", "/etc/passwd")]
    yield "deep", eval("[" * 80 + "]" * 80)
    yield "records", [{"id": i, "name": "user %d" % i, "tags": ["a", "b"], "score": i / 3} for i in range(30)]
    yield "types", [int, str, dict, list, float, type(None)]
    yield "random", random.Random(1)
    yield "bools", [True, False, None]


def python3():
    yield "ip", [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_network("10.0.0.0/8")]
    yield "paths", [pathlib.PurePosixPath("/etc/passwd"), pathlib.PureWindowsPath("C:\\x")]
    yield "zones", [datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc), datetime.timezone(datetime.timedelta(hours=2), "x")]
    yield "namespaces", types.SimpleNamespace(os="os", system=[1])
    yield "bytes", [b"", bytes(range(256)), bytearray(b"ab")]
    yield "ChainMap", collections.ChainMap({"a": 1}, {"b": 2})
    yield "UserDict", collections.UserDict(a=1)


def others(protocols=(0, 2)):
    """Runs in another Python: prints what it dumps, in hexadecimal."""
    import binascii
    for name, value in plain():
        if name in ("regex", "deep", "random", "complex", "types"):
            continue
        for p in protocols:
            sys.stdout.write("%s p%d %s\n" % (name.replace(" ", "_"), p, binascii.hexlify(pickle.dumps(value, p)).decode()))


def libraries():
    import joblib, numpy as np, pandas as pd, scipy.sparse, sklearn
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.neighbors import KNeighborsClassifier
    text = np.array(["os.system", "builtins", "eval"])
    objects = np.array(["os.system", {"a": 1}, None, EVIL], dtype=object)
    opcodes = np.frombuffer(EVIL + OLD, dtype="u1")
    values = {
        "strings": text, "objects": objects, "bytes that are opcodes": opcodes, "empty": np.zeros((0, 3)), "0-d": np.array(1.5), "big endian": np.arange(3, dtype=">i4"), "fortran": np.asfortranarray(np.eye(3)),
        "dates": np.array(["2026-01-01"], dtype="M8[D]"), "record": np.array([(1, 2.0, "os")], dtype=[("a", "i4"), ("b", "f8"), ("c", "U2")]), "record of objects": np.array([(1, "x")], dtype=[("a", "i4"), ("b", "O")]),
        "masked": np.ma.masked_array([1, 2], [0, 1]), "scalars": [np.float32(1), np.int64(2), np.bool_(True), np.str_("os"), np.datetime64("2026-01-01")], "dtypes": [np.dtype("O"), np.dtype("f8"), np.dtype([("a", "O")])],
        "generator": np.random.default_rng(1), "state": np.random.RandomState(1), "polynomial": np.polynomial.Polynomial([1, 2]), "functions": [np.sin, np.add],
        "frame": pd.DataFrame({"os.system": [1, 2], "eval": ["a", None], "when": pd.to_datetime(["2026-01-01", None])}), "series": pd.Series([1, 2], name="__reduce__"), "categories": pd.Categorical(["exec", "eval"]),
        "index": pd.MultiIndex.from_tuples([("os", 1), ("sys", 2)]), "period": pd.period_range("2026-01", periods=2, freq="M"), "interval": pd.interval_range(0, 2), "nullable": pd.array([1, None], dtype="Int64"), "zone": pd.Timestamp("2026-01-01", tz="UTC"),
        "csr": scipy.sparse.csr_matrix(np.eye(3)), "coo": scipy.sparse.coo_matrix(np.eye(2)),
        "ridge": Ridge().fit(np.eye(3), [1, 2, 3]), "scaler": StandardScaler().fit(np.eye(3)), "tree": DecisionTreeClassifier().fit(np.eye(3), [0, 1, 1]), "pipe": make_pipeline(StandardScaler(), Ridge()).fit(np.eye(3), [1, 2, 3]),
        "neighbours": KNeighborsClassifier(1).fit(np.eye(3), ["os.system", "eval", "x"]),
    }
    for i, (name, value) in enumerate(values.items()):
        add("B", "lib %s.pkl" % name, pickle.dumps(value, (2, 3, 4, 5)[i % 4]))
    for i, name in enumerate(["strings", "objects", "bytes that are opcodes", "record of objects", "ridge", "pipe", "neighbours", "frame", "big endian", "tree"]):
        for how in (0, [("zlib", 3), ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3), ("lz4", 1)][i % 6]):
            b = tempfile.NamedTemporaryFile(suffix=".joblib")
            joblib.dump(values[name], b.name, compress=how, protocol=(2, 4, 5)[i % 3] if how else None)
            add("B", "joblib %s %s.joblib" % (name, how[0] if how else "raw"), open(b.name, "rb").read())
    for name in ("strings", "objects", "bytes that are opcodes", "record of objects", "0-d", "fortran", "dates"):
        b = io.BytesIO(); np.save(b, values[name]); add("B", "npy %s.npy" % name, b.getvalue())
        b = io.BytesIO(); np.savez_compressed(b, values[name], **{"os.system": text}); add("B", "npz %s.npz" % name, b.getvalue())
    for how in ("gzip", "bz2", "xz", "zip", "tar", "zstd"):
        b = io.BytesIO()
        try:
            values["frame"].to_pickle(b, compression=how)
        except ImportError:
            continue
        add("B", "to_pickle %s" % how, b.getvalue())


def containers():
    for accept, what, data in (("D", "bad", EVIL), ("D", "old", OLD), ("B", "good", GOOD), ("B", "text", pickle.dumps(["os.system", "eval"], 0))):
        add(accept, "bz2 %s" % what, bz2.compress(data))
        add(accept, "bz2 two %s" % what, bz2.compress(GOOD) + bz2.compress(data))
        add(accept, "gzip two %s" % what, gzip.compress(GOOD, mtime=0) + gzip.compress(data, mtime=0))
        add(accept, "xz %s" % what, lzma.compress(data, check=lzma.CHECK_CRC32))
        add(accept, "lzma alone %s" % what, lzma.compress(data, lzma.FORMAT_ALONE))
        add("SD" if accept == "D" else "SB", "xz delta %s" % what, lzma.compress(data, filters=[{"id": lzma.FILTER_DELTA, "dist": 1}, {"id": lzma.FILTER_LZMA2}]))
        add("SD" if accept == "D" else "SB", "xz x86 %s" % what, lzma.compress(data, filters=[{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2}]))
        b = io.BytesIO()
        with zipfile.ZipFile(b, "w", zipfile.ZIP_BZIP2) as z:
            z.writestr("data", data)
        add(accept, "zip bz2 %s" % what, b.getvalue())
        b = io.BytesIO()
        with tarfile.open(fileobj=b, mode="w:bz2", format=tarfile.PAX_FORMAT) as t:
            i = tarfile.TarInfo("a/é" * 60); i.size = len(data); t.addfile(i, io.BytesIO(data))
            i = tarfile.TarInfo("link"); i.type = tarfile.LNKTYPE; i.linkname = "a"; t.addfile(i)
        add(accept, "tar bz2 %s" % what, b.getvalue())
        with tempfile.TemporaryDirectory() as d:
            for kind, schema, sql in (
                ("diskcache", "CREATE TABLE Cache (rowid INTEGER PRIMARY KEY, key BLOB, raw INTEGER, mode INTEGER DEFAULT 0, filename TEXT, value BLOB)", "INSERT INTO Cache (key, raw, mode, value) VALUES ('k', 1, 4, ?)"),
                ("diskcache key", "CREATE TABLE Cache (rowid INTEGER PRIMARY KEY, key BLOB, raw INTEGER, mode INTEGER DEFAULT 0, filename TEXT, value BLOB)", "INSERT INTO Cache (key, raw, mode, value) VALUES (?, 0, 1, 5)"),
                ("sqlitedict", "CREATE TABLE unnamed (key TEXT PRIMARY KEY, value BLOB)", "INSERT INTO unnamed VALUES ('os.system', ?)"),
                ("sqlite without rowid", "CREATE TABLE t (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID", "INSERT INTO t VALUES ('k', ?)"),
            ):
                path = os.path.join(d, kind + ".db")
                c = sqlite3.connect(path); c.execute("PRAGMA page_size=512"); c.execute("PRAGMA encoding='UTF-8'"); c.execute(schema)
                c.execute(sql, (data,))
                c.execute(sql.replace("'k'", "'l'").replace("'os.system'", "'l'"), (data + b"\x00" * 3000 if accept == "B" else b"N0" * 700 + data,))
                c.commit(); c.close()
                add(accept, "%s %s.db" % (kind, what), open(path, "rb").read())
            import dbm.dumb
            db = dbm.dumb.open(os.path.join(d, "dumb"), "c"); db[b"a"] = GOOD; db[b"b"] = data; db.close()
            add(accept, "dumb %s.dat" % what, open(os.path.join(d, "dumb.dat"), "rb").read())
            for kind in ("gnu", "ndbm"):
                try:
                    m = __import__("dbm." + kind, fromlist=["x"])
                    db = m.open(os.path.join(d, kind), "n"); db[b"a"] = GOOD; db[b"b"] = data; db.close()
                except ImportError:
                    continue
                for f in sorted(os.listdir(d)):
                    if f.startswith(kind) and not f.endswith((".dir", ".pag")):
                        add(accept, "%s %s" % (f, what), gzip.compress(open(os.path.join(d, f), "rb").read(), mtime=0))
            if shutil.which("7z"):
                for how in ("LZMA", "LZMA2", "BZip2", "Deflate", "Copy", "PPMd"):
                    p = os.path.join(d, "model"); open(p, "wb").write(data * 1)
                    z = os.path.join(d, how + ".7z")
                    subprocess.run(["7z", "a", "-m0=" + how, "-mtm=off", "-mhc=" + ("on" if how != "Copy" else "off"), z, p], check=True, stdout=subprocess.DEVNULL)
                    add("SD" if how == "PPMd" and accept == "D" else "SB" if how == "PPMd" else accept, "7z %s %s.7z" % (how, what), open(z, "rb").read())


def main():
    for name, value in plain():
        for p in (1, 3, 4, 5):
            if (len(name) + p) % 2 or p == 5:
                add("B", "std %s p%d.pkl" % (name, p), pickle.dumps(value, p))
    for name, value in python3():
        add("B", "py3 %s.pkl" % name, pickle.dumps(value, 2 + len(name) % 4))
    for other in sys.argv[1:]:
        text = subprocess.run([other, __file__, "--others"], check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in text.splitlines():
            name, p, data = line.split()
            add("B", "%s %s %s.pkl" % (pathlib.Path(other).parts[-3], name, p), bytes.fromhex(data))
    libraries()
    containers()
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.GNU_FORMAT) as t:
        for (accept, name), data in sorted(out.items()):
            i = tarfile.TarInfo(accept + "/" + name)
            i.size = len(data)
            t.addfile(i, io.BytesIO(data))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "recorded.tar.xz"), "wb") as f:
        f.write(lzma.compress(whole.getvalue(), preset=9))
    print(len(out), "files")


if sys.argv[1:] == ["--others"]:
    others()
else:
    main()
