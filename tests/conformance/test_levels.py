"""What keeps a service from being measured, and what does not."""

from pathlib import Path

import pytest

from loadgen.build.build import build
from loadgen.config.service import find_contender
from loadgen.conformance import Level
from loadgen.errors import UnavailableError
from loadgen.machine.cores import Cores
from loadgen.run.prepare import prepare

PLAIN = Path(__file__).parents[1] / "plain"
CORES = Cores(server=[], generator=[], server_threads=1)


def test_a_plain_service_is_measured_and_its_deviations_are_a_score() -> None:
    contender = find_contender(str(PLAIN), {})
    try:
        build(contender)
    except UnavailableError as unavailable:
        pytest.skip(str(unavailable))
    (prepared,) = prepare([contender], CORES, 1, lambda _line: None)
    assert prepared.not_measured is None
    assert prepared.conformance is not None
    scores = prepared.conformance.scores
    assert scores[Level.CORE].passed == scores[Level.CORE].cases
    assert scores[Level.HTTP].passed < scores[Level.HTTP].cases
    assert scores[Level.STRICT].passed < scores[Level.STRICT].cases
    assert {case for case in prepared.conformance.deviations if case.startswith("problem-")}
