"""Replays of recorded pairs through the rule that decides live: how often it calls what.

`.venv/bin/python -m tests.validation.replay RECORDING... [--replays N] [--out FOLDER]`, from the checkout: measures nothing,
writes `replays.json` and `replays.md`.
"""

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from analysis.model import metric as m
from analysis.model.metric import BY_NAME
from analysis.regress.evidence import slowed_pairs
from analysis.regress.verdict import Outcome, Pairs, judged, relinked_control, slowed_control, undecided_groups
from loadgen.config.regress import LOAD_METRICS, Limit, RegressConfig
from loadgen.record.trial import MICROBENCH
from loadgen.regress.pairing import Group, apart
from loadgen.strict import Strict
from tests.validation.recording import KINDS, SLOWED, Kind, RecordedPair, Recording, read_recording

SEED = 20251125
LOADS = tuple(name for name in KINDS if name != MICROBENCH)
PLANTED_BENCHMARK = "prime_loop/served/n=10000"
SPEED_DRAWN = 0.03
NARROW = Limit(margin=0.005, exclude=0.02)
"""What the time of benchmarks would need for 1%: less than what their layout leaves, so it is no default."""
Groups = dict[str, list[Pairs]]


class Cell(Strict):
    """Replays of one kind: how many ended how. `truth` is what was planted, `within_s` the time that the target allows.

    `found_in_time` counts regressions called in that time; `pairs` and `seconds` are medians and 95th percentiles over replays.
    """

    name: str
    neighbour: bool
    truth: float
    replays: int
    starts: int
    outcomes: dict[str, int]
    within_s: float | None = None
    found_in_time: int | None = None
    pairs: tuple[float, float]
    seconds: tuple[float, float]


@dataclass(frozen=True)
class Ended:
    """How one replay ended, and how many pairs of base with head, and with itself relinked, each group took until then."""

    outcome: Outcome
    change: dict[str, int]
    relinked: dict[str, int]


def metrics_of(workload: str, pairs: Sequence[RecordedPair], gate: RegressConfig, only: str = "") -> list[Pairs]:
    """The recorded pairs as what is judged: every metric of a load, every benchmark, or `only` one of them."""
    if workload != MICROBENCH:
        named = [(name, BY_NAME[name], workload) for name in LOAD_METRICS]
    else:
        named = [(name, m.BENCHMARK_TIME, name) for name in sorted(pairs[0].base)]
    return [
        Pairs(
            service="cpp",
            workload=shown,
            metric=metric,
            base=[pair.base[name] for pair in pairs],
            head=[pair.other[name] for pair in pairs],
            limit=gate.limit(metric.name),
            layer=gate.layer_of(workload),
        )
        for name, metric, shown in named
        if only in ("", name) and all(name in pair.base and name in pair.other for pair in pairs)
    ]


def first(pairs: Pairs, count: int) -> Pairs:
    """The first `count` of the pairs."""
    return replace(pairs, base=pairs.base[:count], head=pairs.head[:count])


def replayed(groups: Groups, gate: RegressConfig, controls: Groups) -> Ended:
    """Look as a live run does, at what there is by then. `controls` are the pairs of the relinked base, of every group."""
    family, error = max(1, sum(len(found) for found in groups.values())), gate.error_at_a_look
    longest = min(len(pairs.base) for found in groups.values() for pairs in found)
    looks = [look for look in gate.looks if look < longest] + [min(longest, gate.looks[-1])]
    change, relinked = dict.fromkeys(groups, 0), dict.fromkeys(groups, 0)
    going_on, beside, before = list(groups), list(groups), 0
    for look in looks:
        change |= dict.fromkeys(going_on, look)
        relinked |= {name: relinked[name] + look - before for name in beside}
        so_far = {name: [first(pairs, change[name]) for pairs in found] for name, found in groups.items()}
        going_on = [name for name in undecided_groups(so_far, family, error) if name in going_on]
        if not going_on:
            break
        silent = {
            name: judged([first(control, relinked[name]) for control in controls[name]], family, error) for name in going_on
        }
        wanted = apart(
            [(Group("cpp", name), "change") for name in going_on]
            + [(Group("cpp", name), "relinked") for name in going_on if any(metric.blocks for metric in silent[name])]
        )
        beside, before = [group.workload for group, comparison in wanted if comparison == "relinked"], look
    verdicts = [metric for found in so_far.values() for metric in judged(found, family, error)]
    if any(verdict.outcome == "regression" for verdict in verdicts):
        return Ended("regression", change, relinked)
    return Ended("inconclusive" if any(verdict.blocks for verdict in verdicts) else "pass", change, relinked)


