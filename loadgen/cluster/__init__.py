"""Other machines: reaching them by ssh, the same primebench on each, and whether they are fit to measure together."""
