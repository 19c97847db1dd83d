"""The conformance suite of docs/contract.md, over raw sockets. `primebench verify` and the tests run this one table."""

from loadgen.contract.answer import Answer
from loadgen.contract.case import Case
from loadgen.contract.check import run_case
from loadgen.contract.outcome import ContractResult, Outcome, Verdict
from loadgen.contract.suite import UnknownCaseError, run_contract
from loadgen.contract.table import cases

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
