"""The reference run: what results/reference/ keeps of a run, and the part of the README that shows it."""

import shutil
from pathlib import Path

from analysis import metric as m
from analysis.render_table import markdown
from analysis.summary import Summary, read_summary
from analysis.table import ARTICLE, Cell, Table, aa_tables, comparison_cell, workload_table
from analysis.table_microbench import microbench_tables
from loadgen.trouble import Trouble

BEGIN = "<!-- reference run: begin (primebench reference writes this part) -->"
END = "<!-- reference run: end -->"
MICROBENCH_PLOTS = ("ladder.svg", "codec.svg")
SHOWN_PLOTS = {"throughput": "goodput of each service under each workload", "cpu_per_request": "CPU time per request"}
RATIOS = (m.CPU_PER_REQUEST, m.GOODPUT, m.LATENCY_P99, m.RSS_LOADED)


def keep_reference(run_folder: Path, checkout: Path) -> None:
    """Copy a rendered run's summary, tables and SVG plots to results/reference/ and renew the README's part.

    Raises Trouble if the run has not been rendered, or the README has no place for it.
    """
    summary = read_summary(run_folder / "summary.json")
    target = checkout / "results" / "reference"
    try:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(run_folder / "plots", target / "plots", ignore=shutil.ignore_patterns("*.png"))
        for name in ("summary.json", "table.md"):
            shutil.copy2(run_folder / name, target / name)
    except OSError as error:
        raise Trouble(f"{error.filename}: {error.strerror}; run: primebench report {run_folder}") from error
    readme = checkout / "README.md"
    readme.write_text(with_section(readme.read_text(encoding="utf-8"), section(summary)), encoding="utf-8")


def keep_microbench(run_folder: Path, checkout: Path) -> None:
    """Copy a rendered run's microbenchmarks, tables and SVG plots to results/microbench/; raise Trouble if it has none."""
    summary = read_summary(run_folder / "summary.json")
    if summary.microbench is None or not summary.microbench.benches:
        raise Trouble(f"{run_folder}: no microbenchmarks; run: primebench microbench")
    target = checkout / "results" / "microbench"
    shutil.rmtree(target, ignore_errors=True)
    (target / "plots").mkdir(parents=True)
    for name in MICROBENCH_PLOTS:
        shutil.copy2(run_folder / "plots" / name, target / "plots" / name)
    shutil.copy2(run_folder / "microbench.json", target / "microbench.json")
    text = f"{_origin(summary).partition(' All tables')[0]}\n\n{markdown(microbench_tables(summary.microbench))}"
    (target / "table.md").write_text(text, encoding="utf-8")


def with_section(readme: str, text: str) -> str:
    """The README with `text` between its two markers; raise Trouble if it lacks them."""
    if BEGIN not in readme or END not in readme:
        raise Trouble(f"README.md: expected a line '{BEGIN}' and a line '{END}'")
    return readme[: readme.index(BEGIN) + len(BEGIN)] + "\n" + text + readme[readme.index(END) :]


def section(summary: Summary) -> str:
    """The README's part: plots, the article's table, its A/A control if it has one, the ratios, where the figures come from."""
    article = [workload for workload in summary.workloads if workload.name == ARTICLE]
    tables = [table for workload in article for table in (workload_table(summary, workload), *aa_tables(workload))]
    plots = [f"![{text}](results/reference/plots/{name}.svg)" for name, text in SHOWN_PLOTS.items()]
    return "\n\n".join([*plots, markdown([*tables, _ratio_table(summary)]), _origin(summary), ""])


def _ratio_table(summary: Summary) -> Table:
    """A row a workload and metric, a column a pair: the ratios that answer the question in the README's first line."""
    found: dict[tuple[str, str], dict[str, Cell]] = {}
    for workload in summary.workloads:
        for one in workload.comparisons:
            pair = f"{one.numerator} / {one.denominator}"
            found.setdefault((workload.name, one.metric), {})[pair] = comparison_cell(one)
    pairs = list(dict.fromkeys(pair for ratios in found.values() for pair in ratios))
    rows = [
        (f"{name}: {metric.title}", [found[name, metric.name][pair] for pair in pairs])
        for name in (workload.name for workload in summary.workloads)
        for metric in RATIOS
        if (name, metric.name) in found
    ]
    return Table("ratios, paired by round, with 95% intervals", pairs, rows)


def _origin(summary: Summary) -> str:
    machine = summary.machine
    virtual = f", a virtual machine ({machine.hypervisor})" if machine.hypervisor else ""
    return (
        f"Profile `{summary.profile}`, {summary.rounds} rounds, seed {summary.seed}, {summary.started[:10]}, "
        f"commit {(summary.commit or 'none')[:12]}, {machine.cpu_model}, {machine.cores} cores{virtual}, {machine.system}, "
        f"oha {summary.oha_version}. All tables: [results/reference/table.md](results/reference/table.md)."
    )
