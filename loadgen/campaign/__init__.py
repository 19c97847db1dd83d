"""Campaigns: whole rounds of a run, each on one of several machines."""
