"""Every check with what it finds, in a sentence or two: the first paragraph of what is written beside its code. Pure."""

import inspect

from analysis.checks import contender, load, machines
from analysis.checks.registry import AFFECTED, TRIAL_CHECKS
from analysis.checks.trial import NAMES


def described() -> dict[str, str]:
    """Return the checks in the order in which flags are shown."""
    written = vars(load) | vars(contender) | vars(machines)
    of_several = {name: written[name] for name in AFFECTED if name not in NAMES}
    functions = {name: TRIAL_CHECKS[name].run for name in NAMES} | of_several
    return {name: _first_paragraph(inspect.getdoc(function) or "") for name, function in functions.items()}


def _first_paragraph(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())
