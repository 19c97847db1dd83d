"""Why head is slower: callgrind's files read, functions blamed, counts compared, and what is shown of them."""

import re
from pathlib import Path

import pytest

from analysis.explain.counts import count_changes
from analysis.explain.explain import explanation
from analysis.explain.functions import function_changes
from analysis.explain.model import CountChange, Explanation, FunctionChange
from analysis.explain.text import screen_lines
from analysis.regress.export.explained import explained
from analysis.regress.export.job_summary import job_summary
from analysis.regress.model import RegressResult
from analysis.regress.to_explain import to_explain
from loadgen.config.build import Build, OtherBuild
from loadgen.errors import Error, Stopped
from loadgen.explain.callgrind_file import Costs, stable_name
from loadgen.explain.counts import calls_in, sections_in
from loadgen.explain.inclusive import per_call
from loadgen.record.explain import Call, ExplainedService, FunctionCost, Profile, SideCounts, Wanted
from loadgen.record.folder import RunFolder
from loadgen.record.trial import Trial
from loadgen.regress import session
from loadgen.regress.prepare import Ready
from tests.unit.plans import plan
from tests.unit.results import HOSTILE, exact_metric, metric, no_regression, passed, regression, result

FILE = """# callgrind format
version: 1
creator: callgrind-3.19.0
positions: line
events: Ir

ob=(1) /srv/program
fl=(1) /src/main.cpp
fn=(1) main
10 5
+2 7
cfn=(2) encode(char const*) [clone .constprop.0]
calls=3 20
* 60
cob=(2) /lib/libc.so.6
cfi=(2) ./string.c
cfn=(3) memcpy
calls=1 0
-1 4
fn=(2)
20 30
fi=(3) /src/inlined.hpp
7 18
fe=(1)
cob=(2)
cfi=(2)
cfn=(3)
calls=3 0
21 12

ob=(2)
fl=(2)
fn=(3)
100 16
fn=(4) 0x0000000000012345
0 9

totals: 85
"""


def costs(text: str = FILE) -> Costs:
    found = Costs()
    found.add(text)
    return found


def test_a_file_of_callgrind_gives_costs_calls_and_lines() -> None:
    found = costs()
    unnamed = "(no name, in libc.so.6)"
    assert found.exclusive == {"main": 12, "encode(char const*)": 48, "memcpy": 16, unnamed: 9}
    assert found.calls == {("main", "encode(char const*)"): 3, ("main", "memcpy"): 1, ("encode(char const*)", "memcpy"): 3}
    profile = found.profile(1)
    assert profile.instructions == 85
    assert profile.functions["main"] == FunctionCost(exclusive=12, inclusive=76, calls=0, place="/src/main.cpp:12")
    assert profile.functions["encode(char const*)"].place == "/src/main.cpp:20"
    assert profile.functions["memcpy"].calls == 4


def test_a_call_costs_what_it_leads_to_and_never_more_than_there_is() -> None:
    calls = {("main", "walk"): 1.0, ("walk", "visit"): 4.0, ("visit", "walk"): 3.0, ("visit", "malloc"): 4.0}
    each = per_call({"main": 5.0, "walk": 8.0, "visit": 40.0, "malloc": 20.0}, calls)
    assert each["malloc"] == 5
    assert each["visit"] == each["walk"] == 73 / 4


def test_a_few_calls_among_many_requests_are_of_a_start() -> None:
    profile = costs(FILE.replace("calls=1 0", "calls=2 0").replace("calls=3", "calls=4")).profile(4)
    assert [(call.caller, call.callee) for call in profile.calls] == [
        ("encode(char const*)", "memcpy"),
        ("main", "encode(char const*)"),
    ]


def test_what_runs_on_another_stack_is_no_part_of_a_call() -> None:
    calls = {("handle", "park"): 2.0, ("park", "runtime.mcall"): 2.0, ("runtime.mcall", "handle"): 2.0}
    each = per_call({"handle": 100.0, "park": 10.0, "runtime.mcall": 4.0}, calls)
    assert each == {"park": 7.0, "runtime.mcall": 2.0, "handle": 57.0}


