#!/usr/bin/env python3
"""The worker for CPython's C module: python_worker.py OP FILE PROTOCOL.

Every worker says "ready", or why it can't; then it reads lines. A number is how often to
run, and the answer the nanoseconds that took; "out PATH" writes what it has as a pickle.
"""
import gc
import os
import pickle
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
op, path, proto = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(path, "rb") as f:
    data = f.read()
if op == "load":
    def run(loads=pickle.loads):
        return loads(data)
else:
    value = pickle.loads(data)
    del data

    def run(dumps=pickle.dumps):
        return dumps(value, proto)
gc.collect()
print("ready", flush=True)
for line in sys.stdin:
    r = None
    gc.collect()
    start = time.perf_counter_ns()
    for _ in range(int(line)):
        r = run()
    print(time.perf_counter_ns() - start, flush=True)
