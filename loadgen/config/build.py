"""How a service is built, as service.toml has it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from loadgen.placeholder import PLACEHOLDER
from loadgen.strict import Strict

Tier = Literal["published", "reference", "tuned", "better-algorithm"]


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


Command = Annotated[list[str], Field(min_length=1)]


Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


def _within(path: str) -> str:
    parts = Path(path).parts
    if not path or path.startswith("/") or ".." in parts or "\0" in path:
        raise ValueError("expected a relative path without '..', of something within its folder")
    return path


Within = Annotated[str, AfterValidator(_within)]
"""A path below the folder that it is relative to: of an input, of what a build leaves, of a program."""


BUILD_PLACEHOLDERS = frozenset({"source", "out", "scratch"})
ARGUMENTS = "{arguments}"
"""The argument of a command that arguments of another build take the place of: none in the build as it is."""


def _unknown_placeholders(arguments: Iterable[str], known: frozenset[str]) -> set[str]:
    return {name for argument in arguments for name in PLACEHOLDER.findall(argument)} - known


def _check_placeholders(commands: Iterable[Command], others: Iterable[str], known: frozenset[str], where: str = "") -> None:
    """Raise ValueError for a placeholder that nobody fills in, and for {arguments} within an argument."""
    arguments = [argument for command in commands for argument in command]
    if unknown := _unknown_placeholders([*arguments, *others], known):
        raise ValueError(f"{where}expected placeholders from {sorted(known)}, not {sorted(unknown)}")
    if wrong := [argument for argument in arguments if ARGUMENTS in argument and argument != ARGUMENTS]:
        raise ValueError(f"{where}expected {ARGUMENTS} as an argument of its own, not '{wrong[0]}'")


class OtherBuild(Strict):
    """What another build of the same sources differs by: `arguments` take the place of the argument "{arguments}" in the
    commands, or `commands` replace them all. `needs` replace those of the build, `environment` is added to its own.
    """

    needs: list[str] = []
    """Programs in place of those of the build, if it names any."""
    arguments: list[str] = []
    """What takes the place of the argument `{arguments}` in the commands of the build."""
    commands: list[Command] = []
    """Commands in place of all of the build's."""
    environment: dict[str, str] = {}
    """Variables beside the build's."""

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> "OtherBuild":
        _check_placeholders(self.commands, self.environment.values(), BUILD_PLACEHOLDERS)
        return self


class Build(Strict):
    """How to make the artefact. Commands run in a staged copy of `root`; `{out}`, `{scratch}` and `{source}` are folders, and
    `{arguments}`, an argument of its own, is for other builds of the same.
    """

    needs: list[str] = []
    """Programs that must be on `PATH`. Where one is missing, the service is not measured, and a line says so."""
    root: str = "."
    """The folder that holds every input, as seen from this file."""
    inputs: list[Within] = ["."]
    """Files and folders below `root`, submodules with them; what git ignores is left out."""
    fetch: list[Command] = []
    """Commands that download. They are not timed."""
    commands: Annotated[list[Command], Field(min_length=1)]
    """Commands that build, and are timed."""
    relinked: list[Command] = []
    """Commands that run after the others and leave the same program, linked in another order, in `{relinked}`: for the
    regression check. Without them it takes a copy."""
    artefact: Within
    """What is started, below `{out}`."""
    more: list[Within] = []
    """Further files and folders of `{out}` that are kept beside it."""
    edit: Within | None = None
    """A file that gets a comment line appended, to time incremental builds where a profile asks for it; without it, none is."""
    edit_line: str = "// {token}"
    """That line."""
    environment: dict[str, str] = {}
    """Variables for the commands."""
    inherit: list[Variable] = []
    """Variables of the user's that reach the build as well."""
    debug: OtherBuild | None = None
    """What an extra build differs by that has names and lines of functions, for `primebench regress --explain`: the same code,
    with debug information."""

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> "Build":
        _check_placeholders(self.commands, (), BUILD_PLACEHOLDERS | {"arguments"})
        _check_placeholders(self.fetch, self.environment.values(), BUILD_PLACEHOLDERS)
        _check_placeholders(self.relinked, (), BUILD_PLACEHOLDERS | {"arguments", "relinked"}, "relinked: ")
        return self

    @property
    def takes_arguments(self) -> bool:
        """Return whether arguments of another build have a place in its commands."""
        return any(ARGUMENTS in command for command in self.commands)

    def other(self, change: OtherBuild | None) -> Self:
        """Return the build that differs by the change, or as it is; nothing is left of the argument "{arguments}"."""
        by = change or OtherBuild()

        def with_arguments(command: Command) -> Command:
            return [part for argument in command for part in (by.arguments if argument == ARGUMENTS else [argument])]

        return self.replace(
            needs=by.needs or self.needs,
            commands=[with_arguments(command) for command in by.commands or self.commands],
            relinked=[with_arguments(command) for command in self.relinked],
            environment=self.environment | by.environment,
            debug=None,
        )
