"""Activities, derived from the records once instead of in every report.

    a commit touches rows | settle brings the table up to date | reports read the table

Until it is settled a reader derives the activities itself, with the same SQL: slower, but never stale. What was touched
is written in the transaction that changes the records, so that each snapshot knows whether the table fits them.
"""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from functools import cache
from importlib.resources import files

from partner_portal.autotask.catalog import COMPANY_NOTES, COMPANY_TO_DOS, TASKS
from partner_portal.warehouse.engine import Engine, Parameters, Session
from partner_portal.warehouse.tables import (
    ACTIVITIES,
    DATA_VERSIONS,
    ENTITY_TABLES,
    ORGANIZATION,
    TENANTS,
    TOUCHED_ACTIVITIES,
    Table,
)

TOUCHED_AT_MOST = 20_000
"""Rows that are followed one by one; where more were touched, deriving everything anew is quicker."""

EVERY_ROW = "*"
"""The entity that stands for all rows in `touched_activities`."""


class Dialect(StrEnum):
    """Which records are activities; a tenant of which nothing is known is taken for a live one."""

    LIVE = "live"
    GUIDE = "guide"


_READ = {
    COMPANY_NOTES.path: (
        *("action_type", "assigned_resource_id", "company_id", "contact_id", "opportunity_id"),
        *("start_date_time", "completed_date_time", "create_date_time"),
    ),
    COMPANY_TO_DOS.path: (
        *("action_type", "assigned_to_resource_id", "company_id", "contact_id", "opportunity_id"),
        *("start_date_time", "completed_date", "create_date_time"),
    ),
    TASKS.path: (
        *("action_type", "assigned_resource_id", "company_id", "contact_id", "opportunity_id"),
        *("direction", "description", "create_date_time"),
    ),
}
"""The columns that activities are derived from, by entity."""

_CONCERNED = frozenset({ACTIVITIES, TOUCHED_ACTIVITIES, *(ENTITY_TABLES[path] for path in _READ)})
_OURS = f"WHERE {ORGANIZATION} = $organization"
_TOUCHED = TOUCHED_ACTIVITIES.address
_TOUCH = f"INSERT INTO {_TOUCHED} ({ORGANIZATION}, entity, id)"
_INTO = f"INSERT INTO {ACTIVITIES.address} ({ORGANIZATION}, {ACTIVITIES.column_list})"


def _touched_ids(entity_path: str) -> str:
    return f"SELECT id FROM {_TOUCHED} {_OURS} AND entity = '{entity_path}'"


_ASKED = {
    "note_is_asked": f"note.id IN ({_touched_ids(COMPANY_NOTES.path)})",
    "twin_is_asked": f"id IN ({_touched_ids(COMPANY_NOTES.path)})",
    "start_is_asked": (
        f"start_date_time IN (SELECT start_date_time FROM {ENTITY_TABLES[COMPANY_NOTES.path].address} {_OURS} "
        f"AND id IN ({_touched_ids(COMPANY_NOTES.path)}))"
    ),
    "to_do_is_asked": f"id IN ({_touched_ids(COMPANY_TO_DOS.path)})",
    "task_is_asked": f"id IN ({_touched_ids(TASKS.path)})",
}
"""What is true of the rows that the touched activities are derived from, by its place in the SQL."""


def dialect_of(told: str | None) -> Dialect:
    """The dialect that a tenant's own word for it means."""
    return Dialect.GUIDE if told == Dialect.GUIDE else Dialect.LIVE


@cache
def deriving_sql(dialect: Dialect, *, only_touched: bool = False) -> str:
    """The SELECT of `ACTIVITIES`' columns, in any order, for `$organization`; of all rows or of those touched."""
    text = files(__package__).joinpath("sql", f"activities_{dialect}.sql").read_text(encoding="utf-8")
    if not only_touched:
        return text.format_map(dict.fromkeys(_ASKED, "TRUE"))
    return text.format_map(_ASKED)


