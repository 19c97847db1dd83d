"""Output of benchmark tools, a file a tool."""
