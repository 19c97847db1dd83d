"""The validation study's own parts: that what is planted is there, that replays decide as live runs do, and what they count."""

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from loadgen.config.regress import RegressConfig
from loadgen.record.trial import MICROBENCH
from tests.unit.records import MACHINE
from tests.validation import simulate
from tests.validation.planted import PRIME, copied, plant
from tests.validation.recording import KINDS, SLOWED, About, RecordedPair, Recording, read_recording
from tests.validation.replay import (
    PLANTED_BENCHMARK,
    Drawing,
    cell,
    controls,
    metrics_of,
    one_workload,
    planned,
    replayed,
    replays,
)

ROOT = Path(__file__).parents[2]
GATE = RegressConfig()
LOADS = {"cpu_per_request_us": 100.0, "goodput_per_s": 5000.0, "latency_p99_ms": 5.0, "rss_loaded_bytes": 2e6}
BENCHMARKS = {PLANTED_BENCHMARK: 5e6, "json_decode/served/article": 100.0}


def recording(rounds: int = 60, spread: float = 0.003) -> Recording:
    """Pairs as a quiet machine would give them, slowed ones slower by just their share."""
    source = np.random.default_rng(5)
    pairs = []
    for number in range(rounds):
        for workload, kinds in KINDS.items():
            for kind in kinds:
                base = BENCHMARKS if workload == MICROBENCH else LOADS
                share = 0.02 if kind == "planted-2" else SLOWED.get(kind, 0.0)
                other = {
                    name: value * float(np.exp(source.normal(0, spread))) * factor(name, share) for name, value in base.items()
                }
                pairs.append(
                    RecordedPair(
                        round=number,
                        workload=workload,
                        kind=kind,
                        relinked=False,
                        base_first=True,
                        at_s=0.0,
                        took_s=1.0,
                        base=base,
                        other=other,
                    )
                )
    about = About(machine=MACHINE, commit=None, started="", neighbour=False, seed=1)
    return Recording(about=about, pairs=pairs)


def factor(name: str, share: float) -> float:
    """By what a planted slow-down moves a metric."""
    if name in ("rss_loaded_bytes", "json_decode/served/article"):
        return 1.0
    return 1 / (1 + share) if name == "goodput_per_s" else 1 + share


def test_replays_of_known_pairs_say_what_is_true_of_them() -> None:
    pairs = recording()
    found = {plan.name: cell(pairs, plan, 6) for plan in planned(neighbour=False, gate=GATE)}
    assert found["base against itself, whole suite"].outcomes == {"regression": 0, "pass": 6, "inconclusive": 0}
    assert found["relinked, whole suite"].outcomes["regression"] == 0
    five = found["slowed by 5%, n1000"]
    assert (five.outcomes["regression"], five.found_in_time, five.pairs) == (6, 6, (20.0, 20.0))
    assert found["slowed by 1%, n1000"].outcomes["pass"] == 0
    assert found["0.5% added in numbers, n1000"].outcomes["regression"] == 0
    assert found["2% more divisions, benchmarks"].outcomes["regression"] == 6


def test_measuring_time_counts_the_controls_until_the_first_look() -> None:
    timed = replays("", one_workload("n1000", "slowed-5"), Drawing(recording(), GATE, random.Random(1)), 3, 0.05, 59.0)
    assert timed.seconds == (60.0, 60.0)  # 20 pairs each of the change, the relinked and the slowed base
    assert timed.found_in_time == 0


def test_a_base_that_was_not_slowed_is_never_found() -> None:
    found = controls(recording(), 10, GATE)
    assert found["slowed found"] == {"yes": 20}
    assert found["not slowed, found"] == {"no": 20}
    assert found["relinked silent"] == {"yes": 20}


def test_groups_that_are_decided_are_measured_no_further() -> None:
    quiet, wild = recording(160), recording(160, spread=0.05)
    groups = {
        "quiet": metrics_of("n1000", quiet.of("n1000", "again"), GATE),
        "wild": metrics_of("n200", wild.of("n200", "again"), GATE),
    }
    ended = replayed(groups, GATE, groups)
    assert ended.change["quiet"] == 20
    assert ended.change["wild"] == ended.relinked["wild"] > 20


def test_a_recording_is_read_back_without_a_last_line_that_was_cut_short(tmp_path: Path) -> None:
    whole = recording(2)
    lines = [whole.about.model_dump_json(), *(pair.model_dump_json() for pair in whole.pairs)]
    (tmp_path / "r.jsonl").write_text("\n".join(lines) + '\n{"round": 2, "wor')
    assert read_recording(tmp_path / "r.jsonl") == whole


def test_what_is_planted_changes_the_prime_loop_and_nothing_else(tmp_path: Path) -> None:
    tree = copied(ROOT, tmp_path / "tree")
    plant(tree, 0.02)
    text = (tree / PRIME).read_text()
    assert "once_more(n, prime);" in text
    assert "20000U / 1'000'000U" in text
    changed = [
        path.relative_to(tree)
        for path in tree.rglob("*")
        if path.is_file() and path.read_bytes() != (ROOT / path.relative_to(tree)).read_bytes()
    ]
    assert changed == [PRIME]
    with pytest.raises(ValueError, match="expected the definition of nth_prime once"):
        plant(tree, 0.02)


@pytest.mark.parametrize("shape", simulate.SHAPES)
def test_simulated_shapes_have_no_slow_down_of_their_own(shape: str) -> None:
    source = np.random.default_rng(7)
    medians = [float(np.mean(simulate.SHAPES[shape](source, 160))) for _ in range(400)]
    assert abs(float(np.mean(medians))) < 4 * float(np.std(medians)) / 20


def test_the_same_cell_is_simulated_alike_twice() -> None:
    job = simulate.Job("bimodal", 0.0, 1, 20)
    assert simulate.simulated(job) == simulate.simulated(job)


def test_pairs_of_one_comparison_are_apart_by_all_others() -> None:
    every = tuple((group, comparison) for group in (simulate.LOAD, simulate.BENCHES) for comparison in group.comparisons)
    places = simulate.slots(every, 10)
    assert {after - before for before, after in pairwise(places)} == {len(every)}
    assert [after - before for before, after in pairwise(simulate.slots(((simulate.LOAD, "change"),), 4))] == [2, 2, 2]


def test_a_machine_whose_neighbours_in_time_resemble_each_other_errs_no_more_than_it_may() -> None:
    """A small part of results/validation/simulated.md, with the same seeds whenever it runs."""
    apart, neighbours = (
        simulate.simulated(simulate.Job(shape, simulate.LIMIT.margin, 1, 1000)).regression
        for shape in ("drifting_one_workload", "drifting")
    )
    assert apart <= GATE.family_error < neighbours
