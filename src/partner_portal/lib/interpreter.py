"""The interpreter of a process that serves or syncs: what keeps its threads from answering and from sending in time."""

from __future__ import annotations

import atexit
import gc
import sys

SWITCH_SECONDS = 0.0005
"""After so long a thread that computes hands over to one that waits, such as one that only has to send a request.

Python's own 5 ms, several threads deep, were a tenth of the time of a first load into PostgreSQL.
"""


def settle() -> None:
    """Say that start-up is over: all that it made stays, so nobody looks through it again for what can be freed.

    Each look took 30 ms or more, in which no request was answered and none sent.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # else libraries find at the very end what nobody freed, and complain about it
    sys.setswitchinterval(SWITCH_SECONDS)
