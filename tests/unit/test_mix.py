"""A mix of requests, from rows to tables: each kind by itself, and checks that only a mix or a side service can raise."""

import random
from itertools import islice

import numpy as np
import pytest

from analysis.checks.trial import check_trial
from analysis.model import metric as m
from analysis.model.flag import Flag
from analysis.model.metric import GENERATOR_BUSY, GOODPUT, LATENCY_MEAN, SERVER_BUSY
from analysis.pipeline.compared import Analysed
from analysis.pipeline.workload import build_workload
from analysis.tables.kinds import kind_tables
from analysis.trial.metrics import figures_of, of_rows
from analysis.trial.rows import Rows
from analysis.verdicts.verdicts import KINDS, decided
from loadgen.record.trial import KindLoad, LoadTrial
from loadgen.record.workload import RequestRecord, Sending, Share
from loadgen.system.memory_reading import MemoryReading
from loadgen.task.shares import in_shares
from tests.unit.records import CONTENDER, RUN, TRIAL

HEALTHY = {SERVER_BUSY.name: 0.99, GENERATOR_BUSY.name: 0.10, GOODPUT.name: 100.0, LATENCY_MEAN.name: 100.0}
RIGHT = {"read": (200,), "create": (201,)}


def share(kind: str, of_all: float) -> Share:
    return Share(request=RequestRecord(kind=kind, method="GET", target="/", headers={}, body=""), share=of_all)


WORKLOAD = RUN.workloads["w"].replace(work=None, mix=[share("read", 0.8), share("create", 0.2)])
MIX = RUN.replace(workloads={"w": WORKLOAD})


def rows() -> Rows:
    """A hundred reads of 10 ms and fifty creates of 100 ms, ten of which were refused; all within the window."""
    kind = np.array([0] * 100 + [1] * 50, dtype=np.int8)
    starts = np.linspace(2.0, 9.0, 150)
    status = np.array([200] * 100 + [201] * 40 + [429] * 10, dtype=np.int16)
    ends = starts + np.where(kind == 0, 0.010, 0.100)
    return Rows(starts, ends, status, np.zeros(150, dtype=np.int32), (200, 201), kind, RIGHT)


def trial(**kinds: KindLoad) -> LoadTrial:
    assert TRIAL.load is not None
    return TRIAL.replace(load=TRIAL.load.replace(kinds=kinds, right_statuses=[200, 201], statuses={}))


def kind(answered: int, status: str = "200", right: int = 200) -> KindLoad:
    return KindLoad(begun=answered, statuses={status: answered}, right_statuses=[right], answered_in_window=answered)


def flags(trial: LoadTrial, figures: dict[str, float] = HEALTHY) -> dict[str, Flag]:
    return {flag.check: flag for flag in check_trial(MIX, trial, figures)}


def test_a_status_is_right_for_the_kind_that_it_answers() -> None:
    assert int(rows().right.sum()) == 140
    assert int(rows().of_kind("create").right.sum()) == 40


def test_each_kind_has_figures_of_its_own() -> None:
    reads, creates = (of_rows(rows().of_kind(name), (1.0, 11.0)) for name in RIGHT)
    assert reads[m.GOODPUT.name] == 10.0
    assert creates[m.GOODPUT.name] == 4.0
    assert reads[m.LATENCY_P50.name] == pytest.approx(10.0)
    assert creates[m.LATENCY_MEAN.name] == pytest.approx(100.0)
    assert m.LATENCY_P99.name not in creates


def analysed(label: str, number: int, slower: float) -> Analysed:
    one = trial(read=kind(800), create=kind(200, "201", 201)).replace(contender=label, index=number, round=number)
    figures = {**HEALTHY, m.LATENCY_P50.name: 10.0, m.CPU_PER_REQUEST.name: 50.0}
    kinds = {
        name: Analysed(one, {m.GOODPUT.name: 8.0, m.LATENCY_P50.name: ms * (1 + number / 1000)}, np.full(100, ms), [])
        for name, ms in (("read", 10.0), ("create", 100.0 * slower))
    }
    return Analysed(one, figures, np.full(100, 10.0), [], kinds)


def test_a_kind_that_is_slower_is_told_by_name_in_a_family_of_its_own() -> None:
    contenders = [CONTENDER.replace(label=label, title=label) for label in ("a", "b")]
    trials = {
        ("w", label): [analysed(label, number, slower) for number in range(8)] for label, slower in (("a", 1.0), ("b", 1.5))
    }
    (workload,) = decided([build_workload(MIX, "w", contenders, trials, {})])
    assert [(kind.name, kind.share) for kind in workload.kinds] == [("read", 0.8), ("create", 0.2)]
    verdicts = {
        (kind.name, comparison.metric): (comparison.verdict, comparison.family)
        for kind in workload.kinds
        for comparison in kind.comparisons
        if comparison.ratio
    }
    assert verdicts[("create", m.LATENCY_P50.name)] == ("lower", KINDS)
    assert verdicts[("read", m.LATENCY_P50.name)] == ("tie", KINDS)
    figures, ratios = kind_tables(workload)
    assert [head for head, _ in figures.rows][:2] == ["read, 80%: goodput, requests/s", "read, 80%: latency P50, ms"]
    assert next(head for head, _ in ratios.rows) == "read: latency P50"


