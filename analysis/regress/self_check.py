"""What the regression check can tell on a machine: its own pairs replayed through the rule that decides live. Pure.

The pairs are those of `primebench regress --self-check`: one side beside itself, and beside a copy that was really slowed.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from analysis.model import metric as m
from analysis.regress.evidence import Evidence
from analysis.regress.model import Origin
from analysis.regress.verdict import MetricVerdict, Outcome, Pairs, judged
from analysis.stats.interval import Interval, ratio_of_pairs
from loadgen.config.regress import FEWEST_PAIRS, Limit
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.record.folder import load_run
from loadgen.record.machine import Machine
from loadgen.regress.pairing import Group
from loadgen.strict import Strict

EFFECTS = (0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1)
"""Slow-downs that are asked for; the margin of each is half of it."""
REPLAYS = 200
RELIABLE = 0.95
"""Of replays: so many must find the slow-down, and so many must pass without one."""
SEED = 20251130
BLOCK = 4
"""Pairs that are drawn together: both layouts and both orders come once in four (loadgen.regress.pairing)."""
JUDGED = (m.CPU_PER_REQUEST, m.GOODPUT)


class Detection(Strict):
    """How replays of `pairs` recorded pairs end where `slower_by` is what a pass excludes, and the margin is half of it.

    `found` is the share that call a regression if one side is slower by so much, `passed` the share that pass if it is not,
    `false_alarms` the share of those that call a regression. `found_s` and `passed_s` are the seconds of measuring that 95%
    of them need at most: this workload alone, with its controls.
    """

    service: str
    workload: str
    metric: str
    slower_by: float
    margin: float
    pairs: int
    found: float
    found_s: float
    passed: float
    passed_s: float
    false_alarms: float

    @property
    def reliable(self) -> bool:
        """Whether the check can be used with these limits here."""
        return min(self.found, self.passed) >= RELIABLE


class Planted(Strict):
    """The copy that was slowed by `slower_by` of its CPU time, as its pairs show it."""

    service: str
    workload: str
    metric: str
    slower_by: float
    worse: float
    interval: Interval


class SelfCheck(Origin):
    """What the check can tell on this machine; `outcome` tells the file from a verdict's."""

    schema_version: Literal[1] = 1
    outcome: Literal["self-check"] = "self-check"
    machine: Machine
    measured_s: float
    told: list[Detection]
    planted: list[Planted]


@dataclass(frozen=True)
class Replayed:
    """How one replay ended, after how many pairs."""

    outcome: Outcome
    pairs: int


def self_check(folder: Path) -> SelfCheck:
    """Replay the pairs of the run in `folder`. Raise Error if it did not come to its end, or has too few pairs."""
    run, trials = load_run(folder)
    if run.regress is None or run.regress.measured_s is None or run.end_reason != "finished":
        raise Error(f"{folder}: the self-check did not come to its end ({run.end_reason or 'killed'})")
    if failed := next((trial for trial in trials if trial.failure), None):
        raise Error(f"{failed.workload}, pair {failed.round + 1}: {failed.failure}")
    evidence = Evidence(folder, run)
    evidence.take(trials)
    detections: list[Detection] = []
    planted: list[Planted] = []
    pair_s = run.regress.measured_s / max(1, len(trials) / 2)
    for group in evidence.groups:
        detections += _detections(evidence, group, pair_s)
        planted += _planted(evidence, group)
    if not detections:
        pairs = min((len(pair.base) for group in evidence.groups for pair in evidence.pairs(group, "change")), default=0)
        enough_m = math.ceil(run.regress.measured_s / max(1, pairs) * evidence.gate.looks[0] / 60)
        raise Error(
            f"{folder}: {counted(pairs, 'pair')}, fewer than {FEWEST_PAIRS}: expected --self-check {enough_m}m or longer"
        )
    return SelfCheck(
        run_id=run.run_id,
        started=run.started,
        primebench_version=run.primebench_version,
        machine=run.machine,
        measured_s=run.regress.measured_s,
        told=detections,
        planted=planted,
    )


