"""The states that a demo can be started in, each reached the way it comes about: by what Autotask does.

A state is one function; its docstring's first line tells people what they will see.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from partner_portal.organizations.models import Organization
    from partner_portal.usecases.parts import Parts

Turn = Callable[[str, str, Any], Any]
"""Turns a knob of the sandbox: method, path below /_sandbox/, body; gives the decoded answer."""

HOURS_STALE = 3
SLOW_SECONDS = 45
"""How long the slow sandbox takes for an answer: less than the client waits for one."""
HOUR_OF_CALLS = 10_000
"""What the integrations of a tenant may send in an hour, all together."""
NEW_TYPE = 29_999_001
RETYPED_NOTES = 60

SETTINGS = {"refreshing": {"PORTAL_REFRESH_SECONDS": "60"}}
"""What the portal must be set to so that a state lasts."""


@dataclass(frozen=True)
class Stage:
    """An organization that is not connected yet, and the sandbox that it can be connected to."""

    parts: Parts
    organization: Organization
    turn: Turn

    def earlier(self, *, hours: int) -> Stage:
        """The same, so many hours ago."""
        from partner_portal.lib.clock import FixedClock

        clock = FixedClock(self.parts.clock.now() - timedelta(hours=hours))
        return replace(self, parts=replace(self.parts, clock=clock))

    def connect(self) -> None:
        """Connect the sandbox; nothing is read yet."""
        from partner_portal.autotask.credentials import Credentials
        from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
        from partner_portal.usecases.connect_autotask import connect_autotask

        credentials = Credentials(username=USERNAME, secret=SECRET, integration_code=INTEGRATION_CODE)
        connect_autotask(replace(self.parts, jobs=_NothingWaits()), self.organization, credentials)

    def sync(self, *, full: bool = False) -> None:
        """Read what the sandbox lets us read; that it refuses is part of some states."""
        from partner_portal.autotask.errors import AutotaskError
        from partner_portal.cli.sync import run_sync

        with suppress(AutotaskError):
            run_sync(self.parts, self.organization, full=full)

    def ask_for_sync(self) -> None:
        """Let the portal sync as soon as it serves."""
        self.parts.jobs.enqueue_sync(self.organization.slug)

    def confirm_mapping(self) -> None:
        """Put the proposed mapping in force, as an administrator does."""
        from partner_portal.usecases.mapping import read_mapping, save_mapping

        listing = read_mapping(self.parts, self.organization)
        save_mapping(self.parts, self.organization, {"based_on": listing["version"], "mapping": listing["proposed"]})


class _NothingWaits:
    """A queue for acts whose syncs the stage does itself."""

    def enqueue_sync(self, _slug: str, *, full: bool = False) -> bool:  # noqa: ARG002 - as a queue is asked
        """Take note of nothing."""
        return False

    def lengths(self) -> dict[str, int]:
        """Nothing waits."""
        return {}

    def close(self) -> None:
        """Nothing is held."""


def normal(stage: Stage) -> None:
    """Connected and fresh."""
    stage.connect()
    stage.sync(full=True)


def not_connected(_stage: Stage) -> None:
    """Nothing is connected: a banner, and no number."""


def first_sync(stage: Stage) -> None:
    """The first sync runs for some minutes: progress by entity, and no number yet."""
    stage.connect()
    for entity in ("CompanyNotes", "Opportunities"):
        slow = {"kind": "latency", "entity": entity, "seconds": SLOW_SECONDS, "count": None}
        stage.turn("POST", "faults", [{**slow, "route": "query", "skip": 1}, {**slow, "route": "next"}])
    stage.ask_for_sync()


def refreshing(stage: Stage) -> None:
    """Newer numbers are on their way, slowly; the old ones stay."""
    normal(stage)
    stage.turn("PATCH", "options", {"latency_seconds": SLOW_SECONDS})
    stage.ask_for_sync()


def stale(stage: Stage) -> None:
    """The last data is hours old, as Autotask refuses the credentials since."""
    normal(stage.earlier(hours=HOURS_STALE))
    stage.turn("POST", "faults", {"kind": "unauthorized", "count": None})
    stage.sync()


def partial(stage: Stage) -> None:
    """One entity could not be read this time; its earlier rows stay."""
    normal(stage)
    stage.turn("POST", "faults", {"kind": "error", "entity": "CompanyNotes", "count": None})
    stage.sync()


def throttled(stage: Stage) -> None:
    """The tenant's other integrations used its hour of calls up: the sync waits, and says until when."""
    normal(stage)
    stage.turn("POST", "hour", {"used": HOUR_OF_CALLS})
    stage.sync()


def no_permission(stage: Stage) -> None:
    """The API user may not read appointments: what depends on them is unknown."""
    stage.turn("PATCH", "options", {"permissions": {"Appointments": "forbidden"}})
    normal(stage)


def nothing(stage: Stage) -> None:
    """Everything was read, and nothing happened in any range."""
    stage.turn("POST", "reset", {"activities": 0, "sizes": {"opportunities": 0, "appointments": 0}})
    normal(stage)


def unmapped(stage: Stage) -> None:
    """An action type came up in Autotask after the mapping was confirmed."""
    normal(stage)
    stage.confirm_mapping()
    stage.turn("POST", "rows/ActionTypes", {"id": NEW_TYPE, "name": "Site walk", "isActive": True, "view": 1})
    for note in _last_notes(stage):
        stage.turn("PATCH", f"rows/CompanyNotes/{note}", {"actionType": NEW_TYPE})
    stage.sync(full=True)


def _last_notes(stage: Stage) -> list[int]:
    """The ids of the latest notes."""
    notes = stage.turn("GET", "rows/CompanyNotes", None)
    dated = sorted((note for note in notes if note["startDateTime"]), key=lambda note: str(note["startDateTime"]))
    return [note["id"] for note in dated[-RETYPED_NOTES:]]


STATES: dict[str, Callable[[Stage], None]] = {
    state.__name__.replace("_", "-"): state
    for state in (
        normal,
        not_connected,
        first_sync,
        refreshing,
        stale,
        partial,
        throttled,
        no_permission,
        nothing,
        unmapped,
    )
}
"""The states by what `portal demo --state` calls them."""


def told(name: str) -> str:
    """What people will see in the state called `name`, in one line."""
    return (STATES[name].__doc__ or "").splitlines()[0]
