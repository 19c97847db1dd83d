"""Generators on other hosts than the server's: what the server's host asks of them, and what they do."""
