"""Builds: how one goes on that was interrupted, and what a variant is built as."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analysis.pipeline.summarise import _build
from loadgen.build.build import Order, build, build_order, is_under_way
from loadgen.build.step import run_build_step
from loadgen.config.build import Build, OtherBuild
from loadgen.config.service import Contender, find_contender, read_service
from loadgen.errors import Error
from primebench.commands.build import build as build_command
from tests.patience import PATIENCE_S, awaited
from tests.unit.records import CONTENDER

ROOT = Path(__file__).parents[2]
SOURCE = "int main() {}"


@pytest.fixture(autouse=True)
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where builds are kept; (tmp_path / "broken") is there, which keeps them from their end."""
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / "cache"))
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "main.c").write_text(SOURCE)
    (tmp_path / "broken").touch()
    return tmp_path / "cache" / "builds"


def order(folder: Path, *scripts: str, more: Sequence[str] = ()) -> Order:
    """A build by these scripts, whose $1 is {scratch} and $2 is {out}; then one that fails as long as the build is broken."""
    last = f'test ! -e "{folder}/broken" && cp main.c "$2/program"'
    commands = [["sh", "-c", script, "sh", "{scratch}", "{out}"] for script in (*scripts, last)]
    return Order("made", folder / "service", Build(commands=commands, artefact="program", more=list(more)))


def noted(folder: Path) -> str:
    """A script that does its work once, and notes it."""
    return f'test -e "$1/done" || echo done >> "{folder}/log"; touch "$1/done"'


def times_done(folder: Path) -> int:
    return len((folder / "log").read_text().splitlines())


def left(builds: Path) -> list[str]:
    return [path.name for path in builds.iterdir() if path.suffix == ".work" or path.name.startswith("gone-")]


def failed(value: Order, folder: Path) -> None:
    """Build it in vain; then the reason is gone."""
    with pytest.raises(Error, match="made: build failed"):
        build_order(value)
    (folder / "broken").unlink()


def test_a_build_that_failed_goes_on_with_what_was_done_and_leaves_nothing(tmp_path: Path, builds: Path) -> None:
    one, said = order(tmp_path, noted(tmp_path), 'mkdir -p "$1/read-only/x"; chmod a-w "$1/read-only"'), list[str]()
    failed(one, tmp_path)
    assert len(left(builds)) == 1
    built = build_order(one, say=said.append)
    assert (times_done(tmp_path), built.record.resumed, built.artefact.read_text()) == (1, True, SOURCE)
    assert said == ["building made from source, on from where that failed"]
    assert left(builds) == []
    assert build_order(one) == built


@pytest.mark.parametrize(("environment", "shares"), [({}, True), ({"GOCACHE": "{scratch}/go-cache"}, False)])
def test_what_other_builds_have_compiled_makes_no_build_time(tmp_path: Path, environment: dict[str, str], shares: bool) -> None:
    (tmp_path / "broken").unlink()
    one = order(tmp_path)
    assert not build_order(one).record.shares_cache
    built = build_order(one._replace(plan=one.plan.replace(needs=["go"], environment=environment)))
    assert built.record.shares_cache is shares
    shown = _build(CONTENDER.replace(build=built.record)).figures["clean_build_s"]
    assert shown.refused == ("other builds' objects were there" if shares else None)


def test_what_went_on_has_no_build_time_until_it_is_asked_for(tmp_path: Path) -> None:
    one = order(tmp_path, noted(tmp_path))
    failed(one, tmp_path)
    resumed = build_order(one)
    again = build_order(one, timed=True)
    assert (times_done(tmp_path), again.record.resumed) == (2, False)
    assert again.record.key == resumed.record.key
    shown = [_build(CONTENDER.replace(build=built.record)).figures["clean_build_s"] for built in (resumed, again)]
    assert (shown[0].refused, shown[0].value) == ("interrupted and gone on with", None)
    assert shown[1].value == again.record.clean_build_s


@pytest.mark.parametrize("how", [{"fresh": True}, {"timed": True}])
def test_a_build_that_is_to_be_clean_begins_with_nothing(tmp_path: Path, builds: Path, how: dict[str, Any]) -> None:
    one = order(tmp_path, noted(tmp_path))
    failed(one, tmp_path)
    assert not build_order(one, **how).record.resumed
    assert times_done(tmp_path) == 2
    assert left(builds) == []


