"""Finished runs beside each other: of one machine, or of several."""
