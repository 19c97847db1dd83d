"""primebench as a user starts it, but for what no test may depend on: the machine's speed, and what the tests run in.

Of the contract only the right primes are checked, because the stub service keeps no more of it; few requests are prepared, and
trials of curves are short.
Environment variables ask for more: READY_WITHIN_S and HANGS_AFTER_S are how long a server is waited for, RESPONSES how many the
smoke check wants (without, 100: all of them would be most of a short run), SIGNAL_AFTER="3 SIGINT" sends this process a signal
once three trials are on record, BUDGET_CLOCK=stopped lets no time pass for a budget, CONTROLS=none leaves the controls of a
regression check out, and PLOTS=drawn has plots, which are left out otherwise.
"""

import os
import signal
import sys
import types
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import analysis.pipeline.render
import loadgen.curve.run
import loadgen.generator.request_file
import loadgen.run.prepare
import loadgen.run.run
import loadgen.run.session
import loadgen.run.subject
import loadgen.trial.sampler
import loadgen.trial.server
import loadgen.trial.smoke_check
import primebench.__main__
import primebench.commands.run
from loadgen.conformance import ConformanceResult, Suite, run_suite
from loadgen.record.folder import RunFolder
from loadgen.record.trial import Trial
from loadgen.regress.pairing import Group
from tests.patience import PATIENCE_S


def send_signal_after(trials: int, number: signal.Signals) -> None:
    """Send this process the signal as soon as so many trials are on record, before another one begins."""
    append_trial = RunFolder.append_trial

    def append_and_count(folder: RunFolder, trial: Trial) -> None:
        append_trial(folder, trial)
        if len(folder.read_trials()) == trials:
            os.kill(os.getpid(), number)

    setattr(RunFolder, "append_trial", append_and_count)  # noqa: B010


def run_few_cases(address: tuple[str, int], suite: Suite, **more: Any) -> ConformanceResult:
    """Run the cases of right primes; the core of a task that has none."""
    cases = {f"prime-{10**power}" for power in range(5)} | {"prime-2"}
    core = {case.id for case in suite.core}
    return run_suite(address, suite, **(more | {"only": more.get("only") or cases & core or core}))


def stop_budget_clock() -> None:
    """Let all that a budget is held against happen at one moment."""
    stopped = types.SimpleNamespace(monotonic=lambda: 0.0)
    for module in (primebench.commands.run, loadgen.run.session, loadgen.run.run):
        setattr(module, "time", stopped)  # noqa: B010


def draw_nothing() -> None:
    """Let runs and regression checks write no plots: importing matplotlib and drawing take most of a short run's CPU time."""
    setattr(analysis.pipeline.render, "every_plot", lambda *_: [])  # noqa: B010
    for name, drawing in (("analysis.regress.plot_pairs", "draw_pairs"), ("analysis.curve.plot", "draw_curves")):
        sys.modules[name] = types.ModuleType(name)
        setattr(sys.modules[name], drawing, lambda *_: None)


if __name__ == "__main__":
    setattr(loadgen.run.prepare, "run_suite", run_few_cases)  # noqa: B010
    loadgen.trial.sampler.HANGS_AFTER_S = float(os.environ.get("HANGS_AFTER_S", PATIENCE_S))
    loadgen.generator.request_file.LENGTH = 2_000
    loadgen.curve.run.LEAST_S, loadgen.curve.run.LIMITS, loadgen.curve.run.FEWEST = 0.3, 1, 3
    loadgen.run.subject.UNKNOWN_PER_S = 10_000.0
    loadgen.trial.smoke_check.RESPONSES = int(os.environ.get("RESPONSES", "100"))
    loadgen.trial.server.READY_WITHIN_S = float(os.environ.get("READY_WITHIN_S", PATIENCE_S))
    if after := os.environ.get("SIGNAL_AFTER"):
        count, name = after.split()
        send_signal_after(int(count), signal.Signals[name])
    if os.environ.get("BUDGET_CLOCK") == "stopped":
        stop_budget_clock()
    if os.environ.get("PLOTS") != "drawn":
        draw_nothing()
    if os.environ.get("CONTROLS") == "none":
        setattr(Group, "comparisons", property(lambda _: ("change",)))  # noqa: B010
    primebench.__main__.main()
