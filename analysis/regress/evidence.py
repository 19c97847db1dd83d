"""From the records of a regression check to the verdict; while it is measured, to what is still undecided."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from analysis.checks.trial import CHECKS_OF_A_HALF, check_trial, merged
from analysis.model import metric as m
from analysis.model.flag import GENERATOR_BOUND, Flag
from analysis.regress.look import may_be_judged, of_a_look
from analysis.regress.model import DoubtedFlag
from analysis.regress.untimed import Untimed, uncountable, untimed_benchmarks
from analysis.regress.verdict import (
    ControlVerdict,
    MetricVerdict,
    Pairs,
    judged,
    relinked_control,
    slowed_control,
    undecided_groups,
)
from analysis.stats.arrays import usable
from analysis.trial.lengths import length_figures
from analysis.trial.metrics import figures_of
from analysis.trial.rows import read_rows
from loadgen.config.regress import LOAD_METRICS, OF_TIME, RegressConfig
from loadgen.errors import Error
from loadgen.record.run import RunRecord
from loadgen.record.trial import MICROBENCH, BenchmarkTrial, Comparison, CountTrial, LoadTrial, Trial
from loadgen.regress.pairing import Group, is_base, side
from loadgen.strict import explain

BOUND_SHARE = 0.1
"""Of a workload's pairs: with more of them bound by the generator, goodput and latency are not the servers'."""
OF_THE_GENERATOR = (m.GOODPUT.name, m.LATENCY_P99.name)
Values = Mapping[str, float]


def service_of(label: str) -> str:
    """The service that a side's label belongs to."""
    return label.partition("@")[0]


