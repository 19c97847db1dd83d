"""What changed between two builds of a benchmark: by the program that counts it, or by Go's own, and after a verdict."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.explain.explain import explanation
from analysis.regress.model import read_result
from loadgen.build.build import Order, build_order
from loadgen.config.service import Service, read_service
from loadgen.explain.benchmark import explained_benchmark
from loadgen.microbench.bench import Bench
from loadgen.setup.inferno import INFERNO_VERSION, PROGRAMS
from tests.end_to_end.conftest import LAUNCH, STUB, Place, ended
from tests.repository import commit, git

HERE = Path(__file__).parent
SERVED = "prime_loop/served/n=1000"
BUILD = """[microbench.build]
commands = [["cp", "bench.py", "{out}/bench.py"], ["cc", "-O1", "{arguments}", "repeated.c", "-o", "{out}/repeated"]]
artefact = "bench.py"
more = ["repeated"]
[microbench.build.debug]
arguments = ["-g"]
[microbench.count]
command = ["repeated"]
"""


def counted_stub(folder: Path, *, benchmarks: list[str]) -> None:
    """The stub, and a program in C that repeats those of its benchmarks."""
    for name in ("stub.py", "bench.py"):
        shutil.copy(STUB / name, folder / name)
    shutil.copy(HERE / "repeated.c", folder)
    text = (STUB / "service.toml").read_text()
    head, _, rest = text.partition("[microbench.build]\n")
    described = f"{head}{BUILD}benchmarks = {benchmarks}\n\n{rest[rest.index('[microbench.variants.slow]') :]}"
    (folder / "service.toml").write_text(described.replace("'", '"'))


def plant(folder: Path) -> None:
    source = folder / "repeated.c"
    source.write_text("#define SLOWER\n" + source.read_text())


def built(service: Service, name: str) -> Bench:
    assert service.file.microbench is not None
    order = Order(f"stub-{name}", service.folder, service.file.microbench.build.other(None))
    return Bench(f"stub@{name}", service, None, build_order(order))


def tools(*names: str) -> None:
    if missing := [name for name in names if shutil.which(name) is None]:
        pytest.skip(f"{', '.join(missing)} not found")


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / "own-cache"))


def test_a_benchmark_that_regressed_is_explained_by_the_function_that_was_changed(place: Place, tmp_path: Path) -> None:
    tools("cc", "valgrind", "size")
    repository = tmp_path / "repository"
    repository.mkdir()
    counted_stub(repository, benchmarks=[SERVED])
    git(repository, "init", "--quiet")
    commit(repository, "base")
    plant(repository)
    commit(repository, "head")
    where = ["--repository", str(repository), "--service", ".", "--results", str(place.results)]
    asked = ["--base", "HEAD~1", "--layer", "instructions", "--scenarios", str(STUB / "scenarios.toml")]
    inferno = Path(place.environment["PRIMEBENCH_CACHE"]) / f"inferno-{INFERNO_VERSION}" / "bin"
    inferno.mkdir(parents=True)
    for name in PROGRAMS:
        (inferno / name).write_text('#!/bin/sh\necho "$0" "$@"\n')
        (inferno / name).chmod(0o755)
    done = ended(place, [*LAUNCH, "regress", *where, *asked], {})
    assert (done.code, done.stderr) == (1, "")
    (page,) = read_result(done.run).explanations
    assert (page.service, page.workload, page.unit, page.requests) == ("stub", SERVED, "operation", 200)
    served, digest = (next(function for function in page.functions if function.name == name) for name in ("served", "digest"))
    assert page.functions[0] == served
    assert "repeated.c:" in served.place
    assert (digest.calls, served.calls) == ((1.0, 2.0), (1.0, 1.0))
    assert ("allocations", "malloc", "strdup") in [(count.kind, count.name, count.by) for count in page.counts]
    assert f"instructions of an operation of {SERVED}" in done.stdout
    written = (done.run / "verdict.md").read_text()
    assert "### What changed in <code>stub</code>, benchmark" in written
    drawn = [f"flame-graphs/stub-benchmark-{name}.svg" for name in ("base", "head", "difference")]
    assert page.flame_graphs == drawn
    again = ended(place, [*LAUNCH, "report", str(done.run)], {})
    for name in drawn:
        assert (done.run / name).is_file()
        assert f"]({name})" in written
        for shown in (done.stdout, again.stdout):
            assert re.search(f"^flame graph: .*{re.escape(name)}$", shown, re.MULTILINE)


@pytest.mark.usefixtures("own_cache")
def test_of_several_benchmarks_the_first_is_explained_that_can_be_counted(tmp_path: Path) -> None:
    tools("cc", "valgrind", "size")
    for name in ("base", "head"):
        (tmp_path / name).mkdir()
        counted_stub(tmp_path / name, benchmarks=[SERVED])
    plant(tmp_path / "head")
    base, head = (built(read_service(tmp_path / name), name) for name in ("base", "head"))
    said: list[str] = []
    found = explained_benchmark(["prime_loop/served/n=10000", SERVED], (base, head), tmp_path, said.append)
    assert (found.workload, found.notes) == (SERVED, [])
    assert explanation(found).functions[0].name == "served"
    nothing = explained_benchmark(["prime_loop/served/n=10000"], (base, head), tmp_path, said.append)
    assert nothing.notes == [
        "no instructions by function: prime_loop/served/n=10000: no program repeats it so often as it is told; "
        "microbench.count of service.toml names one"
    ]
    assert explanation(nothing).instructions is None


@pytest.mark.usefixtures("own_cache")
def test_a_program_that_fails_or_is_none_is_a_note_with_its_own_words(tmp_path: Path) -> None:
    tools("cc", "valgrind", "size")
    counted_stub(tmp_path, benchmarks=[SERVED, "prime_loop/served/n=10000"])
    base = built(read_service(tmp_path), "base")
    failing = explained_benchmark(["prime_loop/served/n=10000"], (base, base), tmp_path, lambda _: None)
    assert failing.notes[0].startswith("no instructions by function: repeated: did not run under callgrind: exit code 2")
    assert "unknown: prime_loop/served/n=10000" in failing.notes[0]
    assert base.built is not None
    (base.built.artefact.parent / "repeated").write_text("#!/bin/sh\n")
    (note,) = explained_benchmark(
        [SERVED], (replace(base, service=no_debug(base.service)),) * 2, tmp_path, lambda _: None
    ).notes
    assert note == "no instructions by function: repeated is no native program, and callgrind names functions of no other"


def no_debug(service: Service) -> Service:
    plan = service.file.microbench
    assert plan is not None
    build = plan.build.replace(debug=None)
    return service.replace(file=service.file.replace(microbench=plan.replace(build=build)))


@pytest.mark.usefixtures("own_cache")
def test_any_benchmark_of_go_is_counted_by_its_own_program(tmp_path: Path) -> None:
    tools("go", "valgrind", "size")
    described = (STUB / "service.toml").read_text().partition("[microbench]")[0]
    folder = tmp_path / "go"
    folder.mkdir()
    shutil.copy(STUB / "stub.py", folder)
    shutil.copy(HERE / "repeated_test.go", folder)
    (folder / "go.mod").write_text("module repeated\n\ngo 1.21\n")
    (folder / "service.toml").write_text(
        f"""{described}
[microbench]
format = "go"
scenarios = {{ Digest = "digest" }}
programs = ["repeated.test"]
[microbench.build]
needs = ["go"]
inputs = ["."]
commands = [["go", "test", "-tags", "planted", "-c", "-o", "{{out}}/repeated.test", "."]]
artefact = "repeated.test"
"""
    )
    benches = []
    for name, slower in (("base", "false"), ("head", "true")):
        (folder / "slower_test.go").write_text(f"//go:build planted\n\npackage repeated\n\nconst slower = {slower}\n")
        benches.append(built(read_service(folder), name))
    found = explained_benchmark(["digest/served/size=100"], (benches[0], benches[1]), tmp_path, lambda _: None)
    assert found.notes == []
    page = explanation(found)
    # callgrind loses calls where a goroutine moves: then the function that is called more often is all that it sees
    assert page.functions[0].name.endswith(("repeated.served", "repeated.digest"))
    assert "repeated_test.go:" in page.functions[0].place
    assert [count.by for count in page.counts if count.name == "runtime.mallocgc"] == ["runtime.makeslice"]
