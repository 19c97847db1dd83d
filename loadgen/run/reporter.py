"""Telling the user what happens: a live line with the time left on a terminal, plain lines elsewhere."""

import time
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from loadgen.counted import counted
from loadgen.one_line import one_line
from loadgen.record.trial import LoadTrial, Trial

PLAIN_EVERY_S = 15.0


class Reporter(Protocol):
    """What a run tells while it goes on."""

    def say(self, line: str) -> None:
        """One line that stays."""

    def begin(self, what: str, trials: int, expected_s: float) -> None:
        """Measuring starts: what, so many trials, in about so many seconds."""

    def trial_starts(self, what: str, remaining_s: float) -> None:
        """The next trial, and the seconds left until the end of the run as planned."""

    def trial_ended(self, trial: Trial) -> None:
        """A trial is on record."""

    def end(self) -> None:
        """Measuring is over, well or not."""


def minutes(seconds: float) -> str:
    """Seconds as `m:ss`, rounded to whole seconds."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def last_figure(trial: Trial) -> str:
    """What a solo trial found, in short: right responses per second; empty for others, and if it found none."""
    if not isinstance(trial, LoadTrial) or trial.beside or trial.load is None or not trial.load.answered_in_window:
        return ""
    if trial.window_from_s is None or trial.window_to_s is None:
        return ""
    return f"last {trial.load.answered_in_window / (trial.window_to_s - trial.window_from_s):,.0f} requests/s"


class TerminalReporter:
    """A live progress line under the lines that stay."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress: Progress | None = None
        self._last = ""

    def say(self, line: str) -> None:
        """One line that stays."""
        self._console.print(one_line(line), markup=False, highlight=False, emoji=False)

    def begin(self, what: str, trials: int, expected_s: float) -> None:
        """Show the live line."""
        self.say(f"{what}: {counted(trials, 'trial')}, about {minutes(expected_s)} min")
        self._progress = Progress(
            TextColumn("{task.fields[left]} left", style="bold"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=self._console,
            transient=True,
        )
        self._last = ""
        self._task = self._progress.add_task("", total=trials, left=minutes(expected_s))
        self._progress.start()

    def trial_starts(self, what: str, remaining_s: float) -> None:
        """Renew the live line."""
        if self._progress:
            said = " · ".join(filter(None, (what, self._last)))
            self._progress.update(self._task, description=said, left=minutes(remaining_s))

    def trial_ended(self, trial: Trial) -> None:
        """Count the trial and keep what it found for the line; a failure becomes a line that stays."""
        self._last = last_figure(trial)
        if trial.failure:
            self.say(f"failed: {trial.workload}, round {trial.round + 1}: {trial.failure}")
        if self._progress:
            self._progress.advance(self._task)

    def end(self) -> None:
        """Take the live line away."""
        if self._progress:
            self._progress.stop()
            self._progress = None


class PlainReporter:
    """A line every few seconds, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._done = self._trials = 0
        self._said_at_s = 0.0

    def say(self, line: str) -> None:
        """One line."""
        self._console.print(one_line(line), markup=False, highlight=False, emoji=False, soft_wrap=True)

    def begin(self, what: str, trials: int, expected_s: float) -> None:
        """Say how much is to come."""
        self._done, self._trials = 0, trials
        self.say(f"{what}: {counted(trials, 'trial')}, about {minutes(expected_s)} min")

    def trial_starts(self, what: str, remaining_s: float) -> None:
        """Say where the run is, unless that was said a moment ago."""
        if time.monotonic() - self._said_at_s >= PLAIN_EVERY_S:
            self._said_at_s = time.monotonic()
            self.say(f"trial {self._done + 1} of {self._trials}, {minutes(remaining_s)} min left: {what}")

    def trial_ended(self, trial: Trial) -> None:
        """Count the trial; say so if it failed."""
        self._done += 1
        if trial.failure:
            self.say(f"failed: {trial.workload}, round {trial.round + 1}: {trial.failure}")

    def end(self) -> None:
        """Nothing to take away."""


def reporter_for(console: Console) -> Reporter:
    """The live one on a terminal, the plain one elsewhere."""
    return TerminalReporter(console) if console.is_terminal else PlainReporter(console)
