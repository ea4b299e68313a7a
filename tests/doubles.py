"""What stands in for the world around a portal: a queue in memory, an Autotask that is nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn


@dataclass
class ListedJobs:
    """A queue in memory, with the rule of the real one: one sync of an organization waits at a time."""

    waiting: list[tuple[str, bool]] = field(default_factory=list)

    def enqueue_sync(self, slug: str, *, full: bool = False) -> bool:
        if any(slug == held for held, _ in self.waiting):
            return False
        self.waiting.append((slug, full))
        return True

    def lengths(self) -> dict[str, int]:
        return {"sync": len(self.waiting)}

    def close(self) -> None:
        """Nothing is held."""


@contextmanager
def held_parts(warehouse: Any, now: datetime) -> Iterator[Any]:
    """The parts of this process: over `warehouse`, a clock that stands at `now`, an Autotask that is nowhere."""
    # Imported here: this module is loaded before Django is set up.
    from partner_portal.autotask.errors import HostUnreachable
    from partner_portal.bootstrap import portal
    from partner_portal.lib.clock import FixedClock
    from partner_portal.usecases.parts import Parts
    from partner_portal.vault.sealing import Keyring, new_key
    from partner_portal.vault.vault import Vault

    async def nowhere(_credentials: Any, _limits: Any, _known: Any = None) -> NoReturn:
        raise HostUnreachable("127.0.0.1", "connection refused")

    parts = Parts(
        warehouse=warehouse,
        clock=FixedClock(now),
        vault=Vault(Keyring([new_key()])),
        jobs=ListedJobs(),
        open_client=nowhere,
        entry_url="http://127.0.0.1:9",
    )
    portal.hold(parts)
    yield parts
    portal.hold(None)
