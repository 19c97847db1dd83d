"""Runs of many machines kept for good: an immutable folder a run, checked by analysing it again, and pooled by their ratios."""
