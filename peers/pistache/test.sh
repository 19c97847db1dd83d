#!/bin/sh
# The peer's own tests; $1 takes what is built.
set -eu
cd "$(dirname "$0")"
for header in pistache/endpoint.h nlohmann/json.hpp gtest/gtest.h; do
    echo "#include <$header>" | c++ -E -x c++ - >/dev/null 2>&1 || { echo "$header not found: install libpistache-dev, nlohmann-json3-dev, libgtest-dev"; exit 77; }
done
cmake -S . -B "$1" -DFIELD_TESTS=ON -DCMAKE_BUILD_TYPE=Debug -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=OFF --log-level=WARNING
cmake --build "$1" --parallel 2 -- --quiet
ctest --test-dir "$1" --output-on-failure
