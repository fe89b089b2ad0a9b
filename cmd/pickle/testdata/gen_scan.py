"""Writes the files for scan and calls, as bytes: none of them is ever loaded. Those that would
do something run "echo x", which is harmless.

    cd cmd/pickle/testdata && python3 gen_scan.py
"""

import io
import pickle
import zipfile


def write(name, data):
    with open(name, "wb") as f:
        f.write(data)


def text(s):
    s = s.encode("utf-8", "surrogatepass")
    return b"\x8c" + bytes([len(s)]) + s if len(s) < 256 else b"X" + len(s).to_bytes(4, "little") + s


def name(module, qualname):
    return text(module) + text(qualname) + b"\x93"


def call(module, qualname, *args):
    return name(module, qualname) + b"(" + b"".join(args) + b"tR"


PROTO = b"\x80\x04"
system = call("os", "system", text("echo x"))

write("danger.pkl", PROTO + system + b".")
write("danger-cut.pkl", PROTO + system + b"h\x07")
write("unknown.pkl", PROTO + name("shop.models", "Order") + b")\x81}(" + text("id") + b"K\x07" + text("item") + text("tea") + b"ub.")
write("nested-name.pkl", PROTO + name("shop.models", "Order.Line") + b")\x81.")

# One of everything that calls prints.
write("script.pkl", PROTO
      + name("os", "system") + b"\x94" + b"0"  # memo 0
      + b"](" + b"h\x00" + text("echo x") + b"\x85R"  # x1
      + name("shop", "system") + text("a") + b"\x85R"  # the same name from elsewhere
      + name("shop", "x1") + b")R"  # a name like that of a result
      + name("shop", "Order.Line") + b")}" + text("n") + b"K\x01s\x92"  # NEWOBJ_EX
      + b"\x94}" + text("k") + b"Nsb"  # memo 1
      + b"h\x01K\x01K\x02\x86b"  # a state that is no dict
      + b"h\x01K\x05a" + b"h\x01(K\x06K\x07e" + b"h\x01" + text("key") + b"G" + bytes.fromhex("7ff0000000000000") + b"s"
      + b"h\x01(K\x08\x90"
      + b"\x82\xf0"  # EXT1
      + text("storage") + b"Q"  # BINPERSID
      + name("a b\n", "import \u202e\u0441") + b")R"
      + b"\x8a\x09" + bytes(8) + b"\x01"  # a long
      + b"C\x03a\x00b" + b"\x8f(K\x01\x90" + b"(N\x91"
      + b"e.")

# What is long, deep and wide, in a few bytes.
wide = b"]\x94" + b"".join(b"](" + b"h" + bytes([i]) + (b"h" + bytes([i])) * 9 + b"e\x94" for i in range(40))
write("long.pkl", PROTO + call("shop", "f", text("x" * 5000)) + b"0" + call("shop", "f", b"]" * 50 + b"a" * 49) + b"0"
      + wide + b"0" * 40 + call("shop", "f", b"h\x28") + b"0"
      + call("shop", "f", *[b"K\x01"] * 100) + b"0" + (name("shop", "f") + b")R0") * 50 + b"N.")

archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as z:
    for member, data in (("archive/data.pkl", PROTO + system + b"."), ("archive/version", b"3\n")):
        z.writestr(zipfile.ZipInfo(member), data)
write("danger.pt", archive.getvalue())