def test_other_sources_begin_with_nothing_and_what_was_kept_goes(tmp_path: Path, builds: Path) -> None:
    one = order(tmp_path, noted(tmp_path))
    failed(one, tmp_path)
    (tmp_path / "service" / "main.c").write_text("int main() { return 1; }")
    assert not build_order(one).record.resumed
    assert times_done(tmp_path) == 2
    assert left(builds) == []


def test_what_another_process_is_building_stays(tmp_path: Path, builds: Path) -> None:
    (tmp_path / "broken").unlink()
    other = builds / f"made-{'0' * 16}.work"
    other.mkdir(parents=True)
    (builds / f"made-more-{'0' * 16}.work").mkdir()
    with other.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        build_order(order(tmp_path))
        assert sorted(left(builds)) == [other.name, f"made-more-{'0' * 16}.work"]
    (tmp_path / "service" / "main.c").write_text("int main() { return 1; }")
    build_order(order(tmp_path))
    assert left(builds) == [f"made-more-{'0' * 16}.work"], "that is of another service"


def test_sources_are_those_of_the_key_and_output_is_that_of_this_build(tmp_path: Path) -> None:
    once = 'mkdir "$2/lib"; test -e "$1/done" && touch "$2/lib/second" || touch "$2/lib/first"; touch "$1/done"'
    one = order(tmp_path, "echo //changed >> main.c", once, more=["lib"])
    failed(one, tmp_path)
    built = build_order(one)
    assert built.record.resumed
    assert built.artefact.read_text() == f"{SOURCE}//changed\n"
    assert [path.name for path in (built.artefact.parent / "lib").iterdir()] == ["second"]


def test_what_cannot_go_on_begins_with_nothing(tmp_path: Path) -> None:
    one, said = order(tmp_path, 'mkdir "$1/new"'), list[str]()
    failed(one, tmp_path)
    assert not build_order(one, say=said.append).record.resumed
    assert said[1].startswith("made: build failed: sh -c mkdir")
    assert said[1].endswith("(exit code 1); again, from the beginning")


@pytest.mark.parametrize(("number", "goes_on"), [(signal.SIGTERM, True), (signal.SIGINT, True), (signal.SIGKILL, False)])
def test_an_interrupted_build_goes_on_unless_something_may_be_cut_short(
    tmp_path: Path, number: signal.Signals, goes_on: bool
) -> None:
    waits = f'touch "{tmp_path}/waiting"; while test -e "{tmp_path}/broken"; do sleep 0.02; done'
    one = order(tmp_path, noted(tmp_path), waits)
    code = (
        "import sys; from loadgen.build.build import Order, build_order; from loadgen.config.build import Build\n"
        "from pathlib import Path; from primebench.exit_codes import end_with\n"
        "plan = Build.model_validate_json(sys.argv[2])\n"
        "end_with(lambda: build_order(Order('made', Path(sys.argv[1]), plan)))"
    )
    command = [sys.executable, "-c", code, str(one.folder), one.plan.model_dump_json()]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ, stderr=subprocess.PIPE) as process:
        awaited((tmp_path / "waiting").exists, "the build to be under way")
        process.send_signal(number)
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == (130 if goes_on else -number)
    (tmp_path / "broken").unlink()
    said = list[str]()
    assert build_order(one, say=said.append).record.resumed is goes_on
    assert said == [f"building made from source{', on from where that was interrupted' if goes_on else ''}"]
    assert times_done(tmp_path) == (1 if goes_on else 2)


