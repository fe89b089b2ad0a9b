"""Writes the archives and databases beside this file that Go can't write: for 7z archives py7zr
and the command 7z, for the databases Python's dbm and sqlite3, zstd and lz4 the commands.

    python3 gen.py       # Debian 12: python3-gdbm p7zip-full zstd lz4, and py7zr from PyPI

In each there are three pickles, of protocols 0, 2 and 4, with the texts 'one', 'two' and 'three'.
'three' is 20,000 bytes long, so that it is more than fits a page.
"""

import bz2, dbm.dumb, dbm.gnu, dbm.ndbm, gzip, io, lzma, os, pickle, sqlite3, subprocess, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
VALUES = {
    "one": pickle.dumps("one", 0),
    "two": pickle.dumps("two", 2),
    "three": pickle.dumps("three" * 4000, 4),
}


def save(name, data):
    """A file is kept in gzip if that makes it much smaller."""
    packed = gzip.compress(data, 9, mtime=0)
    for old in (name, name + ".gz"):
        if os.path.exists(os.path.join(HERE, old)):
            os.remove(os.path.join(HERE, old))
    if len(packed) < len(data) // 2:
        name, data = name + ".gz", packed
    with open(os.path.join(HERE, name), "wb") as f:
        f.write(data)


def read(name):
    with open(name, "rb") as f:
        return f.read()


def databases(folder):
    for name, module in (("gdbm", dbm.gnu), ("berkeley", dbm.ndbm), ("dumb", dbm.dumb)):
        path = os.path.join(folder, name)
        with module.open(path, "c") as db:
            if name == "dumb":  # a long value that a short one replaces leaves its end behind
                db["two"] = pickle.dumps("replaced" * 70, 0)
            for key, value in VALUES.items():
                db[key] = value
        save(name + ".db", read(path + {"gdbm": "", "berkeley": ".db", "dumb": ".dat"}[name]))
    path = os.path.join(folder, "sqlite")
    db = sqlite3.connect(path)
    db.execute("PRAGMA page_size = 1024")
    db.execute("CREATE TABLE plain (key TEXT, value BLOB)")
    db.execute("CREATE TABLE tree (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")
    db.execute("CREATE TABLE other (number INTEGER, text TEXT, blob BLOB)")
    db.executemany("INSERT INTO plain VALUES (?, ?)", [("one", VALUES["one"]), ("three", VALUES["three"])])
    db.execute("INSERT INTO tree VALUES (?, ?)", ("two", VALUES["two"]))
    db.executemany("INSERT INTO other VALUES (?, ?, ?)", [(i, "text %d" % i, b"\x89PNG\r\n\x1a\n" + bytes(i)) for i in range(50)])
    db.commit()
    db.close()
    save("sqlite.db", read(path))


def seven_zips(folder):
    import py7zr

    for key, value in VALUES.items():
        with open(os.path.join(folder, key), "wb") as f:
            f.write(value)
    # Code of x86, for the filter: calls forwards and backwards, and what looks like some.
    code = b"".join(b"\x55\xe8" + (i * 37 & 0xFFFFFF).to_bytes(3, "little") + (b"\x00" if i % 3 else b"\xff") + b"\xe8\xe9\xe8" * (i % 4) for i in range(300))
    with open(os.path.join(folder, "code"), "wb") as f:
        f.write(code)
    save("x86.code", code)
    py = [
        ("default", None),
        ("lzma", [{"id": py7zr.FILTER_LZMA}]),
        ("bzip2", [{"id": py7zr.FILTER_BZIP2}]),
        ("deflate", [{"id": py7zr.FILTER_DEFLATE}]),
        ("zstd", [{"id": py7zr.FILTER_ZSTD}]),
        ("copy", [{"id": py7zr.FILTER_COPY}]),
        ("ppmd", [{"id": py7zr.FILTER_PPMD, "order": 6, "mem": 24}]),
        ("encrypted", None),
    ]
    for name, filters in py:
        path = os.path.join(folder, "x.7z")
        kw = {"password": "x"} if name == "encrypted" else {}
        with py7zr.SevenZipFile(path, "w", filters=filters, **kw) as z:
            z.writestr(b"", "empty")
            for key, value in VALUES.items():
                z.writestr(value, "folder/" + key)
        save("py-%s.7z" % name, read(path))
        os.remove(path)
    for name, options in (("lzma2", ["-m0=lzma2"]), ("solid-off", ["-ms=off"]), ("x86", ["-mf=BCJ", "code"]), ("header-encrypted", ["-px", "-mhe=on"])):
        path = os.path.join(folder, "x.7z")
        subprocess.run(["7z", "a", *options[:1], path, "one", "two", "three", *options[1:]], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        save("7z-%s.7z" % name, read(path))
        os.remove(path)


def streams():
    plain = b"".join(VALUES.values())
    save("stream.zst", subprocess.run(["zstd", "-q", "-c"], input=plain, check=True, stdout=subprocess.PIPE).stdout)
    save("stream.lz4", subprocess.run(["lz4", "-q", "-c", "-BD", "-B4"], input=plain, check=True, stdout=subprocess.PIPE).stdout)
    save("stream.xz", subprocess.run(["xz", "-c", "--block-size=8192", "-T1"], input=plain, check=True, stdout=subprocess.PIPE).stdout
         + bytes(8) + lzma.compress(pickle.dumps("four", 4), check=lzma.CHECK_SHA256))
    save("stream.lzma", lzma.compress(plain, format=lzma.FORMAT_ALONE))
    save("stream.bz2", bz2.compress(plain[:100]) + bz2.compress(plain[100:]))


with tempfile.TemporaryDirectory() as folder:
    databases(folder)
    seven_zips(folder)
    streams()
