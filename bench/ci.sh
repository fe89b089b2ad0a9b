#!/usr/bin/env bash
# Fails where we fell behind CPython by a third against what ci.json says. bench/ci.sh --record
# measures three times and writes ci.json anew: for when something became faster, or is meant to be
# slower.
set -euo pipefail
cd "$(dirname "$0")"
exec python3 ci.py "$@"
