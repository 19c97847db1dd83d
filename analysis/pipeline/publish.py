"""The reference run: what results/reference/ keeps of a run, and the part of the README that shows it."""

import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path

from analysis.audit.tables import claims_tables, conditions_lines, verdicts_in_words
from analysis.microbench.tables import microbench_tables
from analysis.model.standing import ARTICLE
from analysis.model.summary import Summary, read_summary, write_summary
from analysis.pipeline.plots import every_plot
from analysis.pipeline.render import page
from analysis.report.headline import answer
from analysis.tables.markdown import escaped, markdown
from analysis.tables.overview import overview_table
from analysis.trial.trimmed import keep_trimmed
from loadgen.counted import counted
from loadgen.errors import Error

BEGIN = "<!-- reference run: begin (primebench reference writes this part) -->"
END = "<!-- reference run: end -->"
AUDIT = "audit"
"""The profile that measures what was published and why, and where what it found is kept."""
AUDITS = {AUDIT: ("table.md", "audit.json"), "article": ("article.md", "article.json")}
"""By profile, the files there: of the one above, and of the published command as it is."""
MICROBENCH_PLOTS = ("ladder.svg", "codec.svg")
SHOWN_PLOTS = {"ratios": "how much more CPU each service needs than the one that needs the least"}
SHOWN_RATIOS = (ARTICLE, "mixed", "framework")
"""The README has the ratios of these workloads, where the run has them; table.md has all."""


def keep(summary: Summary, run_folder: Path, checkout: Path) -> None:
    """Keep a rendered run where runs like it are kept; raise Error if it cannot be."""
    if summary.microbench is not None and summary.microbench.benches:  # load trials alone have fits there, and no benchmarks
        keep_microbench(run_folder, checkout)
    elif summary.profile in AUDITS:
        keep_audit(run_folder, checkout)
    else:
        keep_reference(run_folder, checkout)


def keep_reference(run_folder: Path, checkout: Path) -> None:
    """Keep a rendered run in results/reference/: summary, tables, SVG plots, raw data trimmed; and renew the README's part.

    Of the kept run itself, what shows it is made again. Raises Error if the run has not been rendered, or the README has no
    place for it.
    """
    summary = read_summary(run_folder / "summary.json")
    target = checkout / "results" / "reference"
    try:
        if run_folder.resolve() != target.resolve():
            with tempfile.TemporaryDirectory() as scratch:  # a run that cannot be kept leaves the one of before
                keep_trimmed(run_folder, Path(scratch))
                shutil.rmtree(target, ignore_errors=True)
                target.mkdir(parents=True)
                for kept in Path(scratch).iterdir():
                    shutil.copy(kept, target / kept.name)
            write_summary(summary, target / "summary.json")
        drawn = write_shown(summary, target)
    except OSError as error:
        raise Error(f"{error.filename}: {error.strerror}; run: primebench report {run_folder}") from error
    readme = checkout / "README.md"
    readme.write_text(with_section(readme.read_text(encoding="utf-8"), section(summary, drawn)), encoding="utf-8")


def write_shown(summary: Summary, target: Path) -> list[str]:
    """What is kept to be looked at: table.md and the plots as SVG, whose names it returns. Raises OSError."""
    (target / "table.md").write_text(page(summary), encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        plots = [plot.svg for plot in every_plot(summary, Path(scratch))]
        shutil.rmtree(target / "plots", ignore_errors=True)
        (target / "plots").mkdir()
        for svg in plots:
            shutil.copy(svg, target / "plots" / svg.name)
    return [svg.stem for svg in plots]


def keep_microbench(run_folder: Path, checkout: Path) -> None:
    """Copy a rendered run's microbenchmarks, tables and SVG plots to results/microbench/; raise Error if it has none."""
    summary = read_summary(run_folder / "summary.json")
    if summary.microbench is None or not summary.microbench.benches:
        raise Error(f"{run_folder}: no microbenchmarks; run: primebench microbench")
    target = checkout / "results" / "microbench"
    drawn = [run_folder / "plots" / name for name in MICROBENCH_PLOTS]
    text = f"{_origin(summary).partition(' All tables')[0]}\n\n{markdown(microbench_tables(summary.microbench))}"
    try:
        data = (run_folder / "microbench.json").read_bytes()  # before what is there goes
        shutil.rmtree(target, ignore_errors=True)
        (target / "plots").mkdir(parents=True)
        for plot in drawn:
            if plot.exists():  # a service without the JSON benchmarks has no codec.svg
                shutil.copy2(plot, target / "plots" / plot.name)
        (target / "microbench.json").write_bytes(data)
        (target / "table.md").write_text(text, encoding="utf-8")
    except OSError as error:
        raise Error(f"{error.filename}: {error.strerror}; run: primebench report {run_folder}") from error


def keep_audit(run_folder: Path, checkout: Path) -> None:
    """Keep what a rendered run says of what was published in results/audit/; raise Error if it says nothing."""
    summary = read_summary(run_folder / "summary.json")
    if summary.audit is None:
        raise Error(f"{run_folder}: no audit; run: primebench run --profile {AUDIT}")
    target = checkout / "results" / AUDIT
    target.mkdir(parents=True, exist_ok=True)
    table, data = AUDITS[summary.profile]
    lines = [
        _origin(summary).partition(" All tables")[0],
        *map(escaped, (*conditions_lines(summary.audit), *verdicts_in_words(summary))),
    ]
    text = "\n\n".join([*lines, markdown(claims_tables(summary, whole=True))])
    (target / table).write_text(text, encoding="utf-8")
    (target / data).write_text(summary.model_dump_json(indent=2, include={"claims", "audit"}) + "\n", encoding="utf-8")


def with_section(readme: str, text: str) -> str:
    """The README with `text` between its two markers; raise Error if it lacks them."""
    if BEGIN not in readme or END not in readme:
        raise Error(f"README.md: expected a line '{BEGIN}' and a line '{END}'")
    return readme[: readme.index(BEGIN) + len(BEGIN)] + "\n" + text + readme[readme.index(END) :]


def section(summary: Summary, drawn: Collection[str]) -> str:
    """Return the README's part: a plot, the answer, ratios, where they come from.

    `drawn` are the names of the plots that there are.
    """
    plots = [f"![{text}](results/reference/plots/{name}.svg)" for name, text in SHOWN_PLOTS.items() if name in drawn]
    chosen = summary.replace(workloads=[workload for workload in summary.workloads if workload.name in SHOWN_RATIOS])
    return "\n\n".join([*plots, *map(escaped, answer(summary)), markdown([overview_table(chosen)]), _origin(summary), ""])


def _origin(summary: Summary) -> str:
    machine = summary.machine
    given_up = f" To keep to its budget: {'; '.join(summary.given_up)}." if summary.given_up else ""
    virtual = f", a virtual machine ({machine.hypervisor})" if machine.hypervisor else ""
    return (
        f"Profile `{summary.profile}`, {counted(summary.rounds, 'round')}, seed {summary.seed}, {summary.started[:10]}, "
        f"commit {(summary.commit or 'none')[:12]}, {machine.cpu_model}, {counted(machine.cores, 'core')}{virtual}, "
        f"{machine.system}, "
        f"{summary.generator}.{given_up} All tables: [results/reference/table.md](results/reference/table.md)."
    )
