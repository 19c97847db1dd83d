"""Microbenchmarks: estimates, ratios, and whether they explain the load runs."""
