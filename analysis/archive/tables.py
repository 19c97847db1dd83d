"""Tables of an archive's ratios: a table a pair under one load, a row a machine, then what they say together. Pure."""

from collections.abc import Sequence

from analysis.archive.ratios import PooledRatio
from analysis.model import metric as m
from analysis.stats.interval import ratio_of_log
from analysis.tables.ratios import SIDE_BY_SIDE
from analysis.tables.table import RATIO, Cell, Table, doubted
from loadgen.counted import counted

POOLED, ANOTHER, SPREAD, SAME = "pooled", "one more machine, 95 of 100", "between machines", "p, all alike"


def ratio_tables(ratios: Sequence[PooledRatio]) -> list[Table]:
    """Return the tables, in the order in which pairs come up."""
    groups: dict[tuple[str, ...], list[PooledRatio]] = {}
    for ratio in ratios:
        groups.setdefault((ratio.task, ratio.workload, ratio.load, ratio.numerator, ratio.denominator), []).append(ratio)
    return [_table(group) for group in groups.values()]


def _table(group: Sequence[PooledRatio]) -> Table:
    first = group[0]
    names = _names(group)
    rows = [(name, [_machine_cell(ratio, fingerprint) for ratio in group]) for fingerprint, name in names.items()]
    rows += [
        (POOLED, [_pooled_cell(ratio) for ratio in group]),
        (ANOTHER, [_another_cell(ratio) for ratio in group]),
        (SPREAD, [_spread_cell(ratio) for ratio in group]),
        (SAME, [_same_cell(ratio) for ratio in group]),
    ]
    heads = [SIDE_BY_SIDE if ratio.side_by_side else m.BY_NAME[ratio.metric].title for ratio in group]
    title = f"{first.task}, {first.workload}: {first.load}: {first.numerator} / {first.denominator}"
    return Table(title, heads, rows, _notes(group))


def _names(group: Sequence[PooledRatio]) -> dict[str, str]:
    """Fingerprint -> how the machine is called, of all that some metric was measured on."""
    machines = {machine.machine.fingerprint: machine.machine for ratio in group for machine in ratio.machines}
    return {key: f"{key}: {machine.cpu_model}, {counted(machine.cores, 'core')}" for key, machine in machines.items()}


def _ratio_cell(ratio: float, low: float, high: float) -> Cell:
    return Cell(f"{ratio:.3f}", f"[{low:.3f}, {high:.3f}]", number=ratio, low=low, high=high, quantity=RATIO)


def _machine_cell(ratio: PooledRatio, fingerprint: str) -> Cell:
    own = next((machine for machine in ratio.machines if machine.machine.fingerprint == fingerprint), None)
    if own is None:
        return Cell("")
    if own.ratio is None or own.interval is None:
        return Cell("–", own.reason or "")
    cell = _ratio_cell(own.ratio, *own.interval)
    return doubted(cell, own.doubts)


def _pooled_cell(ratio: PooledRatio) -> Cell:
    if (pooled := ratio.pooled) is None:
        return Cell("–", "needs two machines")
    return _ratio_cell(*(ratio_of_log(log) for log in (pooled.mean, pooled.low, pooled.high)))


def _another_cell(ratio: PooledRatio) -> Cell:
    if (pooled := ratio.pooled) is None or pooled.another_low is None or pooled.another_high is None:
        return Cell("–", "needs three machines")
    return Cell("", f"[{ratio_of_log(pooled.another_low):.3f}, {ratio_of_log(pooled.another_high):.3f}]")


def _spread_cell(ratio: PooledRatio) -> Cell:
    if (pooled := ratio.pooled) is None:
        return Cell("–")
    spread = ratio_of_log(pooled.spread) - 1
    return Cell(f"{spread:.2%}", f"I² {pooled.i_squared:.0%}", number=spread, quantity="share")


def _same_cell(ratio: PooledRatio) -> Cell:
    return Cell("–") if ratio.pooled is None else Cell(f"{ratio.pooled.p_value:.2g}", number=ratio.pooled.p_value)


def _notes(group: Sequence[PooledRatio]) -> list[str]:
    runs = list(dict.fromkeys(run for ratio in group for machine in ratio.machines for run in machine.runs))
    commits = list(dict.fromkeys(commit for ratio in group for commit in ratio.commits))
    notes = [f"runs: {', '.join(runs)}"]
    if len(commits) > 1:
        notes.append(f"of {len(commits)} commits ({', '.join(commits)}): what bears one name may have changed between them")
    return notes
