"""What changed in the code, in Markdown: the functions, what else, and where the flame graphs are."""

from collections.abc import Iterator, Sequence

from analysis.explain.model import CountChange, Explanation, FunctionChange
from analysis.explain.text import amount, change, counted, counted_of, share
from analysis.regress.export.markdown_text import code, plain

FUNCTION_HEADS = ("function", "changed here", "executed by itself", "with all it calls")
COUNT_HEADS = ("", "base", "head")
MOST_COUNTS = 20


def explained(one: Explanation, *, linked: bool = False) -> str:
    """The section of a service or benchmark; pages of the run's folder are `linked` where the text lies in that folder, too."""
    where = f", benchmark {code(one.workload)}" if one.unit == "operation" else ""
    blocks = [f"### What changed in {code(one.service)}{where}", *_functions(one), *_counts(one.counts), *_notes(one, linked)]
    return "\n\n".join(block for block in blocks if block)


def _functions(one: Explanation) -> Iterator[str]:
    if one.instructions is None:
        return
    base, head = one.instructions
    yield (
        f"Instructions of {counted_of(one)} of {code(one.workload)}: {amount(base)} on base, {amount(head)} on head "
        f"({change(base, head)}; {one.requests:,} {one.unit}s under callgrind)."
    )
    if not one.functions:
        yield "No function's instructions changed: look at what else did, or at caches, locks and waiting."
        return
    rows = (_row(function, base) for function in one.functions)
    yield _table((*FUNCTION_HEADS, f"calls {counted_of(one)}"), rows)
    yield (
        "Changed here: by the function's own code, and by how often it calls others; these add up to the whole change. "
        "Shares are of base's instructions."
    )


def _row(one: FunctionChange, whole: float) -> Sequence[str]:
    where = f"<br>{code(one.place)}" if one.place else ""
    return (
        f"{code(one.name)}{where}",
        share(one.own, whole),
        share(one.exclusive[1] - one.exclusive[0], whole),
        share(one.inclusive[1] - one.inclusive[0], whole),
        counted(*one.calls),
    )


def _counts(counts: Sequence[CountChange]) -> Iterator[str]:
    if counts:
        rows = (
            (
                f"{one.kind}: {code(one.name)}{f', by {code(one.by)}' if one.by else ''}",
                *(f"{of:,.0f} B" if one.kind == "section" else amount(of) for of in (one.base, one.head)),
            )
            for one in counts[:MOST_COUNTS]
        )
        yield _table(COUNT_HEADS, rows)


def _notes(one: Explanation, linked: bool) -> Iterator[str]:
    yield "\n".join(f"* {plain(note)}" for note in one.notes)
    if linked:
        yield "\n".join(f"* [{plain(page)}]({page})" for page in one.flame_graphs)
    elif one.flame_graphs:
        yield f"Flame graphs, in the run's folder: {', '.join(map(code, one.flame_graphs))}."


def _table(heads: Sequence[str], rows: "Iterator[Sequence[str]]") -> str:
    lines = [f"| {' | '.join(heads)} |", "|---|" + "---:|" * (len(heads) - 1), *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)