@dataclass(frozen=True)
class Drawing:
    """Draws contiguous blocks of rounds from a recording; which half is called base is drawn, too, where both are the same."""

    recording: Recording
    gate: RegressConfig
    source: random.Random

    @cached_property
    def kept(self) -> dict[tuple[str, str], list[RecordedPair]]:
        """The pairs of each workload and kind, in order."""
        return {(workload, kind): self.recording.of(workload, kind) for workload, kinds in KINDS.items() for kind in kinds}

    @property
    def rounds(self) -> int:
        """How many pairs the kind has that was recorded least often."""
        return min(len(found) for found in self.kept.values())

    def block(self, length: int) -> tuple[int, int]:
        """First round and length of a block."""
        return self.source.randrange(max(len(found) for found in self.kept.values())), length

    def pairs(self, workload: str, kind: Kind, block: tuple[int, int]) -> list[RecordedPair]:
        """The block's pairs of one kind; at the recording's end it goes on at its beginning."""
        found, (start, length) = self.kept[workload, kind], block
        return [found[(start + step) % len(found)] for step in range(min(length, len(found)))]

    def inverted(self, pairs: list[RecordedPair]) -> list[RecordedPair]:
        """The pairs with their sides exchanged, or not: all of them, by one draw."""
        if self.source.random() < 0.5:
            return pairs
        return [pair.replace(base=pair.other, other=pair.base) for pair in pairs]


Drawn = tuple[Groups, dict[str, list[RecordedPair]]]
"""What is judged in a replay, and the pairs that it was made of, by group."""


def whole_suite(kind: Kind, drawing: Drawing, block: tuple[int, int]) -> Drawn:
    """Every workload, the change being `kind`."""
    pairs = {workload: drawing.pairs(workload, kind, block) for workload in KINDS}
    if kind == "again":
        pairs = {workload: drawing.inverted(found) for workload, found in pairs.items()}
    return {workload: metrics_of(workload, found, drawing.gate) for workload, found in pairs.items()}, pairs


def one_workload(workload: str, kind: Kind) -> Callable[[Drawing, tuple[int, int]], Drawn]:
    """One workload alone, without its memory: the companion that slows it down has some, too."""

    def draw(drawing: Drawing, block: tuple[int, int]) -> Drawn:
        pairs = drawing.pairs(workload, kind, block)
        metrics = [metric for metric in metrics_of(workload, pairs, drawing.gate) if metric.metric != m.RSS_LOADED]
        return {workload: metrics}, {workload: pairs}

    return draw


def one_benchmark(drawing: Drawing, block: tuple[int, int]) -> Drawn:
    """All benchmarks, one of them planted: the others are those of the base beside itself."""
    planted = drawing.pairs(MICROBENCH, "planted-2", block)
    again = drawing.inverted(drawing.pairs(MICROBENCH, "again", block))
    others = [metric for metric in metrics_of(MICROBENCH, again, drawing.gate) if metric.workload != PLANTED_BENCHMARK]
    return {MICROBENCH: [*metrics_of(MICROBENCH, planted, drawing.gate, PLANTED_BENCHMARK), *others]}, {MICROBENCH: planted}


def added(workload: str, share: float) -> Callable[[Drawing, tuple[int, int]], Drawn]:
    """One workload of the base beside itself, with the share added to what it costs: exactly so much slower."""

    def draw(drawing: Drawing, block: tuple[int, int]) -> Drawn:
        pairs = drawing.inverted(drawing.pairs(workload, "again", block))
        return {workload: [slower(metric, share) for metric in metrics_of(workload, pairs, drawing.gate)]}, {workload: pairs}

    return draw


def slower(pairs: Pairs, share: float) -> Pairs:
    """The pairs with head worse by the share; of memory, which no slow-down moves, as they are."""
    if pairs.metric == m.RSS_LOADED:
        return pairs
    by = 1 + share if pairs.metric.better == "lower" else 1 / (1 + share)
    return replace(pairs, head=[value * by for value in pairs.head])


def added_to_a_benchmark(share: float) -> Callable[[Drawing, tuple[int, int]], Drawn]:
    """All benchmarks of the base beside itself, with the share added to the time of one that is drawn."""

    def draw(drawing: Drawing, block: tuple[int, int]) -> Drawn:
        pairs = drawing.inverted(drawing.pairs(MICROBENCH, "again", block))
        metrics = metrics_of(MICROBENCH, pairs, drawing.gate)
        chosen = drawing.source.randrange(len(metrics))
        return {MICROBENCH: [slower(metric, share) if k == chosen else metric for k, metric in enumerate(metrics)]}, {
            MICROBENCH: pairs
        }

    return draw


