"""What each of several generators had of a trial's responses. Pure."""

import numpy as np

from analysis.trial.rows import Rows
from loadgen.record.trial import LoadTrial

ANSWERED = "answered_by_generator"
MEAN = "latency_mean_ms_by_generator"


def generator_figures(trial: LoadTrial, rows: Rows) -> dict[str, float]:
    """Name and label -> value: right responses in the window, and their mean latency in ms; nothing of one generator."""
    assert trial.load is not None
    if rows.generator is None or trial.window_from_s is None or trial.window_to_s is None:
        return {}
    figures: dict[str, float] = {}
    for number, generator in enumerate(trial.load.generators):
        own = rows.of_generator(number)
        figures[f"{ANSWERED} {generator.label}"] = float(own.answered(trial.window_from_s, trial.window_to_s))
        if (latencies := own.latencies_ms(trial.window_from_s, trial.window_to_s)).size:
            figures[f"{MEAN} {generator.label}"] = float(np.mean(latencies))
    return figures
