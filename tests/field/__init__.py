"""The peers of the field that are taken by name alone: their own tests, and verification. `make test-field`."""
