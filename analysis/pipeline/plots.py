"""Every plot of a run. matplotlib is imported when the first one is drawn, which takes a second."""

from pathlib import Path

from analysis.model.summary import Summary
from analysis.plots.plot import Plot


def every_plot(summary: Summary, folder: Path) -> list[Plot]:
    """Write every plot that the run has estimates for, as SVG and PNG."""
    from analysis.microbench.plots import write_microbench_plots
    from analysis.plots.cost import write_work_plot
    from analysis.plots.fairness import write_fairness_plot
    from analysis.plots.load import write_load_plots
    from analysis.plots.memory import write_memory_plot
    from analysis.plots.metrics import write_plots
    from analysis.plots.ratios import write_ratio_plot
    from analysis.plots.shares import write_shares_plot
    from analysis.plots.side_services import write_side_services_plot
    from analysis.plots.tail import write_tail_plot

    folder.mkdir(exist_ok=True)
    of_ratios = (write_ratio_plot, write_fairness_plot)
    every = (
        *(write_ratio_plot, write_plots, write_tail_plot, write_load_plots, write_work_plot, write_shares_plot),
        *(write_side_services_plot, write_memory_plot, write_fairness_plot),
    )
    # the others show values, which no two machines share
    plots = [plot for write in (of_ratios if summary.is_campaign else every) for plot in write(summary, folder)]
    return plots + (write_microbench_plots(summary.microbench, folder) if summary.microbench else [])
