"""The regression check: preparing both sides, measuring pairs until they decide."""
