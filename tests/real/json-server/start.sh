#!/bin/sh
# json-server on a copy of the data, which it writes to: start.sh BUILT PORT. A reset copies them again.
set -eu
home="${TMPDIR:-/tmp}/json-server-$2"
mkdir -p "$home"
cp "$1/data.json" "$home/data.json"
trap 'kill "$pid" 2>/dev/null; wait "$pid"; rm -rf "$home"; exit 0' TERM INT
node "$1/node_modules/json-server/lib/cli/bin.js" --quiet --host 127.0.0.1 --port "$2" "$home/data.json" &
pid=$!
wait "$pid"
