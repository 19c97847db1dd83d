"""Standard streams that are closed, full, unread or not blocking decide no exit code but by the one line that says so.

Every command is tried, whatever commands there are: with its help, which goes to standard output, and with an option that it
does not have, which it refuses on standard error.
"""

import fcntl
import json
import os
import pty
import sys
import threading
from pathlib import Path

import pytest

from tests.unit.console import commands, pipe_without_a_reader, run, said
from tests.unit.run_folder import write_run_folder

COMMANDS = [pytest.param(words, id=" ".join(words) or "no command") for words in [[], *commands()]]
FULL = ["primebench: standard output cannot be written: No space left on device; the rest of the work is done"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "finished"
    write_run_folder(folder, "finished", {"cpp": "C++", "go": "Go"})
    return folder


@pytest.mark.parametrize("words", COMMANDS)
def test_help_that_nobody_reads_is_no_failure(words: list[str]) -> None:
    with pipe_without_a_reader() as nobody:
        done = run(*words, "--help", stdout=nobody)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", COMMANDS)
def test_help_on_a_full_disk_is_error_in_one_line(words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(*words, "--help", stdout=full)
    assert (done.returncode, said(done)) == (2, FULL)


@pytest.mark.parametrize("words", COMMANDS)
def test_help_without_any_stream(words: list[str]) -> None:
    done = run(*words, "--help", shell='exec "$@" <&- >&- 2>&-')
    assert done.returncode == 0


@pytest.mark.parametrize("words", COMMANDS)
def test_a_refusal_that_nobody_can_read_is_a_refusal_all_the_same(words: list[str]) -> None:
    with pipe_without_a_reader() as nobody:
        done = run(*words, "--no-such-option", stderr=nobody)
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.parametrize("state", ["2>&-", "2>/dev/full", "2</dev/null", "<&- >&- 2>&-"])
def test_a_refusal_is_one_in_every_state_of_standard_error(state: str) -> None:
    assert run("report", "/no/such/run", shell=f'exec "$@" {state}').returncode == 2


@pytest.mark.parametrize("state", [">&-", "2>&-", "<&-", ">&- 2>&-"])
def test_a_closed_stream_is_like_the_null_device(state: str) -> None:
    done = run("list", shell=f'exec "$@" {state}')
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"services") is (not state.startswith(">&-"))


@pytest.mark.parametrize("arguments", [["--version"], ["list"], ["list", "--json"], ["doctor", "--json"]])
def test_what_only_prints_ends_as_if_all_had_been_read(arguments: list[str]) -> None:
    read = run(*arguments)
    with pipe_without_a_reader() as nobody:
        done = run(*arguments, stdout=nobody)
    assert (done.returncode, done.stderr) == (read.returncode, read.stderr)
    with Path("/dev/full").open("wb") as full:
        done = run(*arguments, stdout=full)
    assert done.returncode == 2
    assert len(said(done)) <= 1


@pytest.mark.parametrize(("command", "options"), [("report", []), ("report", ["--json"]), ("audit", ["--format", "csv"])])
def test_files_are_written_though_nobody_reads_the_tables(command: str, options: list[str], finished: Path) -> None:
    written = finished / "summary.json"
    for stdout, code in (("/dev/full", 2), ("unread", 0)):
        written.unlink(missing_ok=True)
        with pipe_without_a_reader() as nobody, Path("/dev/full").open("wb") as full:
            done = run(command, str(finished), *options, stdout=full if stdout == "/dev/full" else nobody)
        assert (done.returncode, said(done)) == (code, FULL if code else [])
        assert written.is_file() or command == "audit"


def test_a_pipe_that_does_not_block_gets_everything(finished: Path) -> None:
    """Node and others leave O_NONBLOCK on a pipe that they share; a write to a full one then fails with EAGAIN."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writing, False)
    parts: list[bytes] = []

    def read() -> None:
        with open(reading, "rb") as pipe:  # noqa: PTH123
            parts.append(pipe.read())

    reader = threading.Thread(target=read)
    reader.start()
    done = run("report", str(finished), "--json", stdout=writing)
    os.close(writing)
    reader.join()
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(parts[0]) == json.loads((finished / "summary.json").read_bytes())


def test_a_terminal_that_has_hung_up_is_like_a_reader_that_has_gone() -> None:
    controller, terminal = pty.openpty()
    os.close(controller)
    done = run("list", stdout=terminal)
    os.close(terminal)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_standard_output_that_is_open_for_reading_only_is_error() -> None:
    done = run("list", shell='exec "$@" 1</dev/null')
    assert done.returncode == 2
    assert said(done) == [FULL[0].replace("No space left on device", "Bad file descriptor")]


def test_no_file_of_the_program_becomes_a_standard_stream_of_its_children(tmp_path: Path) -> None:
    """With descriptors 0 to 2 closed, the next three files that are opened would be the children's standard streams."""
    code = (
        "import os, subprocess, sys\n"
        "from primebench.exit_codes import end_with\n"
        "def command():\n"
        "    with open('opened', 'w') as file:\n"
        "        assert file.fileno() > 2, file.fileno()\n"
        "        subprocess.run(['sh', '-c', 'echo from a child; echo from a child >&2; cat'], check=True)\n"
        "end_with(command)\n"
    )
    shell = f"""cd '{tmp_path}'; exec '{sys.executable}' -c "$2" <&- >&- 2>&-"""
    assert run(code, shell=shell, environment={"PYTHONPATH": str(Path(__file__).parents[2])}).returncode == 0
    assert (tmp_path / "opened").read_bytes() == b""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8", "utf-16", "ascii:strict"])
def test_names_that_the_encoding_lacks_are_spelled(encoding: str) -> None:
    done = run("verify", "caf\udce9-µ-\N{SNOWMAN}", environment={"PYTHONIOENCODING": encoding})
    assert done.returncode == 2
    assert len(done.stderr.decode(encoding.partition(":")[0]).splitlines()) == 1
