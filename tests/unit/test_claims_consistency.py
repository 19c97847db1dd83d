"""Published figures against each other, and the conditions and variants beside them: nothing of it needs a figure of a run."""

import pytest

from analysis.audit.audit import audit_rest, conditions_of
from analysis.audit.cause import Evidence
from analysis.audit.consistency import check_consistency
from analysis.audit.model import PublishedRequest
from analysis.model import metric as m
from analysis.model.audit import ConsistencyResult
from loadgen.record.run import RunRecord
from loadgen.record.workload import WorkloadRecord
from tests.unit.asked import SCALE, asks
from tests.unit.claimed import claim, contender, published, workload
from tests.unit.comparisons import comparison
from tests.unit.records import CONTENDER, RUN


def law(goodput: float, mean_ms: float) -> ConsistencyResult:
    (found,) = check_consistency(published(claims=[claim(value=goodput), claim(m.LATENCY_MEAN, mean_ms)]), SCALE)
    return found


def test_littles_law_finds_the_published_pair_in_agreement_and_of_a_smaller_n() -> None:
    found = law(65_000, 1.5)
    assert found.consistent
    assert "65,000 requests/s x 1.50 ms = 97.5 requests in flight of 100 connections" in found.derivation
    assert "n = 10,000 is 2,925,594 divisions, which leaves 0.51 ns for each" in found.derivation


def test_more_requests_in_flight_than_connections_contradict_each_other() -> None:
    assert law(65_000, 1.5 * 1.2).consistent, "117 of 100: both are about so much, 10% each"
    assert not law(65_000, 2.0).consistent


@pytest.mark.parametrize(
    ("p50", "p99", "mean", "consistent"),
    [(1.2, 4.2, 1.5, True), (1.2, 1.2, 1.5, True), (4.2, 1.2, 4.0, False), (4.2, 4.3, 1.6, False)],
    ids=["ascending", "equal", "P50 above P99", "mean below half of P50"],
)
def test_quantiles_ascend_and_half_of_the_requests_take_p50_or_more(
    p50: float, p99: float, mean: float, consistent: bool
) -> None:
    claims = [claim(m.LATENCY_P99, p99), claim(m.LATENCY_P50, p50), claim(m.LATENCY_MEAN, mean)]
    (found,) = check_consistency(published(claims=claims), SCALE)
    assert found.consistent is consistent


def test_a_single_figure_has_nothing_to_agree_with() -> None:
    assert check_consistency(published(claims=[claim(), claim(m.LATENCY_P50, 1.0, contender="actix")]), SCALE) == []


@pytest.mark.parametrize(("ratio", "consistent"), [(1.2, True), (1.5, True), (2.0, False)])
def test_a_ratio_is_set_beside_the_figures_themselves(ratio: float, consistent: bool) -> None:
    """78,000 / 65,000 = 1.2, and anything from 0.98 to 1.47 with 10% for each; 1.5 "about" reaches down to 1.35."""
    kind = {"id": "r", "statement": "s", "numerator": "actix", "denominator": "fiber", "workload": "article"}
    table = {**kind, "metric": m.GOODPUT.name, "value": ratio, "approx": True}
    claims = [claim(), claim(value=78_000, id="other", contender="actix")]
    (found,) = check_consistency(published(claims=claims, ratios=[table]), SCALE)
    assert (found.consistent, found.derivation) == (
        consistent,
        f"78,000 / 65,000 requests/s = 1.20, published as {ratio:.2f}",
    )


def run(
    pinned: bool = False, load_s: float = 30.0, n: int = 10_000, labels: tuple[str, ...] = ("fiber:published",)
) -> RunRecord:
    load = WorkloadRecord(title="", **asks(n), connections=100, warm_up_s=1.0, load_s=load_s)
    return RUN.replace(
        pinned=pinned, workloads={"article": load}, contenders=[CONTENDER.replace(label=label) for label in labels]
    )


def test_the_published_command_needs_no_repeating() -> None:
    found = conditions_of(published(claims=[claim()]), run())
    assert (found.differs, found.repeat) == ([], None)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (run(load_s=6.0), "article: 6 s of load after 1 s, not 30 s"),
        (run(n=100), "article: n = 100 and 100 connections"),
        (run(pinned=True), "server on 1 core of its own, generator on 1"),
        (run(labels=("fiber",)), "fiber in the reference code, not the published"),
        (RUN.replace(pinned=False, workloads={}), "workload article was not measured"),
    ],
    ids=["shorter", "other n", "pinned", "other code", "other workload"],
)
def test_what_was_measured_otherwise_is_said_with_the_command_that_repeats_it(other: RunRecord, told: str) -> None:
    found = conditions_of(published(claims=[claim()]), other)
    assert found.differs == [told]
    assert found.repeat == "primebench run --profile article"


def test_variants_are_shown_beside_their_base_or_with_the_command_that_measures_them() -> None:
    rows: list[dict[str, object]] = [
        {"variant": f"fiber:{name}", "over": "fiber", "workload": "article", "note": "n"} for name in ("there", "absent")
    ]
    compared = [
        comparison("fiber", "fiber:there", metric=metric, ratio=2.0, half=0.01) for metric in (m.GOODPUT, m.CPU_PER_REQUEST)
    ]
    measured = workload(contender("fiber"), contender("fiber:there"), comparisons=compared)
    there, absent = audit_rest([published(context=rows)], RUN, [measured], [], Evidence(), SCALE).context
    assert [(comparison.metric, comparison.numerator, comparison.ratio) for comparison in there.comparisons] == [
        (m.GOODPUT.name, "fiber:there", 0.5),
        (m.CPU_PER_REQUEST.name, "fiber:there", 0.5),
    ]
    assert (there.command, absent.comparisons) == (None, [])
    assert absent.command == "primebench run --profile audit --service fiber:absent,fiber --workload article"


def test_a_request_without_divisions_is_no_error() -> None:
    claims = [claim(value=65_000), claim(m.LATENCY_MEAN, 1.5)]
    request = PublishedRequest(parameters={"n": 1}, connections=100, load_s=30)
    one = published(claims=claims).replace(workloads={"article": request})
    (found,) = check_consistency(one, SCALE)
    assert found.consistent
    assert "divisions" not in found.derivation


@pytest.mark.parametrize(
    ("p50", "p99"),
    [({"value": 2.0, "at_most": True, "approx": False}, {"value": 1.5}), ({"value": 5.0}, {"value": 4.9})],
    ids=["P50 of at most 2", "P50 of about 5"],
)
def test_what_a_quantile_may_stand_for_counts(p50: dict[str, object], p99: dict[str, object]) -> None:
    claims = [claim(m.LATENCY_P50) | p50, claim(m.LATENCY_P99) | p99]
    (found,) = check_consistency(published(claims=claims), SCALE)
    assert found.consistent
