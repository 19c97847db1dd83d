"""A control beside the services: what it says of the generator's limit, and that it is never compared as one of them."""

from collections.abc import Sequence

from analysis import metric as m
from analysis.check import GENERATOR_BOUND, Flag, beside_ceiling
from analysis.summarise import at_the_limit
from analysis.summary import Comparison, ContenderResult


def result(label: str, *, control: bool = False, flags: Sequence[Flag] = ()) -> ContenderResult:
    return ContenderResult(
        label=label,
        title=label,
        tier="reference",
        control=control,
        trials=6,
        failed_trials=0,
        figures={},
        flags=list(flags),
    )


def over(ratio: float) -> Comparison:
    return Comparison(
        metric=m.GOODPUT.name,
        numerator="service",
        denominator="ceiling",
        pairs=6,
        ratio=ratio,
        interval=None,
        verdict="cannot tell",
        reason="",
    )


def waiting_control() -> ContenderResult:
    flag = Flag(check=GENERATOR_BOUND, evidence="", threshold="", remedy="", fatal=False, trials=[0])
    return result("ceiling", control=True, flags=[flag])


def test_as_fast_as_a_control_that_waits_for_the_generator_is_the_generators_limit() -> None:
    (flag,) = at_the_limit(result("service"), [over(0.95)], [waiting_control()], []).flags
    assert (flag.check, flag.fatal) == (GENERATOR_BOUND, False)
    assert "95% of what the generator reaches with ceiling" in flag.evidence


def test_clearly_slower_than_the_control_is_the_services_own() -> None:
    assert at_the_limit(result("service"), [over(0.80)], [waiting_control()], []).flags == []


def test_a_control_that_was_itself_the_limit_says_nothing_of_the_generator() -> None:
    assert at_the_limit(result("service"), [over(0.95)], [result("ceiling", control=True)], []).flags == []


def test_what_was_not_compared_raises_nothing() -> None:
    assert beside_ceiling(None, "ceiling", [1]) is None
