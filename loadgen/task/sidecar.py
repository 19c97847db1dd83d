"""Side services: programs that a service needs beside it, such as a database, as a task describes them."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from loadgen.placeholder import PLACEHOLDER
from loadgen.strict import Strict

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""Of whatever a task has several of."""
Command = Annotated[list[str], Field(min_length=1)]
SIDECAR_PLACEHOLDERS = frozenset({"port", "scratch", "folder"})
"""`{port}` is free, `{scratch}` a folder of its own that is empty at first, `{folder}` that of the task."""


class SidecarReady(Strict):
    """How a side service shows that it is ready: the command ends with 0. Without, its port takes connections."""

    command: Command | None = None
    within_s: Annotated[float, Field(gt=0, le=600, strict=False)] = 30.0


class Proof(Strict):
    """A command that prints a number which grows with the side service's work, and by how much at least for each request."""

    command: Command
    per_request: Annotated[float, Field(gt=0, strict=False)]


class Sidecar(Strict):
    """A side service, fresh for each trial, started before the service.

    `prepare` are commands that fill `{scratch}`; they run once, and each trial gets a copy of what they left. `user`: who runs
    it where primebench itself is run by root. `gives` are variables of the service's environment. `after` are commands that run
    once it is ready.
    """

    name: Name
    command: Command
    prepare: list[Command] = []
    after: list[Command] = []
    environment: dict[str, str] = {}
    user: str | None = None
    ready: SidecarReady = SidecarReady()
    gives: dict[str, str] = {}
    proof: Proof | None = None

    @property
    def commands(self) -> list[Command]:
        """All that it runs."""
        asking = [self.ready.command or [], self.proof.command if self.proof else []]
        return [self.command, *self.prepare, *self.after, *asking]

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> "Sidecar":
        texts = [text for command in self.commands for text in command]
        texts += [*self.environment.values(), *self.gives.values()]
        unknown = {name for text in texts for name in PLACEHOLDER.findall(text)} - SIDECAR_PLACEHOLDERS
        if unknown:
            raise ValueError(f"expected placeholders from {sorted(SIDECAR_PLACEHOLDERS)}, not {sorted(unknown)}")
        return self
