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
class TeamChanged(Event):
    """A team has other members, by their Autotask ids; `before` is None for a new one, `after` for a removed one."""

    action = "team.changed"
    name: str
    before: list[int] | None
    after: list[int] | None


@dataclass(frozen=True)
class MappingChanged(Event):
    """Another mapping of the tenant's ids is in force; `before` and `after` hold the entries in which they differ.

    The mapping before version 1 is the one that the tenant's labels proposed.
    """

    action = "mapping.changed"
    version: int
    before: dict[str, Any]
    after: dict[str, Any]


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
    """An organization was connected; `before` is the API user that it was connected as until then.

    `is_other_tenant` says that it was connected to another Autotask database, whose rows must go.
    """

    action = "connection.set"
    username: str
    zone: str
    before: str | None
    is_other_tenant: bool


@dataclass(frozen=True)
class MirrorCleared(Event):
    """All that was held of an organization's earlier Autotask database was removed: `rows` records, and the history."""

    action = "mirror.cleared"
    rows: int


@dataclass(frozen=True)
class DeletionsAccepted(Event):
    """A sync ran that was allowed to remove any number of rows that vanished from Autotask.

    `removed` has the entities that lost any, with how many; it is empty where that is not known, or none went.
    """

    action = "deletions.accepted"
    removed: dict[str, int]


@dataclass(frozen=True)
class RefreshAsked(Event):
    """A refresh was asked for; `queued` is false when one waited already."""

    action = "refresh.asked"
    queued: bool


@dataclass(frozen=True)
class ReportExported(Event):
    """Figures left the portal as a file: which document, in which format, of which days and data version.

    `start` and `end` are local dates, both inclusive.
    """

    action = "report.exported"
    document: str
    format: str
    start: str
    end: str
    data_version: int


@dataclass(frozen=True)
class RecordsExported(Event):
    """Records left the portal as a file: `rows` of those behind the figure `metric`, of which days and data version.

    `start` and `end` are empty where the state now counts, whatever the period; `filters` are those asked for.
    """

    action = "records.exported"
    metric: str
    format: str
    start: str
    end: str
    filters: dict[str, Any]
    rows: int
    data_version: int


EVENTS: tuple[type[Event], ...] = (
    LoggedIn,
    LogInFailed,
    LoggedOut,
    OrganizationAdded,
    TimeZoneChanged,
    TeamChanged,
    MappingChanged,
    PersonAdded,
    ConnectionTested,
    ConnectionSet,
    MirrorCleared,
    DeletionsAccepted,
    RefreshAsked,
    ReportExported,
    RecordsExported,
)
