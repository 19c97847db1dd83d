"""What fails of the levels that are scores, a line a group: dozens of cases of one kind say one thing."""

from collections.abc import Sequence
from itertools import groupby

from loadgen.conformance.case import Level
from loadgen.conformance.outcome import Outcome


def folded(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the lines: how many cases of a level and of each of its groups failed, and what the first of them asks."""
    lines = []
    for level in (Level.HTTP, Level.STRICT):
        cases = sorted((outcome for outcome in outcomes if outcome.level is level), key=lambda outcome: outcome.case.group)
        failed = sum(not case.passed for case in cases)
        if failed:
            score = "a score, which keeps nothing from being measured (--json: each of them)"
            lines.append(f"{level}: {failed} of {len(cases)} cases fail: {score}")
        for group, members in groupby(cases, key=lambda case: case.case.group):
            of_group = list(members)
            if wrong := [outcome for outcome in of_group if not outcome.passed]:
                first = wrong[0].case
                lines.append(f"  {group}: {len(wrong)} of {len(of_group)}, such as {first.id}: {first.title}")
    return lines
