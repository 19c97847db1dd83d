"""Lengths of bodies: what verification keeps of them, and what a load's rows are held to."""

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from analysis.checks.trial import check_trial, merged
from analysis.model.flag import Flag
from analysis.trial.lengths import length_figures, verified_lengths
from analysis.trial.rows import Rows
from loadgen.conformance.exchange import Exchange
from loadgen.record.lengths import BodyLengths
from loadgen.record.run import RunRecord
from loadgen.record.trial import Answers, KindLoad, LoadTrial
from loadgen.run.verified import Verified
from loadgen.task.find import find_task
from loadgen.task.task import Drawn, Task
from loadgen.trial.body_lengths import held_lengths
from tests.serving import Server, response, serving
from tests.unit.records import CONTENDER, RUN, TRIAL
from tests.unit.test_check import HEALTHY

RESPONSES = 2_400
ASKED = RUN.workloads["w"].parameters
KIND = RUN.workloads["w"].request.kind


def run(least: int = 30, most: int = 36) -> RunRecord:
    seen = BodyLengths(responses=RESPONSES, least=least, most=most, parameters=dict(ASKED))
    return RUN.replace(contenders=[CONTENDER.replace(lengths={KIND: seen})])


def rows(*lengths: int, status: int = 200) -> Rows:
    starts = np.linspace(2.0, 9.0, len(lengths))
    return Rows(starts, starts + 0.01, np.full(len(lengths), status, dtype=np.int16), np.array(lengths, dtype=np.int32))


def flag(of: RunRecord, asked: Rows, trial: LoadTrial = TRIAL) -> Flag | None:
    figures = {**HEALTHY, **length_figures(of, trial, asked)}
    found = {flag.check: flag for flag in check_trial(of, trial, figures)}
    assert set(found) <= {"wrong_length"}
    return found.get("wrong_length")


@pytest.mark.parametrize("length", [24, 30, 33, 42])
def test_a_length_is_nothing_new_within_what_those_seen_differ_by(length: int) -> None:
    assert flag(run(), rows(*[length] * 1_000)) is None


@pytest.mark.parametrize("length", [0, 23, 43])
def test_a_length_beyond_is_named_with_how_many_there_are(length: int) -> None:
    found = flag(run(), rows(*[33] * 900, *[length] * 100))
    assert found is not None
    assert found.evidence == (
        f"{KIND}: 100 of 1,000 right responses have another length than was verified, most of them {length} bytes"
    )
    assert found.threshold == f"{KIND}: 24 to 42 bytes in all but 0.38%"


def test_one_length_alone_is_held_to_the_byte() -> None:
    assert flag(run(33, 33), rows(*[33] * 1_000)) is None
    found = flag(run(33, 33), rows(*[33] * 900, *[34] * 100))
    assert found is not None
    assert found.threshold == f"{KIND}: 33 bytes in all but 0.38%"


def test_what_is_too_rare_for_verification_to_have_seen_it_is_no_fault() -> None:
    """As 1,000 among numbers of 1 to 1,000: the only one of four digits."""
    assert flag(run(33, 33), rows(*[33] * 99_900, *[34] * 100)) is None


def test_rare_lengths_raise_it_in_less_than_one_of_a_thousand_honest_runs() -> None:
    """Whatever the share of a second length: that verification misses it and the load shows it is as good as never."""
    source = np.random.default_rng(1)
    raised = 0
    for share in (1e-4, 1e-3, 2e-3, 3e-3, 4e-3, 6e-3, 1e-2):
        missed_by_verification = source.binomial(RESPONSES, share, 2_000) == 0
        in_load = source.binomial(1_000, share, 2_000)
        figures = {int(count): flag(run(33, 33), rows(*[33] * (1_000 - count), *[40] * count)) for count in set(in_load)}
        raised += sum(figures[int(count)] is not None for count in in_load[missed_by_verification])
    assert raised <= 14_000 / 1_000


def test_only_right_responses_are_held_to_it() -> None:
    assert length_figures(run(), TRIAL, rows(*[0] * 100, status=503)) == {
        f"right_rows of {KIND}": 0.0,
        f"rows_of_unseen_length of {KIND}": 0.0,
    }


def probed(responses: int, least: int = 30, most: int = 36) -> LoadTrial:
    seen = BodyLengths(responses=responses, least=least, most=most)
    return TRIAL.replace(answers=Answers(checked=20, wrong=[], lengths={KIND: seen}))


def test_what_the_probe_client_checked_is_nothing_new() -> None:
    assert flag(run(), rows(*[90] * 1_000), probed(1, most=90)) is None


@pytest.mark.parametrize(("share", "responses", "fatal"), [(1.0, 1, True), (0.5, 10, True), (0.5, 9, False), (0.05, 10, False)])
def test_it_is_fatal_where_the_probe_client_would_have_seen_it(share: float, responses: int, fatal: bool) -> None:
    unseen = round(1_000 * share)
    found = flag(run(), rows(*[33] * (1_000 - unseen), *[4] * unseen), probed(responses))
    assert found is not None
    assert found.fatal is fatal


