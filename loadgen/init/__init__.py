"""From a repository's files to its primebench.toml: what is in them becomes text; only folder.py and written.py touch files."""
