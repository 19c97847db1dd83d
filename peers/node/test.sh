#!/bin/sh
# The peer's own tests.
set -eu
cd "$(dirname "$0")"
node --test test/
