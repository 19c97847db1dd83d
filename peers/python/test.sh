#!/bin/sh
# The peer's own tests, in an environment below $1.
set -eu
cd "$(dirname "$0")"
python3 -m venv --clear "$1/venv"
"$1/venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
PYTHONDONTWRITEBYTECODE=1 "$1/venv/bin/python" -m unittest
