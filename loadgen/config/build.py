"""How a service is built, as service.toml has it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, ClassVar, Literal

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


def _unknown_placeholders(arguments: Iterable[str], known: frozenset[str]) -> set[str]:
    return {name for argument in arguments for name in PLACEHOLDER.findall(argument)} - known


class Build(Strict):
    """How to make the artefact. Commands run in a staged copy of `root`; `{out}`, `{scratch}` and `{source}` are folders."""

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
    placeholders: ClassVar[frozenset[str]] = BUILD_PLACEHOLDERS
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

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> "Build":
        arguments = [a for command in (*self.fetch, *self.commands) for a in command]
        unknown = _unknown_placeholders([*arguments, *self.environment.values()], self.placeholders)
        if unknown:
            raise ValueError(f"expected placeholders from {sorted(self.placeholders)}, not {sorted(unknown)}")
        relinking = self.placeholders | {"relinked"}
        if unknown := _unknown_placeholders([a for command in self.relinked for a in command], relinking):
            raise ValueError(f"relinked: expected placeholders from {sorted(relinking)}, not {sorted(unknown)}")
        return self
