"""Which check names each fault that is planted in tests/shop, and what is raised of the same service without a fault.

    python -m tests.study.shop [--honest 20] [--only FAULT]... [--write]

Every run verifies the service anew, by the whole suite and 3,000 responses, then measures one round of its profile `tiny`. With
--write the tables replace results/validation/shop.md. What checks of load and machine raise is true of the machine.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.checks import answers
from analysis.checks.registry import AFFECTED, TRIAL_CHECKS
from analysis.checks.trial import NAMES
from analysis.model.metric import LATENCY_P50
from analysis.model.summary import Summary, read_summary
from tests.end_to_end.conftest import place_in
from tests.study.duets import CHECKOUT
from tests.study.native_generator import Row, markdown

SHOP = CHECKOUT / "tests" / "shop"
TARGET = CHECKOUT / "results" / "validation" / "shop.md"
OF_A_KIND = "tables by kind"
NAMED_BY: Mapping[str, str] = {
    "remembers": "wrong_answers",
    "wrong-now-and-then": "wrong_answers",
    "empty-list": "task-list",
    "refuses-writes": "task-create",
    "forgets-writes": "wrong_answers",
    "half-asked": "skipped_work",
    "cut-short": "errors",
    "expires": "wrong_answers",
    "null-when-busy": "wrong_length",
    "slow-list": OF_A_KIND,
}
"""Variant -> what has to name its fault: a check, or a case of the suite."""
OF_ANSWERS = {name for name, registered in TRIAL_CHECKS.items() if registered.module == answers.__name__}
"""Checks that blame the service, whatever the machine does."""


class Found(NamedTuple):
    """What a run said of the service: the names of what was raised, and the first line of evidence."""

    names: tuple[str, ...]
    evidence: str = ""


def measured(variant: str = "") -> Found:
    """Verify and measure the shop, or a variant of it, from nothing."""
    label = f"shop:{variant}" if variant else "shop"
    with tempfile.TemporaryDirectory(prefix="primebench-", dir=os.environ.get("TMPDIR")) as name:
        place = place_in(Path(name))
        given = ["--scenarios", str(SHOP / "scenarios.toml"), "--profile", "tiny", "--rounds", "1"]
        given += ["--service", f"{SHOP}:{variant}" if variant else str(SHOP), "--results", str(place.results)]
        environment = {**place.environment, "SHOP_TOKEN": "token-of-the-shop"}
        command = [sys.executable, "-m", "primebench", "run", *given]
        done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
        if refused := re.search(r"not measured: (?:breaks the contract: )?(([\w-]+): .*)", done.stdout + done.stderr):
            return Found((refused[2],), refused[1])
        try:
            (folder,) = (place.results / "runs").iterdir()
        except (OSError, ValueError) as error:
            raise SystemExit(f"{label}: no run: {done.stderr.strip()[-300:]}") from error
        return _of_summary(read_summary(folder / "summary.json"), label)


def _of_summary(summary: Summary, label: str) -> Found:
    flags = [
        flag
        for workload in summary.workloads
        for contender in workload.contenders
        if contender.label == label
        for flag in contender.flags
    ]
    of_answers = [flag.evidence for flag in flags if flag.check in OF_ANSWERS]
    medians = {
        kind.name: kind.figures[label][LATENCY_P50.name].value or 0.0
        for workload in summary.workloads[:1]
        for kind in workload.kinds
    }
    slow = [f"{kind}: P50 {ms:.0f} ms" for kind, ms in medians.items() if ms > 10 * min(medians.values())]
    names = (*dict.fromkeys(flag.check for flag in flags), *([OF_A_KIND] if slow else []))
    return Found(names, next(iter([*of_answers, *slow]), ""))


def blames_the_service(name: str) -> bool:
    """Return whether no machine is an excuse: a check of answers, a case of the suite, work that was skipped."""
    return name in OF_ANSWERS or name not in {*NAMES, *AFFECTED}


def planted(variants: Sequence[str]) -> tuple[list[Row], int]:
    """A row for each fault, and how many were named by what has to name them."""
    rows: list[Row] = []
    for variant in variants:
        found = measured(variant)
        is_named = NAMED_BY[variant] in found.names
        said = "yes" if is_named else f"no: {', '.join(found.names)}"
        rows.append((variant, f"`{NAMED_BY[variant]}`", said, found.evidence.replace("|", "/")))
        print(f"{variant}: {rows[-1][2:]}", file=sys.stderr, flush=True)
    return rows, sum(row[2] == "yes" for row in rows)


def honest(runs: int) -> tuple[list[Row], int]:
    """A row for each check that was raised, and in how many runs one of them blamed the service."""
    counts: Counter[str] = Counter()
    false_alarms = 0
    for number in range(runs):
        found = measured()
        counts.update(found.names)
        false_alarms += any(map(blames_the_service, found.names))
        print(f"honest {number + 1}: {', '.join(found.names) or 'nothing'}", file=sys.stderr, flush=True)
    rows: list[Row] = [
        (f"`{name}`", "the service" if blames_the_service(name) else "load or machine", f"{count} of {runs}")
        for name, count in counts.most_common()
    ]
    return rows, false_alarms


def main() -> None:
    """Measure, print, and with --write keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--honest", type=int, default=20)
    parser.add_argument("--only", action="append", choices=NAMED_BY, metavar="FAULT")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    faults, named = planted(given.only or list(NAMED_BY))
    raised, false_alarms = honest(given.honest)
    cpus = len(os.sched_getaffinity(0))
    text = f"""# A task of its own: planted faults and honest runs

`python -m tests.study.shop` makes these tables of tests/shop, a service in Python with a mix, data, a secret and a side
service: one run of each fault, {given.honest} runs without one, each verified anew and measured for one round, {cpus} CPUs.

## Faults: {named} of {len(faults)} named

{markdown(("variant", "has to be named by", "named", "evidence"), faults)}

## Without a fault: {false_alarms} of {given.honest} runs with a false alarm

{markdown(("raised", "blames", "runs"), raised) if raised else "Nothing was raised."}
"""
    print(text)
    if given.write:
        TARGET.write_text(text)


if __name__ == "__main__":
    main()
