#!/usr/bin/env python3
"""Measures loading and dumping beside CPython's C module, and writes what came out.

CPython's step runs right before that of the library, each in a process of its own, in several
rounds. The ratio is that of the quickest step of each: what else the machine does only ever
makes a step slower. Both collect garbage before each step; CPython's collector is on, and Go's as it is
by default. What a library made is read by CPython and compared with what it was given.
"""
import argparse
import json
import math
import os
import pickle
import platform
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import shapes  # noqa: E402

OPS = ("load", "dump", "typedload", "typeddump", "graph")
LIBRARIES = {  # by operation: those in Go, then those in Rust
    "load": (["ours", "og-rek", "gopickle"], ["serde-pickle"]),
    "dump": (["ours", "og-rek"], ["serde-pickle"]),
    "typedload": (["ours", "msgpack", "json/v2"], ["deser-pickle", "serde-pickle"]),
    "typeddump": (["ours", "msgpack", "json/v2"], ["deser-pickle", "serde-pickle"]),
    "graph": (["ours"], []),
}
PYTHON = {"typedload": "load", "typeddump": "dump", "graph": "load"}  # what CPython does beside it
FORMATS = ("msgpack", "json/v2")  # which have no protocols


class Worker:
    def __init__(self, cmd):
        self.p = subprocess.Popen(cmd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said = self.p.stdout.readline().strip()
        self.no = None if said == "ready" else said or "it died"

    def ask(self, line):
        try:
            self.p.stdin.write(f"{line}\n")
            self.p.stdin.flush()
        except OSError:
            raise RuntimeError("it died")
        answer = self.p.stdout.readline().strip()
        if not answer or answer.startswith("no:"):
            raise RuntimeError(answer or "it died")
        return answer

    def memory(self):
        """Peak memory of one run over what there was before it, in kB."""
        proc = f"/proc/{self.p.pid}/"
        with open(proc + "clear_refs", "w") as f:
            f.write("5")
        before = self.status(proc, "VmRSS")
        self.ask(1)
        return self.status(proc, "VmHWM") - before

    @staticmethod
    def status(proc, key):
        with open(proc + "status") as f:
            for line in f:
                if line.startswith(key + ":"):
                    return int(line.split()[1])

    def close(self):
        self.p.stdin.close()
        self.p.stdout.close()
        self.p.wait()


def plain(v):
    """v with lists for tuples and dicts for instances, which not every library tells apart."""
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    if isinstance(v, shapes.Particle):
        return plain(vars(v))
    return v


def is_right(worker, want, folder):
    """Whether CPython reads what the worker has as the same value; None if it is no pickle."""
    path = os.path.join(folder, "out.pickle")
    said = worker.ask("out " + path)
    if said == "none":
        return None
    if said != "written":
        print(said, file=sys.stderr)
        return False
    try:
        with open(path, "rb") as f:
            return plain(pickle.load(f)) == plain(want)
    except Exception as e:
        print(f"CPython can't read it: {type(e).__name__}: {e}", file=sys.stderr)
        return False


def measure(file, shape, proto, op, commands, python, rounds, want, folder, seconds):
    """Rows of the result for one operation on one pickle, CPython's first."""
    base = Worker(python)
    if base.no:
        raise SystemExit(f"CPython: {base.no}")
    rows, workers = [], {}
    row = {"shape": shape, "protocol": proto, "op": op, "library": "CPython", "bytes": os.path.getsize(file)}
    row["peak_kb"] = base.memory()
    once = int(base.ask(1))
    times = max(1, min(50_000, int(seconds * 1e9 / once))) if once < seconds * 1e9 else 1
    rows.append(row)
    for name, cmd in commands.items():
        row = {"shape": shape, "protocol": proto, "op": op, "library": name}
        rows.append(row)
        w = Worker(cmd)
        if w.no:
            row["error"] = w.no
            w.close()
            continue
        workers[name] = w
        row["right"] = is_right(w, want, folder)
        fresh = Worker(cmd)
        row["peak_kb"] = fresh.memory()
        fresh.close()
    pairs = {name: [] for name in workers}
    for n in range(rounds + 1):
        for name, w in workers.items():
            b, t = int(base.ask(times)), int(w.ask(times))
            if n > 0:  # the first round warms up
                pairs[name].append((b, t))
    base.close()
    for w in workers.values():
        w.close()
    all_base = [b for p in pairs.values() for b, _ in p]
    rows[0]["ns"] = min(all_base or [once * times]) / times
    for row in rows[1:]:
        if own := pairs.get(row["library"]):
            row["ratio"] = min(t for _, t in own) / min(b for b, _ in own)
    return rows


def build(folder, rust):
    go = os.path.join(folder, "worker")
    subprocess.run(["go", "build", "-o", go, "./cmd/worker"], cwd=HERE, check=True)
    if not rust or not shutil.which("cargo"):
        return go, None
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(folder, "rust"))
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=os.path.join(HERE, "rust"), check=True,
                   env={**os.environ, "CARGO_TARGET_DIR": target})
    return go, os.path.join(target, "release", "pickle-bench")


