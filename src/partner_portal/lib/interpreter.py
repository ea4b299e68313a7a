"""The interpreter of a process that serves or syncs: what keeps its threads from answering and from sending in time,
and its memory level.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import platform

M_ARENA_MAX = -8
"""Of glibc's <malloc.h>."""
HEAPS = 2


def share_heaps() -> None:
    """Let all threads share two heaps of the C library, as long as there are few threads yet.

    It would give them up to eight for each core, and each keeps what its largest moment took, so that a process that
    serves grows for an hour. Python's own small objects lie elsewhere. Other C libraries are left as they are.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS)


def settle() -> None:
    """Say that start-up is over: all that it made stays, so nobody looks through it again for what can be freed.

    Each look took 30 ms or more, in which no request was answered and none sent.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # else libraries find at the very end what nobody freed, and complain about it
