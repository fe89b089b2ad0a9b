#!/usr/bin/env python3
"""Compares our time as a multiple of CPython's with the recorded one (ci.json).

For a machine that does other things as well: each ratio is that of the quickest of many
steps, and what is behind is measured again, up to six times in all, before it counts.
"""
import argparse
import json
import os
import sys
import tempfile

import run

HERE = os.path.dirname(os.path.abspath(__file__))
RECORD = os.path.join(HERE, "ci.json")
SHAPES = "ints,strs,records,metrics,shared,tiny"
SLACK = 4 / 3
TRIES = 6


def measure(go, folder, only=SHAPES, ops=",".join(run.OPS)):
    a = run.arguments().parse_args(["--only", only, "--ops", ops, "--protocols", "5", "--libraries", "ours",
                                    "--scale", "0.2", "--rounds", "9", "--seconds", "0.01"])
    results = run.run(a, go, None, folder)
    wrong = [r for r in results if r.get("right") is False or "error" in r]
    if wrong:
        sys.exit(f"wrong or failed: {wrong}")
    return {f"{r['op']} {r['shape']}": r["ratio"] for r in results if "ratio" in r}


def record(go, folder):
    runs = [measure(go, folder) for _ in range(3)]
    # The median: a single lucky run must not be what all are held to.
    return {k: round(sorted(r[k] for r in runs)[1], 3) for k in runs[0]}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--record", action="store_true", help="write ci.json")
    a = ap.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        go, _ = run.build(folder, False)
        if a.record:
            with open(RECORD, "w") as f:
                json.dump(record(go, folder), f, indent=1)
                f.write("\n")
            return 0
        with open(RECORD) as f:
            recorded = json.load(f)
        best = {}
        behind = sorted(recorded)
        for _ in range(TRIES):
            ops = sorted({k.split()[0] for k in behind})
            only = sorted({k.split()[1] for k in behind})
            for k, v in measure(go, folder, ",".join(only), ",".join(ops)).items():
                best[k] = min(v, best.get(k, v))
            if new := sorted(best.keys() - recorded.keys()):
                sys.exit(f"ci.json does not have {', '.join(new)}: bench/ci.sh --record")
            if missing := sorted(recorded.keys() - best.keys()):
                sys.exit(f"not measured any more: {', '.join(missing)}: bench/ci.sh --record")
            behind = [k for k in recorded if best[k] > recorded[k] * SLACK]
            if not behind:
                break
    for k in behind:
        print(f"{k}: {best[k]:.2f} of CPython's time, {best[k] / recorded[k]:.2f} times the recorded {recorded[k]:.2f}")
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main())
