"""The whole validation study: `make validate-regress`.

`.venv/bin/python -m tests.validation.study [--minutes M] [--live N] [--out FOLDER]`, from the checkout. Records pairs on a
quiet machine and beside a noisy neighbour (M minutes each), runs N live checks of a kind, half of them beside the neighbour,
replays the recordings, simulates the rule, and writes `table.md`. With `--from FOLDER` nothing is measured: the recordings
there are replayed again. With `--live-minutes M` live checks run, as many as end in M minutes, and the table is written again.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from tests.validation.live import LiveRun, read_live
from tests.validation.replay import Cell

CHECKOUT = Path(__file__).resolve().parents[2]
PLACE = CHECKOUT / "results" / "validation"
RECORDINGS = ("quiet", "noisy")
LIVE_CELLS = ("slower-3.5", "slower-2.5", "slower-1.5", "benchmarks-2", "instructions-1")
"""Of divisions: at n = 1,000 they are nine tenths of the server's CPU time."""


def main() -> None:
    """Measure what is asked for, and write everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=35, help="for each recording (default: 35)")
    parser.add_argument("--live", type=int, default=20, help="checks of the base against itself, half beside a neighbour")
    parser.add_argument("--replays", type=int, default=500)
    parser.add_argument("--sets", type=int, default=10_000, help="simulated data sets a cell at the margin")
    parser.add_argument("--out", type=Path, default=PLACE, help="default: results/validation")
    parser.add_argument("--from", dest="from_folder", type=Path, help="measure nothing: replay the recordings of this folder")
    parser.add_argument("--live-minutes", type=float, help="live checks alone, for so long")
    asked = parser.parse_args()
    out = (asked.from_folder or asked.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    if asked.live_minutes:
        given = [str(out / "live.jsonl"), "itself", "slower-2.5", "--runs", "1000", "--minutes", str(asked.live_minutes)]
        run("tests.validation.live", *given)
    else:
        replay_and_simulate(out, asked)
    (out / "table.md").write_text(report(out), encoding="utf-8")
    print((out / "table.md").read_text(encoding="utf-8"))


def replay_and_simulate(out: Path, asked: argparse.Namespace) -> None:
    """Measure unless there are recordings, then replay them, and simulate the rule."""
    if not asked.from_folder:
        measure(out, asked.minutes, asked.live)
    recordings = [str(out / f"{name}.jsonl") for name in RECORDINGS if (out / f"{name}.jsonl").exists()]
    run("tests.validation.replay", *recordings, "--replays", str(asked.replays), "--out", str(out))
    run("tests.validation.simulate", "--sets", str(asked.sets), "--out", str(out))


def measure(out: Path, minutes: float, live: int) -> None:
    """Both recordings, then the live runs."""
    for name in RECORDINGS:
        neighbour = ["--neighbour"] if name == "noisy" else []
        run("tests.validation.record", str(out / f"{name}.jsonl"), "--minutes", str(minutes), *neighbour)
    for neighbour in ([], ["--neighbour"]):
        run("tests.validation.live", str(out / "live.jsonl"), "itself", "--runs", str(max(1, live // 2)), *neighbour)
        run("tests.validation.live", str(out / "live.jsonl"), *LIVE_CELLS, *neighbour)


def run(module: str, *arguments: str) -> None:
    """One part of the study; raise SystemExit if it fails."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=CHECKOUT, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{module} failed (exit code {done.returncode})")


