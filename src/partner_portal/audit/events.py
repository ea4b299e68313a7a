"""What the audit trail can tell: one data class per event, whose fields are what is written down.

No field ever takes a secret, a token or a password.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """Something that happened; `action` is its name in the trail."""

    action: ClassVar[str]

    def details(self) -> dict[str, Any]:
        """The event's fields, JSON-able."""
        return asdict(self)


@dataclass(frozen=True)
class LoggedIn(Event):
    """A person logged in."""

    action = "session.started"


@dataclass(frozen=True)
class LogInFailed(Event):
    """Somebody tried to log in with the address `email` and did not get in."""

    action = "session.refused"
    email: str


@dataclass(frozen=True)
class LoggedOut(Event):
    """A person logged out."""

    action = "session.ended"


@dataclass(frozen=True)
class OrganizationAdded(Event):
    """An organization was added."""

    action = "organization.added"
    slug: str
    name: str
    time_zone: str
    currency: str


@dataclass(frozen=True)
class TimeZoneChanged(Event):
    """An organization's days are counted in another time zone."""

    action = "organization.time_zone_changed"
    before: str
    after: str


@dataclass(frozen=True)
class PersonAdded(Event):
    """A person was added to an organization, in a role; `is_new` when the portal did not know them before."""

    action = "person.added"
    email: str
    role: str
    is_new: bool


@dataclass(frozen=True)
class ConnectionTested(Event):
    """Credentials were tried against Autotask and not kept."""

    action = "connection.tested"
    username: str


@dataclass(frozen=True)
class ConnectionSet(Event):
    """An organization was connected; `before` is the API user that it was connected as until then."""

    action = "connection.set"
    username: str
    zone: str
    before: str | None


@dataclass(frozen=True)
class RefreshAsked(Event):
    """A refresh was asked for; `queued` is false when one waited already."""

    action = "refresh.asked"
    queued: bool


EVENTS: tuple[type[Event], ...] = (
    LoggedIn,
    LogInFailed,
    LoggedOut,
    OrganizationAdded,
    TimeZoneChanged,
    PersonAdded,
    ConnectionTested,
    ConnectionSet,
    RefreshAsked,
)
