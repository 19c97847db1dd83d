"""What a service's HTTP does not keep, by severity: a table of a run."""

from collections.abc import Mapping, Sequence

from analysis.tables.table import Cell, Table
from loadgen.conformance.findings import Finding

MOST_CASES = 3


def findings_table(titles: Mapping[str, str], findings: Mapping[str, Sequence[Finding]]) -> list[Table]:
    """A row a finding of each service, by the services' titles; no table without any finding."""
    rows = [
        (titles.get(label, label), [Cell(finding.severity), Cell(finding.says), Cell(cases_in_words(finding.cases))])
        for label, own_findings in findings.items()
        for finding in own_findings
    ]
    return [Table("HTTP beside speed: what cases that failed say", ["severity", "finding", "cases"], rows)] if rows else []


def cases_in_words(cases: Sequence[str]) -> str:
    """The first cases by name, the others by number."""
    more = f" and {len(cases) - MOST_CASES} more" if len(cases) > MOST_CASES else ""
    return f"{', '.join(cases[:MOST_CASES])}{more}"
