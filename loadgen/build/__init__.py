"""Building services into a cache, and the git revisions they are built from."""
