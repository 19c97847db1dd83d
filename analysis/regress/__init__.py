"""The regression verdict: from pairs to worse, not worse, or cannot tell; its screen and its exports."""
