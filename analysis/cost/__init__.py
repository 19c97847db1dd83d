"""What a request's CPU time is spent on: the calculation, HTTP and JSON, the kernel."""
