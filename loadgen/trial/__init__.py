"""One trial: a fresh server, its load, and what is read meanwhile; alone or as a pair."""
