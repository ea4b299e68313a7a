"""What start-up made is left alone by the collector; what comes later is not."""

from __future__ import annotations

import gc
import platform
import subprocess
import sys
import weakref

import pytest

from partner_portal.lib.interpreter import HEAPS, settle


class Ring:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


def test_what_there_is_is_not_looked_through_again_and_what_comes_is_still_freed() -> None:
    try:
        settle()
        assert gc.get_freeze_count() > 0
        gone = weakref.ref(Ring())
        gc.collect()
        assert gone() is None
    finally:
        gc.unfreeze()


MANY_THREADS = """
import ctypes, threading
from partner_portal.lib.interpreter import share_heaps
{first}
held, together = [], threading.Barrier(8)
def work():
    held.append(bytes(10_000))  # too much for Python's own room
    together.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
told = ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w"))
libc.malloc_info(0, told)
libc.fflush(told)
"""


def heaps(first: str) -> int:
    program = [sys.executable, "-c", MANY_THREADS.format(first=first)]
    return subprocess.run(program, capture_output=True, text=True, check=True).stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has such heaps")
def test_threads_share_two_heaps() -> None:
    assert heaps("share_heaps()") == HEAPS < heaps("")


def test_a_process_that_ends_complains_of_nothing() -> None:
    program = (
        "import duckdb; from partner_portal.lib.interpreter import settle\n"
        "class Ring: pass\n"
        "ring = Ring(); ring.itself = ring; ring.held = duckdb.connect().extract_statements('SELECT 1'); del ring\n"
        "kept = Ring(); kept.itself = kept; kept.held = duckdb.connect().extract_statements('SELECT 1')\n"
        "settle()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""
