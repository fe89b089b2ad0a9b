#!/usr/bin/env bash
# Measures how the cost grows with nodes, goroutines and gigabytes, and writes doc/growth.md. What is
# given is handed to growth.py.
set -euo pipefail
cd "$(dirname "$0")"
exec python3 growth.py "$@"
