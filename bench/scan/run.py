#!/usr/bin/env python3
"""Compares pickle scan with other scanners of pickles, on the same files in one run.

    PICKLE_CORPUS_SCAN=FOLDER bench/scan/run.py

FOLDER has files and manifest.jsonl: one object a line with file, expected (dangerous,
suspicious or safe) and group. The table is in Markdown on standard output. No file is ever
loaded: all of these programs read them without running them.

The other scanners are installed with pip into a virtual environment, which --venv names; it is
kept. The speed part makes its own files. See --help.
"""

import argparse
import collections
import datetime
import json
import os
import pathlib
import pickle
import platform
import random
import select
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
PEERS = {"picklescan": "1.0.5", "modelscan": "0.8.8", "fickling": "0.1.12", "modelaudit": "0.2.54"}
QUIET = {"PROMPTFOO_DISABLE_TELEMETRY": "1", "NO_ANALYTICS": "1"}  # modelaudit would tell its makers


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def install(venv, names):
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    want = [f"{n}=={PEERS[n]}" for n in names]
    if want:
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *want, "numpy"],
                       check=True, stdout=sys.stderr)
    return python


class Ours:
    """pickle scan, one call for all files."""

    def __init__(self, binary, threads):
        self.command = [binary, "scan", "--format", "jsonl", "--jobs", str(threads), "--"]

    def scan(self, paths, timeout):
        results = {}
        start = time.perf_counter()
        for i in range(0, len(paths), 2000):  # a command line has an end
            p = subprocess.run(self.command + paths[i:i + 2000], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            for line in p.stdout.splitlines():
                r = json.loads(line)
                results[r["path"]] = "error" if "error" in r else r["verdict"]
        return results, time.perf_counter() - start


class Peer:
    """Another scanner, one process for all files; a file that takes too long ends it."""

    def __init__(self, python, name):
        self.command = [python, HERE / "worker.py", name]

    def start(self, folder):
        self.p = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  text=True, bufsize=1, cwd=folder, env=os.environ | QUIET)
        if not self.p.stdout.readline():
            raise SystemExit(f"{self.command[-1]} does not start")

    def stop(self):
        self.p.kill()
        self.p.wait()

    def scan(self, paths, timeout):
        results, seconds = {}, 0.0
        with tempfile.TemporaryDirectory() as folder:  # fickling writes files
            self.start(folder)
            for path in paths:
                self.p.stdin.write(json.dumps(path) + "\n")
                self.p.stdin.flush()
                ready, _, _ = select.select([self.p.stdout], [], [], timeout)
                line = self.p.stdout.readline() if ready else ""
                if line:
                    r = json.loads(line)
                    results[path], seconds = r["verdict"], seconds + r["seconds"]
                    continue
                results[path] = "error"  # too long, or it crashed
                seconds += timeout if not ready else 0
                self.stop()
                self.start(folder)
            self.stop()
        return results, seconds


def percent(n, of):
    return f"{n} ({100 * n / of:.1f} %)" if of else "–"


