"""The keys of our advisory locks in PostgreSQL: a space for each purpose, and a number for each name in it.

Two names may share a number, once in four thousand million pairs; they then wait for each other without need.
"""

from __future__ import annotations

import hashlib

MEMBERS = 0x4D4A
THREADS = 0x4D4B
TURNS = 0x4D4C
START = 0x4D4D
"""Spaces; the warehouse has one of its own for its writers (0x4D49)."""


def key_of(*names: str) -> int:
    """The number of what is called by `names`, as PostgreSQL's integer."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return int.from_bytes(digest[:4], "big", signed=True)
