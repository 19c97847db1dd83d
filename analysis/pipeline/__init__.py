"""From a run's folder to its summary, tables, plots and report; the only part that reads and writes files of a run."""
