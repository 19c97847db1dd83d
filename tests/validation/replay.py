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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from analysis.model import metric as m
from analysis.model.metric import BY_NAME
from analysis.regress.evidence import slowed_pairs
from analysis.regress.verdict import Outcome, Pairs, judged, relinked_control, slowed_control, undecided_groups
from loadgen.config.regress import LOAD_METRICS, RegressConfig
from loadgen.record.trial import MICROBENCH
from loadgen.strict import Strict
from tests.validation.recording import KINDS, SLOWED, Kind, RecordedPair, Recording, read_recording

SEED = 20251125
LOADS = tuple(name for name in KINDS if name != MICROBENCH)
PLANTED_BENCHMARK = "prime_loop/served/n=10000"
SPEED_DRAWN = 0.03
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
    """How one replay ended: after so many pairs of its longest group, and so many seconds of measuring, controls among them."""

    outcome: Outcome
    pairs: int
    seconds: float


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
            base=[one.base[name] for one in pairs],
            head=[one.other[name] for one in pairs],
            limit=gate.limit(metric.name),
            layer=gate.layer_of(workload),
        )
        for name, metric, shown in named
        if only in ("", name) and all(name in one.base and name in one.other for one in pairs)
    ]


def first(pairs: Pairs, count: int) -> Pairs:
    """The first `count` of the pairs."""
    return replace(pairs, base=pairs.base[:count], head=pairs.head[:count])


def replayed(groups: Groups, gate: RegressConfig) -> tuple[Outcome, dict[str, int]]:
    """The outcome, and after how many pairs each group was done: looks as in a live run, at what there is by then."""
    family, error = max(1, sum(len(found) for found in groups.values())), gate.error_at_a_look
    longest = min(len(one.base) for found in groups.values() for one in found)
    looks = [look for look in gate.looks if look < longest] + [min(longest, gate.looks[-1])]
    done = dict.fromkeys(groups, 0)
    going_on = list(groups)
    for look in looks:
        done |= dict.fromkeys(going_on, look)
        so_far = {name: [first(one, done[name]) for one in found] for name, found in groups.items()}
        going_on = [name for name in undecided_groups(so_far, family, error) if name in going_on]
        if not going_on:
            break
    verdicts = [one for found in so_far.values() for one in judged(found, family, error)]
    if any(one.outcome == "regression" for one in verdicts):
        return "regression", done
    return ("inconclusive" if any(one.blocks for one in verdicts) else "pass"), done


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
        return [one.replace(base=one.other, other=one.base) for one in pairs]


Drawn = tuple[Groups, dict[str, list[RecordedPair]]]
"""What is judged in a replay, and the pairs that it was made of, by group."""


def whole_suite(drawing: Drawing, kind: Kind, block: tuple[int, int]) -> Drawn:
    """Every workload, the change being `kind`."""
    pairs = {workload: drawing.pairs(workload, kind, block) for workload in KINDS}
    if kind == "again":
        pairs = {workload: drawing.inverted(found) for workload, found in pairs.items()}
    return {workload: metrics_of(workload, found, drawing.gate) for workload, found in pairs.items()}, pairs


def one_workload(workload: str, kind: Kind) -> Callable[[Drawing, tuple[int, int]], Drawn]:
    """One workload alone, without its memory: the companion that slows it down has some, too."""

    def draw(drawing: Drawing, block: tuple[int, int]) -> Drawn:
        pairs = drawing.pairs(workload, kind, block)
        metrics = [one for one in metrics_of(workload, pairs, drawing.gate) if one.metric != m.RSS_LOADED]
        return {workload: metrics}, {workload: pairs}

    return draw


def one_benchmark(drawing: Drawing, block: tuple[int, int]) -> Drawn:
    """All benchmarks, one of them planted: the others are those of the base beside itself."""
    planted = drawing.pairs(MICROBENCH, "planted-2", block)
    again = drawing.inverted(drawing.pairs(MICROBENCH, "again", block))
    others = [one for one in metrics_of(MICROBENCH, again, drawing.gate) if one.workload != PLANTED_BENCHMARK]
    return {MICROBENCH: [*metrics_of(MICROBENCH, planted, drawing.gate, PLANTED_BENCHMARK), *others]}, {MICROBENCH: planted}


def added(workload: str, share: float) -> Callable[[Drawing, tuple[int, int]], Drawn]:
    """One workload of the base beside itself, with the share added to what it costs: exactly so much slower."""

    def draw(drawing: Drawing, block: tuple[int, int]) -> Drawn:
        pairs = drawing.inverted(drawing.pairs(workload, "again", block))
        return {workload: [slower(one, share) for one in metrics_of(workload, pairs, drawing.gate)]}, {workload: pairs}

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
        return {MICROBENCH: [slower(one, share) if k == chosen else one for k, one in enumerate(metrics)]}, {MICROBENCH: pairs}

    return draw


