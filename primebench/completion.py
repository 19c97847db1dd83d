"""What a shell completes: commands and options by click, names of services, workloads and profiles from their files.

The files are read without what validates them, because a shell waits for the answer. A wrong file has no names, and an error
says nothing: whoever presses Tab is in the middle of a line.
"""

import tomllib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from primebench.exit_codes import ExitCode
from primebench.output import write
from primebench.project import PROJECT_FILE, Project, find_project

PROGRAM = "primebench"
VARIABLE = "_PRIMEBENCH_COMPLETE"
"""By which a shell's script says that it wants completions, and for which shell: `bash_complete`."""
PROJECT_PROFILES = ("quick", "standard", "smoke", "regress", "microbench", "microbench-quick")
"""Those of every project, as loadgen.config.project.default_profiles makes them."""


class Bash(BashComplete):
    """Bash ends a word at a colon and at an equals sign, too: SERVICE:VARIANT comes as three, of which it replaces the last."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is completed, and that one, each as it was typed."""
        before, last = super().get_completion_args()
        words = [""]
        for word in (*(word for word in before if word != "="), last):
            if word == ":" or words[-1].endswith(":"):
                words[-1] += word
            else:
                words.append(word)
        self._kept = words[-1].rpartition(":")[0]
        return words[1:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """Return the line for the script: of a value what stands behind the last colon that was typed."""
        value = item.value.removeprefix(f"{self._kept}:") if self._kept else item.value
        return f"{item.type},{value}"


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": ZshComplete, "fish": FishComplete}


def script(group: click.Command, shell: str) -> str:
    """Return the script that the shell has to read, once in each session."""
    made = SHELLS[shell](group, {}, PROGRAM, VARIABLE)
    return made.source_template % made.source_vars()  # made.source() starts a bash to ask for its version


def complete(group: click.Command, instruction: str) -> ExitCode:
    """Print what can follow the words that the shell's script hands on in the environment."""
    shell = SHELLS.get(instruction.removesuffix("_complete"))
    with suppress(Exception, KeyboardInterrupt):
        if shell is not None:
            write(f"{shell(group, {}, PROGRAM, VARIABLE).complete()}\n")
            return ExitCode.FINE
    return ExitCode.ERROR


def services(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Return the project's services and their variants; where none begins like that, folders."""
    names = []
    for file in _services(find_project(context.params.get("example"))):
        if name := file.get("name"):
            names += [name, *(f"{name}:{variant}" for variant in _table(file, "variants"))]
    return _beginning(names, typed) or [CompletionItem(typed, type="dir")]


def folders(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Leave it to the shell, which knows them."""
    return [CompletionItem(typed, type="dir")]


def workloads(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Return the workloads of the scenarios that the line asks for, or else of the project's."""
    return _beginning(_table(_read(_scenarios(context)), "workloads"), typed)


def profiles(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Return the profiles of the same."""
    path = _scenarios(context)
    always = PROJECT_PROFILES if path.name == PROJECT_FILE else ()
    return _beginning(dict.fromkeys([*always, *_table(_read(path), "profiles")]), typed)


def _scenarios(context: click.Context) -> Path:
    scenarios: Path | None = context.params.get("scenarios")
    return scenarios or find_project(context.params.get("example")).scenarios


def _services(project: Project) -> list[dict[str, Any]]:
    """Return what the services say of themselves that loadgen.config.service.services_of finds."""
    file = _read(project.scenarios)
    named = [project.folder] if "service" in file else []
    named += [project.folder / folder for folder in file.get("services", [])]
    if not named:
        own = (*project.folder.glob("server/service.toml"), *sorted(project.folder.glob("peers/*/service.toml")))
        named = [path.parent for path in own]
    return [_read(folder / "service.toml") or _table(_read(folder / PROJECT_FILE), "service") for folder in named]


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _table(file: dict[str, Any], name: str) -> dict[str, Any]:
    return table if isinstance(table := file.get(name), dict) else {}


def _beginning(names: Iterable[str], typed: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(typed)]
