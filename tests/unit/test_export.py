"""Exports of a verdict: what each consumer needs, and every byte against tests/golden/regress.

After an intended change: PRIMEBENCH_GOLDEN=write pytest tests/unit/test_export.py, and read the difference.

The golden files were read by hand, too, when they were written: by compare.py of Google Benchmark 1.7.1 (Debian's
libbenchmark-tools; `compare.py benchmarks regression.google-base.json regression.google-head.json`) and by junitparser 5.0.3.
benchstat and xmllint read them in tests below, which skip where these are not installed.
"""

import json
import math
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from analysis.model import metric as m
from analysis.regress.export import FORMATS
from analysis.regress.export.bencher_metric_format import bencher_metric_format
from analysis.regress.export.github_action_benchmark import github_action_benchmark
from analysis.regress.export.go_benchmark import go_benchmark
from analysis.regress.export.google_benchmark import google_benchmark
from analysis.regress.export.job_summary import MOST_ROWS, job_summary
from analysis.regress.export.junit import junit
from analysis.regress.export.own_json import own_json
from analysis.regress.export.quantity import QUANTITIES, quantity_of
from analysis.regress.model import RegressResult, read_result
from analysis.regress.verdict import Pairs, judged
from loadgen.config.regress import Limits
from loadgen.errors import Error
from tests.unit.results import HOSTILE, inconclusive, invalid, metric, no_regression, passed, regression, result

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
CASES: dict[str, Callable[[], RegressResult]] = {
    "regression": regression,
    "pass": no_regression,
    "inconclusive": inconclusive,
    "invalid": invalid,
}
google_head, github_smaller = FORMATS["google-head"], FORMATS["github-smaller"]
FOR_PEOPLE = ("markdown", "junit")
"""Formats that say different things of every outcome; of the others, one file shows all."""
BMF_SCHEMA = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {key: {"type": "number"} for key in ("value", "lower_value", "upper_value")},
            "required": ["value"],
            "additionalProperties": False,
        },
    },
}
"""https://bencher.dev/bmf.json, and nothing else allowed."""


def suffix(name: str) -> str:
    return {"markdown": ".md", "junit": ".xml", "go-base": ".txt", "go-head": ".txt"}.get(name, ".json")


@pytest.mark.parametrize(
    ("case", "name"), [(case, name) for name in FORMATS for case in CASES if case == "regression" or name in FOR_PEOPLE]
)
def test_every_format_is_written_as_its_golden_file(case: str, name: str) -> None:
    path = GOLDEN / "regress" / f"{case}.{name}{suffix(name)}"
    text = FORMATS[name](CASES[case]())
    if os.environ.get("PRIMEBENCH_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    wanted = {
        f"{case}.{name}{suffix(name)}" for name in FORMATS for case in CASES if case == "regression" or name in FOR_PEOPLE
    }
    assert {path.name for path in (GOLDEN / "regress").iterdir()} == wanted


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("case", CASES)
def test_nothing_that_a_terminal_obeys_gets_into_a_file(case: str, name: str) -> None:
    assert "\x1b" not in FORMATS[name](CASES[case]())