def test_what_both_runs_have_cancels() -> None:
    twice, once = costs(FILE.replace("20 30", "20 130")), costs()
    profile = twice.less(once).profile(4)
    assert {name: cost.exclusive for name, cost in profile.functions.items()} == {"encode(char const*)": 25}
    assert profile.calls == []


def test_a_function_that_calls_itself_is_not_counted_twice() -> None:
    text = "events: Ir\nfn=(1) down\n1 10\ncfn=(1)\ncalls=5 1\n1 8\n"
    profile = costs(text).profile(1)
    assert profile.functions["down"].inclusive == 10
    assert profile.calls == []


@pytest.mark.parametrize(
    ("name", "stable"),
    [
        ("core::ptr::drop_in_place::h0123456789abcdef", "core::ptr::drop_in_place"),
        ("encode(int) [clone .constprop.0] [clone .isra.0]", "encode(int)"),
        ("scan.part.0.cold", "scan"),
        ("scan.llvm.123456", "scan"),
        ("walk'2", "walk"),
        ("main.handle.func1", "main.handle.func1"),
        ("operator new(unsigned long)", "operator new(unsigned long)"),
        ("ns::part::of(int)", "ns::part::of(int)"),
    ],
)
def test_names_have_nothing_that_differs_between_builds(name: str, stable: str) -> None:
    assert stable_name(name) == stable


def profile(functions: dict[str, tuple[float, float]], calls: dict[tuple[str, str], float]) -> Profile:
    """Return one of functions with the instructions of each call of them and how often they are called a request."""

    def inclusive(name: str) -> float:
        each, _ = functions[name]
        return each + sum(inclusive(callee) * count for (caller, callee), count in calls.items() if caller == name)

    return Profile(
        functions={
            name: FunctionCost(
                exclusive=function * times, inclusive=inclusive(name) * times, calls=times if name != "main" else 0
            )
            for name, (function, times) in functions.items()
        },
        calls=[
            Call(
                caller=caller,
                callee=callee,
                calls=count * functions[caller][1],
                inclusive=inclusive(callee) * count * functions[caller][1],
            )
            for (caller, callee), count in calls.items()
        ],
    )


CALLS = {("main", "handle"): 1.0, ("handle", "encode"): 1.0, ("encode", "memcpy"): 1.0}
BASE = profile({"main": (10, 1), "handle": (500, 1), "encode": (300, 1), "memcpy": (200, 1)}, CALLS)


def changed(head: Profile, again: Profile = BASE) -> dict[str, float]:
    return {change.name: round(change.own, 6) for change in function_changes(BASE, again, head)}


def test_a_copy_that_was_added_is_blamed_on_who_calls_it_and_shown_with_who_executes_it() -> None:
    head = profile(
        {"main": (10, 1), "handle": (500, 1), "encode": (300, 1), "memcpy": (200, 3)}, CALLS | {("encode", "memcpy"): 3.0}
    )
    found = function_changes(BASE, BASE, head)
    assert [function.name for function in found] == ["encode", "memcpy"]
    assert [function.own for function in found] == [400, 0]
    assert found[1].exclusive == (200, 600)
    assert found[0].inclusive == (500, 900)


def test_what_is_slower_itself_is_blamed_and_nothing_above_it() -> None:
    head = profile({"main": (10, 1), "handle": (500, 1), "encode": (300, 1), "memcpy": (260, 1)}, CALLS)
    assert changed(head) == {"memcpy": 60}


def test_a_function_that_is_called_more_often_is_not_blamed_for_what_it_does() -> None:
    head = profile(
        {"main": (10, 1), "handle": (500, 1), "encode": (300, 2), "memcpy": (200, 2)}, CALLS | {("handle", "encode"): 2.0}
    )
    assert changed(head) == {"handle": 500, "encode": 0, "memcpy": 0}


def test_a_new_function_is_blamed_on_its_caller() -> None:
    head = profile(
        {"main": (10, 1), "handle": (500, 1), "encode": (300, 1), "memcpy": (200, 1), "log": (90, 1)},
        CALLS | {("handle", "log"): 1.0},
    )
    assert changed(head) == {"handle": 90, "log": 0}


