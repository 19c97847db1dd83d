"""What changed between two builds of a small native service, by callgrind, strace and all else that is counted."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.explain.explain import explanation
from analysis.explain.model import Explanation
from loadgen.build.build import build
from loadgen.config.project import read_scenarios
from loadgen.config.service import Contender, read_service
from loadgen.config.service_file import Explain
from loadgen.errors import Error
from loadgen.explain import counts
from loadgen.explain.explain import SAMPLED_TIMES, Side, explained_service, with_debug_builds
from loadgen.explain.hook import stacks_of
from loadgen.explain.sampled import sampled_event
from loadgen.explain.traced import Explained
from loadgen.record.explain import ExplainedService, FunctionTime
from loadgen.run.plan import Plan
from loadgen.run.session import RunRequest, plan_for

SOURCE = Path(__file__).with_name("explained.c")
TASK = """[task]
name = "root"
title = "one request"
[[task.requests]]
name = "root"
path = "/"
expect = { status = [200] }
"""
PROJECT = (
    """schema = 1

[service]
name = "explained"
title = "answers alike"
language = "C"
tier = "reference"
[service.build]
needs = ["cc"]
inputs = ["explained.c"]
commands = [["cc", "-O1", "-s", "{arguments}", "DEFINES", "explained.c", "-o", "{out}/explained"]]
artefact = "explained"
[service.build.debug]
commands = [["cc", "-O1", "-g", "DEFINES", "explained.c", "-o", "{out}/explained"]]
[service.start]
command = ["{artefact}", "{port}"]
unix = ["{socket}"]

"""
    + TASK
    + """
[workloads.main]
title = "one request"
connections = 4
generator = "native"

[workloads.local]
title = "one request over a Unix socket"
connections = 4
unix = true
"""
)
ENCRYPTED_PROJECT = (
    """schema = 1

[service]
name = "encrypted"
title = "answers under TLS"
language = "Python"
tier = "reference"
[service.build]
inputs = ["encrypted.py"]
commands = [["cp", "encrypted.py", "{out}/encrypted.py"]]
artefact = "encrypted.py"
[service.start]
command = ["python3", "-S", "{artefact}", "{port}"]
tls = ["{certificate}", "{key}"]

"""
    + TASK
    + """
[workloads.tls]
title = "one request under TLS"
connections = 2
tls = true
"""
)
ENCRYPTED = """
import http.server, ssl, sys

class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(*sys.argv[2:4])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"""


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Few requests are enough: instructions of this service are exact."""
    if missing := [name for name in ("cc", "valgrind", "strace", "size") if shutil.which(name) is None]:
        pytest.skip(f"{', '.join(missing)} not found")
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(counts, "FOR_S", 0.2)


def side(tmp_path: Path, name: str, define: str) -> Side:
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(SOURCE, folder)
    (folder / "primebench.toml").write_text(PROJECT.replace("DEFINES", define))
    service = read_service(folder)
    return Side(name, service, build(Contender(service=service, label=name)).artefact)


def plan_of(folder: Path) -> Plan:
    file = folder / "primebench.toml"
    return plan_for(RunRequest("regress", file, seed=1), read_scenarios(file))


def counted(base: Side, head: Side, said: list[str], workload: str = "main") -> tuple[ExplainedService, Explanation]:
    first, second, notes = with_debug_builds(base, head, said.append)
    assert notes == []
    found = explained_service(first, second, workload, plan_of(base.service.folder), said.append)
    notes = [note for note in found.notes if not note.startswith("no CPU time by function")]  # perf may be missing, or not let
    return found.replace(notes=notes), explanation(found)


@pytest.mark.usefixtures("quickly")
def test_functions_system_calls_and_allocations_that_were_added_are_named(tmp_path: Path) -> None:
    said: list[str] = []
    base, head = side(tmp_path, "base", "-DSAME"), side(tmp_path, "head", "-DSLOWER")
    found, page = counted(base, head, said)
    traced = not any(note.startswith("no system calls") for note in found.notes)  # a container may forbid it
    assert found.notes == [] or not traced
    assert [function.name for function in page.functions[:3]].count("respond") == 1
    respond = next(function for function in page.functions if function.name == "respond")
    assert "explained.c:" in respond.place
    assert respond.calls == (1.0, 1.0)
    digest = next(function for function in page.functions if function.name == "digest")
    assert digest.calls == (1.0, 2.0)
    assert digest.exclusive[1] == pytest.approx(2 * digest.exclusive[0])
    assert ("allocations", "calloc", 0.0, 1.0) in [(count.kind, count.name, count.base, count.head) for count in page.counts]
    calls = {count.name: (round(count.base, 6), round(count.head, 6)) for count in page.counts if count.kind == "system calls"}
    assert not traced or calls["getppid"] == (0, 1)


