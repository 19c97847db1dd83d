"""Environments that people run programs in, each with one thing that programs stumble over."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Surroundings:
    """What a command starts with: all of it may be changed. `folder` is empty and only this command's."""

    folder: Path
    environment: dict[str, str]
    prefix: list[str] = field(default_factory=list)
    working_folder: Path = Path()
    results: Path = Path()

    def make(self, name: str, mode: int = 0o755) -> Path:
        """Make a folder of this name (any bytes) and return it."""
        place = self.folder / name
        place.mkdir(parents=True)
        place.chmod(mode)
        return place

    def write(self, name: str, text: str) -> str:
        """Write a file and return its path."""
        place = self.folder / name
        place.write_text(text, encoding="utf-8")
        return str(place)


Change = Callable[[Surroundings], None]


def sets(**variables: str) -> Change:
    """Return the change that sets these variables."""
    return lambda around: around.environment.update(variables)


def unsets(*names: str) -> Change:
    """Return the change that takes these variables away."""

    def change(around: Surroundings) -> None:
        for name in names:
            around.environment.pop(name, None)

    return change


def temporary_folder(name: str, variable: str = "TMPDIR") -> Change:
    """Return the change that puts temporary files (or what else `variable` names) into a folder of this name."""
    return lambda around: around.environment.update({variable: str(around.make(name))})


def starts_by(*prefix: str) -> Change:
    """Return the change that puts a command in front."""
    return lambda around: around.prefix.extend(prefix)


def in_shell(line: str) -> Change:
    """Return the change that runs a line of shell first, in the process that becomes the command."""
    return starts_by("sh", "-c", f'{line}\nexec "$@"', "sh")


def in_python(lines: str) -> Change:
    """Return the change that runs Python first, in the process that becomes the command."""
    return starts_by("python3", "-c", f"import os, signal, sys\n{lines}\nos.execvp(sys.argv[1], sys.argv[1:])")


def _bare(around: Surroundings) -> None:
    kept = ("PATH", "PRIMEBENCH_OHA", "PRIMEBENCH_CACHE")
    around.environment = {name: around.environment[name] for name in kept}


def _without_git(around: Surroundings) -> None:
    """A PATH of links to everything but git."""
    place = around.make("programs")
    for folder in reversed(around.environment["PATH"].split(os.pathsep)):
        for program in Path(folder).glob("*"):
            if program.name != "git":
                (place / program.name).unlink(missing_ok=True)
                (place / program.name).symlink_to(program)
    around.environment["PATH"] = str(place)


def _in_a_hook_of_git(around: Surroundings) -> None:
    around.environment |= {
        "GIT_DIR": "/nonexistent/.git",
        "GIT_INDEX_FILE": "/nonexistent/index",
        "GIT_WORK_TREE": "/nonexistent",
        "GIT_PREFIX": "sub/",
    }


def _settings_of_git(around: Surroundings) -> None:
    text = "[color]\nui = always\n[core]\nhooksPath = /nonexistent\npager = false\n[status]\nshort = true\nbranch = true\n"
    around.environment["GIT_CONFIG_GLOBAL"] = around.write("gitconfig", text)


def _settings_of_matplotlib(around: Surroundings) -> None:
    around.environment["MATPLOTLIBRC"] = around.write("matplotlibrc", "font.size: 40\nsavefig.dpi: 5\ntext.usetex: True\n")


def _read_only_home(around: Surroundings) -> None:
    around.environment["HOME"] = str(around.make("home", 0o555))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"):
        around.environment.pop(name, None)


def _scripts_of_shells(around: Surroundings) -> None:
    noisy = around.write("noisy.sh", "echo a line from a start-up file\ncd /\n")
    around.environment |= {"BASH_ENV": noisy, "ENV": noisy, "CDPATH": "/:/tmp"}


def _linked_results(around: Surroundings) -> None:
    (around.folder / "elsewhere").mkdir()
    around.results.symlink_to(around.folder / "elsewhere")


def _relative_results(around: Surroundings) -> None:
    around.results = Path("..") / around.working_folder.name / "relative results"


def _relative_temporary_folder(around: Surroundings) -> None:
    (around.working_folder / "tmp").mkdir()
    around.environment["TMPDIR"] = "tmp"


def _linked_temporary_folder(around: Surroundings) -> None:
    (around.folder / "link").symlink_to(around.make("target"))
    around.environment["TMPDIR"] = str(around.folder / "link")


def _working_folder(name: str) -> Change:
    def change(around: Surroundings) -> None:
        around.working_folder = around.make(name)

    return change


def _read_only_working_folder(around: Surroundings) -> None:
    around.working_folder = around.make("read only", 0o555)


def _modules_in_working_folder(around: Surroundings) -> None:
    """Files that a Python which looks into the working folder would take for the standard library's."""
    for name in ("json", "numpy", "click", "loadgen"):
        (around.working_folder / f"{name}.py").write_text("raise SystemExit('the wrong module')\n", encoding="utf-8")


