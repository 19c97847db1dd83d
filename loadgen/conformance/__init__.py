"""The conformance suite of docs/contract.md, over raw sockets. `primebench verify` and the tests run this one table."""

from loadgen.conformance.answer import Answer
from loadgen.conformance.case import Case
from loadgen.conformance.check import run_case
from loadgen.conformance.outcome import ContractResult, Outcome, Verdict
from loadgen.conformance.suite import UnknownCaseError, run_contract
from loadgen.conformance.table import cases

__all__ = [
    "Answer",
    "Case",
    "ContractResult",
    "Outcome",
    "UnknownCaseError",
    "Verdict",
    "cases",
    "run_case",
    "run_contract",
]