def test_a_function_that_the_base_hardly_calls_is_blamed_on_its_caller_whatever_such_a_call_took() -> None:
    """Go's allocator, say, which base calls once in thousands of requests, for what is large."""
    calls = CALLS | {("main", "allocate"): 0.0002, ("allocate", "grow"): 1.0}
    base = profile({"main": (10, 1), "handle": (500, 1), "encode": (300, 1), "memcpy": (200, 1), "allocate": (40, 0.0002),
                    "grow": (90_000, 0.0002)}, calls)  # fmt: skip
    often = {("encode", "allocate"): 1.0, ("main", "allocate"): 0.0002, ("allocate", "grow"): 0.0002}
    head = profile({"main": (10, 1), "handle": (500, 1), "encode": (300, 1), "memcpy": (200, 1), "allocate": (33, 1.0002),
                    "grow": (90_000, 0.0002)}, CALLS | often)  # fmt: skip
    first = function_changes(base, base, head)[0]
    assert first.name == "encode"
    assert next(change.own for change in function_changes(base, base, head) if change.name == "allocate") == 0


def test_what_changed_adds_up_to_the_whole_change() -> None:
    head = profile({"main": (30, 1), "handle": (450, 1), "encode": (300, 2), "memcpy": (250, 4)}, CALLS | {
        ("handle", "encode"): 2.0, ("encode", "memcpy"): 2.0
    })  # fmt: skip
    added = sum(change.own for change in function_changes(BASE, BASE, head))
    assert added == pytest.approx(head.instructions - BASE.instructions)


def test_what_the_base_differs_by_from_itself_is_no_change() -> None:
    head = profile({"main": (10, 1), "handle": (520, 1), "encode": (300, 1), "memcpy": (260, 1)}, CALLS)
    again = profile({"main": (10, 1), "handle": (510, 1), "encode": (300, 1), "memcpy": (200, 1)}, CALLS)
    assert changed(head) == {"memcpy": 60, "handle": 20}
    assert changed(head, again) == {"memcpy": 60}
    assert changed(BASE) == {}


def test_ten_functions_are_the_most() -> None:
    many = {f"f{number}": (100.0 + 10 * number, 1.0) for number in range(20)}
    base = profile({"main": (10, 1), **dict.fromkeys(many, (100.0, 1.0))}, {("main", name): 1.0 for name in many})
    head = profile({"main": (10, 1), **many}, {("main", name): 1.0 for name in many})
    assert [change.name for change in function_changes(base, base, head)] == [f"f{number}" for number in range(19, 9, -1)]


STRACE = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 62.50    0.000123           1       101           recvfrom
 37.50    0.000045           0        88        12 epoll_wait
