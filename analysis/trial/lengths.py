"""Right responses under load whose bodies have a length that nobody has checked. Pure: records and rows in, numbers out."""

import numpy as np

from analysis.trial.rows import Rows
from loadgen.record.lengths import BodyLengths
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial

RIGHT, UNSEEN, LENGTH = "right_rows of", "rows_of_unseen_length of", "unseen_length_bytes of"
"""Begin the names of figures, which end in a kind of request: right responses, those of another length than any that was
checked or than may come of chance, and the commonest such length.
"""


def verified_lengths(run: RunRecord, trial: LoadTrial) -> dict[str, BodyLengths]:
    """Return by kind what verification saw of the contender, or of the one that it is once more, where it asked the same."""
    assert trial.load is not None
    workload = run.workloads[trial.workload]
    asked = list(trial.load.kinds) or [workload.request.kind]
    by_label = {contender.label: contender for contender in run.contenders}
    contender = by_label.get(trial.contender)
    original = by_label.get(contender.twin_of or "") if contender else None
    lengths = next((other.lengths for other in (contender, original) if other is not None and other.lengths), {})
    return {
        kind: lengths[kind]
        for kind in asked
        if kind in lengths and workload.parameters.items() <= lengths[kind].parameters.items()
    }


def known_lengths(seen: BodyLengths, probed: BodyLengths | None) -> tuple[int, int]:
    """Return from which to which length a right response is nothing new, by verification and by the harness's own client."""
    low, high = seen.allowed
    return (low, high) if probed is None else (min(low, probed.least), max(high, probed.most))


def length_figures(run: RunRecord, trial: LoadTrial, rows: Rows) -> dict[str, float]:
    """Return the figures of each kind that was verified with what the workload asks."""
    figures: dict[str, float] = {}
    probed = trial.answers.lengths if trial.answers else {}
    for kind, seen in verified_lengths(run, trial).items():
        of_kind = rows if rows.kind is None else rows.of_kind(kind)
        lengths = of_kind.body_bytes[of_kind.right]
        low, high = known_lengths(seen, probed.get(kind))
        unseen, counts = np.unique(lengths[(lengths < low) | (lengths > high)], return_counts=True)
        figures[f"{RIGHT} {kind}"], figures[f"{UNSEEN} {kind}"] = float(lengths.size), float(counts.sum())
        if unseen.size:
            figures[f"{LENGTH} {kind}"] = float(unseen[counts.argmax()])
    return figures
