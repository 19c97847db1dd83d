"""A regression verdict as other tools read it: each format is a pure function RegressResult -> str, in a file of its own.

docs/reference/exports.md tells what each consumer does with it.
"""

from collections.abc import Callable, Mapping
from functools import partial

from analysis.regress.export.bencher_metric_format import bencher_metric_format
from analysis.regress.export.github_action_benchmark import github_action_benchmark
from analysis.regress.export.go_benchmark import go_benchmark
from analysis.regress.export.google_benchmark import google_benchmark
from analysis.regress.export.job_summary import job_summary
from analysis.regress.export.junit import junit
from analysis.regress.export.own_json import own_json
from analysis.regress.model import RegressResult

Write = Callable[[RegressResult], str]

FORMATS: Mapping[str, Write] = {
    "json": own_json,
    "markdown": job_summary,
    "junit": junit,
    "github-smaller": partial(github_action_benchmark, better="lower"),
    "github-bigger": partial(github_action_benchmark, better="higher"),
    "bencher": bencher_metric_format,
    "google-base": partial(google_benchmark, side="base"),
    "google-head": partial(google_benchmark, side="head"),
    "go-base": partial(go_benchmark, side="base"),
    "go-head": partial(go_benchmark, side="head"),
}
"""The FORMAT of `primebench regress --export FORMAT=FILE`."""
