"""Capacity curves: the rate at which an objective is kept no more, with its interval; which rate to measure next."""