def random_speed(drawing: Drawing, block: tuple[int, int]) -> Drawn:
    """The base beside itself, each start faster or slower by a share drawn at random."""
    groups, pairs = whole_suite(drawing, "again", block)
    draw = drawing.source.uniform

    def drawn(values: Sequence[float]) -> list[float]:
        return [value * (1 + draw(-SPEED_DRAWN, SPEED_DRAWN)) for value in values]

    timed = {
        name: [replace(one, base=drawn(one.base), head=drawn(one.head)) for one in found] for name, found in groups.items()
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
    ended, starts = [], set()
    for _ in range(count):
        block = drawing.block(length)
        starts.add(block[0])
        groups, pairs = draw(drawing, block)
        outcome, done = replayed(groups, drawing.gate)
        ended.append(Ended(outcome, max(done.values()), _seconds(drawing, pairs, done, block)))
    outcomes = Counter(one.outcome for one in ended)
    in_time = [one for one in ended if one.outcome == "regression" and within_s is not None and one.seconds <= within_s]
    return Cell(
        name=name,
        neighbour=drawing.recording.about.neighbour,
        truth=truth,
        replays=count,
        starts=len(starts),
        outcomes={key: outcomes[key] for key in ("regression", "pass", "inconclusive")},
        within_s=within_s,
        found_in_time=None if within_s is None else len(in_time),
        pairs=_middle_and_most([one.pairs for one in ended]),
        seconds=_middle_and_most([one.seconds for one in ended]),
    )


def _seconds(drawing: Drawing, pairs: dict[str, list[RecordedPair]], done: dict[str, int], block: tuple[int, int]) -> float:
    """Measuring time: the pairs that the replay used, and those of the controls until the first look."""
    change_s = sum(one.took_s for name, found in pairs.items() for one in found[: done[name]])
    look = drawing.gate.looks[0]
    controls: Iterator[tuple[str, Kind]] = (
        (name, kind) for name in pairs for kind in ("relinked", "slowed-5") if kind in KINDS[name]
    )
    return change_s + sum(one.took_s for name, kind in controls for one in drawing.pairs(name, kind, block)[:look])


def _middle_and_most(values: Sequence[float]) -> tuple[float, float]:
    return round(float(np.median(values)), 1), round(float(np.quantile(values, 0.95)), 1)


def cells(recording: Recording, count: int, gate: RegressConfig) -> Iterator[Cell]:
    """Every kind of replay that the recording has pairs for."""
    drawing = Drawing(recording, gate, random.Random(SEED))

    def again(which: Drawing, block: tuple[int, int]) -> Drawn:
        return whole_suite(which, "again", block)

    def relinked(which: Drawing, block: tuple[int, int]) -> Drawn:
        return whole_suite(which, "relinked", block)

    yield replays("base against itself, whole suite", again, drawing, count, 0.0, None)
    yield replays("relinked, whole suite", relinked, drawing, count, 0.0, None)
    yield replays("speed drawn at each start, whole suite", random_speed, drawing, count, 0.0, None)
    limits_s = {"slowed-5": 90.0, "slowed-3": 240.0, "slowed-2": 300.0}
    for kind, share in SLOWED.items():
        draw = one_workload("n1000", _kind(kind))
        yield replays(f"slowed by {share:.0%}, n1000", draw, drawing, count, share, limits_s.get(kind))
    for share, within_s in ((0.01, None), (0.02, 300.0), (0.03, 240.0), (0.05, 90.0)):
        yield replays(f"{share:.0%} added in numbers, n1000", added("n1000", share), drawing, count, share, within_s)
    yield replays("3% added in numbers, n200", added("n200", 0.03), drawing, count, 0.03, 240.0)
    yield replays("2% added to a benchmark", added_to_a_benchmark(0.02), drawing, count, 0.02, 120.0)
    yield replays("slowed by 5%, n200", one_workload("n200", "slowed-5"), drawing, count, 0.05, 90.0)
    yield replays("2% more divisions, benchmarks", one_benchmark, drawing, count, 0.02, 120.0)


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
    for one in all_cells:
        share = {key: f"{value} ({value / one.replays:.1%})" for key, value in one.outcomes.items()}
        in_time = "" if one.found_in_time is None else f"{one.found_in_time / one.replays:.1%} in {one.within_s:.0f} s"
        cells_ = (
            one.name,
            "noisy" if one.neighbour else "quiet",
            f"{one.replays} ({one.starts})",
            share["regression"],
            share["pass"],
            share["inconclusive"],
            in_time,
            f"{one.pairs[0]:.0f} to {one.pairs[1]:.0f}",
            f"{one.seconds[0]:.0f} to {one.seconds[1]:.0f}",
        )
        lines.append("| " + " | ".join(cells_) + " |")
    return "\n".join(lines) + "\n"


def replayed_whole(path: Path, count: int) -> tuple[list[Cell], dict[str, dict[str, int]]]:
    """Every cell of one recording, and its controls; the same recording gives the same."""
    recording, gate, found = read_recording(path), RegressConfig(), []
    for cell in cells(recording, count, gate):
        found.append(cell)
        print(f"{path.stem}: {cell.name}: {cell.outcomes}", file=sys.stderr, flush=True)
    return found, controls(recording, count, gate)


def main() -> None:
    """Replay every recording that is named, beside each other; print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", nargs="+", type=Path)
    parser.add_argument("--replays", type=int, default=500)
    parser.add_argument("--out", type=Path, help="a folder for replays.json and replays.md")
    asked = parser.parse_args()
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        whole = list(pool.map(replayed_whole, asked.recordings, [asked.replays] * len(asked.recordings)))
    found = [cell for all_cells, _ in whole for cell in all_cells]
    kept = {path.stem: kept for path, (_, kept) in zip(asked.recordings, whole, strict=True)}
    print(table(found))
    print(json.dumps(kept, indent=2))
    if asked.out:
        data = {"cells": [one.model_dump() for one in found], "controls": kept}
        (asked.out / "replays.json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
        (asked.out / "replays.md").write_text(table(found), encoding="utf-8")


if __name__ == "__main__":
    main()
