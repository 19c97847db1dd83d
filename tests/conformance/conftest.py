"""The services under test: built through the harness, started once each, shared by all tests."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from loadgen.build.build import build
from loadgen.config.contenders import unasked
from loadgen.config.service import Contender, find_contender, services_of
from loadgen.conformance import ConformanceResult, run_suite
from loadgen.errors import Error, UnavailableError
from loadgen.machine.cores import Cores
from loadgen.task.prime.task import TASK
from loadgen.trial.server import Server, running, start_environment
from tests.conformance.program import Program

CHECKOUT = Path(__file__).resolve().parents[2]
SEED = 20_250_101
SERVER_THREADS = 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--service",
        action="append",
        metavar="NAME|FOLDER[:VARIANT]",
        help="test this service only (may be repeated); default: every service of the checkout that needs no name",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "contender" in metafunc.fixturenames:
        try:
            contenders = _contenders(tuple(metafunc.config.getoption("--service", None) or ()))
        except Error as error:
            raise pytest.UsageError(str(error)) from error
        labels = [contender.label for contender in contenders]
        metafunc.parametrize("contender", contenders, ids=labels, indirect=True, scope="session")


@functools.cache
def _contenders(wanted: tuple[str, ...]) -> list[Contender]:
    folders_only = bool(wanted) and all(Path(place).is_dir() for place in wanted)
    own = {} if folders_only else services_of(CHECKOUT)
    found = [find_contender(place, own) for place in wanted or sorted(unasked(own))]
    return [contender for contender in found if wanted or not contender.control]


@pytest.fixture(scope="session")
def contender(request: pytest.FixtureRequest) -> Contender:
    asked: Contender = request.param
    return asked


@pytest.fixture(scope="session")
def artefact(contender: Contender) -> Path:
    try:
        return build(contender).artefact
    except UnavailableError as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture(scope="session")
def program(contender: Contender, artefact: Path) -> Program:
    return Program(artefact, start_environment(contender, artefact, 0, SERVER_THREADS))


@pytest.fixture(scope="session")
def server(contender: Contender, artefact: Path) -> Iterator[Server]:
    with running(contender, artefact, Cores(server=[], generator=[], server_threads=SERVER_THREADS)) as server:
        yield server


@pytest.fixture(scope="session")
def contract(contender: Contender, server: Server, selected_cases: Callable[[str], frozenset[str]]) -> ConformanceResult:
    """One run of the suite for a service, with the cases that this session asks for: the slow ones side by side."""
    known = contender.service.known_deviations
    only = selected_cases(contender.label)
    return run_suite(server.address, TASK.suite(SEED), known_deviations=known, only=only)


@pytest.fixture(scope="session")
def selected_cases(request: pytest.FixtureRequest) -> Callable[[str], frozenset[str]]:
    """The ids that this session runs for a contender: with `-k`, often a single quick one."""
    chosen = [item.callspec.params for item in request.session.items if _is_of_a_contender(item)]

    def of(label: str) -> frozenset[str]:
        return frozenset(str(params["case_id"]) for params in chosen if _label(params["contender"]) == label)

    return of


def _is_of_a_contender(item: pytest.Item) -> TypeGuard[pytest.Function]:
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        return False
    return {"contender", "case_id"} <= item.callspec.params.keys()


def _label(parameter: object) -> str:
    assert isinstance(parameter, Contender)
    return parameter.label
