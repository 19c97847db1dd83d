"""Intervals, tests and adjustments, on scipy."""
