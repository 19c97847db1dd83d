"""The command line: options, messages, exit codes. What is measured is in loadgen, what is decided in analysis."""
