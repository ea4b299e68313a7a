"""What the audit trail can tell: one data class per event, whose fields are what is written down.

No field ever takes a secret, a token or a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from partner_portal.audit.account_events import ACCOUNT_EVENTS
from partner_portal.audit.event import Event
from partner_portal.audit.people_events import PEOPLE_EVENTS


@dataclass(frozen=True)
class OrganizationAdded(Event):
    """An organization was added."""

    action = "organization.added"
    slug: str
    name: str
    time_zone: str
    currency: str


@dataclass(frozen=True)
class CalendarChanged(Event):
    """An organization's days, weeks or years begin elsewhere, or its money is in another currency.

    `before` and `after` hold what differs of `time_zone`, `currency`, `week_start` (days from Monday = 0) and
    `fiscal_year_start` (a month from January = 1).
    """

    action = "organization.calendar_changed"
    before: dict[str, Any]
    after: dict[str, Any]


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
class OrganizationSwitched(Event):
    """An organization was deactivated, which serves and syncs it no more, or reactivated."""

    action = "organization.switched"
    before: bool
    after: bool


@dataclass(frozen=True)
class ActRefused(Event):
    """A member asked for an act that their role does not allow."""

    action = "act.refused"
    act: str


@dataclass(frozen=True)
class AuditExported(Event):
    """The audit log left the portal as a file of `rows` entries."""

    action = "audit.exported"
    filters: dict[str, Any]
    rows: int


@dataclass(frozen=True)
class ConnectionTested(Event):
    """Credentials were tried against Autotask and not kept."""

    action = "connection.tested"
    username: str


@dataclass(frozen=True)
class ConnectionSet(Event):
    """An organization was connected; `before` is the API user that it was connected as until then.

    `changed` names what is new of username, secret and integration code; `is_other_tenant` says that it was connected
    to another Autotask database, whose rows must go.
    """

    action = "connection.set"
    username: str
    zone: str
    before: str | None
    changed: list[str]
    is_other_tenant: bool


@dataclass(frozen=True)
class ConnectionEnded(Event):
    """An organization was disconnected from the tenant of `before`; its credentials are gone, and with `removes_data`
    what was read from Autotask goes too."""

    action = "connection.ended"
    before: str | None
    removes_data: bool


@dataclass(frozen=True)
class SecretReminded(Event):
    """The administrators at these addresses were reminded of a secret that is so many days old."""

    action = "connection.secret_reminded"
    days: int
    addresses: list[str]


@dataclass(frozen=True)
class VaultRotated(Event):
    """Sealed values of an organization were sealed anew under another vault key; `failed` ones could not be opened."""

    action = "vault.rotated"
    sealed_under: str
    resealed: int
    failed: int


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

    `start` and `end` are empty where the state now counts, whatever the period; `filters` are those asked for. `only`
    is the entry of a list that the figure was narrowed to, `search` the text that the records have; empty without.
    """

    action = "records.exported"
    metric: str
    format: str
    start: str
    end: str
    filters: dict[str, Any]
    only: str
    search: str
    rows: int
    data_version: int


@dataclass(frozen=True)
class RecordsRead(Event):
    """Somebody looked into the records behind the figure `metric`, of which days and data version, and got `rows`.

    Whoever pages or sorts on through the same list is not noted again for a while (`usecases.records`), but for each
    further thousand of its records: `first` is the place in the list of the first one that was given, from 0.
    `start`, `end`, `filters`, `only` and `search` are those of RecordsExported.
    """

    action = "records.read"
    metric: str
    start: str
    end: str
    filters: dict[str, Any]
    only: str
    search: str
    first: int
    rows: int
    data_version: int


@dataclass(frozen=True)
class AutotaskQueried(Event):
    """A person put a question to Autotask through the portal.

    `kind` is query, count or item. Of the filter the fields are told, not the values: those may name people, and the
    trail is kept for long. `rows` came, None where none did or only a count; `is_kept` when an earlier answer served.
    """

    action = "autotask.queried"
    entity: str
    kind: str
    filtered_by: list[str]
    rows: int | None
    is_kept: bool


@dataclass(frozen=True)
class BackupMade(Event):
    """Somebody at the shell wrote a backup of all organizations into a file called `name`, with `files` in it."""

    action = "backup.made"
    name: str
    files: list[str]


@dataclass(frozen=True)
class BackupRestored(Event):
    """Somebody at the shell put the backup called `name`, made at the instant `made_at`, in the place of all data."""

    action = "backup.restored"
    name: str
    made_at: str


@dataclass(frozen=True)
class StoreMoved(Event):
    """Somebody at the shell carried all data, `rows` in `tables`, from the embedded stores into this PostgreSQL."""

    action = "store.moved"
    tables: int
    rows: int


EVENTS: tuple[type[Event], ...] = (
    *ACCOUNT_EVENTS,
    *PEOPLE_EVENTS,
    OrganizationAdded,
    CalendarChanged,
    TeamChanged,
    MappingChanged,
    OrganizationSwitched,
    ActRefused,
    AuditExported,
    ConnectionTested,
    ConnectionSet,
    ConnectionEnded,
    SecretReminded,
    VaultRotated,
    MirrorCleared,
    DeletionsAccepted,
    RefreshAsked,
    ReportExported,
    RecordsExported,
    RecordsRead,
    AutotaskQueried,
    BackupMade,
    BackupRestored,
    StoreMoved,
)
