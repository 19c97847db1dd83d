"""Tasks: what services are asked, and what a right response is. A folder each, or TOML (docs/how-to/write-a-task.md)."""
