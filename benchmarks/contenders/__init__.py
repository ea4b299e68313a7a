"""Programs that each fetch the same rows their own way, run as a process of their own.

Each reads an order from standard input and writes what it did to standard output, both as JSON:
`{"address", "username", "secret", "integration_code", "entities": {path: [fields]}}` and
`{"seconds", "rows": {path: distinct rows}, "peak_mb"}` with further figures of its own.
"""