@pytest.mark.usefixtures("quickly")
def test_functions_that_take_more_time_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        monkeypatch.delenv("PRIMEBENCH_CACHE")  # where inferno is, if anywhere
        event = sampled_event()
    except Error as error:
        pytest.skip(str(error))
    found, page = counted(side(tmp_path, "base", "-DSAME"), side(tmp_path, "head", "-DBURNS"), [])
    assert [len(times) for times in (found.base.times, found.head.times)] == [SAMPLED_TIMES, SAMPLED_TIMES], event
    before, after = ([own_us(times, "digest") for times in counts.times] for counts in (found.base, found.head))
    assert min(after) > max(before)
    assert all(times["main"].inclusive_us >= times["digest"].inclusive_us for times in found.head.times)
    assert page.cpu_us is not None
    assert page.cpu_us[1] > page.cpu_us[0]


def own_us(times: Mapping[str, FunctionTime], name: str) -> float:
    """Its own time; a function of next to none may be in no sample."""
    return times[name].exclusive_us if name in times else 0.0


@pytest.mark.usefixtures("quickly")
def test_over_a_unix_socket_functions_are_named_as_well(tmp_path: Path) -> None:
    _, page = counted(side(tmp_path, "base", "-DSAME"), side(tmp_path, "head", "-DSLOWER"), [], "local")
    assert page.functions[0].name in ("respond", "digest")
    assert next(function for function in page.functions if function.name == "digest").calls == (1.0, 2.0)


@pytest.mark.usefixtures("quickly")
def test_under_tls_system_calls_of_a_request_are_counted(tmp_path: Path) -> None:
    (tmp_path / "encrypted.py").write_text(ENCRYPTED)
    file = tmp_path / "primebench.toml"
    file.write_text(ENCRYPTED_PROJECT)
    service = read_service(tmp_path)
    artefact = build(Contender(service=service, label="encrypted")).artefact
    plan = plan_for(RunRequest("regress", file, workloads=["tls"], seed=1), read_scenarios(file))
    found = explained_service(Side("base", service, artefact), Side("head", service, artefact), "tls", plan, lambda _: None)
    notes = [note for note in found.notes if not note.startswith(("no binary sections", "no instructions by function"))]
    assert not notes or notes[0].startswith("no system calls")  # a container may forbid it
    assert notes or found.head.system_calls[0]["read"] > 0
    assert found.head.kernel[0]["voluntary context switches"] > 0


@pytest.mark.usefixtures("quickly")
def test_a_service_beside_itself_has_no_function_that_changed(tmp_path: Path) -> None:
    base = side(tmp_path, "base", "-DSAME")
    _, page = counted(base, Side("head", base.service, base.artefact), [])
    assert page.instructions is not None
    assert page.instructions[0] > 0
    assert page.functions == []
    assert not [count for count in page.counts if count.kind in ("allocations", "section")]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("test {seconds} -gt 0 && test -d /proc/{pid} && echo 'main;work 3' >{folded}", None),
        ("true", "expected lines 'caller;callee COUNT' in {folded}, got 'none'"),
        ("echo no stacks >{folded}", "expected lines 'caller;callee COUNT' in {folded}, got 'no stacks'"),
        ("echo not permitted >&2; exit 3", "explain.command: exit code 3"),
    ],
)
@pytest.mark.usefixtures("quickly")
def test_a_service_s_own_profiler_writes_the_stacks(tmp_path: Path, script: str, expected: str | None) -> None:
    base = side(tmp_path, "base", "-DSAME")
    contender = Contender(service=base.service, label="explained@base")
    plan = plan_of(base.service.folder)
    asked = Explained(contender, base.artefact, plan.asked["main"], plan.loads["main"].sending, plan.seed, plan.cores)
    hook = Explain(command=["sh", "-c", f": {{folded}}; {script}"])
    if expected is None:
        assert stacks_of(asked, hook, 4) == ["main;work 3"]
        return
    with pytest.raises(Error, match=re.escape(expected)):
        stacks_of(asked, hook, 4)


@pytest.mark.usefixtures("quickly")
def test_what_cannot_be_counted_is_a_note_each_and_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = side(tmp_path, "base", "-DSAME")
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\n")
    head = Side("head", base.service, script)
    monkeypatch.setattr("loadgen.explain.traced.shutil.which", lambda _: None)
    found = explained_service(base, head, "main", plan_of(base.service.folder), lambda _: None)
    assert [note.partition(":")[0] for note in found.notes] == [
        "no binary sections",
        "no system calls",
        "no page faults and context switches",
        "no instructions by function",
    ]
    assert found.notes[1] == "no system calls: strace not found: install the package strace"
    assert "script of head is no native program" in found.notes[3]


@pytest.mark.usefixtures("quickly")
def test_that_http_2_is_counted_by_another_version_is_said(tmp_path: Path) -> None:
    base = side(tmp_path, "base", "-DSAME")
    plan = plan_of(base.service.folder)
    by_http_2 = plan.workloads["main"].replace(protocol="h2", tls=True)
    found = explained_service(base, base, "main", replace(plan, workloads={"main": by_http_2}), lambda _: None)
    assert found.notes[0] == "requests are counted by HTTP/1.1, not by HTTP/2 as the workload sends them"
    assert any("nothing says how it serves TLS" in note for note in found.notes)