def _detections(evidence: Evidence, group: Group, pair_s: float) -> Iterator[Detection]:
    """A line for each metric and slow-down. All metrics of the group share the error, as in a check of it alone; the looks are
    those that the budget has time for.
    """
    pairs = evidence.pairs(group, "change")
    gate, family = evidence.gate, len(pairs)

    def seconds(count: int) -> float:
        """Change, relinked and slowed base until the first look, then the relinked base beside the change."""
        return round(pair_s * (gate.looks[0] + 2 * count), 1)

    def most_s(counts: Sequence[int]) -> float:
        return seconds(int(np.quantile(counts, RELIABLE, method="higher")) if counts else looks[-1])

    looks = [look for look in gate.looks if seconds(look) <= gate.budget_s] or gate.looks[:1]
    for pair in pairs:
        if pair.metric not in JUDGED or len(pair.base) < FEWEST_PAIRS:
            continue
        for effect in EFFECTS:
            limited = replace(pair, limit=Limit(margin=effect / 2, exclude=effect))
            error = family, gate.error_at_a_look
            equal = [replayed(again, looks, *error) for again in drawn(limited, 0.0, looks[-1])]
            slower = [replayed(again, looks, *error) for again in drawn(limited, effect, looks[-1])]
            passed, regressions = _ended(equal, "pass"), _ended(slower, "regression")
            yield Detection(
                service=group.service,
                workload=group.workload,
                metric=pair.metric.name,
                slower_by=effect,
                margin=effect / 2,
                pairs=len(pair.base),
                found=len(regressions) / REPLAYS,
                found_s=most_s(regressions),
                passed=len(passed) / REPLAYS,
                passed_s=most_s(passed),
                false_alarms=len(_ended(equal, "regression")) / REPLAYS,
            )


def _ended(replays: Sequence[Replayed], outcome: Outcome) -> list[int]:
    """After how many pairs those ended that ended so."""
    return [replay.pairs for replay in replays if replay.outcome == outcome]


def drawn(pairs: Pairs, effect: float, count: int) -> Iterator[Pairs]:
    """REPLAYS times `count` pairs, drawn from those recorded in blocks of BLOCK neighbours, with `effect` added to head.

    Which side is called head is drawn once for each replay, for both are the same: by as much as they differed, a replay
    begins with a difference.
    """
    source = random.Random(SEED)
    base, head = (np.asarray(side, dtype=float) for side in (pairs.base, pairs.head))
    by = 1 + effect if pairs.metric.better == "lower" else 1 / (1 + effect)
    for _ in range(REPLAYS):
        begins = [source.randrange(len(base)) for _ in range(-(-count // BLOCK))]
        places = [(begin + step) % len(base) for begin in begins for step in range(BLOCK)][:count]
        first, second = base[places], head[places]
        if source.random() < 0.5:
            first, second = second, first
        yield replace(pairs, base=first.tolist(), head=(second * by).tolist())


def replayed(pairs: Pairs, looks: Sequence[int], family: int, error: float) -> Replayed:
    """Look as a live check does, at what there is by then."""
    for look in looks:
        verdict = _at(pairs, look, family, error)
        if verdict.outcome != "inconclusive":
            break
    return Replayed(verdict.outcome, verdict.pairs)


def _at(pairs: Pairs, look: int, family: int, error: float) -> MetricVerdict:
    (verdict,) = judged([replace(pairs, base=pairs.base[:look], head=pairs.head[:look])], family, error)
    return verdict


def _planted(evidence: Evidence, group: Group) -> Iterator[Planted]:
    for pairs in evidence.slowed(group):
        if pairs.metric not in JUDGED or len(pairs.base) < FEWEST_PAIRS:
            continue
        worse, better = (pairs.head, pairs.base) if pairs.metric.better == "lower" else (pairs.base, pairs.head)
        paired_ratio = ratio_of_pairs(worse, better)
        assert paired_ratio.interval is not None  # there are enough pairs
        yield Planted(
            service=group.service,
            workload=group.workload,
            metric=pairs.metric.name,
            slower_by=evidence.gate.slowed,
            worse=paired_ratio.ratio - 1,
            interval=paired_ratio.interval,
        )
