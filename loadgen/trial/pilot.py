"""A pilot: one process of a service under loads of growing length, until CPU per request has settled.

A runtime that compiles while it runs takes many times as long for its first requests: Vert.x 200 times, for 12 seconds. What
its trials measure has to begin after that, and for all others not later than needed.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

from loadgen.record.pilot import FALLS, Pilot, PilotSegment
from loadgen.system.proc import cpu_time_s
from loadgen.system.process import stopped_at_end, tree
from loadgen.system.scratch import scratch_folder
from loadgen.trial.load import REPORT, Subject, await_end, kept_to, start_generator
from loadgen.trial.server import Server, running

SEGMENTS_S = (0.4, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)


def run_pilot(subject: Subject) -> Pilot:
    """Run it on a fresh process; raise Error if the service fails under it."""
    segments: list[PilotSegment] = []
    with kept_to(subject.cores.generator), running(subject.contender, subject.artefact, subject.cores) as server:
        for seconds in SEGMENTS_S:
            segments.append(_segment(subject, server, seconds))
            if settled_s(segments) is not None:
                break
    return Pilot(segments=segments, settled_s=settled_s(segments))


def settled_s(segments: Sequence[PilotSegment]) -> float | None:
    """After how much load CPU per request had settled, by the last two segments; None if it had not."""
    if len(segments) < 2:
        return None
    earlier, later = segments[-2].cpu_per_response_s, segments[-1].cpu_per_response_s
    if earlier is None or later is None or later < earlier * (1 - FALLS):
        return None
    return 0.0 if len(segments) == 2 else sum(one.load_s for one in segments[:-1])


def _segment(subject: Subject, server: Server, seconds: float) -> PilotSegment:
    loaded = replace(subject, timing=subject.timing.replace(warm_up_s=0.0, load_s=seconds))
    before_s = cpu_time_s(tree(server.process.pid))
    with scratch_folder() as scratch, stopped_at_end(start_generator(loaded, server, scratch)) as generator:
        await_end(loaded, server, generator, scratch, time.monotonic() + seconds, lambda: 0.0)
        spent_s = cpu_time_s(tree(server.process.pid)) - before_s
        rows = subject.generator.read(scratch, scratch / REPORT).rows
    right = [status in subject.asked.statuses for status in rows["status"].to_pylist()]
    took_s = max([seconds, *rows["end_s"].to_pylist()[-1:]])
    return PilotSegment(load_s=took_s, server_cpu_s=spent_s, responses=sum(right))
