"""Capacity curves: open loops at rates that a rule chooses, from near idle to saturation."""
