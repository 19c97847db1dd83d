"""What failed cases of the level `http` mean: findings by severity, in words for who runs a service.

The findings are data (findings.toml). A case that fails says what was expected and what came; from that follows the manner in
which it failed, which decides what the failure means: a malformed request that is answered is another matter than one that is
refused with an unusual status.
"""

import functools
import re
from collections.abc import Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from loadgen.strict import Strict, read_toml

FILE = Path(__file__).with_name("findings.toml")
Severity = Literal["severe", "moderate", "minor"]
SEVERITIES: tuple[Severity, ...] = ("severe", "moderate", "minor")


class Manner(StrEnum):
    """How a case failed."""

    ANSWERED = "answered"
    """A 2xx or 3xx, or a 100, came where something else was expected."""
    REFUSED = "refused"
    """A 4xx came where something else was expected."""
    FAILED = "failed"
    """A 5xx came."""
    WENT_ON = "went on"
    """The connection should have closed, and did not."""
    SILENT = "silent"
    """The connection closed or broke, or could not be made, where a response was expected."""
    NO_END = "no end"
    """A response was still incomplete, or missing, after seconds."""
    GARBLED = "garbled"
    """What came is no right response: no HTTP, or fields or content that are wrong."""
    DEAD = "dead"
    """The service did not answer anybody any more."""
    UNKNOWN = "unknown"
    """The record does not say: it has the reason that the service's folder lists."""


_MANNERS: tuple[tuple[str, Manner], ...] = (
    (r"lives on after .*not tried|, on a new connection", Manner.DEAD),
    (r", got (further bytes|a connection still open)", Manner.WENT_ON),
    (r", got [123]\d\d ", Manner.ANSWERED),
    (r", got 4\d\d ", Manner.REFUSED),
    (r", got 5\d\d ", Manner.FAILED),
    (r", got no complete answer within", Manner.NO_END),
    (r", got .*(without an answer|connection (refused|reset|that failed|that closed)|broken pipe)", Manner.SILENT),
    (r"^expected .*, got ", Manner.GARBLED),
)
"""By what the evidence says, in the words of loadgen.conformance.check; the first that fits."""


def manner_of(evidence: str) -> Manner:
    """Return how a case failed, from its evidence "expected ..., got ..."."""
    return next((manner for pattern, manner in _MANNERS if re.search(pattern, evidence, re.DOTALL)), Manner.UNKNOWN)


class Kind(Strict):
    """A finding as findings.toml has it."""

    id: str
    """Its name, by which pages link to it."""
    severity: Severity
    """What it is worth."""
    says: Annotated[str, Field(max_length=100)]
    """In a line what the service does, and what may come of it."""
    means: str
    """What that means."""
    cases: list[str]
    """The ids of cases, or patterns of them."""
    manners: list[Annotated[Manner, Field(strict=False)]] = []
    """In which manners they failed; empty for any."""

    def takes(self, case: str, manner: Manner) -> bool:
        """Return whether a case that failed in this manner belongs to it."""
        return (not self.manners or manner in self.manners) and any(fnmatchcase(case, pattern) for pattern in self.cases)


class FindingsFile(Strict):
    """The contents of findings.toml."""

    schema_version: Literal[1] = Field(alias="schema")
    """The version of what this file can say."""
    findings: list[Kind]
    """The findings, the first that takes a case first."""


class Finding(Strict):
    """What cases that failed say together: severity, one line, and the cases."""

    id: str
    severity: Severity
    says: str
    cases: list[str]


@functools.cache
def kinds() -> tuple[Kind, ...]:
    """Return every finding there can be, in the order of the file."""
    return tuple(read_toml(FILE, FindingsFile).findings)


def kind_of(case: str, manner: Manner) -> Kind:
    """Return what a case means that failed in this manner."""
    return next(kind for kind in kinds() if kind.takes(case, manner))


def findings(evidence: Mapping[str, str]) -> list[Finding]:
    """Return what failed cases of the level `http` mean, the most severe first; `evidence` is by the id of the case."""
    cases: dict[str, list[str]] = {}
    for case, line in evidence.items():
        cases.setdefault(kind_of(case, manner_of(line)).id, []).append(case)
    shown = [
        Finding(id=kind.id, severity=kind.severity, says=kind.says, cases=cases[kind.id])
        for kind in kinds()
        if kind.id in cases
    ]
    return sorted(shown, key=lambda finding: SEVERITIES.index(finding.severity))