def deriving_dialect(session: Session, organization_id: int) -> Dialect | None:
    """The dialect to derive activities by as `session` sees the records; None when their table fits these."""
    return None if _is_settled(session, organization_id) else read_dialect(session, organization_id)


def _is_settled(session: Session, organization_id: int) -> bool:
    return not session.fetch(f"SELECT 1 FROM {_TOUCHED} {_OURS} LIMIT 1", {"organization": organization_id})


def read_dialect(session: Session, organization_id: int) -> Dialect:
    """The dialect of the organization's tenant."""
    found = session.fetch(f"SELECT dialect FROM {TENANTS.address} {_OURS}", {"organization": organization_id})
    return dialect_of(found[0][0] if found else None)


def touch_arrivals(session: Session, organization_id: int, entity_path: str, latest: str, held: str = "TRUE") -> None:
    """Touch, before they are merged, those rows of `latest` (a table expression) that are new or look different.

    `held` is what is true of the rows `held` that `latest` can meet.
    """
    if entity_path not in _READ or _touches_all(session, organization_id):
        return
    read = _READ[entity_path]
    ours, theirs = (", ".join(f"{alias}.{name}" for name in read) for alias in ("held", "fresh"))
    session.change(
        f"{_TOUCH} SELECT $organization, '{entity_path}', fresh.id FROM {latest} AS fresh "
        f"LEFT JOIN {ENTITY_TABLES[entity_path].address} AS held "
        f"ON held.{ORGANIZATION} = $organization AND held.id = fresh.id AND {held} "
        f"WHERE (held.id IS NULL OR ({ours}) IS DISTINCT FROM ({theirs})) AND {_is_untouched('fresh', entity_path)}",
        {"organization": organization_id},
    )
    _touch_all_if_many(session, organization_id)


def touch_departures(
    session: Session, organization_id: int, entity_path: str, gone: str, parameters: Parameters
) -> None:
    """Touch, before they are removed, the rows for which `gone` is true: a condition on `held`, with parameters."""
    if entity_path not in _READ or _touches_all(session, organization_id):
        return
    session.change(
        f"{_TOUCH} SELECT $organization, '{entity_path}', held.id FROM {ENTITY_TABLES[entity_path].address} AS held "
        f"WHERE held.{ORGANIZATION} = $organization AND ({gone}) AND {_is_untouched('held', entity_path)}",
        {"organization": organization_id, **parameters},
    )
    _touch_all_if_many(session, organization_id)


def touch_all_of(session: Session, organization_id: int, entity_path: str) -> None:
    """Touch every row, where rows of `entity_path` are activities: what comes is too much to be followed singly."""
    if entity_path in _READ:
        touch_all(session, organization_id)


def touch_all(session: Session, organization_id: int) -> None:
    """Touch every row of the organization."""
    if not _touches_all(session, organization_id):
        ours = {"organization": organization_id}
        session.change(f"DELETE FROM {_TOUCHED} {_OURS}", ours)
        session.change(f"{_TOUCH} VALUES ($organization, '{EVERY_ROW}', 0)", ours)


def touch_everybody(session: Session, altered: Collection[Table]) -> None:
    """Touch every row of every organization, where `altered` tables are among those that activities depend on."""
    if _CONCERNED.isdisjoint(altered):
        return
    session.change(f"DELETE FROM {_TOUCHED}")
    session.change(f"{_TOUCH} SELECT {ORGANIZATION}, '{EVERY_ROW}', 0 FROM {DATA_VERSIONS.address}")


def _is_untouched(alias: str, entity_path: str) -> str:
    return (
        f"NOT EXISTS (SELECT 1 FROM {_TOUCHED} AS known WHERE known.{ORGANIZATION} = $organization "
        f"AND known.entity = '{entity_path}' AND known.id = {alias}.id)"
    )