def test_several_trials_are_one_flag_that_is_fatal_if_one_is() -> None:
    first = flag(run(), rows(*[4] * 1_000))
    other = flag(run(), rows(*[4] * 1_000), probed(1))
    assert first is not None
    assert other is not None
    assert (first.fatal, other.fatal) == (False, True)
    (both,) = merged([first, other])
    assert both.fatal
    assert both.evidence == first.evidence


def test_lengths_are_those_of_the_same_request_and_of_the_original() -> None:
    of = run()
    assert verified_lengths(of, TRIAL).keys() == {KIND}
    asked = {"w": of.workloads["w"].replace(parameters={"n": 99_999})}
    assert verified_lengths(of.replace(workloads=asked), TRIAL) == {}
    twin = CONTENDER.replace(label="c:aa", twin_of="c", control=True)
    again = of.replace(contenders=[*of.contenders, twin])
    assert verified_lengths(again, TRIAL.replace(contender="c:aa")) == verified_lengths(of, TRIAL)
    assert verified_lengths(RUN, TRIAL) == {}, "older records have none"


def test_each_kind_of_a_mix_is_held_to_its_own() -> None:
    kinds = {
        name: KindLoad(begun=500, statuses={"200": 500}, right_statuses=[200], answered_in_window=500)
        for name in ("read", "list")
    }
    assert TRIAL.load is not None
    trial = TRIAL.replace(load=TRIAL.load.replace(kinds=kinds))
    seen = {
        name: BodyLengths(responses=1_000, least=length, most=length, parameters=dict(ASKED))
        for name, length in (("read", 30), ("list", 900))
    }
    of = RUN.replace(contenders=[CONTENDER.replace(lengths=seen)])
    mixed = rows(*[30] * 500, *[30] * 500)
    mixed = Rows(
        mixed.start_s,
        mixed.end_s,
        mixed.status,
        mixed.body_bytes,
        kind=np.array([0] * 500 + [1] * 500, dtype=np.int8),
        right_by_kind={"read": (200,), "list": (200,)},
    )
    found = flag(of, mixed, trial)
    assert found is not None
    assert found.evidence.startswith("list: 500 of 500 right responses")
    assert "read" not in found.evidence


TASK = """
schema = 1
name = "echo"
title = "an echo"

[parameters]
size = { type = "integer", default = 3 }

[[data]]
name = "id"
from = { integer = [1, 999] }

[[data]]
name = "new"
sequence = 1

[[requests]]
name = "plain"
path = "/plain/{id}/{size}"
expect = { status = [200] }

[[requests]]
name = "echo"
path = "/echo/{id}"
expect = { status = [200] }

[[requests]]
name = "create"
path = "/plain/{new}"
expect = { status = [200] }
"""


async def echo(_server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
    """Say the path, or all that was asked."""
    path = head.split()[1]
    writer.write(response(head if path.startswith(b"/echo") else path))


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    with serving(echo) as server:
        yield "127.0.0.1", server.port


def answered(address: tuple[str, int], task: Task) -> dict[str, list[tuple[Drawn, int]]]:
    found: dict[str, list[tuple[Drawn, int]]] = {}
    for drawn in islice(task.samples(1), 60):
        with Exchange(address, 10.0) as exchange:
            exchange.send(drawn.request.to_bytes())
            found.setdefault(drawn.kind, []).append((drawn, len(exchange.receive("GET").content)))
    return found


def test_kinds_are_held_to_lengths_that_depend_on_the_service_alone(address: tuple[str, int], tmp_path: Path) -> None:
    """Not those whose values differ from load to load, and none that says what it was asked with."""
    (tmp_path / "task.toml").write_text(TASK)
    task = find_task(".", tmp_path)
    right = answered(address, task)
    found = held_lengths(address, task, right)
    assert found.keys() == {"plain"}
    lengths = found["plain"]
    assert lengths.parameters == {"size": 3}
    assert lengths.responses == len(right["plain"])
    assert len("/plain/1/3") <= lengths.least <= lengths.most == len("/plain/999/3")


def test_a_service_that_is_gone_has_none(address: tuple[str, int], tmp_path: Path) -> None:
    (tmp_path / "task.toml").write_text(TASK)
    task = find_task(".", tmp_path)
    right = answered(address, task)
    assert held_lengths(("127.0.0.1", 1), task, right) == {}


def test_a_verification_that_is_kept_has_them() -> None:
    found = Verified(scores={}, deviations={}, lengths={"read": BodyLengths.of([3, 5], {"size": 3})})
    assert Verified.model_validate_json(found.model_dump_json()) == found
    assert found.lengths["read"].allowed == (1, 7)