@dataclass
class Evidence:
    """The trials of a regression check so far, each read once."""

    folder: Path
    run: RunRecord
    trials: list[Trial] = field(default_factory=list)
    values: dict[int, Values] = field(default_factory=dict)
    flags: dict[int, list[Flag]] = field(default_factory=dict)

    def take(self, trials: Iterable[Trial]) -> None:
        """Read what has been added."""
        for trial in trials:
            if trial.index in self.values:
                continue
            self.trials.append(trial)
            self.values[trial.index], self.flags[trial.index] = self._read(trial)

    def _read(self, trial: Trial) -> tuple[Values, list[Flag]]:
        if trial.failure or isinstance(trial, CountTrial):
            return {}, []
        if isinstance(trial, BenchmarkTrial):
            return {timing.name: time for timing in trial.timings if usable(time := timing.spent_ns)}, []
        rows = read_rows(self.folder, trial)
        figures = figures_of(self.run, trial, rows)
        values = {name: value for name, value in figures.items() if usable(value)}
        known = {**figures, **length_figures(self.run, trial, rows)}
        return values, check_trial(self.run, trial, known, CHECKS_OF_A_HALF)

    @cached_property
    def gate(self) -> RegressConfig:
        """The table [regress] that the run was made by."""
        assert self.run.regress is not None
        try:
            return RegressConfig.model_validate(self.run.regress.gate)
        except ValidationError as error:
            raise Error(f"{self.folder / 'run.json'}: regress.gate: {explain(error)}") from error

    @property
    def groups(self) -> list[Group]:
        """Every service and workload that has pairs, in the order in which they are shown."""
        groups = {Group(service_of(trial.contender), trial.workload) for trial in self.trials if trial.comparison}
        order = [*self.run.workloads, MICROBENCH]
        return sorted(groups, key=lambda group: (group.service, order.index(group.workload)))

    def pairs(self, group: Group, comparison: Comparison) -> list[Pairs]:
        """The paired values of every metric of a group, as far as both halves have it."""
        halves: dict[int, dict[bool, Values]] = defaultdict(dict)
        for trial in self.of(group, comparison):
            halves[trial.round][is_base(trial.contender, comparison)] = self.values[trial.index]
        whole = [both for _, both in sorted(halves.items()) if len(both) == 2]
        return [
            Pairs(
                service=group.service,
                workload=workload,
                metric=metric,
                base=[both[True][key] for both in whole if key in both[True] and key in both[False]],
                head=[both[False][key] for both in whole if key in both[True] and key in both[False]],
                limit=self.gate.limit(metric.name),
                layer=self.gate.layer_of(group.workload),
            )
            for key, workload, metric in self._metrics(group, whole)
        ]

    def _metrics(self, group: Group, whole: Sequence[Mapping[bool, Values]]) -> list[tuple[str, str, m.Metric]]:
        """Key among a trial's values, workload as shown, metric."""
        if group.workload == MICROBENCH:
            names = dict.fromkeys(name for both in whole for name in both[True] if name in both[False])
            return [(name, name, m.BENCHMARK_TIME) for name in sorted(names) if not self._left_out(name)]
        bound = self.generator_bound(group)
        judgeable = [m.BY_NAME[name] for name in LOAD_METRICS if not (bound and name in OF_THE_GENERATOR)]
        return [
            (metric.name, group.workload, metric) for metric in judgeable if any(metric.name in both[True] for both in whole)
        ]

    def _left_out(self, benchmark: str) -> bool:
        return any(fnmatchcase(benchmark, pattern) for pattern in self.gate.leave_out)

    def generator_bound(self, group: Group) -> bool:
        """Whether goodput and latency are the generator's own in too many of the group's trials."""
        trials = self.of(group)
        bound = sum(any(flag.check == GENERATOR_BOUND for flag in self.flags[trial.index]) for trial in trials)
        return bound > BOUND_SHARE * len(trials)

    def of(self, group: Group, comparison: Comparison | None = None) -> list[Trial]:
        """Return the trials of a group's pairs, of one comparison or all."""
        own = [trial for trial in self.trials if group == Group(service_of(trial.contender), trial.workload)]
        return [trial for trial in own if trial.comparison and comparison in (None, trial.comparison)]

    @property
    def family(self) -> int:
        """How many metrics with noise share the error."""
        return max(1, sum(len(self.pairs(group, "change")) for group in self.groups))

    def changes(self) -> list[MetricVerdict]:
        """The verdict on every metric with noise."""
        pairs = [pair for group in self.groups for pair in self.pairs(group, "change")]
        verdicts = [of_a_look(metric, self.gate) for metric in judged(pairs, self.family, self.gate.error_at_a_look)]
        doubts = defaultdict(list)
        for doubted_flag in self.doubted_flags():
            doubts[doubted_flag.service, doubted_flag.workload].append(doubted_flag.flag.check)
        silent = {(group.service, group.workload): self.unanswered(group) for group in self.groups}
        verdicts = [_not_passed(metric, silent.get((metric.service, metric.workload), 0)) for metric in verdicts]
        return [metric.replace(doubts=doubts[metric.service, metric.workload]) for metric in verdicts]

    def controls(self, group: Group) -> list[ControlVerdict]:
        """Both controls of a group; of fewer pairs than a look may have neither can be told."""
        family, error = self.family, self.gate.error_at_a_look
        relinked, slowed = self.pairs(group, "relinked"), self.slowed(group)
        controls = [relinked_control(group.service, group.workload, relinked, family, error)] if relinked else []
        controls += [slowed_control(group.service, group.workload, slowed, family, error)] if slowed else []
        return [control if may_be_judged(control) else control.replace(kept=None) for control in controls]

    def slowed(self, group: Group) -> list[Pairs]:
        """What must be called a regression: of the metrics that the planted slow-down is in, no other.

        The CPU time of a benchmark cannot be stretched from outside: in its place the numbers of the relinked base are.
        """
        if group.workload == MICROBENCH:
            by = 1 + self.gate.slowed
            return [replace(pair, head=[value * by for value in pair.head]) for pair in self.pairs(group, "relinked")]
        return slowed_pairs(self.pairs(group, "slowed"))

    @property
    def counts(self) -> dict[str, dict[str, list[float]]]:
        """Of each side and benchmark both counts of its instructions."""
        return {
            trial.contender: {
                instruction.name: [instruction.instructions, instruction.again]
                for instruction in trial.instructions
                if usable(instruction.instructions) and usable(instruction.again)
            }
            for trial in self.trials
            if isinstance(trial, CountTrial) and not trial.failure
        }

    def unanswered(self, group: Group) -> int:
        """In how many more pairs head gave no answer at all in its window than the base did: such pairs have no goodput."""
        silent = Counter(
            is_base(trial.contender, "change")
            for trial in self.of(group)
            if isinstance(trial, LoadTrial)
            and trial.comparison == "change"
            and trial.load is not None
            and m.GOODPUT.name not in self.values[trial.index]
        )
        return max(0, silent[False] - silent[True])

    def unmeasured(self) -> list[Group]:
        """What was planned, and has no pair of base and head."""
        planned = self.run.regress.planned if self.run.regress else []
        groups = [Group(asked.service, asked.workload) for asked in planned]
        return [group for group in groups if not any(pair.base for pair in self.pairs(group, "change"))]

    def uncounted(self) -> list[str]:
        """Benchmarks whose instructions only one side has, or that could not be run under callgrind."""
        trials = [trial for trial in self.trials if isinstance(trial, CountTrial)]
        notes = list(
            dict.fromkeys(
                f"{service_of(trial.contender)}: instructions of {name} are not judged: {reason}"
                for trial in trials
                for name, reason in uncountable(trial).items()
            )
        )
        for service in dict.fromkeys(service_of(label) for label in self.counts):
            base, head = (self.counts.get(side(service, name), {}) for name in ("base", "head"))
            if lacking := sorted(set(base) ^ set(head)):
                notes.append(f"{service}: instructions of one side only are not judged: {', '.join(lacking)}")
        return notes

    def untimed(self) -> list[Untimed]:
        """Benchmarks of the service's own that were not timed in some trials of base or head, by service and name."""
        of_change = [trial for trial in self.trials if isinstance(trial, BenchmarkTrial) and trial.comparison == "change"]
        return untimed_benchmarks(of_change, self.values)

    def doubted_flags(self) -> list[DoubtedFlag]:
        """Flags of each group, one a check, with how many of its trials raised them."""
        doubted_flags = []
        for group in self.groups:
            trials = self.of(group)
            raised = [flag for trial in trials for flag in self.flags[trial.index]]
            counts = Counter(flag.check for flag in raised)
            doubted_flags += [
                DoubtedFlag(
                    service=group.service,
                    workload=group.workload,
                    flag=flag,
                    raised_by=counts[flag.check],
                    trials=len(trials),
                )
                for flag in merged(raised)
            ]
        return doubted_flags


