"""The parts that use cases work with, joined by `bootstrap` and handed to every act."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from partner_portal.cluster.membership import Alone, Membership
from partner_portal.lib.kept_answers import KeptAnswers
from partner_portal.lib.passing_answers import PassingAnswers
from partner_portal.lib.turns import Turns

# The parts' own modules want Django set up, or are slow to load: whoever only passes parts on needs neither.
if TYPE_CHECKING:
    from partner_portal.autotask.client import AutotaskClient
    from partner_portal.autotask.credentials import Credentials
    from partner_portal.autotask.limits import Limits
    from partner_portal.autotask.session import Acquaintance
    from partner_portal.lib.clock import Clock
    from partner_portal.vault.source import SecretSource
    from partner_portal.warehouse.store import Warehouse

PRINTED_BYTES = 24 * 2**20
"""About two hundred pages. Each is good until its organization's data change, so old ones need no room for long."""


class Jobs(Protocol):
    """The queue of things to do soon, elsewhere."""

    def enqueue_sync(self, slug: str, *, full: bool = False) -> bool:
        """Ask for a sync of the organization called `slug`; False when one waits or runs already."""

    def lengths(self) -> Mapping[str, int]:
        """How many jobs wait or run, by queue; queues without any may be left out."""

    def close(self) -> None:
        """Give the queue's connections back."""


@dataclass(frozen=True)
class Parts:
    """The parts of a running portal.

    `open_client` finds the zone of the credentials and opens a client at it, with limits and with what an earlier
    client learnt, None where nobody wants to know (raising AutotaskError);
    `entry_url` is where it begins. `refresh_seconds` lie between two syncs. `stopping` is set when the process is
    about to end: long acts then leave off. `reports` keeps documents that were made, `pages` what was printed of
    them, `proxied` for a while what Autotask answered to people's queries; `proxy_places` are for those that are
    sent, `proxy_doubts` for those whose credentials are in doubt, both by organization. `member` is this process
    among others over the same stores; `running` holds the ids of the sync runs that it works on.
    """

    warehouse: Warehouse
    clock: Clock
    vault: SecretSource
    jobs: Jobs
    open_client: Callable[[Credentials, Limits, Acquaintance | None], Awaitable[AutotaskClient]]
    entry_url: str
    refresh_seconds: int = 300
    stopping: threading.Event = field(default_factory=threading.Event)
    reports: KeptAnswers = field(default_factory=KeptAnswers)
    pages: KeptAnswers = field(default_factory=lambda: KeptAnswers(PRINTED_BYTES))
    proxied: PassingAnswers = field(default_factory=PassingAnswers)
    proxy_places: Turns = field(default_factory=lambda: Turns(3))
    proxy_doubts: Turns = field(default_factory=lambda: Turns(1))
    member: Membership = field(default_factory=Alone)
    running: set[int] = field(default_factory=set)