HOSTILE: dict[str, Sequence[Change]] = {
    # variables
    "nothing but PATH": [_bare],
    "a hook of git": [_in_a_hook_of_git],
    "git's settings": [_settings_of_git],
    "no git": [_without_git],
    "python: optimised": [sets(PYTHONOPTIMIZE="2")],
    "python: warnings are errors": [sets(PYTHONWARNINGS="error")],
    "python: paths that are not there": [
        sets(PYTHONPATH="/nonexistent", PYTHONSTARTUP="/nonexistent", PYTHONUSERBASE="/nonexistent")
    ],
    "python: no UTF-8": [sets(PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", LC_ALL="C")],
    "python: ASCII": [sets(PYTHONIOENCODING="ascii")],
    "python: Latin-1": [sets(PYTHONIOENCODING="latin-1:strict")],
    "matplotlib: a notebook's backend": [sets(MPLBACKEND="module://matplotlib_inline.backend_inline")],
    "matplotlib: settings": [_settings_of_matplotlib],
    "matplotlib: no folder": [sets(MPLCONFIGDIR="/proc/nonexistent")],
    "colour forced": [
        sets(FORCE_COLOR="1", CLICOLOR_FORCE="1", TTY_COMPATIBLE="1", TTY_INTERACTIVE="1", TERM="xterm-256color")
    ],
    "colour refused": [sets(NO_COLOR="1", TERM="dumb")],
    "no such terminal": [sets(TERM="no-such-terminal", COLUMNS="-1", LINES="x")],
    "a terminal of one column": [sets(COLUMNS="1")],
    "a terminal of a million columns": [sets(COLUMNS="1000000")],
    "locale C": [sets(LC_ALL="C")],
    "locale POSIX": [sets(LC_ALL="POSIX", LANG="POSIX")],
    "a locale that is not there": [sets(LC_ALL="de_DE.UTF-8", LANGUAGE="de:fr")],
    "an odd time zone": [sets(TZ="Asia/Kathmandu")],
    "no such time zone": [sets(TZ="No/Such:Zone")],
    "a proxy": [sets(**dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"), "http://127.0.0.1:9"))],
    "settings of runtimes": [sets(GOGC="1", GOMAXPROCS="1", GODEBUG="x=1", TOKIO_WORKER_THREADS="0", RUST_LOG="trace")],
    "settings of benchmarks": [sets(BENCHMARK_FILTER="x", BENCHMARK_FORMAT="csv", CRITERION_HOME="/nonexistent")],
    "settings of numeric libraries": [sets(OMP_NUM_THREADS="0", OPENBLAS_NUM_THREADS="x", MKL_NUM_THREADS="-1")],
    "a make above": [sets(MAKEFLAGS="-j8 --jobserver-auth=3,4", MFLAGS="-j8", MAKELEVEL="3")],
    "start-up files of shells": [_scripts_of_shells],
    "a date of the build": [sets(SOURCE_DATE_EPOCH="0")],
    "a large environment": [sets(PADDING="x" * 100_000)],
    "CI": [sets(CI="true", GITHUB_ACTIONS="true", RUNNER_TEMP="/nonexistent", BUILD_NUMBER="7")],
    # homes, caches, temporary folders
    "no HOME": [unsets("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")],
    "a HOME that is not there": [sets(HOME="/nonexistent")],
    "a HOME that is read only": [_read_only_home],
    "temporary folder: Jenkins": [temporary_folder("feature%2Ffoo")],
    "temporary folder: marks": [temporary_folder("a b?c#d;e&f'g\"h$i%p")],
    "temporary folder: not ASCII": [temporary_folder("Größe 大")],
    "temporary folder: not UTF-8": [temporary_folder(os.fsdecode(b"caf\xe9"))],
    "temporary folder: a new line": [temporary_folder("two\nlines")],
    "temporary folder: relative": [_relative_temporary_folder],
    "temporary folder: a link": [_linked_temporary_folder],
    "cache: marks": [temporary_folder("a cache%2F {out}", "PRIMEBENCH_CACHE")],
    "cache: relative": [sets(PRIMEBENCH_CACHE="a relative cache")],
    # folders
    "working folder: marks": [_working_folder("a b%20c [bold]")],
    "working folder: read only": [_read_only_working_folder],
    "working folder: gone": [in_shell('mkdir gone && cd gone && rmdir "$PWD"')],
    "working folder: modules": [_modules_in_working_folder],
    "results: a link": [_linked_results],
    "results: relative": [_relative_results],
    # streams, signals, limits
    "no standard input": [in_shell("exec <&-")],
    "endless standard input": [in_shell("exec </dev/zero")],
    "no standard error": [in_shell("exec 2>&-")],
    "files that stayed open": [in_shell("exec 3</dev/null 7</dev/null 9>/dev/null")],
    "nohup": [in_python("signal.signal(signal.SIGHUP, signal.SIG_IGN)")],
    "a background job": [in_python("[signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGQUIT)]")],
    "signals that are blocked": [
        in_python("signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD, signal.SIGINT, signal.SIGALRM})")
    ],
    "children that are not waited for": [in_python("signal.signal(signal.SIGCHLD, signal.SIG_IGN)")],
    "umask 077": [in_shell("umask 077")],
    "umask 000": [in_shell("umask 000")],
    "umask 777": [in_shell("umask 777")],
    "few open files": [in_shell("ulimit -n 256")],
    "no core files, a small stack": [in_shell("ulimit -c 0; ulimit -s 1024")],
    "niced": [starts_by("nice", "-n", "19")],
    "one core": [starts_by("taskset", "-c", str(min(os.sched_getaffinity(0))))],
}
"""What the environment is called, and its changes."""


def apply(name: str, around: Surroundings) -> None:
    """Make the surroundings the hostile ones of this name."""
    for change in HOSTILE[name]:
        change(around)
