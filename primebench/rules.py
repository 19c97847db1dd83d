"""What a run asks the analysis while it measures."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loadgen.record.folder import RunFolder
    from loadgen.record.run import RunRecord
    from loadgen.run.state import Rules


def rules_of(folder: "RunFolder", run: "RunRecord") -> "Rules":
    """Return the rules of the run in `folder`."""
    from analysis.field.read import undecided_pairs
    from analysis.trial.early_stop import stopping_rule
    from loadgen.run.state import Rules
    from loadgen.task.find import scale_of

    return Rules(stopping_rule(folder, run), lambda: undecided_pairs(folder.path, scale_of))