def test_a_signal_while_a_command_of_a_build_starts_cuts_nothing_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine it may come before the program waits for the command."""

    @contextmanager
    def held_until_the_signal() -> Iterator[None]:
        yield
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr("loadgen.system.process.held", held_until_the_signal)
    ended: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        run_build_step(
            ["sleep", "1000"],
            name="x",
            cwd=tmp_path,
            log=tmp_path / "log",
            environment=dict(os.environ),
            ended=lambda: ended.append("by itself"),
        )
    assert ended == ["by itself"]


SERVICE = """
schema = 2
name = "small"
task = "prime"
title = "small"
language = "sh"
tier = "reference"
[build]
commands = [["sh", "-c", "out=$1; shift; echo $FLAVOUR $@ > $out/program", "sh", "{out}", "{arguments}"]]
artefact = "program"
[start]
command = ["{artefact}", "{port}"]
[variants.started-otherwise]
title = "the same program"
tier = "reference"
arguments = ["--other"]
[variants.built-otherwise]
title = "another program"
tier = "tuned"
[variants.built-otherwise.build]
arguments = ["-O3", "-g"]
environment = { FLAVOUR = "sweet" }
[variants.by-other-means]
title = "another program"
tier = "reference"
[variants.by-other-means.build]
needs = ["cp"]
commands = [["cp", "main.c", "{out}/program"]]
"""


def contenders(folder: Path, text: str = SERVICE) -> dict[str, Contender]:
    (folder / "service" / "service.toml").write_text(text)
    own = {"small": read_service(folder / "service")}
    return {name: find_contender(f"small:{name}" if name else "small", own) for name in ("", *own["small"].file.variants)}


def test_a_variant_is_built_as_its_service_unless_it_says_how(tmp_path: Path) -> None:
    built = {name: build(contender) for name, contender in contenders(tmp_path).items()}
    assert {name: one.artefact.read_text() for name, one in built.items()} == {
        "": "\n",
        "started-otherwise": "\n",
        "built-otherwise": "sweet -O3 -g\n",
        "by-other-means": SOURCE,
    }
    assert built["started-otherwise"] == built[""]
    assert len({one.record.key for one in built.values()}) == 3
    assert {name: one.record.service for name, one in built.items()} == {
        "": "small",
        "started-otherwise": "small",
        "built-otherwise": "small+built-otherwise",
        "by-other-means": "small+by-other-means",
    }
    assert list(built["by-other-means"].record.tools) == ["cp"]


def test_only_what_a_variant_says_keeps_a_build_from_being_shared(tmp_path: Path) -> None:
    plain = SERVICE.replace(', "{arguments}"]', "]").partition("[variants.built-otherwise]")[0]
    with_place, without = (build(contenders(tmp_path, text)[""]) for text in (SERVICE, plain))
    assert with_place.record.key == without.record.key


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (
            ', "{arguments}"]',
            "]",
            r"built-otherwise\.build\.arguments: expected \{arguments\} in a command of \[build\]",
        ),
        (
            '"{arguments}"',
            '"-f={arguments}"',
            r"expected \{arguments\} as an argument of its own, not '-f=\{arguments\}'",
        ),
        ('["cp", "main.c", "{out}/program"]', '["cp", "{port}"]', r"variants\.by-other-means\.build: .*not \['port'\]"),
    ],
)
def test_a_build_that_cannot_be_meant_is_named(tmp_path: Path, before: str, after: str, fault: str) -> None:
    assert before in SERVICE
    with pytest.raises(Error, match=rf"service\.toml: .*{fault}"):
        contenders(tmp_path, SERVICE.replace(before, after))


def test_a_build_under_way_is_told_from_one_that_was_never_begun(tmp_path: Path) -> None:
    text = SERVICE.replace("echo $FLAVOUR", f"test ! -e {tmp_path}/broken && echo $FLAVOUR")
    one = contenders(tmp_path, text)[""]
    assert not is_under_way(one)
    with pytest.raises(Error, match="small: build failed"):
        build(one)
    assert is_under_way(one)
    (tmp_path / "broken").unlink()
    build(one)
    assert not is_under_way(one)


def test_the_command_names_what_it_cannot_build_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contenders(tmp_path, SERVICE.replace("echo $FLAVOUR", "echo no such header >&2; exit 3; echo $FLAVOUR"))
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(build_command, [str(next(tmp_path.rglob("service.toml")).parent)])
    assert result.exit_code == 2
    assert result.stderr.startswith("primebench: small: build failed: sh -c"), result.stderr


def test_arguments_take_the_place_of_their_placeholder_and_leave_none() -> None:
    plan = Build(commands=[["cc", "{arguments}", "-o", "{out}/x"]], artefact="x", environment={"A": "1"})
    assert plan.other(None).commands == [["cc", "-o", "{out}/x"]]
    other = plan.other(OtherBuild(arguments=["-O2"], environment={"B": "2"}, needs=["cc"]))
    assert (other.commands, other.environment, other.needs) == ([["cc", "-O2", "-o", "{out}/x"]], {"A": "1", "B": "2"}, ["cc"])


def test_of_a_command_that_downloads_and_fails_it_is_said_that_it_needs_the_network(tmp_path: Path) -> None:
    plan = Build(fetch=[["sh", "-c", "echo no route to host >&2; exit 3"]], commands=[["true"]], artefact="program")
    with pytest.raises(Error, match=r"(?s)exit code 3.*no route to host.*build\.fetch may use the network"):
        build_order(Order("made", tmp_path / "service", plan))
    with pytest.raises(Error) as failed:
        build_order(Order("made", tmp_path / "service", plan.replace(fetch=[], commands=[["sh", "-c", "exit 3"]])))
    assert "network" not in str(failed.value)
