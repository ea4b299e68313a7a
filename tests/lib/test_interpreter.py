"""What start-up made is left alone by the collector; what comes later is not."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

from partner_portal.lib.interpreter import settle


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