@pytest.mark.parametrize("case", CASES)
def test_verdict_json_validates_against_the_committed_schema_and_reads_back(case: str, tmp_path: Path) -> None:
    schema = json.loads((ROOT / "docs" / "reference" / "verdict.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    text = own_json(CASES[case]())
    Draft202012Validator(schema).validate(json.loads(text))
    (tmp_path / "verdict.json").write_text(text, encoding="utf-8")
    assert read_result(tmp_path) == CASES[case]()


def test_every_metric_with_a_limit_can_be_exported() -> None:
    assert set(QUANTITIES) == set(Limits.model_fields)


def test_a_metric_of_which_nothing_is_known_is_refused() -> None:
    with pytest.raises(Error, match="metric 'made_up': expected one of"):
        quantity_of(metric("made_up"))


def test_judging_keeps_the_values_of_every_pair() -> None:
    limit = Limits().cpu_per_request_us
    (one,) = judged([Pairs("cpp", "article", m.CPU_PER_REQUEST, [10.0, 11.0], [12.0, 13.0], limit)], 1, 0.01)
    assert (one.base_values, one.head_values) == ([10.0, 11.0], [12.0, 13.0])


@pytest.mark.parametrize("name", ["github-smaller", "github-bigger", "bencher", "google-base", "google-head"])
def test_no_figure_of_an_invalid_run_gets_into_a_history(name: str) -> None:
    exported = json.loads(FORMATS[name](invalid()))
    figures = exported["benchmarks"] if name.startswith("google") else exported
    assert not figures


def test_no_line_of_an_invalid_run_is_a_go_benchmark() -> None:
    assert not re.search("^Benchmark", go_benchmark(invalid(), "head"), re.MULTILINE)


# Markdown


def test_markup_in_a_name_stays_text() -> None:
    text = job_summary(regression())
    for markup in ("<b>", "|x", "`", "[y]", "@all", " #1", "](z)"):
        assert markup not in text
    assert "&#60;b&#62;&#124;x" in text


def test_every_row_of_the_table_has_as_many_cells_as_its_head() -> None:
    rows = [line for line in job_summary(regression()).splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(regression().metrics)
    assert {row.count("|") for row in rows} == {8}


def test_with_many_metrics_those_that_decided_are_in_sight_and_the_others_folded() -> None:
    many = [passed("time_ns", service=f"s{number}") for number in range(2 * MOST_ROWS)]
    text = job_summary(result("regression", [*many, metric(service="slow")]))
    in_sight, folded = text.split("<details>", 1)
    assert "<code>slow article</code>" in in_sight
    assert "s1" not in in_sight
    assert f"and {MOST_ROWS} more, in verdict.json" in folded


def test_a_comment_of_a_large_result_is_one_that_github_takes() -> None:
    many = [metric("time_ns", service="a-long-name-of-a-service", workload="json_decode/served/article") for _ in range(1000)]
    large = result("regression", many, regression().controls * 30, flags=regression().flags * 30, asked=HOSTILE * 100)
    assert len(job_summary(large)) < 65_536


# JUnit


def test_junit_has_a_case_for_the_measurement_and_one_a_metric_and_control() -> None:
    found = regression()
    suite = _suite(found)
    assert len(suite.findall("testcase")) == 1 + len(found.metrics) + len(found.controls)
    assert [suite.get(key) for key in ("tests", "failures", "errors", "skipped")] == ["11", "2", "0", "3"]
    first = suite.findall("testcase")[1]
    assert (first.get("classname"), first.get("name")) == ("cpp.load.article", "CPU per request")
    assert [child.tag for child in first] == ["failure"]


def test_an_invalid_run_is_an_error_and_no_failure() -> None:
    suite = _suite(invalid())
    assert [suite.get(key) for key in ("tests", "failures", "errors", "skipped")] == ["4", "0", "2", "2"]
    assert suite.find("testcase/error") is not None


@pytest.mark.parametrize("case", CASES)
def test_junit_keeps_to_the_order_and_the_attributes_that_ants_schema_wants(case: str) -> None:
    root = ElementTree.fromstring(junit(CASES[case]()))
    (suite,) = root
    tags = [child.tag for child in suite]
    assert root.attrib == {}
    assert tags == ["properties", *["testcase"] * (len(tags) - 3), "system-out", "system-err"]
    assert set(suite.attrib) == {
        *("name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time")
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
    for element in suite.findall("testcase"):
        assert set(element.attrib) == {"classname", "name", "time"}
        assert [set(child.attrib) for child in element] in ([], [{"type", "message"}])


@pytest.mark.parametrize("case", CASES)
def test_junit_validates_against_the_schema_of_jenkins(case: str) -> None:
    """The schema is that of Jenkins's xUnit plug-in, as pytest 8.3.4 holds its own JUnit output to it."""
    if shutil.which("xmllint") is None:
        pytest.skip("xmllint is not installed (apt-get install libxml2-utils)")
    command = ["xmllint", "--noout", "--nonet", "--schema", str(GOLDEN / "junit-10.xsd"), "-"]
    checked = subprocess.run(command, input=junit(CASES[case]()), text=True, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr


def _suite(found: RegressResult) -> ElementTree.Element:
    suite = ElementTree.fromstring(junit(found)).find("testsuite")
    assert suite is not None
    return suite


# Histories


def test_the_two_files_for_githubs_action_split_the_metrics_by_what_is_better() -> None:
    smaller = json.loads(github_action_benchmark(regression(), "lower"))
    bigger = json.loads(github_action_benchmark(regression(), "higher"))
    assert [value["name"] for value in bigger] == ["cpp/load/article: goodput"]
    assert len(smaller) + len(bigger) == len(regression().metrics)
    for value in (*smaller, *bigger):
        assert {"name", "unit", "value", "extra"} <= set(value) <= {"name", "unit", "value", "range", "extra"}
        assert isinstance(value["value"], float)
        assert re.fullmatch(r"± \d.+", value.get("range", "± 1.0"))


def test_a_name_cannot_end_the_cell_that_githubs_action_puts_it_into() -> None:
    names = [load["name"] for load in json.loads(github_action_benchmark(regression(), "lower"))]
    assert not re.search("[`|<>]", "".join(names))


def test_bencher_gets_heads_median_with_its_own_interval_in_a_measure_of_its_unit() -> None:
    exported = json.loads(bencher_metric_format(regression()))
    Draft202012Validator(BMF_SCHEMA).validate(exported)
    goodput = exported["cpp/load/article"]["throughput"]
    assert goodput["lower_value"] < goodput["value"] < goodput["upper_value"]
    assert exported["cpp/size"] == {"file-size": {"value": 2_000_000.0}}
    assert set(exported["cpp/microbench/json_decode/served/article"]) == {"latency"}


# Comparisons by other tools


def test_google_benchmark_gets_a_repetition_a_pair_in_the_metrics_unit() -> None:
    base, head = (json.loads(google_benchmark(regression(), side)) for side in ("base", "head"))
    names = [[value["name"] for value in document["benchmarks"]] for document in (base, head)]
    assert names[0] == names[1]
    of_time = [value for value in head["benchmarks"] if value["name"].endswith("/time_ns")]
    assert [value["real_time"] for value in of_time] == metric().head_values
    assert {value["time_unit"] for value in of_time} == {"ns"}
    assert head["context"]["left_out"] == ["binary_bytes", "goodput_per_s", "instructions", "rss_loaded_bytes"]
    assert head["context"]["commit"] == "89abcdef0123+changes"


def test_a_go_benchmark_is_a_name_of_one_word_a_count_a_value_and_its_unit() -> None:
    lines = go_benchmark(regression(), "head").splitlines()
    benchmarks = [line for line in lines if line.startswith("Benchmark")]
    assert len(benchmarks) == sum(len(metric.head_values) for metric in regression().metrics)
    for line in benchmarks:
        assert re.fullmatch(r"Benchmark[A-Z][\w.:,+@%=/-]* 1 [\d.e+]+ [\w/-]+", line)
    assert "BenchmarkMicrobench/service=cpp/workload=json_decode.served.article 1 104 ns/op" in benchmarks
    assert "Unit instructions/op better=lower assume=exact" in lines


def test_a_number_at_a_names_end_is_not_taken_for_threads() -> None:
    found = result("pass", [passed("time_ns", workload="n-100")])
    assert "/workload=n-100-1 1 " in go_benchmark(found, "base")


def test_benchmarks_whose_names_differ_only_in_what_go_cannot_have_in_a_name_stay_apart() -> None:
    found = result("pass", [passed("time_ns", workload=name) for name in ("a/b", "a.b", "n-10", "n-100")])
    names = {line.split()[0] for line in go_benchmark(found, "base").splitlines() if line.startswith("Benchmark")}
    assert names == {f"BenchmarkLoad/service=cpp/workload={name}" for name in ("a.b", "a.b#2", "n-10-1", "n-100-1")}


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("write", [own_json, bencher_metric_format, google_head, github_smaller])
def test_json_is_what_strict_parsers_read_whatever_numbers_are_in_it(
    write: Callable[[RegressResult], str], number: float
) -> None:
    odd = metric(head=[number] * 10).replace(head=number, worse=number)
    machine = regression().machine.replace(load_average_1m=number)
    text = write(result("pass", [odd, metric()]).replace(machine=machine))

    def refused(constant: str) -> None:
        raise ValueError(constant)

    json.loads(text, parse_constant=refused)


def test_both_sides_have_the_same_configuration_for_go_or_benchstat_would_compare_nothing() -> None:
    base, head = (
        [line for line in go_benchmark(regression(), side).splitlines() if re.match("[a-z]+: |Unit ", line)]
        for side in ("base", "head")
    )
    assert base == head


def test_benchstat_sets_head_over_base() -> None:
    """Written for golang.org/x/perf v0.0.0-20260908200009-22c9c6c9d4da."""
    if shutil.which("benchstat") is None:
        pytest.skip(
            "benchstat is not installed (go install golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da)"
        )
    files = [str(GOLDEN / "regress" / f"regression.go-{side}.txt") for side in ("base", "head")]
    compared = subprocess.run(["benchstat", "-format", "csv", *files], text=True, capture_output=True, check=True)
    assert "parsing" not in compared.stderr
    (time,) = [line for line in compared.stdout.splitlines() if line.startswith("Microbench/")]
    assert "+4.00%" in time
    assert "~" not in time
