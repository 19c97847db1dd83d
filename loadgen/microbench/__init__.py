"""Microbenchmarks of a service: built, verified, run; instruction counts."""
