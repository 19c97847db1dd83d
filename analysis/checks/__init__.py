"""Validity checks: reasons to doubt a metric, each with evidence, threshold and remedy."""
