#!/usr/bin/env bash
# Measures everything and writes doc/performance.md with its charts, which takes far more than ten
# minutes on 2 idle processors. What is given is handed to run.py; this takes under four:
# bench/run.sh --rounds 3 --scale 0.2 --seconds 0.02 --protocols 2,5
set -euo pipefail
cd "$(dirname "$0")"
results=$(mktemp)
trap 'rm -f "$results"' EXIT
python3 run.py --results "$results" "$@"
python3 report.py "$results"