def run(a, go, rust, folder):
    results = []
    wanted = [int(p) for p in a.protocols.split(",")]
    for make, _, typed, protocols in shapes.SHAPES:
        shape = make.__name__
        if a.only and shape not in a.only.split(","):
            continue
        value = shapes.value(shape, a.scale)
        for proto in [p for p in protocols if p in wanted]:
            file = os.path.join(folder, f"{shape}.p{proto}.pickle")
            with open(file, "wb") as f:
                f.write(pickle.dumps(value, proto))
            for op in a.ops.split(","):
                in_go, in_rust = LIBRARIES[op]
                commands = {n: [go, n] for n in in_go}
                if rust:
                    commands.update({n: [rust, n] for n in in_rust})
                commands = {n: c + [op, shape, file, str(proto)] for n, c in commands.items()
                            if (not a.libraries or n in a.libraries.split(","))
                            and not (n in FORMATS and proto != 5)}
                if op.startswith("typed") and not typed or not commands:
                    continue
                python = [sys.executable, os.path.join(HERE, "python_worker.py"), PYTHON.get(op, op),
                          file, str(proto)]
                rows = measure(file, shape, proto, op, commands, python, a.rounds, value, folder, a.seconds)
                results += rows
                print(f"{shape:12} p{proto} {op:10}", "  ".join(
                    f"{r['library']} {r['ratio']:.2f}{'!' if r['right'] is False else ''}"
                    for r in rows if "ratio" in r), file=sys.stderr, flush=True)
            os.remove(file)
    return results


def machine():
    model = platform.machine()
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    version = subprocess.check_output(["go", "version"], text=True).split()[2]
    return {"cpu": model, "cpus": os.cpu_count(), "system": platform.system() + " " + platform.machine(),
            "python": platform.python_version(), "go": version, "load": os.getloadavg()[0]}


def arguments():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rounds", type=int, default=7)
    ap.add_argument("--scale", type=float, default=1.0, help="of the size of the values")
    ap.add_argument("--seconds", type=float, default=0.05, help="that CPython takes for one step, at least")
    ap.add_argument("--only", default="", help="shapes, by comma")
    ap.add_argument("--ops", default=",".join(OPS))
    ap.add_argument("--protocols", default="0,2,5")
    ap.add_argument("--libraries", default="", help="by comma")
    ap.add_argument("--no-rust", action="store_true")
    ap.add_argument("--results", help="write them here as JSON")
    return ap


def main():
    a = arguments().parse_args()
    with tempfile.TemporaryDirectory() as folder:
        go, rust = build(folder, not a.no_rust)
        info = machine()
        results = run(a, go, rust, folder)
    info.update(rounds=a.rounds, scale=a.scale, load_after=os.getloadavg()[0])
    if a.results:
        with open(a.results, "w") as f:
            json.dump({"machine": info, "results": results}, f, indent=1)
    wrong = [r for r in results if r.get("right") is False]
    for r in wrong:
        print("WRONG:", r["library"], r["op"], r["shape"], "protocol", r["protocol"], file=sys.stderr)
    return 1 if any(r["library"] == "ours" for r in wrong) else 0


def mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


if __name__ == "__main__":
    sys.exit(main())
