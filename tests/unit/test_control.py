"""A control beside the services: what it says of the generator's limit, and that it is never compared as one of them."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.checks.load import beside_ceiling
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.flag import GENERATOR_BOUND, Flag
from analysis.model.summary import ContenderResult, over_twins
from analysis.pipeline.compared import Analysed
from analysis.pipeline.workload import build_workload, flag_generator_bound
from tests.unit.records import RUN, TRIAL, contender


def result(label: str, *, control: bool = False, twin_of: str | None = None, flags: Sequence[Flag] = ()) -> ContenderResult:
    return ContenderResult(
        label=label,
        title=label,
        tier="reference",
        control=control,
        twin_of=twin_of,
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
    (flag,) = flag_generator_bound(result("service"), [over(0.95)], [waiting_control()], []).flags
    assert (flag.check, flag.fatal) == (GENERATOR_BOUND, False)
    assert "95% of what the generator reaches with ceiling" in flag.evidence


def test_clearly_slower_than_the_control_is_the_services_own() -> None:
    assert flag_generator_bound(result("service"), [over(0.80)], [waiting_control()], []).flags == []


def test_a_control_that_was_itself_the_limit_says_nothing_of_the_generator() -> None:
    assert flag_generator_bound(result("service"), [over(0.95)], [result("ceiling", control=True)], []).flags == []


def test_a_twin_that_waits_for_the_generator_is_no_ceiling() -> None:
    twin = waiting_control().replace(twin_of="service")
    assert flag_generator_bound(result("service"), [over(0.95)], [twin], []).flags == []


def trials_of(levels: Mapping[str, float]) -> dict[str, list[Analysed]]:
    """Ten rounds of each contender, all metrics at the same level, with a little spread."""
    return {
        label: [
            Analysed(
                TRIAL.replace(contender=label, round=number),
                {metric.name: level * (1 + 0.001 * ((number * step) % 7)) for metric in m.COMPARED},
                np.array([1.0, 2.0]),
                [],
            )
            for number in range(10)
        ]
        for step, (label, level) in enumerate(levels.items(), start=2)
    }


def test_a_twin_is_set_beside_its_own_original_only_and_a_ceiling_beside_every_service() -> None:
    records = [contender("a"), contender("b"), contender("a:aa", twin_of="a"), contender("ceiling", control=True)]
    trials = {("w", label): of for label, of in trials_of({"a": 100, "b": 110, "a:aa": 100, "ceiling": 200}).items()}
    found = build_workload(RUN, "w", records, trials, {})
    assert {(comparison.numerator, comparison.denominator) for comparison in found.comparisons} == {("a", "b")}
    assert {comparison.metric for comparison in found.comparisons} == {metric.name for metric in m.COMPARED}
    assert [(over_twin.numerator, over_twin.denominator) for over_twin in over_twins(found)] == [("a", "a:aa")] * len(
        m.COMPARED
    )
    assert all(over_twin.minimum_detectable_effect for over_twin in over_twins(found))
    others = [over_control for over_control in found.over_controls if over_control not in over_twins(found)]
    assert {(other.numerator, other.denominator) for other in others} == {("a", "ceiling"), ("b", "ceiling")}
    assert all(other.minimum_detectable_effect is None for other in others)


def test_what_was_not_compared_raises_nothing() -> None:
    assert beside_ceiling(None, "ceiling", [1]) is None


def test_a_comparison_keeps_its_ratio_of_each_round_in_the_order_of_rounds() -> None:
    trials = {("w", label): of for label, of in trials_of({"a": 100, "b": 110}).items()}
    trials["w", "a"].reverse()
    del trials["w", "b"][4]
    found = build_workload(RUN, "w", [contender("a"), contender("b")], trials, {}).comparisons[0]
    rounds = [number for number in range(10) if number != 4]
    of_b = {trial.trial.round: trial.figures[found.metric] for trial in trials["w", "b"]}
    of_a = {trial.trial.round: trial.figures[found.metric] for trial in trials["w", "a"]}
    assert found.each == [of_a[number] / of_b[number] for number in rounds]
    assert found.pairs == len(found.each) == 9
