"""What changed in the code, in Markdown: the functions, what else, and where the flame graphs are."""

from collections.abc import Iterator, Sequence

from analysis.explain.model import CountChange, Explanation, FunctionChange
from analysis.explain.text import amount, change, counted, counted_of, share
from analysis.regress.export.markdown_text import code, plain

FUNCTION_HEADS = ("function", "changed here", "executed by itself", "with all it calls")
TIME_HEADS = ("function", "own time, µs", "with all it calls, µs")
COUNT_HEADS = ("", "base", "head")
MOST_COUNTS = 20


def explained(explanation: Explanation, *, linked: bool = False) -> str:
    """The section of a service or benchmark; pages of the run's folder are `linked` where the text lies in that folder, too."""
    where = f", benchmark {code(explanation.workload)}" if explanation.unit == "operation" else ""
    blocks = [
        f"### What changed in {code(explanation.service)}{where}",
        *_functions(explanation),
        *_times(explanation),
        *_counts(explanation.counts),
        *_notes(explanation, linked),
    ]
    return "\n\n".join(block for block in blocks if block)


def _functions(explanation: Explanation) -> Iterator[str]:
    if explanation.instructions is None:
        return
    base, head = explanation.instructions
    yield (
        f"Instructions of {counted_of(explanation)} of {code(explanation.workload)}: "
        f"{amount(base)} on base, {amount(head)} on head "
        f"({change(base, head)}; {explanation.requests:,} {explanation.unit}s under callgrind)."
    )
    if not explanation.functions:
        yield "No function's instructions changed: look at what else did, or at caches, locks and waiting."
        return
    rows = (_row(function, base) for function in explanation.functions)
    yield _table((*FUNCTION_HEADS, f"calls {counted_of(explanation)}"), rows)
    yield (
        "Changed here: by the function's own code, and by how often it calls others; these add up to the whole change. "
        "Shares are of base's instructions."
    )


def _row(function: FunctionChange, whole: float) -> Sequence[str]:
    where = f"<br>{code(function.place)}" if function.place else ""
    return (
        f"{code(function.name)}{where}",
        share(function.own, whole),
        share(function.exclusive[1] - function.exclusive[0], whole),
        share(function.inclusive[1] - function.inclusive[0], whole),
        counted(*function.calls),
    )


def _times(explanation: Explanation) -> Iterator[str]:
    if explanation.cpu_us is None:
        return
    base, head = explanation.cpu_us
    yield (
        f"CPU time of {counted_of(explanation)} of {code(explanation.workload)}, as perf samples it: "
        f"{amount(base)} µs on base, {amount(head)} µs on head ({change(base, head)})."
    )
    if not explanation.times:
        yield "No function's own time changed by more than it varies from one sampling to the next."
        return
    rows = (
        (
            code(time.name),
            share(time.exclusive_us[1] - time.exclusive_us[0], base),
            share(time.inclusive_us[1] - time.inclusive_us[0], base),
        )
        for time in explanation.times
    )
    yield _table(TIME_HEADS, rows)


def _counts(counts: Sequence[CountChange]) -> Iterator[str]:
    if counts:
        rows = (
            (
                f"{count.kind}: {code(count.name)}{f', by {code(count.by)}' if count.by else ''}",
                *(f"{of:,.0f} B" if count.kind == "section" else amount(of) for of in (count.base, count.head)),
            )
            for count in counts[:MOST_COUNTS]
        )
        yield _table(COUNT_HEADS, rows)


def _notes(explanation: Explanation, linked: bool) -> Iterator[str]:
    yield "\n".join(f"* {plain(note)}" for note in explanation.notes)
    if linked:
        yield "\n".join(f"* [{plain(page)}]({page})" for page in explanation.flame_graphs)
    elif explanation.flame_graphs:
        yield f"Flame graphs, in the run's folder: {', '.join(map(code, explanation.flame_graphs))}."


def _table(heads: Sequence[str], rows: "Iterator[Sequence[str]]") -> str:
    lines = [f"| {' | '.join(heads)} |", "|---|" + "---:|" * (len(heads) - 1), *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)
