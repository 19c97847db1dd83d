"""Conformance suites, run over raw sockets by `primebench verify` and before a service is measured."""

from loadgen.conformance.case import Case, Level, Suite
from loadgen.conformance.check import run_case
from loadgen.conformance.outcome import ConformanceResult, Outcome, Verdict
from loadgen.conformance.response import Response
from loadgen.conformance.score import Score
from loadgen.conformance.shown import Fault, Shown
from loadgen.conformance.suite import UnknownCaseError, run_suite

__all__ = [
    "Case",
    "ConformanceResult",
    "Fault",
    "Level",
    "Outcome",
    "Response",
    "Score",
    "Shown",
    "Suite",
    "UnknownCaseError",
    "Verdict",
    "run_case",
    "run_suite",
]
