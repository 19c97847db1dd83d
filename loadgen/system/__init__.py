"""The operating system: processes, signals, streams, limits, environments, readings from /proc."""
