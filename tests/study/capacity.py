"""Whether capacity curves find a known truth: 200 simulated curves of servers of which theory knows the capacity; two seeds.

    python -m tests.study.capacity [--curves 200] [--write]

Requests come at random (Poisson) to c servers that take the same time for each, an M/D/c queue. From one trial to the next that
time differs, as it does between processes on a shared machine; the truth is the capacity without that. Trials last as long as
real ones, the program's own rule chooses their rates, and their requests are counted as those of real ones are. With
--write the tables replace results/validation/capacity.md.
"""

import argparse
import math
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from analysis.curve.estimate import Capacity, Outcome
from analysis.curve.evidence import outcome_of
from analysis.curve.rule import is_narrow, known_of, next_rate
from analysis.stats.arrays import Floats
from loadgen.curve.run import MOST_TRIALS, load_s
from loadgen.record.curve import Objective

TARGET = Path(__file__).resolve().parents[2] / "results" / "validation" / "capacity.md"
WARM_UP_S = 0.5
STATES = 1_000
"""Numbers of requests in the system that theory counts with: beyond lies less than a billionth at every capacity here."""
SPREADS = (0.02, 0.03)
SEEDS = {1: "on which `CAUTION` of analysis/curve/estimate.py was chosen", 2: "on which nothing was chosen"}


@dataclass(frozen=True)
class Queue:
    """An M/D/c queue and an objective: `servers` that take `service_s` for each request."""

    servers: int
    service_s: float
    objective: Objective

    @property
    def saturated_per_s(self) -> float:
        """What they serve if there is always something to do."""
        return self.servers / self.service_s

    @property
    def in_words(self) -> str:
        """The queue, for a table."""
        time = f"{self.service_s * 1e3:g} ms"
        return f"{self.servers} x {time}, {self.objective.in_words}"

    def slower(self, factor: float) -> "Queue":
        """The same with another service time."""
        return Queue(self.servers, self.service_s * factor, self.objective)


QUEUES = (
    Queue(1, 0.005, Objective(percentile=99, limit_ms=50)),
    Queue(1, 0.0002, Objective(percentile=99, limit_ms=10)),
    Queue(4, 0.010, Objective(percentile=99, limit_ms=30)),
    Queue(1, 0.005, Objective(percentile=90, limit_ms=20)),
)


def late_share(queue: Queue, rate_per_s: float) -> float:
    """The share of requests that take longer than the objective's limit in a steady state, by theory.

    Whoever waits no longer than x has started by then: among kc starts in k service times, (k - 1) D <= x < k D, are all that
    waited k D before, and all that came since then and before it (Franx 2001, Operations Research Letters 29, 221-229).
    """
    mean = rate_per_s * queue.service_s
    states = np.arange(STATES)
    left = np.maximum(states - queue.servers, 0)
    moves = stats.poisson.pmf(states[None, :] - left[:, None], mean)
    moves[:, -1] += 1 - moves.sum(axis=1)
    balance = moves.T - np.eye(STATES)
    balance[-1] = 1.0
    in_system = np.linalg.solve(balance, np.eye(STATES)[-1])
    waiting_at_most = np.cumsum(in_system)[queue.servers :]
    waits_s = queue.objective.limit_ms / 1e3 - queue.service_s
    if waits_s < 0:
        return 1.0
    times = math.floor(waits_s / queue.service_s + 1e-9) + 1
    since_s = times * queue.service_s - waits_s
    starts = min(times * queue.servers, len(waiting_at_most))
    came = stats.poisson.pmf(np.arange(starts), rate_per_s * since_s)
    return float(1 - np.sum(came * waiting_at_most[:starts][::-1]))


def true_capacity_per_s(queue: Queue) -> float:
    """The highest rate whose share of late requests is what the objective allows."""

    def beyond(load: float) -> float:
        return math.log(max(late_share(queue, load * queue.saturated_per_s), 1e-12) / queue.objective.allowed_share)

    return float(brentq(beyond, 0.05, 0.999, xtol=1e-6)) * queue.saturated_per_s