def accuracy(scanners, corpus, timeout):
    manifest = [json.loads(line) for line in open(corpus / "manifest.jsonl")]
    manifest = [m for m in manifest if (corpus / m["file"]).is_file()]
    dangerous = [m for m in manifest if m["expected"] == "dangerous"]
    suspicious = [m for m in manifest if m["expected"] == "suspicious"]
    safe = [m for m in manifest if m["expected"] == "safe"]
    print(f"{len(manifest)} files: {len(dangerous)} dangerous, {len(suspicious)} suspicious, {len(safe)} safe.\n")
    print("| scanner | dangerous, called dangerous | dangerous, flagged | dangerous, passed as clean | dangerous, error "
          "| suspicious, flagged | safe, called dangerous | safe, flagged | safe, error | seconds |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    families = collections.defaultdict(dict)
    for name, scanner in scanners.items():
        say("accuracy:", name)
        verdicts, seconds = scanner.scan([str(corpus / m["file"]) for m in manifest], timeout)
        of = lambda m: verdicts.get(str(corpus / m["file"]), "error")
        count = lambda files, *v: sum(of(m) in v for m in files)
        flagged = ("dangerous", "suspicious")
        print(f"| {name} | {percent(count(dangerous, 'dangerous'), len(dangerous))} | {percent(count(dangerous, *flagged), len(dangerous))} "
              f"| {count(dangerous, 'safe')} | {count(dangerous, 'error')} | {percent(count(suspicious, *flagged), len(suspicious))} "
              f"| {count(safe, 'dangerous')} | {percent(count(safe, *flagged), len(safe))} | {count(safe, 'error')} | {seconds:.2f} |", flush=True)
        for m in dangerous:
            f = families[m["group"]].setdefault(name, [0, 0, 0])
            f[0] += of(m) == "dangerous"
            f[1] += of(m) in flagged
            f[2] += 1
    groups = sorted(families)
    print("\nDangerous files by family: called dangerous / flagged / all.\n")
    print("| scanner | " + " | ".join(groups) + " |\n|---" + "|---" * len(groups) + "|")
    for name in scanners:
        print(f"| {name} | " + " | ".join("/".join(map(str, families[g][name])) for g in groups) + " |")


def make_small(folder, n):
    """n harmless files of some 10 kB, a tenth of them zip archives laid out as torch.save does."""
    r = random.Random(1)
    paths = []
    for i in range(n):
        records = [{"id": r.randrange(10**6), "name": "n%d" % r.randrange(10**9), "values": [r.random() for _ in range(8)],
                    "flags": (True, None, "xyz")} for _ in range(60)]
        path = folder / f"{i:05}.{'pt' if i % 10 == 0 else 'pkl'}"
        if i % 10 == 0:
            with zipfile.ZipFile(path, "w") as z:
                z.writestr("archive/data.pkl", pickle.dumps(records, 2))
                z.writestr("archive/version", "3\n")
        else:
            path.write_bytes(pickle.dumps(records, 2 + i % 4))
        paths.append(str(path))
    return paths


def make_heavy(path, megabytes):
    """One pickle of small dicts: nearly every byte is an instruction."""
    with open(path, "wb") as f:
        f.write(b"\x80\x04]\x94(")
        item = b"".join(b"}\x94(\x8c\x01aK\x01\x8c\x01bM" + i.to_bytes(2, "little") + b"\x8c\x01cNu" for i in range(1000))
        for _ in range(megabytes * 1_000_000 // len(item)):
            f.write(item)
        f.write(b"e.")


def speed(scanners, files, megabytes, timeout):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        small = make_small(folder, files)
        total = sum(os.path.getsize(p) for p in small) / 1e6
        heavy = str(folder / "heavy.pkl")
        make_heavy(heavy, megabytes)
        size = os.path.getsize(heavy) / 1e6
        print(f"\n{files} small files, {total:.0f} MB together; one pickle of {size:.0f} MB of small dicts.\n")
        print(f"| scanner | small files: seconds | files/s | MB/s | not called safe | {size:.0f} MB: seconds | MB/s | its verdict |")
        print("|---|---|---|---|---|---|---|---|")
        for name, scanner in scanners.items():
            say("speed:", name)
            verdicts, seconds = scanner.scan(small, timeout)
            wrong = sum(verdicts.get(p) != "safe" for p in small)
            v, long = scanner.scan([heavy], timeout)
            print(f"| {name} | {seconds:.2f} | {files / seconds:.0f} | {total / seconds:.1f} | {wrong} "
                  f"| {long:.2f} | {size / long:.1f} | {v.get(heavy, 'error')} |", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpus", type=pathlib.Path, default=os.environ.get("PICKLE_CORPUS_SCAN"), help="default: PICKLE_CORPUS_SCAN")
    p.add_argument("--venv", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "pickle-scan-peers")
    p.add_argument("--scanners", default="ours," + ",".join(PEERS), help="which, separated by commas")
    p.add_argument("--part", choices=["accuracy", "speed", "both"], default="both")
    p.add_argument("--files", type=int, default=2000, help="small files of the speed part")
    p.add_argument("--megabytes", type=int, default=100, help="size of the large pickle")
    p.add_argument("--timeout", type=float, default=60, help="seconds for one file; more is an error")
    o = p.parse_args()
    if o.part != "speed" and not o.corpus:
        p.error("PICKLE_CORPUS_SCAN or --corpus names the folder of files")
    names = o.scanners.split(",")
    python = install(o.venv, [n for n in names if n in PEERS])
    with tempfile.TemporaryDirectory() as folder:
        binary = pathlib.Path(folder) / "pickle"
        subprocess.run([shutil.which("go") or "go", "build", "-o", binary, "./cmd/pickle"], cwd=HERE.parent.parent, check=True)
        commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True).stdout.strip()
        scanners = {}
        for n in names:
            if n == "ours":
                scanners["pickle scan"] = Ours(binary, 0)
            else:
                scanners[f"{n} {PEERS[n]}"] = Peer(python, n)
        print(f"{datetime.date.today()}, commit {commit}, Python {platform.python_version()}, {os.cpu_count()} processors.\n")
        if o.part != "speed":
            accuracy(scanners, o.corpus.resolve(), o.timeout)
        if o.part != "accuracy":
            speed(scanners, o.files, o.megabytes, o.timeout)


main()
