"""Versions that are pinned in code, because no lock file can hold them."""

OHA_VERSION = "1.16.0"
