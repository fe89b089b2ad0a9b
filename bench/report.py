#!/usr/bin/env python3
"""Writes doc/performance.md and its charts from the results of run.py: report.py RESULTS."""
import json
import os
import sys

from run import FORMATS, LIBRARIES, OPS, mean

LEAST_KB = 4096  # what is less says more of pages than of values
DOC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "doc")
TITLES = {
    "load": "Load: a pickle to values of any kind",
    "dump": "Dump: values of any kind to a pickle",
    "typedload": "Typed load: a pickle to Go structs, slices and maps",
    "typeddump": "Typed dump: Go structs, slices and maps to a pickle",
    "graph": "Graph: what a pickle says, without values",
}
COLOURS = {"ours": "#2a6f97", "og-rek": "#c8963e", "gopickle": "#8a8a8a", "msgpack": "#6a994e",
           "json/v2": "#b5838d", "serde-pickle": "#bc4749", "deser-pickle": "#7b5ea7"}


def summary(results):
    """A table of our means and worst shapes."""
    out = ["| | protocol | geometric mean | worst shape | peak memory, mean |", "|---|---:|---:|---|---:|"]
    for op in OPS:
        for proto in sorted({r["protocol"] for r in results}):
            rows = [r for r in results if (r["op"], r["protocol"]) == (op, proto)]
            ours = [r for r in rows if r["library"] == "ours" and "ratio" in r]
            if not ours:
                continue
            worst = max(ours, key=lambda r: r["ratio"])
            base = {r["shape"]: r["peak_kb"] for r in rows if r["library"] == "CPython"}
            # A page or two can be what is left free of an earlier step: not zero.
            peaks = [max(r["peak_kb"], 100) / base[r["shape"]] for r in ours if base[r["shape"]] >= LEAST_KB]
            out.append(f"| {TITLES[op].split(':')[0].lower()} | {proto} | {mean([r['ratio'] for r in ours]):.2f} | "
                       f"{worst['shape']} {worst['ratio']:.2f} | {f'{mean(peaks):.2f}' if peaks else ''} |")
    return out


def table(rows, libraries):
    """A table of ratios, and the same of memory."""
    cases = list(dict.fromkeys((r["shape"], r["protocol"]) for r in rows))
    at = {(r["shape"], r["protocol"], r["library"]): r for r in rows}

    def cell(r):
        if r is None:
            return ""
        if "ratio" not in r:
            return "–"
        return f"{r['ratio']:.2f}" + (" W" if r["right"] is False else "")

    out = ["| shape | protocol | CPython | " + " | ".join(libraries) + " |", "|---|---:|---:|" + "---:|" * len(libraries)]
    for shape, proto in cases:
        base = at[shape, proto, "CPython"]["ns"]
        time = f"{base / 1e6:.1f} ms" if base > 1e6 else f"{base / 1e3:.2f} µs"
        out.append(f"| {shape} | {proto} | {time} | "
                   + " | ".join(cell(at.get((shape, proto, n))) for n in libraries) + " |")
    for proto in sorted({p for _, p in cases}):
        means = []
        for n in libraries:
            ratios = [r["ratio"] for r in rows if r["library"] == n and r["protocol"] == proto and "ratio" in r]
            means.append(f"{mean(ratios):.2f} ({len(ratios)})" if ratios else "")
        out.append(f"| **geometric mean** (of) | {proto} | 1 | " + " | ".join(means) + " |")
    if not any(at[shape, proto, "CPython"]["peak_kb"] >= LEAST_KB for shape, proto in cases):
        return out
    out += ["", "Peak memory of one run over what there was before, as a multiple of CPython's where that is over 4 MB:", "",
            "| shape | protocol | CPython | " + " | ".join(libraries) + " |", "|---|---:|---:|" + "---:|" * len(libraries)]
    for shape, proto in cases:
        base = at[shape, proto, "CPython"]["peak_kb"]
        if base < LEAST_KB:
            continue
        found = [at.get((shape, proto, n)) for n in libraries]
        out.append(f"| {shape} | {proto} | {base / 1024:.0f} MB | " + " | ".join(
            f"{r['peak_kb'] / base:.2f}" if r and "ratio" in r else "" for r in found) + " |")
    return out