def random_speed(drawing: Drawing, block: tuple[int, int]) -> Drawn:
    """The base beside itself, each start faster or slower by a share drawn at random."""
    groups, pairs = whole_suite("again", drawing, block)
    draw = drawing.source.uniform

    def drawn(values: Sequence[float]) -> list[float]:
        return [value * (1 + draw(-SPEED_DRAWN, SPEED_DRAWN)) for value in values]

    timed = {
        name: [replace(pairs, base=drawn(pairs.base), head=drawn(pairs.head)) for pairs in found]
        for name, found in groups.items()
    }
    return timed, pairs


def replays(
    name: str,
    draw: Callable[[Drawing, tuple[int, int]], Drawn],
    drawing: Drawing,
    count: int,
    truth: float,
    within_s: float | None,
) -> Cell:
    """`count` replays of one kind."""
    length = drawing.gate.looks[-1]
    ended, seconds, starts = [], [], set()
    for _ in range(count):
        block = drawing.block(length)
        starts.add(block[0])
        groups, pairs = draw(drawing, block)
        relinked = {name: metrics_of(name, drawing.pairs(name, "relinked", block), drawing.gate) for name in pairs}
        ended.append(replayed(groups, drawing.gate, relinked))
        seconds.append(_seconds(drawing, pairs, ended[-1], block))
    outcomes = Counter(one.outcome for one in ended)
    in_time = [
        one
        for one, took_s in zip(ended, seconds, strict=True)
        if one.outcome == "regression" and within_s is not None and took_s <= within_s
    ]
    return Cell(
        name=name,
        neighbour=drawing.recording.about.neighbour,
        truth=truth,
        replays=count,
        starts=len(starts),
        outcomes={key: outcomes[key] for key in ("regression", "pass", "inconclusive")},
        within_s=within_s,
        found_in_time=None if within_s is None else len(in_time),
        pairs=_middle_and_most([max(one.change.values()) for one in ended]),
        seconds=_middle_and_most(seconds),
    )


def _seconds(drawing: Drawing, pairs: dict[str, list[RecordedPair]], ended: Ended, block: tuple[int, int]) -> float:
    """Measuring time: the pairs that the replay used, of the slowed base those until the first look."""
    slowed = {name: drawing.pairs(name, "slowed-5", block)[: drawing.gate.looks[0]] for name in pairs if name != MICROBENCH}
    used = [
        *(found[: ended.change[name]] for name, found in pairs.items()),
        *(drawing.pairs(name, "relinked", block)[: ended.relinked[name]] for name in pairs),
        *slowed.values(),
    ]
    return sum(pair.took_s for found in used for pair in found)


def _middle_and_most(values: Sequence[float]) -> tuple[float, float]:
    return round(float(np.median(values)), 1), round(float(np.quantile(values, 0.95)), 1)


@dataclass(frozen=True)
class Planned:
    """A kind of replays: its name, how pairs are drawn and judged, what is true of them, and the time that it may take."""

    name: str
    draw: Callable[[Drawing, tuple[int, int]], Drawn]
    gate: RegressConfig
    truth: float = 0.0
    within_s: float | None = None


def planned(neighbour: bool, gate: RegressConfig) -> list[Planned]:
    """Every kind of replays that a recording has pairs for."""
    one_percent_s = 180.0 if neighbour else 90.0
    found = [
        Planned("base against itself, whole suite", partial(whole_suite, "again"), gate),
        Planned("relinked, whole suite", partial(whole_suite, "relinked"), gate),
        Planned("speed drawn at each start, whole suite", random_speed, gate),
    ]
    for kind, share in SLOWED.items():
        within_s = one_percent_s if share == 0.01 else 60.0
        found.append(Planned(f"slowed by {share:.0%}, n1000", one_workload("n1000", _kind(kind)), gate, share, within_s))
    for workload in LOADS:
        for share, target_s in ((0.005, None), (0.01, one_percent_s), (0.02, 60.0)):
            name = f"{100 * share:g}% added in numbers, {workload}"
            found.append(Planned(name, added(workload, share), gate, share, target_s))
    narrow = gate.replace(limits=gate.limits.replace(time_ns=NARROW))
    return [
        *found,
        Planned("slowed by 5%, n200", one_workload("n200", "slowed-5"), gate, 0.05, 90.0),
        Planned("2% added to a benchmark", added_to_a_benchmark(0.02), gate, 0.02, 120.0),
        Planned("2% more divisions, benchmarks", one_benchmark, gate, 0.02, 120.0),
        Planned("1% added to a benchmark, margin 0.5%", added_to_a_benchmark(0.01), narrow, 0.01, 120.0),
    ]


