"""From finished records to figures, checks, tables, plots and verdicts. Imports nothing of `loadgen` but the records."""
