"""Tasks from TOML: any request over HTTP, and what a right response is (docs/reference/task-toml.md)."""
