"""A warehouse that is opened when somebody first looks into it.

The embedded warehouse belongs to one process: an act that needs no mirrored row, such as adding a person, must not
stand in the way of the process that serves, nor the other way round.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from partner_portal.organizations.scope import OrganizationScope
    from partner_portal.warehouse.store import OrganizationStore, Warehouse


class LateWarehouse:
    """Opens what `opener` opens, once, when first needed or when `open` is called."""

    def __init__(self, opener: Callable[[], Warehouse]) -> None:
        self._opener = opener
        self._lock = threading.Lock()
        self._opened: Warehouse | None = None

    def open(self) -> Warehouse:
        """The opened warehouse; raises WarehouseLocked when another process owns it."""
        with self._lock:
            if self._opened is None:
                self._opened = self._opener()
            return self._opened

    def organization(self, scope: OrganizationScope) -> OrganizationStore:
        """The one door to an organization's rows."""
        return self.open().organization(scope)

    def copy_to(self, target: Path, at_instant: Callable[[], None]) -> None:
        """Write all of one instant into the new file `target`; `at_instant` is called then."""
        self.open().copy_to(target, at_instant)

    def changes(self) -> int:
        """How many writes this process has begun to commit; none while it has not been opened."""
        with self._lock:
            return self._opened.changes() if self._opened is not None else 0

    def close(self) -> None:
        """Give the store back, if it was opened."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None