def _not_passed(verdict: MetricVerdict, silent: int) -> MetricVerdict:
    """Goodput cannot pass by the other pairs where head answered nothing in `silent` of them."""
    if not silent or verdict.metric != m.GOODPUT.name or verdict.outcome != "pass":
        return verdict
    return verdict.replace(outcome="inconclusive", reason=f"head gave no answer at all in the windows of {silent} pairs")


def slowed_pairs(pairs: Sequence[Pairs]) -> list[Pairs]:
    """Of a base and its slowed copy, the metrics that the slow-down is in: the companion that makes it has memory, too."""
    return [pair for pair in pairs if pair.metric.name in OF_TIME]


def undecided(folder: Path, run: RunRecord) -> Callable[[Sequence[Trial]], list[tuple[Group, Comparison]]]:
    """The rule by which a regression check goes on: the comparisons of which something is still to be told.

    A regression in any metric decides all of them, once that group's controls can be told; a group is decided when all of its
    metrics that are required pass. The slowed base goes on until it is found, the relinked one until its metrics pass or the
    change that it vouches for is decided.
    """
    evidence = Evidence(folder, run)

    def still_wanted(trials: Sequence[Trial]) -> list[tuple[Group, Comparison]]:
        evidence.take(trials)
        return wanted(evidence)

    return still_wanted


def wanted(evidence: Evidence) -> list[tuple[Group, Comparison]]:
    """What is to be measured further, after all that is there; nothing if a control has failed."""
    groups, error = evidence.groups, evidence.gate.error_at_a_look
    controls = {group: evidence.controls(group) for group in groups}
    if any(control.kept is False for group_controls in controls.values() for control in group_controls):
        return []
    changes = {group: evidence.pairs(group, "change") for group in groups}
    going_on = undecided_groups(changes, evidence.family, error)
    comparisons: list[tuple[Group, Comparison]] = [(group, "change") for group in going_on]
    for group, own in controls.items():
        comparisons += [
            (group, control.kind) for control in own if _control_goes_on(evidence, group, control, group in going_on)
        ]
    return comparisons


def _control_goes_on(evidence: Evidence, group: Group, control: ControlVerdict, undecided_change: bool) -> bool:
    """Whether the pairs of a control could still tell something: those of the slowed base until it is found, those of the
    relinked one until its metrics pass or the change is decided; where the slowed base is made of its numbers, until both.
    """
    made_of_numbers = group.workload == MICROBENCH
    if control.kind == "slowed":
        return control.kept is None and not made_of_numbers
    family, error = evidence.family, evidence.gate.error_at_a_look
    verdicts = judged(evidence.pairs(group, "relinked"), family, error)
    if control.kept is None or (undecided_change and any(verdict.blocks for verdict in verdicts)):
        return True
    return made_of_numbers and slowed_control(group.service, group.workload, evidence.slowed(group), family, error).kept is None
