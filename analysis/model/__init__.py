"""What every part of the analysis passes on: metrics, estimates, comparisons, flags, the summary."""
