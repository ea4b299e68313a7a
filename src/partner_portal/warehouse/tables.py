"""The warehouse's tables, derived from the catalogue: one per entity, and the bookkeeping beside them.

Every key begins with the organization, so that PostgreSQL can partition or distribute the tables by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import NoneType
from typing import Any, get_args, get_type_hints

from partner_portal.autotask.catalog import APPOINTMENTS, CATALOG, COMPANY_TO_DOS, TASKS, Entity, Record

SCHEMA = "mirror"
"""The schema that holds the tables; reports name them bare and never reach it (see `scoped_select`)."""

SCHEMA_VERSION = 1
"""Raised when a store's tables change in a way that this code cannot add by itself (see `migration`)."""

ORGANIZATION = "organization_id"

_TYPES: dict[type, str] = {
    int: "BIGINT",
    str: "VARCHAR",
    bool: "BOOLEAN",
    Decimal: "DECIMAL(18,2)",
    datetime: "TIMESTAMP",
}


@dataclass(frozen=True)
class Column:
    """One column: its name and its type in the SQL that both stores share."""

    name: str
    type: str


@dataclass(frozen=True)
class Table:
    """One table: its bare name, its columns without the organization, and what is unique within an organization.

    A store with indexes keeps a further one over the organization and `ranged_by`.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    ranged_by: str | None = None

    @property
    def address(self) -> str:
        """The name by which the store itself reaches the table."""
        return f'{SCHEMA}."{self.name}"'

    @property
    def index(self) -> str | None:
        """The name of the index over the organization and `ranged_by`."""
        return None if self.ranged_by is None else f"{self.name}_{ORGANIZATION}_{self.ranged_by}_idx"

    @property
    def column_list(self) -> str:
        """The quoted columns without the organization, separated by commas."""
        return ", ".join(f'"{column.name}"' for column in self.columns)

    @property
    def definitions(self) -> str:
        """The columns as CREATE TABLE wants them, without the organization."""
        return ", ".join(f'"{column.name}" {column.type}' for column in self.columns)


def _columns(record: type[Record]) -> tuple[Column, ...]:
    hints: dict[str, Any] = get_type_hints(record)
    columns = []
    for name in record.__struct_fields__:
        kinds = [kind for kind in get_args(hints[name]) or (hints[name],) if kind is not NoneType]
        columns.append(Column(name, _TYPES[kinds[0]]))
    return tuple(columns)


_RANGED_BY = {
    APPOINTMENTS.path: "start_date_time",
    COMPANY_TO_DOS.path: "start_date_time",
    TASKS.path: "start_date_time",
}
"""By which instant reports, or the activities derived from them, ask for some of an entity's rows."""


def table_of(entity: Entity[Any]) -> Table:
    """The table that holds `entity`: one column per attribute of its record."""
    return Table(entity.table, _columns(entity.record), ("id",), ranged_by=_RANGED_BY.get(entity.path))


ENTITY_TABLES: dict[str, Table] = {entity.path: table_of(entity) for entity in CATALOG}

SOURCES = Table(
    "sources",
    (
        Column("entity", "VARCHAR"),
        Column("as_of", "TIMESTAMP"),
        Column("watermark", "TIMESTAMP"),
        Column("held_rows", "BIGINT"),
        Column("complete", "BOOLEAN"),
        Column("problem", "VARCHAR"),
        Column("full_at", "TIMESTAMP"),
        Column("unconfirmed", "BIGINT"),
    ),
    ("entity",),
)

RECONCILIATIONS = Table(
    "reconciliations",
    (
        Column("entity", "VARCHAR"),
        Column("at", "TIMESTAMP"),
        Column("ours", "BIGINT"),
        Column("theirs", "BIGINT"),
        Column("differs_since", "TIMESTAMP"),
    ),
    ("entity",),
)
"""The last comparison of each entity's count with Autotask's."""

DIFFERENCES = Table(
    "differences", (Column("entity", "VARCHAR"), Column("id", "BIGINT"), Column("kind", "VARCHAR")), ("entity", "id")
)
"""The ids behind a difference of counts that did not settle; `kind` is gone (only ours) or missing (only theirs)."""