def test_a_workload_of_one_kind_has_no_tables_of_kinds() -> None:
    trials = {("w", "c"): [analysed("c", number, 1.0) for number in range(3)]}
    assert kind_tables(build_workload(RUN, "w", [CONTENDER], trials, {})) == []


def test_a_mix_as_it_was_asked_raises_nothing() -> None:
    assert flags(trial(read=kind(8_000), create=kind(2_000, "201", 201))) == {}


def test_another_mix_than_was_asked_is_named() -> None:
    found = flags(trial(read=kind(9_000), create=kind(1_000, "201", 201)))
    assert set(found) == {"mix_drifted"}
    assert found["mix_drifted"].evidence == (
        "read: 90.0% of the right responses, 80.0% were asked, create: 10.0% of the right responses, 20.0% were asked"
    )


def test_a_status_that_is_right_for_another_kind_is_an_error() -> None:
    found = flags(trial(read=kind(8_000, "201"), create=kind(2_000, "201", 201)))
    assert found["errors"].fatal
    assert found["errors"].evidence.startswith("8000 x status 201 to read")


def test_connections_that_are_not_to_be_kept_may_be_closed_by_the_server() -> None:
    assert TRIAL.load is not None
    one = TRIAL.replace(load=TRIAL.load.replace(closed_by_server=5))
    for keep_alive in (True, False):
        run = RUN.replace(workloads={"w": RUN.workloads["w"].replace(sending=Sending(keep_alive=keep_alive))})
        assert bool([flag for flag in check_trial(run, one, HEALTHY) if flag.check == "errors"]) is keep_alive


def beside(server_s: float, sidecar_s: float) -> LoadTrial:
    assert TRIAL.cpu is not None
    memory = MemoryReading(rss_bytes=5_000_000, pss_bytes=None, anonymous_bytes=None, peak_rss_bytes=5_000_000)
    return TRIAL.replace(cpu=TRIAL.cpu.replace(server_cpu_s=server_s, sidecar_cpu_s={"db": sidecar_s}), sidecars={"db": memory})


@pytest.mark.parametrize(
    ("sidecar_cores", "server_share", "sidecar_share", "names"),
    [
        ([1], 0.30, 0.65, {"sidecar_bound"}),
        ([1], 0.70, 0.25, set()),
        ([1], 0.30, 0.40, {"not_saturated"}),
        ([2], 0.30, 0.95, {"sidecar_bound"}),
        ([2], 0.30, 0.50, {"not_saturated"}),
        ([2], 0.95, 0.97, set()),
    ],
)
def test_a_side_service_that_is_the_limit_is_named(
    sidecar_cores: list[int], server_share: float, sidecar_share: float, names: set[str]
) -> None:
    run = RUN.replace(sidecar_cores=sidecar_cores)
    one = beside(10 * server_share, 10 * sidecar_share)
    figures = {**HEALTHY, SERVER_BUSY.name: server_share}
    assert {flag.check for flag in check_trial(run, one, figures)} == names


@pytest.mark.parametrize(("sidecar_cores", "raised"), [([1], False), ([2], True)])
def test_side_services_on_the_servers_cores_are_no_others(sidecar_cores: list[int], raised: bool) -> None:
    one = beside(6.0, 3.9)
    assert one.cpu is not None
    one = one.replace(cpu=one.cpu.replace(server_cores_idle_s=0.1))
    run = RUN.replace(sidecar_cores=sidecar_cores)
    assert ("noisy" in {flag.check for flag in check_trial(run, one, {**HEALTHY, SERVER_BUSY.name: 0.6})}) is raised


def test_a_side_services_cpu_time_and_memory_are_rows_of_their_own() -> None:
    figures = figures_of(RUN, beside(6.0, 2.8), rows())
    assert figures[m.SIDECAR_CPU.name] == pytest.approx(2.8 / 150 * 1e6)
    assert figures[m.SIDECAR_MEMORY.name] == 5_000_000
    assert m.SIDECAR_CPU.name not in figures_of(RUN, TRIAL, rows())


def test_less_cpu_time_than_any_right_response_takes_is_too_good() -> None:
    run = RUN.replace(workloads={"w": RUN.workloads["w"].replace(work=None, least_cpu_us=20.0)})
    for cpu_us, raised in ((19.0, True), (21.0, False)):
        found = {flag.check: flag for flag in check_trial(run, TRIAL, {**HEALTHY, m.CPU_PER_REQUEST.name: cpu_us})}
        assert ("too_good" in found) is raised
    assert (
        "by its task a right response takes longer"
        in check_trial(run, TRIAL, {**HEALTHY, m.CPU_PER_REQUEST.name: 1.0})[0].evidence
    )


def test_shares_are_kept_in_every_part_of_a_load() -> None:
    kinds = list(islice(in_shares({"a": 0.334, "b": 0.333, "c": 0.333}, random.Random(1)), 10_000))
    for at in range(0, 10_000, 1000):
        counts = [kinds[at : at + 1000].count(name) for name in "abc"]
        assert max(counts) - min(counts) <= 4
