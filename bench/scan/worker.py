"""One scanner as a server: paths on standard input, one line of JSON for each on standard output.
Files are scanned as its own command would, and never loaded. run.py starts it."""

import json
import logging
import os
import sys
import time
import warnings
import zipfile


def picklescan():
    from picklescan import scanner

    def scan(path):
        r = scanner.scan_file_path(path)
        if r.issues_count:
            return "dangerous"
        if r.suspicious_count or any(g.safety == scanner.SafetyLevel.Suspicious for g in r.globals):
            return "suspicious"
        return "error" if r.scan_err else "safe"
    return scan


def fickling():
    from fickling.analysis import Severity
    from fickling.loader import scan_file, scan_zip_archive

    def scan(path):
        results = list(scan_zip_archive(path).values()) if zipfile.is_zipfile(path) else [scan_file(path)]
        worst = max((r.severity.value for r in results), default=Severity.LIKELY_SAFE.value)
        if worst >= Severity.LIKELY_OVERTLY_MALICIOUS.value:
            return "dangerous"
        return "suspicious" if worst > Severity.LIKELY_SAFE.value else "safe"
    return scan


def modelscan():
    from modelscan.modelscan import ModelScan

    def scan(path):
        m = ModelScan()
        m.scan(path)
        severities = {str(getattr(i.severity, "name", i.severity)) for i in m.issues.all_issues}
        if severities & {"CRITICAL", "HIGH"}:
            return "dangerous"
        if severities:
            return "suspicious"
        return "error" if m.errors else "safe"  # also if it scans no such file: nothing is said
    return scan


def modelaudit():
    from modelaudit import core

    def scan(path):
        r = core.scan_model_directory_or_file(path, cache_enabled=False)
        severities = {str(getattr(i.severity, "value", i.severity)) for i in r.issues}
        if "critical" in severities:
            return "dangerous"
        if "warning" in severities:
            return "suspicious"
        return "error" if core.determine_exit_code(r) == 2 else "safe"
    return scan


def main():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what scanners print is none of the answers
    sys.setrecursionlimit(1000)
    scan = {"picklescan": picklescan, "fickling": fickling, "modelscan": modelscan, "modelaudit": modelaudit}[sys.argv[1]]()
    print("{}", file=out, flush=True)
    for line in sys.stdin:
        path = json.loads(line)
        start = time.perf_counter()
        try:
            verdict = scan(path)
        except BaseException as e:  # fickling's and others' own
            if isinstance(e, KeyboardInterrupt):
                raise
            verdict = "error"
        print(json.dumps({"file": path, "verdict": verdict, "seconds": time.perf_counter() - start}), file=out, flush=True)


main()
