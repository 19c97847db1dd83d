"""The task of the published benchmark: POST /calculate {"n": N} gives the N-th prime (docs/reference/http-contract.md)."""
