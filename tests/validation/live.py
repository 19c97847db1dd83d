"""Live runs of `primebench regress` with known truth, a line of JSON each, to confirm what replays say.

`.venv/bin/python -m tests.validation.live FILE CELL... [--runs N] [--minutes M] [--neighbour]`, from the checkout. With
`--minutes` no run begins that would not end by then, if it took as long as the longest so far. Cells: `itself` (the base
against itself, whole suite), `slower-P` (P% more divisions in the server, workload n1000), `benchmarks-P` (the same, of the
microbenchmarks), `instructions-P`.
"""

import argparse
import json
import math
import os
import random
import re
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from analysis.regress.model import RegressResult, read_result
from loadgen.config.regress import RegressConfig
from loadgen.strict import Strict
from loadgen.system.process import spawn, stopped_at_end
from tests.validation.planted import copied, plant
from tests.validation.record import NEIGHBOUR

CHECKOUT = Path(__file__).resolve().parents[2]
LAYERS = {"slower": ["load", "--workload", "n1000"], "benchmarks": ["microbench"], "instructions": ["instructions"]}


class LiveRun(Strict):
    """One live run: what was planted, how it ended, after how many pairs and seconds of measuring.

    `margin` is that of CPU time per request.
    """

    cell: str
    margin: float = 0.015
    neighbour: bool
    run_id: str
    exit_code: int
    outcome: str
    invalid: list[str]
    pairs: int
    measured_s: float | None
    worst: str
    regressions: list[str]


def main() -> None:
    """Run every cell as often as asked, and append a line after each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("cells", nargs="+")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=math.inf, help="for all of them, builds included (default: no end)")
    parser.add_argument("--neighbour", action="store_true", help="with a noisy neighbour on every core")
    asked = parser.parse_args()
    until_s, longest_s = time.monotonic() + 60 * asked.minutes, 0.0
    for cell in asked.cells * asked.runs:
        begin_s = time.monotonic()
        if begin_s + longest_s > until_s:
            break
        with tempfile.TemporaryDirectory(prefix="primebench-live-") as scratch:
            run = live(cell, asked.neighbour, Path(scratch))
        longest_s = max(longest_s, time.monotonic() - begin_s)
        asked.file.parent.mkdir(parents=True, exist_ok=True)
        with asked.file.open("a", encoding="utf-8") as file:
            file.write(run.model_dump_json() + "\n")
        print(run.model_dump_json(), file=sys.stderr, flush=True)


def live(cell: str, neighbour: bool, scratch: Path) -> LiveRun:
    """One run of a cell."""
    kind, _, percent = cell.partition("-")
    base = head = CHECKOUT
    arguments: list[str] = []
    if kind != "itself":
        if kind not in LAYERS or not re.fullmatch(r"\d+(\.\d+)?", percent):
            raise SystemExit(f"{cell}: expected itself, or one of {', '.join(LAYERS)} with a percentage, as in slower-2")
        head = copied(CHECKOUT, scratch / "tree")
        plant(head, float(percent) / 100)
        arguments = ["--layer", *LAYERS[kind]]
    results = scratch / "results"
    command = [sys.executable, "-m", "primebench", "regress", "--no-explain", "--base", str(base), "--head", str(head)]
    with ExitStack() as stack:
        if neighbour:
            seed = random.SystemRandom().randrange(1 << 31)
            stack.enter_context(
                stopped_at_end(spawn([sys.executable, "-S", "-E", str(NEIGHBOUR), str(seed)], environment=os.environ))
            )
        with (scratch / "said").open("wb") as said:
            process = stack.enter_context(
                stopped_at_end(
                    spawn(
                        [*command, *arguments, "--results", str(results)],
                        environment=os.environ,
                        stdout=said,
                        stderr=said,
                        cwd=CHECKOUT,
                    )
                )
            )
            code = process.wait()
    if not (results / "latest" / "verdict.json").exists():
        raise SystemExit(f"{cell}: no verdict (exit code {code}): {(scratch / 'said').read_text(errors='replace')[-2000:]}")
    return _told(cell, neighbour, code, read_result(results / "latest"))


def _told(cell: str, neighbour: bool, code: int, result: RegressResult) -> LiveRun:
    judged = [metric for metric in result.metrics if metric.worse is not None and metric.required]
    worst = max(judged, key=lambda metric: metric.worse or 0.0)
    return LiveRun(
        cell=cell,
        margin=RegressConfig().limit("cpu_per_request_us").margin,
        neighbour=neighbour,
        run_id=result.run_id,
        exit_code=code,
        outcome=result.outcome,
        invalid=result.invalid,
        pairs=max(metric.pairs for metric in judged),
        measured_s=result.measured_s,
        worst=f"{worst.workload} {worst.metric} {(worst.worse or 1) - 1:+.2%}",
        regressions=[f"{metric.workload} {metric.metric}" for metric in judged if metric.outcome == "regression"],
    )


def read_live(path: Path) -> list[LiveRun]:
    """Every run of a file."""
    return [LiveRun.model_validate(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
