"""Trends as lines for the terminal."""

from itertools import groupby

from analysis.model import metric as m
from analysis.trend.trend import ChangePoint, Trend, TrendResult
from loadgen.counted import counted


def lines_of(result: TrendResult) -> list[str]:
    """What every trend shows, machine by machine, and what was left out."""
    lines = [result.note]
    for (fingerprint, model), group in groupby(result.trends, key=lambda trend: (trend.fingerprint, trend.cpu_model)):
        trends = list(group)
        differs = f": another machine, {'; '.join(trends[0].differs)}" if trends[0].differs else ""
        lines += ["", f"machine {fingerprint}, {model}{differs}"]
        lines += [line for trend in trends for line in _lines(trend)]
    if not result.trends:
        lines += ["", "no run in this history has a figure"]
    if result.invalid:
        lines += ["", f"left out, because they were invalid: {', '.join(result.invalid)}"]
    return lines


def _lines(trend: Trend) -> list[str]:
    last = trend.runs[-1]
    doubt = f", last one doubted: {', '.join(last.doubts)}" if last.doubts else ""
    runs = counted(len(trend.runs), "run")
    head = f"  {trend.service}: {title_of(trend)}: last {written(trend, last.value)}, {runs}{doubt}"
    if trend.not_searched is not None:
        return [f"{head}; {trend.not_searched}"]
    if not trend.change_points:
        return [f"{head}; no change point"]
    return [head, *(f"    {_told(change_point)}" for change_point in trend.change_points)]


def _told(change_point: ChangePoint) -> str:
    commits = f"{short_commit(change_point.commit_before)}..{short_commit(change_point.commit_after)}"
    direction = "worse" if change_point.worse else "better"
    return f"{change_point.change:+.1%} {direction}: {commits}, first seen in {change_point.run_id}"


def title_of(trend: Trend) -> str:
    """Workload and metric as people read them."""
    return f"{trend.workload} · {m.BY_NAME[trend.metric].title}"


def written(trend: Trend, value: float) -> str:
    """The value with its unit."""
    return f"{m.BY_NAME[trend.metric].write(value)} {trend.unit}"


def short_commit(commit: str | None) -> str:
    """The first seven digits; a folder outside git has no commit."""
    return commit[:7] if commit else "no commit"