OPPORTUNITY_CHANGES = Table(
    "opportunity_changes",
    (
        Column("opportunity_id", "BIGINT"),
        Column("version", "BIGINT"),
        Column("seen_at", "TIMESTAMP"),
        Column("kind", "VARCHAR"),
        Column("stage", "BIGINT"),
        Column("status", "BIGINT"),
        Column("amount", "DECIMAL(18,2)"),
        Column("projected_close_date", "TIMESTAMP"),
        Column("owner_resource_id", "BIGINT"),
        Column("company_id", "BIGINT"),
        Column("opportunity_category_id", "BIGINT"),
        Column("title", "VARCHAR"),
        Column("create_date", "TIMESTAMP"),
    ),
    ("opportunity_id", "version"),
    ranged_by="projected_close_date",
)
"""What each opportunity looked like from `seen_at` on, one row per change seen: the API has no history.

A change of title or create date alone is not recorded; each row has what they were at the time. `kind` is appeared,
changed or vanished (then with the last state); `version` is the data version that the change led to, so that rows of
one opportunity have an order.
"""

ACTIVITIES = Table(
    "activities",
    (
        Column("source", "VARCHAR"),
        Column("id", "BIGINT"),
        Column("action_type", "BIGINT"),
        Column("told_direction", "VARCHAR"),
        Column("owner_id", "BIGINT"),
        Column("company_id", "BIGINT"),
        Column("contact_id", "BIGINT"),
        Column("opportunity_id", "BIGINT"),
        Column("happened_at", "TIMESTAMP"),
        Column("is_echo", "BOOLEAN"),
    ),
    ("id", "source"),  # the number first: comparing it costs an index half of what comparing texts does
    ranged_by="happened_at",
)
"""What was done with customers, derived from the rows of the tenant's dialect (see `activities`).

`source` is the wire path of the entity that holds the row `id`. `told_direction` (outbound, inbound, unspecified) is
what the row itself says of a call; NULL in the live dialect, where action types say it. `happened_at` is NULL for a
row without any instant. `is_echo` marks a note that only repeats a done to-do.
"""

TOUCHED_ACTIVITIES = Table(
    "touched_activities", (Column("entity", "VARCHAR"), Column("id", "BIGINT")), ("entity", "id")
)
"""The rows that `activities` has yet to follow: appeared, changed or gone since it was last brought up to date.

The entity '*' stands for every row of the organization.
"""

TENANTS = Table(
    "tenants", (Column("dialect", "VARCHAR"), Column("web_url", "VARCHAR"), Column("read_at", "TIMESTAMP")), ()
)

TENANT_ENTITIES = Table(
    "tenant_entities",
    (Column("entity", "VARCHAR"), Column("fields", "VARCHAR"), Column("refusal", "VARCHAR")),
    ("entity",),
)
"""What a tenant's metadata says of an entity; `fields` are wire names with commas between them."""

PICKLISTS = Table(
    "picklists",
    (
        Column("entity", "VARCHAR"),
        Column("field", "VARCHAR"),
        Column("value", "BIGINT"),
        Column("label", "VARCHAR"),
        Column("sort_order", "BIGINT"),
        Column("is_active", "BOOLEAN"),
        Column("is_system", "BOOLEAN"),
    ),
    ("entity", "field", "value"),
)

DATA_VERSIONS = Table("data_versions", (Column("version", "BIGINT"),), ())

TABLES: tuple[Table, ...] = (
    *ENTITY_TABLES.values(),
    SOURCES,
    TENANTS,
    TENANT_ENTITIES,
    PICKLISTS,
    DATA_VERSIONS,
    RECONCILIATIONS,
    DIFFERENCES,
    OPPORTUNITY_CHANGES,
    ACTIVITIES,
    TOUCHED_ACTIVITIES,
)

READABLE: dict[str, Table] = {table.name: table for table in TABLES}
"""The tables that a report may name."""