def cell(recording: Recording, plan: Planned, count: int) -> Cell:
    """Replay one kind; the same recording gives the same, whatever else is replayed."""
    drawing = Drawing(recording, plan.gate, random.Random(f"{SEED} {plan.name}"))
    return replays(plan.name, plan.draw, drawing, count, plan.truth, plan.within_s)


def _kind(name: str) -> Kind:
    return next(kind for kinds in KINDS.values() for kind in kinds if kind == name)


def controls(recording: Recording, count: int, gate: RegressConfig) -> dict[str, dict[str, int]]:
    """Of `count` blocks of the first look's length: how often each control of the load was kept, and was not where it must not.

    The slowed base is replaced by the base itself: it may not be found.
    """
    drawing = Drawing(recording, gate, random.Random(SEED + 1))
    look, family, error = gate.looks[0], 4, gate.error_at_a_look
    found: dict[str, Counter[str]] = {name: Counter() for name in ("relinked silent", "slowed found", "not slowed, found")}
    for _ in range(count):
        block = drawing.block(look)
        for workload in LOADS:
            kinds = {kind: metrics_of(workload, drawing.pairs(workload, kind, block), gate) for kind in KINDS[workload]}
            silent = relinked_control("cpp", workload, kinds["relinked"], family, error).kept
            slowed = slowed_control("cpp", workload, slowed_pairs(kinds["slowed-5"]), family, error).kept
            nothing = slowed_control("cpp", workload, slowed_pairs(kinds["again"]), family, error).kept
            for name, kept in zip(found, (silent, slowed, nothing), strict=True):
                found[name]["yes" if kept else "no"] += 1
    return {name: dict(counts) for name, counts in found.items()}


def table(all_cells: Sequence[Cell]) -> str:
    """The cells as Markdown."""
    heads = (
        "replayed",
        "neighbour",
        "replays (blocks)",
        "regression",
        "pass",
        "inconclusive",
        "found in time",
        "pairs",
        "seconds",
    )
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for cell in all_cells:
        share = {key: f"{value} ({value / cell.replays:.1%})" for key, value in cell.outcomes.items()}
        in_time = "" if cell.found_in_time is None else f"{cell.found_in_time / cell.replays:.1%} in {cell.within_s:.0f} s"
        cells_ = (
            cell.name,
            "noisy" if cell.neighbour else "quiet",
            f"{cell.replays} ({cell.starts})",
            share["regression"],
            share["pass"],
            share["inconclusive"],
            in_time,
            f"{cell.pairs[0]:.0f} to {cell.pairs[1]:.0f}",
            f"{cell.seconds[0]:.0f} to {cell.seconds[1]:.0f}",
        )
        lines.append("| " + " | ".join(cells_) + " |")
    return "\n".join(lines) + "\n"


def replayed_cell(path: Path, number: int, count: int) -> Cell:
    """One cell of a recording, by its number among those that are planned."""
    recording = read_recording(path)
    found = cell(recording, planned(recording.about.neighbour, RegressConfig())[number], count)
    print(f"{path.stem}: {found.name}: {found.outcomes}", file=sys.stderr, flush=True)
    return found


def replayed_controls(path: Path, count: int) -> dict[str, dict[str, int]]:
    """The controls of a recording."""
    return controls(read_recording(path), count, RegressConfig())


def main() -> None:
    """Replay every recording that is named, beside each other; print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", nargs="+", type=Path)
    parser.add_argument("--replays", type=int, default=500)
    parser.add_argument(
        "--processes", type=int, default=len(os.sched_getaffinity(0)), help="at the same time (default: a core each)"
    )
    parser.add_argument("--out", type=Path, help="a folder for replays.json and replays.md")
    asked = parser.parse_args()
    kinds = len(planned(neighbour=False, gate=RegressConfig()))
    with ProcessPoolExecutor(asked.processes) as pool:
        jobs = [pool.submit(replayed_cell, path, number, asked.replays) for path in asked.recordings for number in range(kinds)]
        kept_jobs = {path.stem: pool.submit(replayed_controls, path, asked.replays) for path in asked.recordings}
        found = [job.result() for job in jobs]
        kept = {name: job.result() for name, job in kept_jobs.items()}
    print(table(found))
    print(json.dumps(kept, indent=2))
    if asked.out:
        data = {"cells": [cell.model_dump() for cell in found], "controls": kept}
        (asked.out / "replays.json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
        (asked.out / "replays.md").write_text(table(found), encoding="utf-8")


if __name__ == "__main__":
    main()
