"""How small a difference profile quick's paired trials tell: slowed copies of the reference server, recorded and replayed.

`.venv/bin/python -m tests.study.told FILE --rounds N [--neighbour]` records pairs of the server with itself and with copies of
it that use 1, 2, 3 and 5% more CPU time, under quick's workloads and times. Without rounds each of 500 replays draws as many
of the recorded rounds as the profile has, decides as a run does, and the table of docs/explanation/paired-trials.md is printed.
"""

import random
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.summary import WorkloadResult
from analysis.pipeline.compared import Analysed
from analysis.pipeline.paired import paired_comparisons
from analysis.verdicts.verdicts import decided
from loadgen.config.project import read_scenarios
from loadgen.config.scenarios import Profile
from tests.study.duets import CHECKOUT, PAIR, Group, Recorder, options, read, record
from tests.unit.asked import asks
from tests.unit.records import TRIAL, contender

SLOWED: Mapping[str, float] = {f"slowed-{percent}": percent / 100 for percent in (1, 2, 3, 5)}
PAIRS: Sequence[tuple[str, ...]] = [("cpp", "cpp:aa"), *(("cpp", label) for label in SLOWED)]
REPLAYS = 500
OTHERS = 2
"""Services that are compared beside the slowed copy, as in profile quick: their p-values count in the same family."""
RECORDS = [contender("cpp"), contender("x"), contender("cpp:aa", twin_of="cpp")]


def quick() -> Profile:
    """The profile whose paired trials are replayed."""
    return read_scenarios(CHECKOUT / "scenarios.toml").profiles["quick"]


def verdicts(groups: Sequence[Group], label: str, rounds: int, source: random.Random) -> dict[str, Comparison]:
    """Workload -> what one run says of the service `label` over cpp, from so many of the recorded rounds.

    The service itself as `label` has rounds of its own, which are not those of the A/A control.
    """
    numbers = sorted({group.round for group in groups})
    of_service = source.sample(numbers, rounds)
    rest = [number for number in numbers if number not in of_service]
    of_control = source.sample(rest, rounds) if label == "cpp:aa" else of_service
    workloads = []
    for name in dict.fromkeys(group.workload for group in groups):
        trials = [
            *_trials(groups, name, (label, "x"), of_service),
            *_trials(groups, name, ("cpp:aa", "cpp:aa"), of_control),
        ]
        paired = paired_comparisons(RECORDS, trials)
        solo = [
            _unknown("cpp", f"other-{place}", metric) for place in range(OTHERS) for metric in (m.GOODPUT, m.CPU_PER_REQUEST)
        ]
        solo += [_unknown("cpp", "x", metric) for metric in (m.GOODPUT, m.CPU_PER_REQUEST)]
        others = [
            comparison.replace(p_value=1.0)
            for comparison in solo
            if comparison.denominator != "x" and comparison.metric == m.CPU_PER_REQUEST.name
        ]
        workloads.append(
            WorkloadResult(
                name=name, title="", **asks(1), connections=1, contenders=[], comparisons=solo, paired=[*paired, *others]
            )
        )
    return {
        workload.name: next(comparison for comparison in workload.paired if comparison.denominator == "x")
        for workload in decided(workloads)
    }


def _unknown(numerator: str, denominator: str, metric: m.Metric) -> Comparison:
    """One of the same family about which nothing was found."""
    return Comparison(
        metric=metric.name,
        numerator=numerator,
        denominator=denominator,
        pairs=0,
        ratio=1.0,
        interval=None,
        verdict="tie",
        reason=None,
        p_value=1.0,
    )


def _trials(groups: Sequence[Group], workload: str, label: tuple[str, str], rounds: Sequence[int]) -> list[Analysed]:
    """Both sides of the recorded pairs of these rounds; the other side is called label[1]."""
    found = []
    for number, place in enumerate(rounds):
        for group in groups:
            if (group.workload, group.round) == (workload, place) and len(group.labels) == PAIR and label[0] in group.labels:
                for name, beside, value in (
                    ("cpp", label[1], group.whole["cpp"]),
                    (label[1], "cpp", group.whole[label[0]]),
                ):
                    trial = TRIAL.replace(contender=name, beside=[beside], round=number, workload=workload)
                    found.append(Analysed(trial, {m.CPU_PER_REQUEST.name: value}, np.empty(0), []))
    return found


def table(groups: Sequence[Group]) -> str:
    """In which share of replays each is called different, as Markdown."""
    paired = quick().paired
    assert paired is not None
    lines = ["| over cpp | " + " | ".join(paired.workloads) + " |", "|---|" + "---:|" * len(paired.workloads)]
    for label in ("cpp:aa", *SLOWED):
        source = random.Random(1)
        counts = dict.fromkeys(paired.workloads, 0)
        for _ in range(REPLAYS):
            for workload, verdict in verdicts(groups, label, paired.rounds, source).items():
                counts[workload] += verdict.verdict == "lower" or (label == "cpp:aa" and verdict.verdict == "higher")
        lines.append(f"| {label} | " + " | ".join(f"{count / REPLAYS:.1%}" for count in counts.values()) + " |")
    return "\n".join(lines)


def main() -> None:
    """Record, or print the table."""
    asked = options(__doc__)
    if asked.rounds:
        paired = quick().paired
        assert paired is not None
        record(Recorder(paired.workloads, SLOWED), PAIRS, asked.file, asked.rounds, asked.neighbour)
    print(table(read(asked.file)[1]))


if __name__ == "__main__":
    main()
