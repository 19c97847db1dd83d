from pathlib import Path

import pytest

from analysis import metric as m
from analysis.claims import Claim, PublishedSet, audit, read_published
from analysis.interval import Interval
from analysis.summary import ClaimResult, ContenderResult, Figure, WorkloadResult
from loadgen.trouble import Trouble

ROOT = Path(__file__).parents[2]


def figure(value: float) -> Figure:
    interval = Interval(low=value * 0.99, high=value * 1.01, level=0.95, method="order-statistics")
    return Figure(value=value, interval=interval, each=[value] * 6, refused=None)


def workload(cpu_us: float, goodput: float, label: str = "fiber", latency_ms: float = 500.0) -> WorkloadResult:
    figures = {m.CPU_PER_REQUEST.name: figure(cpu_us), m.GOODPUT.name: figure(goodput), m.LATENCY_P50.name: figure(latency_ms)}
    result = ContenderResult(
        label=label, title=label, tier="reference", control=False, trials=6, failed_trials=0, figures=figures, flags=[]
    )
    return WorkloadResult(
        name="article", title="", n=10_000, connections=100, contenders=[result], comparisons=[], over_controls=[]
    )


def audited(claim: dict[str, object], *workloads: WorkloadResult) -> ClaimResult:
    defaults: dict[str, object] = {"id": "c", "contender": "fiber", "workload": "article", "as_published": ""}
    published = PublishedSet(schema=1, name="p", title="", command="", claims=[Claim.model_validate(defaults | claim)])
    (result,) = audit([published], workloads, [])
    return result


def test_a_throughput_beyond_every_number_of_cores_is_impossible() -> None:
    result = audited({"metric": m.GOODPUT.name, "value": 65_000}, workload(cpu_us=5000, goodput=200))
    assert result.verdict == "impossible as stated"
    assert result.bound == pytest.approx(100 / 5e-3)
    assert result.would_take is not None
    assert result.would_take.startswith("325 cores")


def test_a_core_three_times_as_fast_gets_the_benefit_of_the_doubt() -> None:
    result = audited({"metric": m.GOODPUT.name, "value": 59_000}, workload(cpu_us=5000, goodput=200))
    assert result.verdict == "not reproduced here"


def test_a_latency_below_the_time_of_its_own_calculation_is_impossible() -> None:
    result = audited({"metric": m.LATENCY_P50.name, "value": 1.2}, workload(cpu_us=5000, goodput=200))
    assert result.verdict == "impossible as stated"
    assert result.would_take == "a core 4.2 times as fast as this one, and no waiting"


@pytest.mark.parametrize(("claimed", "expected"), [(200, "reproduced"), (219, "reproduced"), (240, "not reproduced here")])
def test_within_ten_percent_is_reproduced(claimed: float, expected: str) -> None:
    assert audited({"metric": m.GOODPUT.name, "value": claimed}, workload(cpu_us=5000, goodput=200)).verdict == expected


def test_what_the_run_did_not_measure_is_said_to_be_not_measured() -> None:
    assert audited({"metric": m.GOODPUT.name, "value": 1}).verdict == "not measured"


def test_the_published_code_is_preferred_to_the_reference_tier() -> None:
    both = workload(5000, 200)
    published = workload(6000, 160, label="fiber:published").contenders
    result = audited(
        {"metric": m.GOODPUT.name, "value": 65_000}, both.model_copy(update={"contenders": [*both.contenders, *published]})
    )
    assert result.contender == "fiber:published"


def test_the_published_files_of_the_checkout_are_valid() -> None:
    (article,) = read_published(ROOT / "results" / "published")
    values = {claim.id: claim.value for claim in article.claims}
    assert (values["go-throughput"], values["rust-throughput"]) == (65_000, 78_000)


def test_an_unknown_metric_names_file_and_key(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(
        'schema = 1\nname = "x"\ntitle = ""\ncommand = ""\n'
        '[[claims]]\nid = "a"\ncontender = "a"\nmetric = "speed"\nvalue = 1\nas_published = "1"\n'
    )
    with pytest.raises(Trouble, match=r"x\.toml: claims\.0\.metric: .*expected one of"):
        read_published(tmp_path)
