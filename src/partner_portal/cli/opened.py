"""The portal as commands use it: opened in this process, quiet on standard error."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from partner_portal.bootstrap import portal

if TYPE_CHECKING:
    from partner_portal.usecases.parts import Parts


def opened_portal(*, mirror: bool = True) -> Parts:
    """The parts of this process, prepared first; without `mirror` also while another process serves.

    A person at a terminal is told warnings only, not every act.
    """
    portal.prepare()
    logging.getLogger("partner_portal").setLevel(logging.WARNING)
    return portal.parts(mirror=mirror)