------ ----------- ----------- --------- --------- ----------------
100.00    0.000168           0       189        12 total
"""
SIZE = """primebench-cpp  :
section               size      addr
.text               123456      4096
.bss                    64    200000
.debug_info        9999999         0
Total             10123519
"""


def test_what_strace_and_size_print_is_read() -> None:
    assert calls_in(STRACE) == {"recvfrom": 101, "epoll_wait": 88}
    assert sections_in(SIZE) == {".text": 123456, ".bss": 64, ".debug_info": 9999999}


def test_only_counts_that_changed_by_more_than_they_vary_are_rows() -> None:
    base = SideCounts(
        profiles=[profile({"main": (9, 1), "malloc": (50, 2)}, {("main", "malloc"): 2.0})],
        system_calls=[{"read": 1.0, "futex": 0.5}, {"read": 1.0, "futex": 0.9}],
        kernel=[{"page faults": 0.0}, {"page faults": 0.01}],
        sections={".text": 100_000, ".data": 64, ".debug_line": 5},
    )
    head = SideCounts(
        profiles=[profile({"main": (9, 1), "malloc": (50, 3)}, {("main", "malloc"): 3.0})],
        system_calls=[{"read": 1.01, "futex": 1.2, "getpid": 1.0}, {"read": 1.0, "futex": 0.8, "getpid": 1.0}],
        kernel=[{"page faults": 2.0}, {"page faults": 2.5}],
        sections={".text": 104_000, ".data": 65, ".debug_line": 50_000},
    )
    found = count_changes(ExplainedService(service="cpp", workload="article", base=base, head=head))
    assert found[1].by == "main"
    assert [(change.kind, change.name, change.base, change.head) for change in found] == [
        ("system calls", "getpid", 0, 1),
        ("allocations", "malloc", 2, 3),
        ("kernel", "page faults", 0.005, 2.25),
        ("section", ".text", 100_000, 104_000),
    ]


def test_what_was_not_counted_is_no_row() -> None:
    found = explanation(ExplainedService(service="cpp", workload="article", notes=["strace not found"]))
    assert (found.instructions, found.functions, found.counts, found.notes) == (None, [], [], ["strace not found"])


def page(**changes: object) -> Explanation:
    values = {
        "service": "cpp",
        "workload": "article",
        "requests": 1000,
        "instructions": (5000.0, 6000.0),
        "functions": [
            FunctionChange(
                name=f"encode<{HOSTILE}>",
                place="/src/codec.cpp:12",
                own=1000.0,
                exclusive=(300.0, 300.0),
                inclusive=(500.0, 1500.0),
                calls=(1.0, 1.0),
            )
        ],
        "counts": [CountChange(kind="system calls", name="getpid", base=0.0, head=1.0)],
        "flame_graphs": [],
        "notes": [HOSTILE],
    }
    return Explanation.model_validate(values | changes)


def test_the_page_names_functions_and_counts_and_nothing_from_outside_is_markup() -> None:
    text = explained(page())
    assert "5,000 on base, 6,000 on head (+20.0%; 1,000 requests under callgrind)" in text
    assert "| +1,000 (+20.0%) | +0 (+0.0%) | +1,000 (+20.0%) | 1 |" in text
    assert "| system calls: <code>getpid</code> | 0 | 1 |" in text
    assert not re.search(r"<b>|@all|\x1b", text)
    whole = regression().replace(explanations=[page()])
    assert explained(page()) in job_summary(whole)
    assert RegressResult.model_validate_json(whole.model_dump_json()) == whole


def test_a_page_without_functions_says_where_else_to_look() -> None:
    assert "at caches, locks and waiting" in explained(page(functions=[]))
    assert "callgrind" not in explained(page(functions=[], instructions=None))


def test_flame_graphs_are_linked_in_the_run_s_folder_alone() -> None:
    drawn = page(flame_graphs=["flame-graphs/cpp-base.svg"])
    assert "](flame-graphs/cpp-base.svg)" in explained(drawn, linked=True)
    assert "](" not in explained(drawn)
    assert "Flame graphs, in the run's folder: <code>flame" in explained(drawn)


def test_what_is_said_of_a_benchmark_is_of_an_operation() -> None:
    of_benchmark = page(workload="decode/served/article", unit="operation")
    text = explained(of_benchmark)
    assert "### What changed in <code>cpp</code>, benchmark <code>decode/served/article</code>" in text
    assert "Instructions of an operation of <code>decode" in text
    assert "1,000 operations under callgrind" in text
    assert "| calls an operation |" in text
    assert next(screen_lines(of_benchmark)).startswith("what changed in cpp: instructions of an operation of decode/")


def test_who_allocates_is_named_through_a_stub_that_has_no_name() -> None:
    stub = "(no name, in ???)"
    functions = {name: FunctionCost(exclusive=1, inclusive=1, calls=1) for name in ("respond", stub, "malloc")}

    def side(calls: float) -> SideCounts:
        edges = [("respond", stub, calls), (stub, "malloc", calls), ("main", "respond", 1.0)]
        called = [Call(caller=name, callee=other, calls=count, inclusive=1) for name, other, count in edges]
        costs = functions | {"malloc": FunctionCost(exclusive=1, inclusive=1, calls=calls)}
        return SideCounts(profiles=[Profile(functions=costs, calls=called)])

    (row,) = count_changes(ExplainedService(service="cpp", workload="article", base=side(1.0), head=side(2.0)))
    assert (row.kind, row.name, row.by) == ("allocations", "malloc", "respond")


def test_the_screen_has_a_few_lines() -> None:
    lines = list(screen_lines(page()))
    assert lines[0] == "what changed in cpp: instructions of a request of article 5,000, now 6,000"
    assert "(codec.cpp:12): changed here +1,000 (+20.0%), executed by itself +0 (+0.0%)" in lines[1]
    assert lines[2:] == ["  system calls: getpid 0 → 1"]


def test_a_service_is_explained_under_the_workload_that_is_worst() -> None:
    worst = [
        metric(workload="small", worse=1.1),
        metric(workload="large", worse=1.3),
        passed("goodput_per_s", workload="other"),
    ]
    assert to_explain(result("regression", worst), always=False) == [Wanted("cpp", "request", ("large",))]
    assert to_explain(no_regression(), always=False) == []
    assert to_explain(no_regression(), always=True)[0] == Wanted("cpp", "request", ("article",))


def test_benchmarks_that_regressed_are_explained_the_worst_first_and_others_where_that_is_asked() -> None:
    timed = metric("time_ns", layer="microbench", workload="a/served/x", worse=1.1)
    counted = exact_metric("instructions", "instructions", "b/served/x", 100.0, 200.0, "regression")
    fine = passed("time_ns", layer="microbench", workload="c/served/x")
    regressed = result("regression", [passed("cpu_per_request_us"), fine, timed, counted])
    names = ("b/served/x", "a/served/x")
    assert to_explain(regressed, always=False) == [Wanted("cpp", "request", ("article",)), Wanted("cpp", "operation", names)]
    assert to_explain(result("regression", [timed]), always=False) == [Wanted("cpp", "operation", ("a/served/x",))]
    assert to_explain(result("pass", [fine]), always=False) == []
    assert to_explain(result("pass", [fine]), always=True) == [Wanted("cpp", "operation", ("c/served/x",))]


def test_a_regression_of_another_layer_is_explained_under_load_where_there_is_some() -> None:
    larger = exact_metric("binary_bytes", "size", "", 100.0, 200.0, "regression")
    assert to_explain(result("regression", [passed("cpu_per_request_us"), larger]), always=False) == [
        Wanted("cpp", "request", ("article",))
    ]
    assert to_explain(result("regression", [larger]), always=True) == []


def test_the_debug_build_is_the_build_with_its_change_and_nothing_of_it_in_the_build() -> None:
    change = OtherBuild(arguments=["-g"], environment={"STRIP": "no"})
    build = Build(commands=[["cc", "{arguments}", "-o", "{out}/p"]], artefact="p", debug=change)
    assert build.other(build.debug) == Build(
        commands=[["cc", "-g", "-o", "{out}/p"]], artefact="p", environment={"STRIP": "no"}
    )
    assert build.other(None) == Build(commands=[["cc", "-o", "{out}/p"]], artefact="p")


class Saying:
    """A reporter that keeps what is said."""

    def __init__(self, said: list[str]) -> None:
        self.say = said.append

    def begin(self, what: str, trials: int, expected_s: float) -> None: ...

    def trial_starts(self, what: str, remaining_s: float) -> None: ...

    def trial_ended(self, trial: Trial) -> None: ...

    def end(self) -> None: ...


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (Error("valgrind: no space left"), "not explained: valgrind: no space left; the verdict stands"),
        (ZeroDivisionError("division by zero"), "not explained: ZeroDivisionError('division by zero'); the verdict stands"),
        (KeyboardInterrupt(), "not explained: interrupted; the verdict stands"),
        (Stopped("SIGTERM"), "not explained: interrupted; the verdict stands"),
    ],
)
def test_whatever_goes_wrong_with_an_explanation_is_a_line_after_the_verdict(
    monkeypatch: pytest.MonkeyPatch, failure: BaseException, line: str
) -> None:
    said: list[str] = []
    judged: list[Path] = []

    def fail(*_: object) -> None:
        assert judged == [Path("run")]
        raise failure

    def to_explain(folder: Path) -> list[Wanted]:
        judged.append(folder)
        return [Wanted("cpp", "request", ("article",))]

    monkeypatch.setattr(session, "explain_services", fail)
    regress = session.RegressSession(Path(), Path(), Saying(said), lambda *_: lambda _: [], to_explain)
    regress._explain(RunFolder(Path("run")), Ready(), plan(), ([], []))
    assert said == [line]
