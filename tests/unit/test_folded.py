"""What fails of the levels that are scores, as verify shows it: a line a group."""

from loadgen.conformance import Case, Fault, Level, Outcome
from loadgen.conformance.folded import folded
from loadgen.conformance.outcome import judge


def outcome(id_: str, group: str, level: Level, fault: str | None, reason: str | None = None) -> Outcome:
    case = Case(id_, group, f"what {id_} asks", "RFC 9112", ())
    return judge(case, level, None if fault is None else Fault(fault), reason)


def test_cases_are_counted_by_level_and_group_with_the_first_that_failed() -> None:
    outcomes = [
        outcome("task-root", "request", Level.CORE, "expected 200, got 404"),
        outcome("host-good", "host", Level.HTTP, None),
        outcome("host-two", "host", Level.HTTP, "expected 400, got 200"),
        outcome("slow-line", "slow", Level.HTTP, "expected the connection to close", "listed"),
        outcome("host-empty", "host", Level.HTTP, "expected 400, got 200"),
        outcome("odd", "odd", Level.HTTP, None),
        outcome("type", "problem", Level.STRICT, "expected a type"),
    ]
    assert folded(outcomes) == [
        "http: 3 of 5 cases fail: a score, which keeps nothing from being measured (--json: each of them)",
        "  host: 2 of 3, such as host-two: what host-two asks",
        "  slow: 1 of 1, such as slow-line: what slow-line asks",
        "strict: 1 of 1 cases fail: a score, which keeps nothing from being measured (--json: each of them)",
        "  problem: 1 of 1, such as type: what type asks",
    ]


def test_nothing_is_said_of_what_passes_or_belongs_to_the_core() -> None:
    assert folded([]) == []
    assert folded([outcome("a", "x", Level.CORE, "wrong"), outcome("b", "x", Level.HTTP, None)]) == []
