"""A self-check as Markdown, to be pasted into a repository. Pure."""

from collections.abc import Iterator, Sequence

from analysis.model import metric as m
from analysis.regress.export.markdown_text import plain
from analysis.regress.self_check import RELIABLE, Detection, Planted, SelfCheck
from loadgen.counted import counted

HEADS = ("slower by", "margin", "found", "within", "passes without", "within", "false alarms")


def self_check_markdown(self_check: SelfCheck) -> str:
    """Return what the machine can tell in a sentence a metric, then tables, then what was really slowed."""
    groups: dict[tuple[str, str, str], list[Detection]] = {}
    for reading in self_check.told:
        groups.setdefault((reading.service, reading.workload, reading.metric), []).append(reading)
    lines = ["## What the regression check can tell here", "", *(summary(rows) for rows in groups.values())]
    for rows in groups.values():
        lines += ["", f"{_name(rows[0])}, {counted(rows[0].pairs, 'pair')}:", "", *_table(rows)]
    lines += ["", *(_planted(planted) for planted in self_check.planted), "", _origin(self_check)]
    return "\n".join(lines) + "\n"


def _name(planted: Detection | Planted) -> str:
    return f"{plain(planted.service)}, {plain(planted.workload)}, {m.BY_NAME[planted.metric].title}"


def summary(rows: Sequence[Detection]) -> str:
    """Return the smallest slow-down that is told reliably, with the limits to set; or that none is."""
    least = next((row for index, row in enumerate(rows) if all(later.reliable for later in rows[index:])), None)
    if least is None:
        most = m.percent(rows[-1].slower_by)
        return f"* {_name(rows[0])}: this machine tells no slow-down of up to {most}; give more time, or a quieter machine"
    within = f"{max(least.found_s, least.passed_s):.0f} s"
    limit = f"{least.metric} = {{ margin = {least.margin:g}, exclude = {least.slower_by:g} }}"
    return f"* {_name(least)}: this machine tells {m.percent(least.slower_by)} in {within}: `{limit}`"


def _table(rows: Sequence[Detection]) -> Iterator[str]:
    yield f"| {' | '.join(HEADS)} |"
    yield "|---" * len(HEADS) + "|"
    for row in rows:
        cells = (
            m.percent(row.slower_by),
            m.percent(row.margin),
            f"{row.found:.1%}",
            f"{row.found_s:.0f} s" if row.found else "–",
            f"{row.passed:.1%}",
            f"{row.passed_s:.0f} s" if row.passed else "–",
            f"{row.false_alarms:.1%}",
        )
        yield f"| {' | '.join(cells)} |"


def _planted(planted: Planted) -> str:
    interval = f"[{planted.interval.low - 1:+.2%}, {planted.interval.high - 1:+.2%}]"
    showed = f"showed {planted.worse:+.2%} {interval}"
    return f"* {_name(planted)}: a copy that was really slowed by {m.percent(planted.slower_by)} {showed}"


def _origin(self_check: SelfCheck) -> str:
    machine = self_check.machine
    return (
        f"Replays of pairs that were recorded in {self_check.measured_s / 60:.0f} min on {plain(machine.cpu_model)}, "
        f"{counted(machine.cores, 'core')}, {self_check.started[:10]}, primebench {self_check.primebench_version}. Times "
        f"are those that "
        f"{RELIABLE:.0%} of replays need at most, for one workload with its controls."
    )
