"""A pilot: one process of a service under loads of growing length, until CPU per request has settled.

A runtime that compiles while it runs takes many times as long for its first requests: Vert.x 200 times, for 12 seconds. What
its trials measure has to begin after that, and for all others not later than needed.
"""

import math
from dataclasses import replace

from loadgen.generator.rows import answered_between
from loadgen.record.pilot import Pilot, PilotSegment
from loadgen.system.proc import cpu_time_s
from loadgen.system.process import tree
from loadgen.task.task import LOADED
from loadgen.trial.generators import await_end, under_way
from loadgen.trial.load import Subject, kept_to
from loadgen.trial.server import Server, running

SEGMENTS_S = (0.4, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)


def run_pilot(subject: Subject) -> Pilot:
    """Run it on a fresh process; raise Error if the service fails under it."""
    pilot = Pilot(segments=[])
    with (
        kept_to(subject.cores.generator),
        running(subject.contender, subject.artefact, subject.cores, subject.sending, host=subject.host) as server,
    ):
        for number, seconds in enumerate(SEGMENTS_S):
            pilot = Pilot(segments=[*pilot.segments, _segment(subject, server, seconds, LOADED + number)])
            if pilot.has_settled:
                break
    return pilot


def _segment(subject: Subject, server: Server, seconds: float, block: int) -> PilotSegment:
    loaded = replace(subject, timing=subject.timing.replace(warm_up_s=0.0, load_s=seconds))
    loaded.requests(block)
    before_s = cpu_time_s(tree(server.process.pid))
    with under_way(loaded, server, block) as load:
        await_end(server, load, seconds, lambda: 0.0)
        spent_s = cpu_time_s(tree(server.process.pid)) - before_s
        rows = load.read().report.rows
    last_s = rows["end_s"][-1].as_py() if rows.num_rows else 0.0
    responses = sum(answered_between(rows, 0.0, math.inf, subject.asked.right))
    return PilotSegment(load_s=max(seconds, last_s), server_cpu_s=spent_s, responses=responses)
