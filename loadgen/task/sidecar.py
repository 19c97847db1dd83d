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
    """How a side service shows that it is ready."""

    command: Command | None = None
    """It is ready once this command ends with 0; without it, once its port takes connections."""
    within_s: Annotated[float, Field(gt=0, le=600, strict=False)] = 30.0
    """How long it may take to be ready."""


class Proof(Strict):
    """Evidence of the work that a side service did."""

    command: Command
    """Prints a number that grows with the side service's work."""
    per_request: Annotated[float, Field(gt=0, strict=False)]
    """By how much it must grow for each request of the smoke check, on average; less raises `skipped_work`."""


class Sidecar(Strict):
    """A side service, fresh for each trial, started before the service."""

    name: Name
    """As of a task."""
    command: Command
    """Starts it; SIGTERM ends it."""
    prepare: list[Command] = []
    """Commands that fill `{scratch}`. They run once, and each trial starts with a copy of what they left."""
    after: list[Command] = []
    """Commands that run once it is ready."""
    environment: dict[str, str] = {}
    """Variables of its own."""
    user: str | None = None
    """Who runs it where primebench is run by root: databases refuse root."""
    ready: SidecarReady = SidecarReady()
    gives: dict[str, str] = {}
    """Variables of the service's environment."""
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
