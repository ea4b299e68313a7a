"""The history of opportunities, written in the transaction that changes them: Autotask itself keeps none."""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from partner_portal.autotask.catalog import OPPORTUNITIES
from partner_portal.warehouse import bookkeeping
from partner_portal.warehouse.engine import Parameters, Session
from partner_portal.warehouse.tables import (
    DATA_VERSIONS,
    ENTITY_TABLES,
    OPPORTUNITY_CHANGES,
    ORGANIZATION,
    SOURCES,
)

_HELD = ENTITY_TABLES[OPPORTUNITIES.path].address
_FOLLOWED = (
    *("stage", "status", "amount", "projected_close_date"),
    *("owner_resource_id", "company_id", "opportunity_category_id"),
)
"""A change of one of these is recorded."""
_STATE = (*_FOLLOWED, "title", "create_date")
"""What each recorded state holds, so that it can be reported when the opportunity itself is gone."""
_INTO = f"INSERT INTO {OPPORTUNITY_CHANGES.address} ({ORGANIZATION}, {OPPORTUNITY_CHANGES.column_list})"


def _of(alias: str, names: Collection[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def is_followed(entity_path: str) -> bool:
    """Whether changes of the entity's rows are recorded."""
    return entity_path == OPPORTUNITIES.path


def record_arrivals(session: Session, organization_id: int, entity_path: str, latest: str, at: datetime | None) -> None:
    """Record, before they are merged, those rows of `latest` (a table expression) that are new or look different."""
    if not is_followed(entity_path):
        return
    session.change(
        f"{_INTO} SELECT $organization, fresh.id, $version, $at, "
        f"CASE WHEN held.id IS NULL THEN 'appeared' ELSE 'changed' END, {_of('fresh', _STATE)} "
        f"FROM {latest} AS fresh LEFT JOIN {_HELD} AS held ON held.{ORGANIZATION} = $organization "
        f"AND held.id = fresh.id "
        f"WHERE held.id IS NULL OR ({_of('held', _FOLLOWED)}) IS DISTINCT FROM ({_of('fresh', _FOLLOWED)})",
        _moment(session, organization_id, at),
    )


def record_departures(
    session: Session, organization_id: int, entity_path: str, gone: str, parameters: Parameters, at: datetime | None
) -> None:
    """Record, before they are removed, the rows for which `gone` is true: a condition on `held`, with parameters."""
    if not is_followed(entity_path):
        return
    session.change(
        f"{_INTO} SELECT $organization, held.id, $version, $at, 'vanished', {_of('held', _STATE)} "
        f"FROM {_HELD} AS held WHERE held.{ORGANIZATION} = $organization AND ({gone})",
        _moment(session, organization_id, at) | dict(parameters),
    )


def begin_history(session: Session) -> None:
    """Record once what a store of before the history holds, as seen when it was last read."""
    session.change(
        f"{_INTO} SELECT held.{ORGANIZATION}, held.id, coalesce(known.version, 0), source.as_of, 'appeared', "
        f"{_of('held', _STATE)} FROM {_HELD} AS held "
        f"LEFT JOIN {DATA_VERSIONS.address} AS known ON known.{ORGANIZATION} = held.{ORGANIZATION} "
        f"LEFT JOIN {SOURCES.address} AS source ON source.{ORGANIZATION} = held.{ORGANIZATION} "
        f"AND source.entity = '{OPPORTUNITIES.path}'"
    )


def complete_history(session: Session, columns: Collection[str]) -> None:
    """Fill the new `columns` of a history that was written without them from what is held now.

    What is gone keeps NULL there.
    """
    values = ", ".join(f"{name} = held.{name}" for name in _STATE if name in columns)
    if values:
        session.change(
            f"UPDATE {OPPORTUNITY_CHANGES.address} AS known SET {values} FROM {_HELD} AS held "
            f"WHERE held.{ORGANIZATION} = known.{ORGANIZATION} AND held.id = known.opportunity_id"
        )


def _moment(session: Session, organization_id: int, at: datetime | None) -> dict[str, object]:
    return {
        "organization": organization_id,
        "version": bookkeeping.read_version(session, organization_id) + 1,
        "at": bookkeeping.stored(at),
    }