def report(place: Path) -> str:
    """What was found, as Markdown."""
    replays = json.loads((place / "replays.json").read_text(encoding="utf-8"))
    parts = [
        "# Validation of the regression check",
        "Made by `make validate-regress`; docs/explanation/regression-check.md says what it means.",
        properties_table(cells_of(place)),
        "## Replays of recorded pairs",
        (place / "replays.md").read_text(encoding="utf-8"),
        "## Controls after the first look, replayed",
        controls_table(replays["controls"]),
    ]
    if (place / "live.jsonl").exists():
        parts += ["## Live runs", live_table(read_live(place / "live.jsonl"))]
    if (place / "simulated.md").exists():
        parts += [
            "## The rule against known truth",
            (place / "simulated.md").read_text(encoding="utf-8"),
            "![share of runs that find a slow-down](power.svg)\n",
        ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


PROPERTIES: tuple[tuple[str, str, str, Literal["regression", "pass", "found"]], ...] = (
    ("the base against itself, whole suite, says REGRESSION", "0", "base against itself, whole suite", "regression"),
    ("relinked, longer path, larger environment, says REGRESSION", "0", "relinked, whole suite", "regression"),
    ("speed drawn at each start (±3%) says REGRESSION", "0", "speed drawn at each start, whole suite", "regression"),
    ("server slower by 1%, found within 90 s (noisy: 3 min)", "99% (95%)", "slowed by 1%, n1000", "found"),
    ("the same, 1% added to the numbers of pairs without a change", "99% (95%)", "1% added in numbers, n1000", "found"),
    ("the same with n = 200, where a pair spreads by 0.4 to 0.6%", "99% (95%)", "1% added in numbers, n200", "found"),
    ("server slower by 2%, found within 60 s", "99.5%", "slowed by 2%, n1000", "found"),
    ("a benchmark slower by 2%, found within 2 min", "90%", "2% added to a benchmark", "found"),
    ("a benchmark slower by 1%, with a margin of 0.5%, within 2 min", "90%", "1% added to a benchmark, margin 0.5%", "found"),
    ("PASS although the server is slower by 1%", "1% at most", "slowed by 1%, n1000", "pass"),
    ("PASS although 1% was added to the numbers", "1% at most", "1% added in numbers, n1000", "pass"),
    ("the same with n = 200", "1% at most", "1% added in numbers, n200", "pass"),
)
"""What must hold, the target, the replayed cell that shows it, and what of it."""


def properties_table(cells: Sequence[Cell]) -> str:
    """What must hold, and what replays found: shares of replays, on a quiet machine and beside a noisy neighbour."""
    found = {(cell.name, cell.neighbour): cell for cell in cells}
    lines = ["| property | target | quiet | noisy neighbour |", "|---|---|---|---|"]
    for sentence, target, name, kind in PROPERTIES:
        shown = []
        for neighbour in (False, True):
            cell = found[name, neighbour]
            count = (cell.found_in_time or 0) if kind == "found" else cell.outcomes[kind]
            shown.append(f"{count} of {cell.replays}" if target == "0" else f"{count / cell.replays:.1%}")
        lines.append(f"| {sentence} | {target} | {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


def controls_table(controls: dict[str, dict[str, dict[str, int]]]) -> str:
    """How often each control was as it must be."""
    lines = ["| recording | control | yes | no |", "|---" * 4 + "|"]
    for name, found in controls.items():
        lines += [f"| {name} | {kind} | {counts.get('yes', 0)} | {counts.get('no', 0)} |" for kind, counts in found.items()]
    return "\n".join(lines) + "\n"


def live_table(runs: Sequence[LiveRun]) -> str:
    """A row a cell, margin and neighbourhood."""
    heads = ("live", "margin", "neighbour", "runs", "regression", "pass", "inconclusive", "invalid", "pairs", "seconds")
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for cell, margin, neighbour in dict.fromkeys((run.cell, run.margin, run.neighbour) for run in runs):
        found = [run for run in runs if (run.cell, run.margin, run.neighbour) == (cell, margin, neighbour)]
        counts = [sum(run.outcome == outcome for run in found) for outcome in ("regression", "pass", "inconclusive", "invalid")]
        pairs, seconds = [run.pairs for run in found], [run.measured_s or 0.0 for run in found]
        cells = [
            cell,
            f"{margin:.1%}",
            "noisy" if neighbour else "quiet",
            str(len(found)),
            *map(str, counts),
            f"{min(pairs)} to {max(pairs)}",
            f"{min(seconds):.0f} to {max(seconds):.0f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def cells_of(place: Path) -> list[Cell]:
    """The replayed cells that a folder has."""
    return [Cell.model_validate(load, strict=False) for load in json.loads((place / "replays.json").read_text())["cells"]]


if __name__ == "__main__":
    main()
