"""What start-up made is left alone by the collector; what comes later is not."""

from __future__ import annotations

import gc
import sys
import weakref

from partner_portal.lib.interpreter import SWITCH_SECONDS, settle


class Ring:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


def test_what_there_is_is_not_looked_through_again_and_what_comes_is_still_freed() -> None:
    interval = sys.getswitchinterval()
    try:
        settle()
        assert gc.get_freeze_count() > 0
        assert sys.getswitchinterval() <= SWITCH_SECONDS * 1.01
        gone = weakref.ref(Ring())
        gc.collect()
        assert gone() is None
    finally:
        gc.unfreeze()
        sys.setswitchinterval(interval)
