"""Verifying several services at the same time: each by itself, in order, and nothing left running."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from loadgen.build.build import Built
from loadgen.config.service import Contender
from loadgen.conformance import ConformanceResult
from loadgen.errors import Error
from loadgen.machine.cores import Cores
from loadgen.record.contender import BuildRecord
from loadgen.run import prepare
from loadgen.trial.server import ServerFailedError
from tests.patience import PATIENCE_S
from tests.unit.plans import STUB

CORES = Cores(server=[], generator=[], server_threads=1)
BUILT = Built(
    artefact=Path("stub"),
    record=BuildRecord(
        service="stub", key="0", built_at="", tools={}, clean_build_s=0.0, incremental_build_s=[], binary_bytes=0
    ),
)


@dataclass
class Servers:
    """Servers that were started and stopped, by label; those of `broken` do not start, those of `dying` die in their suite."""

    broken: tuple[str, ...] = ()
    dying: tuple[str, ...] = ()
    started: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    most: int = 0

    @contextmanager
    def running(self, contender: Contender, _artefact: Path, _cores: Cores) -> Iterator[Any]:
        label = contender.label
        if label in self.broken:
            raise ServerFailedError(f"{label}: does not start")
        self.started.append(label)
        self.most = max(self.most, len(self.started) - len(self.stopped))
        try:
            yield self.server(label)
        finally:
            self.stopped.append(label)

    def server(self, label: str) -> object:
        dying = label in self.dying

        class Running:
            address = (label, 0)

            def check_alive(self) -> None:
                if dying:
                    raise ServerFailedError(f"{label}: died")

        return Running()


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    made = Servers()
    monkeypatch.setattr(prepare, "running", made.running)
    return made


def asked(labels: str) -> list[tuple[Contender, Built]]:
    return [(Contender(service=STUB, label=label), BUILT) for label in labels]


def suites_are(monkeypatch: pytest.MonkeyPatch, suite: Callable[[str], ConformanceResult]) -> None:
    monkeypatch.setattr(prepare, "run_suite", lambda address, *_, **__: suite(address[0]))


def test_suites_run_at_the_same_time_and_no_more_of_them_than_is_said(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(prepare.AT_ONCE)

    def suite(label: str) -> ConformanceResult:
        together.wait(PATIENCE_S)
        return ConformanceResult((), float(ord(label)))

    suites_are(monkeypatch, suite)
    labels = "abcdefghijklmnopqr"[: 3 * prepare.AT_ONCE]
    found = prepare.verify(asked(labels), CORES, 1)
    assert [result.wall_s for result in found if isinstance(result, ConformanceResult)] == [
        float(ord(label)) for label in labels
    ]
    assert servers.most == prepare.AT_ONCE
    assert sorted(servers.stopped) == sorted(servers.started) == list(labels)


def test_what_goes_wrong_with_one_is_its_own_affair(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    servers.broken, servers.dying = ("b",), ("d",)

    def suite(label: str) -> ConformanceResult:
        if label == "c":
            raise Error("c: no answer")
        return ConformanceResult((), 0.0)

    suites_are(monkeypatch, suite)
    found = prepare.verify(asked("abcde"), CORES, 1)
    assert [str(error) if isinstance(error, Error) else "well" for error in found] == [
        "well",
        "b: does not start",
        "c: no answer",
        "d: died",
        "well",
    ]
    assert sorted(servers.stopped) == list("acde")


def test_an_interruption_waits_for_no_suite_and_leaves_no_server(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = threading.Event()

    def suite(_label: str) -> ConformanceResult:
        ends.wait(PATIENCE_S)
        return ConformanceResult((), 0.0)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    suites_are(monkeypatch, suite)
    monkeypatch.setattr(prepare, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare.verify(asked("abc"), CORES, 1)
    assert not ends.is_set()
    ends.set()
    assert sorted(servers.stopped) == sorted(servers.started) == list("abc")
