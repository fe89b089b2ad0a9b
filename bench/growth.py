#!/usr/bin/env python3
"""Measures how the cost of loading and dumping grows, and writes doc/growth.md.

It runs BenchmarkGrowth, BenchmarkTogether and TestGigabyte of the package at the root of the
repository, which takes some minutes: growth.py --nodes 100000000 needs 12 GB and takes the two
kinds of lists that fit.
"""
import argparse
import math
import os
import platform
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PAGE = os.path.join(ROOT, "doc", "growth.md")
WHY = ("A list of 10^8 numbers as `any` is as many pointers, which the collector goes through at least once while they "
       "are loaded.")
SMALL = ("floats", "ints")  # kinds whose lists of 10^8 fit into 12 GB


def go(*args, **env):
    cmd = ["go", "test", "-count=1", "-timeout", "0", *args, "."]
    return subprocess.run(cmd, cwd=ROOT, env=os.environ | env, check=True, capture_output=True, text=True).stdout


def growth(nodes):
    """{(kind, op): ({nodes: ns a node}, slope)}"""
    found = {}
    for kind in ("floats", "ints", "strs", "tuples", "dicts"):
        n = nodes if kind in SMALL else min(nodes, 10**7)
        out = go("-run", "^$", "-bench", f"^BenchmarkGrowth$/^{kind}$", "-benchtime", "3x", GROWTH_NODES=str(n))
        for op, size, rest in re.findall(rf"^BenchmarkGrowth/{kind}/(\w+)/(\d+)\S*\s+(.*)", out, re.M):
            value = {unit: float(v) for v, unit in re.findall(r"(\S+) (\S+)(?:\s|$)", rest)}
            each, _ = found.get((kind, op), ({}, None))
            each[int(size)] = value["ns/node"]
            found[kind, op] = each, value.get("slope")
    return found


def together(gogc):
    """{(shape, way): {goroutines: ns a pickle}}, the quickest of three."""
    found = {}
    out = go("-run", "^$", "-bench", "^BenchmarkTogether$", "-benchtime", "0.3s", "-count", "3", GOGC=gogc)
    for shape, way, n, ns in re.findall(r"^BenchmarkTogether/(\w+)/(\w+)/(\d+)\S*\s+\d+\s+(\S+) ns/op", out, re.M):
        at = found.setdefault((shape, way), {})
        at[int(n)] = min(float(ns), at.get(int(n), math.inf))
    return found


def gigabyte():
    """[(payloads, way, MB at the peak, MB of payloads)]"""
    out = go("-v", "-run", "^TestGigabyte$", GIGABYTE=str(1 << 30))
    names = re.findall(r"TestGigabyte/(\w+)/(\S+)\n\s+\S+ (\d+) MB for (\d+) MB", out)
    return sorted((what, way.replace("_", " "), int(peak), int(size)) for what, way, peak, size in names)


def page(nodes):
    lines = ["# How the cost grows", "", f"Made by `bench/growth.sh --nodes {nodes}`, which measures and writes this page; do not edit it.",
             "", f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, "
             + subprocess.check_output(["go", "version"], text=True).split()[2] + ".", "",
             "## With the number of nodes", "",
             "Lists of 10^n items of one kind. Nanoseconds of processors' time for each item, the collector's included, "
             "quickest of three; the slope is that of the logarithms from 10^5 on: 1 is linear.", ""]
    found = growth(nodes)
    sizes = sorted({n for each, _ in found.values() for n in each if n >= 1000})
    lines += ["| items | | " + " | ".join(f"10^{round(math.log10(n))}" for n in sizes) + " | slope |",
              "|---|---|" + "---:|" * (len(sizes) + 1)]
    for (kind, op), (each, slope) in found.items():
        cells = " | ".join(f"{each[n]:.1f}" if n in each else "" for n in sizes)
        lines.append(f"| {kind} | {op} | {cells} | {slope:.2f} |")
    lines += ["", WHY]
    lines += ["", "## With the number of goroutines", "",
              "Pickles a second by wall time, as a multiple of one goroutine. One leaves a processor to the collector, "
              "two have to share theirs with it, and a benchmark that keeps nothing has a heap of 4 MB, so that the "
              "collector runs some hundred times a second. With GOGC=1600 it is as in a program that keeps 60 MB. "
              "`json` is encoding/json with the same values.", ""]
    often, seldom = together("100"), together("1600")
    lines += ["| pickles | | 2 goroutines | 4 | 2, GOGC=1600 | 4, GOGC=1600 |", "|---|---|---:|---:|---:|---:|"]
    lines += [f"| {shape} | {way} | " + " | ".join(f"{at[1] / at[n]:.2f}" for at in (often[shape, way], seldom[shape, way])
                                                   for n in (2, 4)) + " |" for shape, way in sorted(often)]
    lines += ["", "## A file of 1 GiB", "", "Peak memory of the process, of which Go itself has some 15 MB.", "",
              "| payloads | way | MB |", "|---|---|---:|"]
    lines += [f"| {'one of' if what == 'one' else 'many, in all'} {size} MB | {way} | {peak} |"
              for what, way, peak, size in gigabyte()]
    return "\n".join(lines) + "\n"


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--nodes", type=int, default=10**7, help="the most items of a list")
    text = page(ap.parse_args().nodes)
    with open(PAGE, "w") as f:
        f.write(text)


if __name__ == "__main__":
    main()
