"""Plants one fault after the other, measures as profile quick does, and tells which check named it.

`.venv/bin/python -m tests.faults.study [--runs N] [--honest N] [--only FAULT]...`, from the checkout. Prints Markdown.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from analysis.summary import Summary, read_summary
from loadgen.record import load_run

CHECKOUT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
HONEST = "faulty"

EXPECTED = {
    "wrong-rarely": "wrong_answers",
    "right-when-timed": "not measured",
    "remembered": "too_good",
    "understated": "duration_mismatch",
    "errors": "not measured",
    "stalls": "stall",
    "slow-start": "warming",
    "slows-down": "warming",
    "leaks": "leak",
    "crashes": "failed",
    "hangs": "failed",
    "more-cores": "cores_exceeded",
    "random-speed": "restart_variance",
    "ignores-sigterm": "failed",
    "never-ready": "not measured",
}
"""Fault -> what has to name it: a check; "failed" where the trials fail; "not measured" where verification refuses it."""


@dataclass
class Seen:
    """What the runs of one fault showed: how often each thing was raised, and what oha alone would have said."""

    runs: int = 0
    raised: Counter[str] = field(default_factory=Counter)
    oha_alone: list[str] = field(default_factory=list)


def main() -> None:
    """Run what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1, help="of each fault")
    parser.add_argument("--honest", type=int, default=0, help="runs of the honest service beside another of itself")
    parser.add_argument("--only", action="append", choices=EXPECTED)
    asked = parser.parse_args()
    print("| fault | has to be named by | caught | also raised | oha alone, article |\n|---|---|---|---|---|", flush=True)
    missed = 0
    for fault in asked.only or EXPECTED:
        seen = Seen()
        for _ in range(asked.runs):
            observe(seen, f"{HONEST}:{fault}")
        caught = seen.raised.pop(EXPECTED[fault], 0)
        missed += seen.runs - caught
        print(row(fault, EXPECTED[fault], f"{caught} of {seen.runs}", seen), flush=True)
    honest = Seen()
    for _ in range(asked.honest):
        observe(honest, HONEST)
    if asked.honest:
        print(row("none", "nothing", f"{sum(honest.raised.values())} flags in {honest.runs}", honest))
    sys.exit(1 if missed or honest.raised else 0)


def row(fault: str, expected: str, caught: str, seen: Seen) -> str:
    """One line of the table."""
    also = ", ".join(f"{name} ({count})" for name, count in seen.raised.items())
    return f"| {fault} | {expected} | {caught} | {also} | {seen.oha_alone[0] if seen.oha_alone else ''} |"


def observe(seen: Seen, subject: str) -> None:
    """One run of the subject beside the reference server; only what is raised of the subject counts."""
    label = subject
    with tempfile.TemporaryDirectory(prefix="primebench-faults-") as results:
        done = subprocess.run(
            [
                *(sys.executable, str(CHECKOUT / "primebench.py"), "run", "--profile", "faults"),
                *("--scenarios", str(HERE / "scenarios.toml"), "--results", results),
                *("--service", f"cpp,fiber,actix,{subject.replace(HONEST, str(HERE), 1)}"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        seen.runs += 1
        folders = list((Path(results) / "runs").glob("*"))
        if not folders:
            raise SystemExit(f"{subject}: no run: {done.stderr}")
        summary = read_summary(folders[0] / "summary.json")
        seen.raised.update(raised(summary, folders[0], label))
        seen.oha_alone += oha_alone(folders[0], label)


def raised(summary: Summary, folder: Path, label: str) -> set[str]:
    """Names of all that was raised of the contender in one run; what is no fault of a service is left out."""
    found = {
        flag.check for workload in summary.workloads for one in workload.contenders if one.label == label for flag in one.flags
    }
    for one in summary.not_measured:
        if one.label == label:
            found |= {"not measured", one.reason.partition(":")[0]} & {"not measured", "wrong_answers"}
    if any(trial.failure for trial in load_run(folder)[1] if trial.contender == label):
        found.add("failed")
    return found - {"generator_bound", "noisy"}


def oha_alone(folder: Path, label: str) -> list[str]:
    """What the generator's own summary would have said of the first trial under `article`."""
    for trial in load_run(folder)[1]:
        if trial.contender == label and trial.workload == "article" and trial.load:
            said = trial.load.reported
            rate, success, p99_ms = (said[name] for name in ("requests_per_s", "success_share", "latency_p99_ms"))
            return [f"{rate:,.0f} requests/s, success {success:.0%}, P99 {p99_ms:,.0f} ms"]
    return []


if __name__ == "__main__":
    main()
