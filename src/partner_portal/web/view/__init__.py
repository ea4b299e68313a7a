"""View models: pure functions from the report document to values that templates print. No sums, no SQL."""
