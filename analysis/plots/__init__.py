"""Plots of a run, with matplotlib."""
