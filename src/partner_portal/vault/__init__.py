"""Sealed credentials: seal, open, rotate."""
