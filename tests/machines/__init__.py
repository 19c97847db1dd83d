"""Machines of many kinds as the kernel shows them: /proc and /sys trees, made from compact descriptions."""