def chart(rows, title):
    """Bars of the ratios at protocol 5 as SVG: the line is CPython, less is faster."""
    rows = [r for r in rows if r["protocol"] == 5 and "ratio" in r]
    shapes = list(dict.fromkeys(r["shape"] for r in rows))
    libraries = [n for n in COLOURS if any(r["library"] == n for r in rows)]
    left, width, bar, most = 110, 520, 11, 4.0
    y, out = 52, []
    for shape in shapes:
        first = y
        for n in libraries:
            for r in rows:
                if (r["shape"], r["library"]) == (shape, n):
                    w = min(r["ratio"], most) / most * width
                    label = f"{r['ratio']:.2f}" + (" (cut)" if r["ratio"] > most else "")
                    out.append(f'<rect x="{left}" y="{y}" width="{w:.1f}" height="{bar - 2}" fill="{COLOURS[n]}"/>'
                               f'<text x="{left + w + 4:.1f}" y="{y + 8}" font-size="9">{label}</text>')
                    y += bar
        out.append(f'<text x="{left - 8}" y="{(first + y) / 2 + 3:.0f}" text-anchor="end">{shape}</text>')
        y += 8
    x = left + width / most
    out.append(f'<line x1="{x}" x2="{x}" y1="44" y2="{y}" stroke="#333" stroke-dasharray="3 2"/>'
               f'<text x="{x + 4}" y="{y + 10}" font-size="10">CPython</text>')
    key, at = [], left
    for n in libraries:
        key.append(f'<rect x="{at}" y="28" width="10" height="10" fill="{COLOURS[n]}"/>'
                   f'<text x="{at + 14}" y="37" font-size="11">{n}</text>')
        at += 30 + 7 * len(n)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 70} {y + 20}" '
            'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="#fff"/>\n'
            f'<text x="{left}" y="18" font-size="14">{title}, time as a multiple of CPython\'s, protocol 5</text>\n'
            + "\n".join(key + out) + "\n</svg>\n")


def slower(results):
    ours = [r for r in results if r["library"] == "ours" and "ratio" in r]
    behind = sorted((r for r in ours if r["ratio"] > 1), key=lambda r: -r["ratio"])
    out = []
    if behind:
        out.append("Slower than CPython in this run: " + ", ".join(
            f"{r['op']} of {r['shape']}, protocol {r['protocol']} ({r['ratio']:.2f})" for r in behind) + ".")
    at = {(r["shape"], r["protocol"], r["op"]): r["ratio"] for r in ours}
    beaten = sorted({f"{r['op']} of {r['shape']} ({r['library']})" for r in results
                     if r["library"] not in ("ours", "CPython") and "ratio" in r
                     and r["ratio"] < at.get((r["shape"], r["protocol"], r["op"]), 0)})
    if beaten:
        out.append("Another library was quicker at: " + ", ".join(beaten) + ".")
    return out


def main():
    with open(sys.argv[1]) as f:
        data = json.load(f)
    m, results = data["machine"], data["results"]
    doc = ["# Performance", "",
           "Made by `bench/run.sh`, which measures and writes this page and its charts; do not edit it.", "",
           f"{m['cpu']}, {m['cpus']} processors, {m['system']}; CPython {m['python']}, {m['go']}. "
           f"{m['rounds']} rounds, sizes times {m['scale']:g}. The load average was {m['load']:.1f} at the start and "
           f"{m['load_after']:.1f} at the end: over {m['cpus']}, other programs had a share of the machine, and "
           "single figures may be off by a third.", "",
           "Figures are wall time as a multiple of that of CPython's C `_pickle` on the same value in the same run: below "
           "1 is faster than CPython. `–`: the library can't; `W`: CPython did not read back the same value. What is not a "
           "pickle (" + ", ".join(FORMATS) + ") is the same Go value in that format. The Rust libraries are there where cargo is. "
           "[bench/README.md](../bench/README.md) says how it is measured; "
           "[growth.md](growth.md) how the cost grows with nodes, goroutines and gigabytes.", ""]
    doc += ["## All shapes together", ""] + summary(results) + [""]
    for op in OPS:
        rows = [r for r in results if r["op"] == op]
        if not rows:
            continue
        here = {r["library"] for r in rows}
        libraries = [n for group in LIBRARIES[op] for n in group if n in here]
        name = f"performance-{op}.svg"
        with open(os.path.join(DOC, name), "w") as f:
            f.write(chart(rows, TITLES[op].split(":")[0]))
        doc += [f"## {TITLES[op]}", "", f"![{TITLES[op]}]({name})", ""] + table(rows, libraries) + [""]
    doc += ["## Where we are slower", ""]
    for paragraph in slower(results):
        doc += [paragraph, ""]
    doc += ["What costs us is mostly known. Loading a tiny pickle builds a graph first, which is set-up that CPython does not "
            "have. A list of many references to few values is the least work there is for CPython: reading one is a "
            "pointer copied, writing one a look at the memo, as with us. Integers have to be boxed for an `any`. What "
            "pickles say and other formats do not, which values are one and the same, must be looked up for each text "
            "and container that is dumped: formats without it can be quicker. serde-pickle writes pickles without it, so "
            "that what is shared is written each time.", ""]
    with open(os.path.join(DOC, "performance.md"), "w") as f:
        f.write("\n".join(doc))


if __name__ == "__main__":
    main()
