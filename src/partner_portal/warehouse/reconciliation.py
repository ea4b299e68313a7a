"""What a store keeps of comparisons with Autotask's counts."""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

from typing import Any

from partner_portal.warehouse import bookkeeping
from partner_portal.warehouse.engine import Session
from partner_portal.warehouse.store import Reconciliation
from partner_portal.warehouse.tables import DIFFERENCES, ORGANIZATION, RECONCILIATIONS

GONE, MISSING = "gone", "missing"

_OURS = f"WHERE {ORGANIZATION} = $organization"
_OF_ENTITY = f"{_OURS} AND entity = $entity"


def read_reconciliations(session: Session, organization_id: int) -> dict[str, Reconciliation]:
    """The last comparison of each entity, by its path."""
    ours_only = {"organization": organization_id}
    found = session.fetch(f"SELECT {RECONCILIATIONS.column_list} FROM {RECONCILIATIONS.address} {_OURS}", ours_only)
    ids: dict[tuple[str, str], list[int]] = {}
    if any(ours != theirs for _, _, ours, theirs, _ in found):
        for entity, row_id, kind in session.fetch(
            f"SELECT {DIFFERENCES.column_list} FROM {DIFFERENCES.address} {_OURS} ORDER BY id", ours_only
        ):
            ids.setdefault((entity, kind), []).append(row_id)
    return {
        entity: Reconciliation(
            entity,
            bookkeeping.aware(at),
            ours,
            theirs,
            None if since is None else bookkeeping.aware(since),
            gone=tuple(ids.get((entity, GONE), ())),
            missing=tuple(ids.get((entity, MISSING), ())),
        )
        for entity, at, ours, theirs, since in found
    }


def write_reconciliation(session: Session, organization_id: int, reconciliation: Reconciliation) -> None:
    """Keep it in place of the earlier one of its entity; the data version moves when agreement comes or goes."""
    entity = {"organization": organization_id, "entity": reconciliation.entity}
    earlier = session.fetch(f"SELECT ours = theirs FROM {RECONCILIATIONS.address} {_OF_ENTITY}", entity)
    for table in (RECONCILIATIONS, DIFFERENCES):
        session.change(f"DELETE FROM {table.address} {_OF_ENTITY}", entity)
    values: dict[str, Any] = {
        "at": bookkeeping.stored(reconciliation.at),
        "ours": reconciliation.ours,
        "theirs": reconciliation.theirs,
        "differs_since": bookkeeping.stored(reconciliation.differs_since),
    }
    session.change(
        f"INSERT INTO {RECONCILIATIONS.address} ({ORGANIZATION}, {RECONCILIATIONS.column_list}) "
        "VALUES ($organization, $entity, $at, $ours, $theirs, $differs_since)",
        entity | values,
    )
    for kind, ids in ((GONE, reconciliation.gone), (MISSING, reconciliation.missing)):
        if ids:
            session.change(
                f"INSERT INTO {DIFFERENCES.address} ({ORGANIZATION}, {DIFFERENCES.column_list}) "
                "SELECT $organization, $entity, unnest($ids), $kind",
                entity | {"kind": kind, "ids": list(ids)},
            )
    if not earlier or earlier[0][0] != reconciliation.agrees:
        bookkeeping.move_version(session, organization_id)
