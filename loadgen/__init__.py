"""Build, verify, start, load, sample, record: everything that touches processes and produces records."""
