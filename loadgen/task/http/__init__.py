"""Tasks from TOML: any request over HTTP, and what a right response is (docs/how-to/write-a-task.md)."""
