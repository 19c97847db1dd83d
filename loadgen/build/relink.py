"""The same program in another layout: linked again in another order, or at least under another and longer name.

Where functions lie moves times by some percent though no line has changed (Mytkowicz et al. 2009, "Producing wrong data without
doing anything obviously wrong!"). A regression check measures both sides in both layouts.
"""

from pathlib import Path

from loadgen.build.build import Built
from loadgen.config.build import Build
from loadgen.placeholder import filled

OTHER = "the-same-program-linked-again-in-another-order"
"""The folder in {out} for the other layout; its name is the longer path."""


LARGER_ENVIRONMENT = {"PRIMEBENCH_PADDING": "x" * 4096}
"""The other layout starts with it: the environment lies below the stack and moves that, too."""


def in_both_layouts(plan: Build, programs: list[str]) -> Build:
    """The build that leaves `programs` of {out} in {out}/{relinked}, too. A plan without `relinked` commands copies them."""
    copies = [["install", "-D", f"{{out}}/{one}", f"{{out}}/{OTHER}/{one}"] for one in programs]
    again = [[filled(part, {"relinked": f"{{out}}/{OTHER}"}) for part in command] for command in plan.relinked]
    made = [["mkdir", "-p", f"{{out}}/{OTHER}"], *again] if again else copies
    return plan.replace(commands=[*plan.commands, *made], more=[*plan.more, *(f"{OTHER}/{one}" for one in programs)], edit=None)


def relinked(artefact: Path) -> Path:
    """Where the other layout of an artefact lies that was built by such a plan."""
    return artefact.parent / OTHER / artefact.name


def relinked_build(built: Built) -> Built:
    """The same build, run from the other layout."""
    return built.replace(artefact=relinked(built.artefact))
