"""A regression verdict as other tools read it: each format is a pure function RegressResult -> str, in a file of its own.

docs/regress-exports.md tells what each consumer does with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from analysis.export.bencher_metric_format import bencher_metric_format
from analysis.export.github_action_benchmark import github_action_benchmark
from analysis.export.go_benchmark import go_benchmark
from analysis.export.google_benchmark import google_benchmark
from analysis.export.job_summary import job_summary
from analysis.export.junit import junit
from analysis.export.own_json import own_json
from analysis.regress_result import RegressResult


@dataclass(frozen=True)
class Format:
    """How a verdict is written for one consumer; `suffix` ends the file's name where nobody chose one."""

    write: Callable[[RegressResult], str]
    suffix: str
    consumer: str


FORMATS: Mapping[str, Format] = {
    "json": Format(own_json, ".json", "scripts: verdict.json itself, by docs/verdict.schema.json"),
    "markdown": Format(job_summary, ".md", "people: GitHub's job summary or a comment on a pull request"),
    "junit": Format(junit, ".xml", "CI servers that show test results: Jenkins, GitLab, Azure"),
    "github-smaller": Format(
        partial(github_action_benchmark, better="lower"), ".json", "github-action-benchmark, tool customSmallerIsBetter"
    ),
    "github-bigger": Format(
        partial(github_action_benchmark, better="higher"), ".json", "github-action-benchmark, tool customBiggerIsBetter"
    ),
    "bencher": Format(bencher_metric_format, ".json", "Bencher, adapter json (Bencher Metric Format)"),
    "google-base": Format(partial(google_benchmark, side="base"), ".json", "Google Benchmark's tools/compare.py, baseline"),
    "google-head": Format(partial(google_benchmark, side="head"), ".json", "Google Benchmark's tools/compare.py, contender"),
    "go-base": Format(partial(go_benchmark, side="base"), ".txt", "benchstat, the old file"),
    "go-head": Format(partial(go_benchmark, side="head"), ".txt", "benchstat, the new file"),
}
"""The FORMAT of `primebench regress --export FORMAT=FILE`."""
