"""Tasks: what services are asked, and what a right response is. A folder each, or TOML (docs/reference/task-toml.md)."""
