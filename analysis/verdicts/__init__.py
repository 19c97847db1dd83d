"""Which differences of a run are real, and shared ranks where nothing tells services apart."""
