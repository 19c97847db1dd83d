#!/usr/bin/env python3
"""Speaks like Google Benchmark: times nothing, reports made-up times of two contenders. Never part of a comparison."""

import json
import os
import re
import sys
from pathlib import Path

NAMES = (
    "prime_loop/published_go/n=1000",
    "prime_loop/served/n=1000",
    "prime_loop/published_go/n=10000",
    "prime_loop/served/n=10000",
)

flags = dict(argument.lstrip("-").split("=", 1) for argument in sys.argv[1:])
assert json.loads(Path(os.environ["PRIMEBENCH_CASES"]).read_text())["prime_loop"]
if os.environ.get("STUB_FAULT") == "wrong":
    sys.exit("primebench-microbench: prime_loop/served/n=10000: finds 104723 for n = 10000; it is 104729")
benchmarks = [
    {
        "name": name,
        "run_name": name,
        "run_type": "iteration",
        "iterations": 3,
        "real_time": 20.0 if "published" in name else 10.0,
        "cpu_time": 10.0,
        "time_unit": "ms",
        "divisions": 2925594.0,
    }
    for name in NAMES
    if re.search(flags["benchmark_filter"], name)
]
Path(flags["benchmark_out"]).write_text(json.dumps({"context": {}, "benchmarks": benchmarks}))
