"""The interpreter of a process that serves or syncs: what keeps its threads from answering and from sending in time."""

from __future__ import annotations

import atexit
import gc


def settle() -> None:
    """Say that start-up is over: all that it made stays, so nobody looks through it again for what can be freed.

    Each look took 30 ms or more, in which no request was answered and none sent.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # else libraries find at the very end what nobody freed, and complain about it
