"""Load generators: one protocol, a module for each program."""
