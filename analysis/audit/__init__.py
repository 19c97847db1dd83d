"""Published figures, ratios and causes beside what a run measured, with a verdict on each."""
