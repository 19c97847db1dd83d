"""The same program in another layout: linked again in another order, or at least under another and longer name.

Where functions lie moves times by some percent though no line has changed (Mytkowicz et al. 2009, "Producing wrong data without
doing anything obviously wrong!"). A regression check measures both sides in both layouts.
"""

from pathlib import Path, PurePosixPath

from loadgen.build.build import OTHER, Built
from loadgen.config.build import Build
from loadgen.placeholder import filled

LARGER_ENVIRONMENT = {"PRIMEBENCH_PADDING": "x" * 4096}
"""The other layout starts with it: the environment lies below the stack and moves that, too."""


def in_both_layouts(plan: Build, programs: list[str]) -> Build:
    """The build that leaves `programs` of {out} in {out}/{relinked}, too, with what is kept beside them. A plan without
    `relinked` commands copies them.
    """
    beside = [part for name in plan.more for part in _copied(name)]
    alone = [name for name in programs if not any(PurePosixPath(name).is_relative_to(other) for other in plan.more)]
    copies = [["install", "-D", f"{{out}}/{name}", f"{{out}}/{OTHER}/{name}"] for name in alone]
    again = [[filled(part, {"relinked": f"{{out}}/{OTHER}"}) for part in command] for command in plan.relinked]
    made = [["mkdir", "-p", f"{{out}}/{OTHER}"], *again] if again else copies
    kept = [f"{OTHER}/{name}" for name in (*plan.more, *(programs if again else alone))]
    return plan.replace(commands=[*plan.commands, *beside, *made], more=[*plan.more, *kept], edit=None)


def _copied(name: str) -> list[list[str]]:
    """Commands for a file or a folder of {out}, without following links: an environment of Python's has some."""
    other = f"{{out}}/{OTHER}/{name}"
    return [["install", "-d", str(PurePosixPath(other).parent)], ["cp", "-R", f"{{out}}/{name}", other]]


def relinked(artefact: Path, name: str) -> Path:
    """Where the other layout of an artefact lies that was built by such a plan; `name` is its path in {out}."""
    return artefact.parents[len(PurePosixPath(name).parts) - 1] / OTHER / name


def relinked_build(built: Built, name: str) -> Built:
    """The same build, run from the other layout; `name` is the artefact's path in {out}."""
    return built.replace(artefact=relinked(built.artefact, name))