def _touches_all(session: Session, organization_id: int) -> bool:
    found = session.fetch(
        f"SELECT 1 FROM {_TOUCHED} {_OURS} AND entity = '{EVERY_ROW}'", {"organization": organization_id}
    )
    return bool(found)


def _touch_all_if_many(session: Session, organization_id: int) -> None:
    found = session.fetch(f"SELECT count(*) FROM {_TOUCHED} {_OURS}", {"organization": organization_id})
    if found[0][0] > TOUCHED_AT_MOST:
        touch_all(session, organization_id)


def settle(engine: Engine, organization_id: int) -> None:
    """Bring the organization's table of activities up to date, in one transaction; without changes only look."""
    with engine.reading(organization_id) as session:
        if _is_settled(session, organization_id):
            return
    engine.learn()
    ours, derived = {"organization": organization_id}, 0
    with engine.writing(organization_id) as session:
        dialect = read_dialect(session, organization_id)
        if _touches_all(session, organization_id):
            session.change(f"DELETE FROM {ACTIVITIES.address} {_OURS}", ours)
            derived = _derive(session, organization_id, deriving_sql(dialect))
        else:
            if dialect is Dialect.LIVE:
                session.change(_TOUCH_ECHOES, ours)
            session.change(
                f"DELETE FROM {ACTIVITIES.address} AS known WHERE known.{ORGANIZATION} = $organization AND EXISTS "
                f"(SELECT 1 FROM {_TOUCHED} AS touched WHERE touched.{ORGANIZATION} = $organization "
                "AND touched.entity = known.source AND touched.id = known.id)",
                ours,
            )
            derived = _derive(session, organization_id, deriving_sql(dialect, only_touched=True))
        session.change(f"DELETE FROM {_TOUCHED} {_OURS}", ours)
    engine.wrote(ACTIVITIES, derived)
    engine.learn()


def _derive(session: Session, organization_id: int, deriving: str) -> int:
    """Add what `deriving` finds, by time: a period's rows lie together then, and its reports read no others."""
    return session.change(
        f"{_INTO} SELECT $organization, {ACTIVITIES.column_list} FROM ({deriving}) AS derived ORDER BY happened_at",
        {"organization": organization_id},
    )


_TUPLE = ("company_id", "contact_id", "action_type", "owner_id")
_TOUCH_ECHOES = f"""
{_TOUCH}
SELECT DISTINCT CAST($organization AS BIGINT), '{COMPANY_NOTES.path}', concerned.id
FROM (
    SELECT id FROM {_TOUCHED} {_OURS} AND entity = '{COMPANY_TO_DOS.path}'
    UNION ALL
    SELECT note.id
    FROM (
        SELECT happened_at, {", ".join(_TUPLE)} FROM {ACTIVITIES.address}
        {_OURS} AND source = '{COMPANY_TO_DOS.path}' AND id IN ({_touched_ids(COMPANY_TO_DOS.path)})
        UNION
        SELECT start_date_time, company_id, contact_id, action_type, assigned_to_resource_id
        FROM {ENTITY_TABLES[COMPANY_TO_DOS.path].address}
        {_OURS} AND completed_date IS NOT NULL AND id IN ({_touched_ids(COMPANY_TO_DOS.path)})
    ) AS to_do
    JOIN {ACTIVITIES.address} AS note ON note.happened_at = to_do.happened_at
     AND {" AND ".join(f"COALESCE(note.{name}, -1) = COALESCE(to_do.{name}, -1)" for name in _TUPLE)}
    WHERE note.{ORGANIZATION} = $organization AND note.source = '{COMPANY_NOTES.path}'
) AS concerned
WHERE concerned.id NOT IN ({_touched_ids(COMPANY_NOTES.path)})
"""
"""Touches the notes that may begin or cease to echo a touched to-do: those with its id, or alike before or after.

A note that changed is touched itself; any other still lies in the table, where its start is its `happened_at`.
"""
