"""Every case of the contract's table against every service."""

import pytest

from loadgen.config.service import Contender
from loadgen.conformance import ConformanceResult, Outcome, Verdict
from loadgen.task.prime.cases import suite


@pytest.fixture
def outcome(contract: ConformanceResult, case_id: str) -> Outcome:
    """The one of the case: with the whole contract as an argument, each known deviation writes all outcomes out, unread."""
    (found,) = (outcome for outcome in contract.outcomes if outcome.case.id == case_id)
    return found


@pytest.mark.parametrize("case_id", [case.id for case in suite().cases])
def test_contract(outcome: Outcome) -> None:
    described = f"{outcome.case.title} [{outcome.case.source}]"
    match outcome.verdict:
        case Verdict.PASSED:
            pass
        case Verdict.FAILED:
            pytest.fail(f"{described}: {outcome.evidence}", pytrace=False)
        case Verdict.DEVIATES:
            pytest.xfail(f"{outcome.reason}: {outcome.evidence}")
        case Verdict.DEVIATION_PASSES:
            pytest.fail(f"{described}: passes, but is listed as a deviation", pytrace=False)


def test_known_deviations_are_cases_of_the_table(contender: Contender) -> None:
    assert set(contender.service.known_deviations) <= set(suite().levels)
