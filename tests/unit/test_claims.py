"""The files of results/published: what is accepted, and what is refused by name."""

from pathlib import Path

import pytest

from analysis.audit.model import Claim, PublishedSet, reach_of, read_published
from analysis.model import metric as m
from loadgen.config.project import read_scenarios
from loadgen.errors import Error

ROOT = Path(__file__).parents[2]

WHOLE = """
schema = 3
name = "x"
task = "prime"
title = "t"
source = "s"
command = "c"
profile = "p"

[workloads.w]
parameters = { n = 100 }
connections = 10
load_s = 30

[[claims]]
id = "a"
contender = "go"
workload = "w"
metric = "goodput_per_s"
value = 100
unit = "requests/s"
as_published = "100"

[[ratios]]
id = "r"
statement = "s"
numerator = "go"
denominator = "rust"
workload = "w"
metric = "goodput_per_s"
order = "higher"

[[causes]]
id = "c"
statement = "s"
test = "t"
kind = "variant"
variant = "go:v"
over = "go"
workload = "w"
metric = "latency_p99_ms"
expect = "lower"
"""


def read(tmp_path: Path, text: str) -> PublishedSet:
    (tmp_path / "x.toml").write_text(text)
    (found,) = read_published(tmp_path)
    return found


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    assert (found.claims[0].figure, found.ratios[0].order, found.causes[0].id) == (100.0, "higher", "c")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("schema = 3", "schema = 1", r"x\.toml: schema: .*3.* \(got 1\)"),
        ('source = "s"\n', "", r"x\.toml: source: Field required"),
        ("value = 100", 'value = "fast"', r"x\.toml: claims\.0\.value: .*number"),
        ("value = 100", "value = -1", r"x\.toml: claims\.0\.value: .*greater than 0"),
        ("value = 100", "value = 100\nspeed = 1", r"x\.toml: claims\.0\.speed: no such key"),
        (
            'unit = "requests/s"',
            'unit = "ms"',
            r"claims\.0: .*unit: expected 'requests/s', the unit of goodput_per_s, not 'ms'",
        ),
        ('metric = "goodput_per_s"\nvalue', 'metric = "speed"\nvalue', r"claims\.0\.metric: .*expected one of goodput_per_s"),
        ('metric = "goodput_per_s"\norder', 'metric = "speed"\norder', r"ratios\.0\.metric: .*expected one of goodput_per_s"),
        (
            'workload = "w"\nmetric = "goodput_per_s"\nvalue',
            'metric = "goodput_per_s"\nvalue',
            r"claims\.0: .*workload: expected",
        ),
        (
            'workload = "w"\nmetric = "goodput_per_s"\nvalue',
            'workload = "v"\nmetric = "goodput_per_s"\nvalue',
            r"claims\.a\.work",
        ),
        ('order = "higher"', 'order = "higher"\nvalue = 2', r"ratios\.0: .*expected one of value, of, order"),
        ('order = "higher"', 'of = ["a", "b"]', r"ratios\.r\.of: expected ids of claims, not b"),
        ('order = "higher"', 'order = "faster"', r"ratios\.0\.order: .*'lower' or 'higher'"),
        ('kind = "variant"', 'kind = "magic"', r"causes\.0: .*'variant', 'gctrace', 'disassembly', 'ladder', 'bytes'"),
        ('id = "r"', 'id = "a"', r"id: expected each once, not a again"),
        ("connections = 10\n", "connections = 0\n", r"workloads\.w\.connections: "),
        ("[workloads.w]", "[workloads.w", r"x\.toml: not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_key_in_one_line(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in WHOLE
    with pytest.raises(Error, match=expected) as refused:
        read(tmp_path, WHOLE.replace(old, new, 1))
    assert "\n" not in str(refused.value)


def test_megabytes_are_kept_in_bytes_and_what_is_about_so_much_is_hit_within_ten_percent() -> None:
    claim = Claim(
        id="a", contender="a", workload="w", metric=m.RSS_LOADED.name, value=45, unit="MB", approx=True, as_published=""
    )
    assert claim.figure == 45e6
    assert claim.hit == pytest.approx((40.5e6, 49.5e6))


def test_without_about_a_figure_is_as_exact_as_its_last_digit() -> None:
    assert reach_of(1.5, about=False) == pytest.approx((1.45, 1.55))
    assert reach_of(9.0, about=False) == pytest.approx((8.5, 9.5))
    assert reach_of(0.25, about=False) == pytest.approx((0.245, 0.255))


def test_at_most_is_hit_by_all_that_is_less_and_by_nothing_more() -> None:
    claim = Claim(id="a", contender="a", metric=m.CLEAN_BUILD.name, value=1, unit="s", at_most=True, as_published="< 1 s")
    assert claim.hit == (0.0, 1.0)


def test_the_published_files_of_the_checkout_are_valid() -> None:
    (article,) = read_published(ROOT / "results" / "published")
    values = {claim.id: claim.value for claim in article.claims}
    assert (values["go-throughput"], values["rust-throughput"]) == (65_000, 78_000)
    assert (values["go-latency-p99"], values["rust-latency-p99"]) == (4.2, 1.4)
    assert {claim.source or article.source for claim in article.claims} == {"article-2025"}


def test_the_profile_audit_measures_whatever_the_article_claims() -> None:
    """Every pair that a ratio, a cause or a row of context asks for is put to the workload that it is asked under."""
    scenarios = read_scenarios(ROOT / "scenarios.toml")
    profile = scenarios.profiles["audit"]
    (article,) = read_published(ROOT / "results" / "published")
    put = {name: set(profile.services) - set(profile.left_out(name)) for name in profile.workloads}
    asked = {(context.workload, label) for context in article.context for label in (context.variant, context.over)}
    for cause in article.causes:
        workload = getattr(cause, "workload", None)
        labels = {getattr(cause, key, None) for key in ("variant", "over", "larger", "smaller")}
        labels |= {getattr(cause, "contender", None)} if workload else set()
        asked |= {(workload, label) for label in labels if label and workload}
    asked |= {(claim.workload, f"{claim.contender}:published") for claim in article.claims if claim.workload}
    assert asked
    assert {(workload, label) for workload, label in asked if label not in put[workload or ""]} == set()
    assert profile.disassembly


def test_the_profile_audit_takes_at_most_twenty_minutes_with_verification() -> None:
    profile = read_scenarios(ROOT / "scenarios.toml").profiles["audit"]
    verification_s = 22 * len(profile.services)
    trials_s = sum(
        (timing.warm_up_s + timing.load_s + 0.8) * (len(profile.services) - len(profile.left_out(name)))
        for name, timing in profile.workloads.items()
    )
    assert verification_s + profile.rounds * trials_s <= 20 * 60
    assert profile.rounds >= 6, "fewer give no interval for a median"


def test_the_published_request_is_the_workload_of_the_same_name() -> None:
    scenarios = read_scenarios(ROOT / "scenarios.toml")
    for published in read_published(ROOT / "results" / "published"):
        for name, request in published.workloads.items():
            workload, timing = scenarios.workloads[name], scenarios.profiles[published.profile].workloads[name]
            assert (workload.parameters, workload.connections) == (request.parameters, request.connections)
            assert timing.load_s == request.load_s
