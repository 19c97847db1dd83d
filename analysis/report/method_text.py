"""How a run was measured, in words, and the facts of its machine: for the report. Pure."""

import shlex

from analysis.model import metric as m
from analysis.model.summary import Summary
from loadgen.counted import counted
from loadgen.machine.core_use import kinds_of, physical_cores
from loadgen.record.machine import Machine

PAIRED = (
    "Ratios of CPU time are those of paired trials, where a workload has them: the first service and another one at the same "
    "time on the same cores, each under its own load, so that what the machine does to one it does to the other. A ratio that "
    "differs from that of servers alone is noted below its table."
)

BLOCKS = (
    "A round is on one machine. A ratio over several machines is the mean of theirs, each by its rounds, and its interval is "
    "that of what is left within machines: it is of these machines. Where machines differ by more than chance allows, "
    "machines_disagree says so. Values are never pooled over machines."
)


def method(summary: Summary) -> list[str]:
    """Paragraphs for somebody who has not read docs/explanation/measuring.md; none for a run without load."""
    if not summary.workloads:
        return []
    single = summary.machine.cores == 1 or physical_cores(summary.machine.core_groups) == 1
    cores_in_words = (
        "Server and generator had cores of their own."
        if summary.pinned and not single
        else f"Server ({counted(summary.server_threads, 'thread')}) and generator shared the "
        f"{'only core' if single else 'cores'}."
    )
    return [
        "A trial is a fresh server process: it is started, waited for, warmed up, put under load, read out, stopped. In a "
        "round every service has its turn once under each workload that it is put to, in an order that is balanced and drawn "
        f"from the seed. What is compared are trials of the same round. {cores_in_words}",
        "Before anything is measured each service has to pass the core cases of its task, some of them drawn at random; of the "
        "levels http and strict the tables have the score. During the load another client checks some of the answers. Only "
        "answers with the right status count as goodput. Quantiles are those of the raw latencies of all trials together. CPU "
        "time and memory are the kernel’s, of all processes of a service.",
        "A figure is the median of its trials, with a 95% interval from order statistics, or their range where they are too "
        "few. A ratio is exp of the 20% trimmed mean of the logarithms of the pairs, with Yuen’s interval. A difference is "
        "called one only if it stands after Holm’s correction for all comparisons of its family, and is no smaller than what "
        "the A/A control (one service over itself) could have shown, where the run has one.",
        *([PAIRED] if any(workload.paired for workload in summary.workloads) else []),
        *([BLOCKS] if summary.is_campaign else []),
    ]


def facts(summary: Summary) -> list[tuple[str, str]]:
    """Term and text, in the order in which people ask."""
    machine = summary.machine
    kind_of_vm = " ".join(filter(None, (machine.hypervisor, machine.product)))
    virtual = f", a virtual machine ({kind_of_vm})" if machine.hypervisor else ""
    per_core = f", {machine.threads_per_core} threads a core" if machine.threads_per_core else ""
    kinds = kinds_of(machine.core_groups, [])
    of_kinds = f" ({'; '.join(f'{kind} {cpus}' for kind, cpus in kinds.items())})" if len(kinds) > 1 else ""
    quota = "" if machine.quota_cores is None else f", a quota of {counted(machine.quota_cores, 'core')}"
    terms = [
        ("CPU", f"{machine.cpu_model}, {counted(machine.cores, 'core')}{of_kinds}{per_core}{quota}{virtual}"),
        ("frequency", f"governor {machine.governor or 'unknown'}, turbo {_on_off(machine.turbo)}"),
        ("memory", f"{machine.memory_bytes / 1e9:.1f} GB"),
        ("system", f"{machine.system}, Linux {machine.kernel}"),
        ("mitigations", ", ".join(f"{name}: {state}" for name, state in machine.mitigations.items()) or "none known"),
        ("load average", f"{machine.load_average_1m:.2f} when the run started"),
        ("fingerprint", machine.fingerprint),
        *(
            (f"machine {name}", f"{machine.cpu_model}, {counted(machine.cores, 'core')}, {machine.fingerprint}")
            for name, machine in _machines(summary)
        ),
        ("commit", f"{summary.commit or 'none'}{' with uncommitted changes' if summary.dirty else ''}"),
        ("rounds", f"{summary.rounds}, order drawn with seed {summary.seed}"),
        ("generator", summary.generator),
    ]
    if summary.load_command:
        terms.append(("load", shlex.join(summary.load_command)))
    terms += [(f"{label} started by", shlex.join(command)) for label, command in summary.start_commands.items()]
    terms += [
        (f"{label} built by", ", ".join(f"{name} {version}" for name, version in tools.items()))
        for label, tools in summary.tools.items()
        if tools
    ]
    terms += [(f"{label} built with", ", ".join(settings)) for label, settings in summary.built_with.items()]
    terms += [(f"{label} started with", ", ".join(settings)) for label, settings in summary.started_with.items()]
    if summary.harness is not None and summary.harness.busy_share.value is not None:
        terms.append(("harness", f"{m.HARNESS_BUSY.write(summary.harness.busy_share.value)}% of one core while it measured"))
    terms += [
        (f"worker on {name}", f"{m.WORKER_BUSY.write(figure.value)}% of one core while {name} measured")
        for name, figure in summary.workers.items()
        if figure.value is not None
    ]
    terms += [("to keep to the budget", line) for line in summary.given_up]
    terms += [
        ("interrupted", f"after {counted(resumption.trials_before, 'trial')}; went on at {resumption.at}")
        for resumption in summary.resumed
    ]
    return terms


def _machines(summary: Summary) -> list[tuple[str, Machine]]:
    return list(summary.machines.items()) if summary.is_campaign else []


def _on_off(value: bool | None) -> str:
    return "unknown" if value is None else "on" if value else "off"
