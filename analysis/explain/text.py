"""Figures of an explanation in words, and the lines that the terminal shows. Pure."""

from collections.abc import Iterator

from analysis.explain.model import Explanation

SHOWN = 5
"""Rows on the screen; the others are in verdict.md."""
MOST_CHARACTERS = 60


def amount(count: float) -> str:
    """A number of calls or instructions in three digits or more."""
    return f"{count:,.0f}" if abs(count) >= 100 else f"{count:.3g}"


def change(base: float, head: float) -> str:
    """How much more, as a share."""
    return f"{head / base - 1:+.1%}" if base else "new"


def share(difference: float, whole: float) -> str:
    """A difference, and what share of the whole that is."""
    return (
        f"{'+' if difference >= 0 else '-'}{amount(abs(difference))} ({difference / whole:+.1%})"
        if whole
        else amount(difference)
    )


def counted(base: float, head: float) -> str:
    """What was before, and what is now; one of them where nothing changed."""
    before, after = amount(base), amount(head)
    return before if before == after else f"{before} → {after}"


def counted_of(explanation: Explanation) -> str:
    """What figures are of, with its article."""
    return "a request" if explanation.unit == "request" else "an operation"


def screen_lines(explanation: Explanation) -> Iterator[str]:
    """A few lines that say what changed."""
    if explanation.instructions is not None:
        base, head = explanation.instructions
        what = f"instructions of {counted_of(explanation)} of {explanation.workload}"
        yield f"what changed in {explanation.service}: {what} {amount(base)}, now {amount(head)}"
        for function in explanation.functions[:SHOWN]:
            where = f" ({function.place.rpartition('/')[2]})" if function.place else ""
            exclusive = share(function.exclusive[1] - function.exclusive[0], base)
            yield f"  {_short(function.name)}{where}: changed here {share(function.own, base)}, executed by itself {exclusive}"
        if not explanation.functions:
            yield "  no function's instructions changed"
    if explanation.cpu_us is not None:
        base, head = explanation.cpu_us
        yield f"CPU time of {counted_of(explanation)}, as sampled: {amount(base)} µs, now {amount(head)} µs"
        for time in explanation.times[:SHOWN]:
            yield f"  {_short(time.name)}: by itself {share(time.exclusive_us[1] - time.exclusive_us[0], base)}"
        if not explanation.times:
            yield "  no function's time changed by more than it varies"
    for count in explanation.counts[:SHOWN]:
        by = f", by {_short(count.by)}" if count.by else ""
        yield f"  {count.kind}: {_short(count.name)} {counted(count.base, count.head)}{by}"


def _short(name: str) -> str:
    return name if len(name) <= MOST_CHARACTERS else f"{name[: MOST_CHARACTERS - 1]}…"
