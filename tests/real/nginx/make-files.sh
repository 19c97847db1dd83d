#!/bin/sh
# Three files whose lines are numbered, so that one cannot be taken for another: 1 kB, 100 kB, 10 MB.
set -eu
mkdir -p "$1/files"
seq -f '%015g' 1 64 > "$1/files/small.txt"
seq -f '%015g' 1 6400 > "$1/files/medium.txt"
seq -f '%015g' 1 640000 > "$1/files/large.txt"