def latencies_s(queue: Queue, came_s: Floats) -> Floats:
    """How long each request is in the system, in the order in which they came.

    With equal service times they leave in that order, too: each is served by the server of the c-th before it.
    """
    rows = -(-len(came_s) // queue.servers)
    padded = np.full(rows * queue.servers, np.inf)
    padded[: len(came_s)] = came_s
    turns = padded.reshape(rows, queue.servers)
    served_s = queue.service_s * np.arange(rows)[:, None]
    starts = np.maximum.accumulate(turns - served_s, axis=0) + served_s
    found: Floats = (starts.ravel()[: len(came_s)] - came_s) + queue.service_s
    return found


def outcome(queue: Queue, rate_per_s: int, seconds: float, source: np.random.Generator) -> Outcome:
    """One trial."""
    window = WARM_UP_S, WARM_UP_S + seconds
    came_s = np.sort(source.uniform(0.0, window[1], source.poisson(rate_per_s * window[1])))
    took_s = latencies_s(queue, came_s)
    inside, ends_s = came_s >= window[0], came_s + took_s
    late = took_s[inside] > queue.objective.limit_ms / 1e3
    answered = int(((ends_s >= window[0]) & (ends_s < window[1])).sum())
    return outcome_of(queue.objective, rate_per_s, window, came_s[inside], late, answered)


def curve(queue: Queue, spread: float, source: np.random.Generator) -> tuple[Capacity, int]:
    """The capacity that one curve finds, and how many trials it took."""

    def process() -> Queue:
        return queue.slower(math.exp(source.normal(0.0, spread)))

    saturated, tried = process().saturated_per_s, list[Outcome]()
    while len(tried) < MOST_TRIALS and (rate := next_rate(tried, saturated, queue.objective.allowed_share)) is not None:
        tried.append(outcome(process(), rate, load_s(queue.objective, saturated, rate), source))
    return known_of(tried, saturated, queue.objective.allowed_share).capacity, len(tried)


@dataclass(frozen=True)
class Found:
    """What many curves of one queue found, relative to the truth."""

    queue: Queue
    spread: float
    truth_per_s: float
    capacities: Sequence[Capacity]
    trials: Sequence[int]

    @property
    def errors(self) -> Floats:
        """How far each is off."""
        return np.array([capacity.per_s for capacity in self.capacities]) / self.truth_per_s - 1

    @property
    def bias(self) -> float:
        """The median of how far they are off."""
        return float(np.median(self.errors))

    @property
    def coverage(self) -> float:
        """The share of intervals that hold the truth."""
        return float(np.mean([capacity.low_per_s <= self.truth_per_s <= capacity.high_per_s for capacity in self.capacities]))

    @property
    def row(self) -> str:
        """A row of the table."""
        cells = [
            self.queue.in_words,
            f"{self.spread:.1%}",
            f"{self.truth_per_s:,.1f}",
            f"{self.bias:+.2%}",
            f"{float(np.mean(np.abs(self.errors) <= 0.03)):.1%}",
            f"{self.coverage:.1%}",
            f"{float(np.mean([is_narrow(capacity) for capacity in self.capacities])):.0%}",
            f"{float(np.median(self.trials)):.0f} ({max(self.trials)})",
        ]
        return f"| {' | '.join(cells)} |"


def found_of(queue: Queue, spread: float, curves: int, seed: int) -> Found:
    """Simulate so many curves."""
    source = np.random.default_rng(seed)
    simulated = [curve(queue, spread, source) for _ in range(curves)]
    return Found(
        queue, spread, true_capacity_per_s(queue), [capacity for capacity, _ in simulated], [count for _, count in simulated]
    )


def row_of(asked: tuple[Queue, float, int, int]) -> str:
    """A row of the table, made in a process of its own."""
    return found_of(*asked).row


HEADS = (
    *("queue and objective", "spread", "true capacity, /s", "median error", "within 3%", "intervals that hold it"),
    *("3% wide in the end", "trials, median (most)"),
)


def text_of(rows: Sequence[str], curves: int) -> str:
    """The page: a table for each seed."""
    count = len(rows) // len(SEEDS)
    head = f"| {' | '.join(HEADS)} |\n|---|{'---:|' * (len(HEADS) - 1)}"
    tables = [
        f"## Seed {seed}, {what}\n\n{head}\n" + "\n".join(rows[at * count : (at + 1) * count])
        for at, (seed, what) in enumerate(SEEDS.items())
    ]
    return f"""# Capacity curves of servers whose capacity is known

`python -m tests.study.capacity --write` makes these tables: {curves} simulated curves a row. Requests come at random
to so many servers that take so long for each (M/D/c). From trial to trial the service time has a standard deviation of the
*spread*; the true capacity, by theory, is that without it.
[What is simulated](../../docs/explanation/capacity.md#how-well-it-does)

{(chr(10) * 2).join(tables)}
"""


def main() -> None:
    """Simulate, print, and with --write keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--curves", type=int, default=200)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with multiprocessing.Pool() as pool:
        asked = [(queue, spread, given.curves, seed) for seed in SEEDS for queue in QUEUES for spread in SPREADS]
        rows = []
        for row in pool.imap(row_of, asked):
            print(row, flush=True)
            rows.append(row)
    text = text_of(rows, given.curves)
    if given.write:
        TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
