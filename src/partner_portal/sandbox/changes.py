"""Churn: the small changes that a day brings, drawn from the world's own source of chance."""

from __future__ import annotations

from typing import Any

from partner_portal.sandbox.clock import wire_instant
from partner_portal.sandbox.world import World

_DESCRIBED = {
    "CompanyNotes": "note",
    "CompanyToDos": "activityDescription",
    "Opportunities": "nextStep",
    "Appointments": "description",
    "Contacts": "note",
}
_STARTS = ("startDateTime", "endDateTime")


def churn(world: World, rows: int) -> dict[str, int]:
    """Edit, copy or delete `rows` rows of the sales entities; returns how many of each."""
    done = {"inserted": 0, "updated": 0, "deleted": 0}
    entities = [entity for entity in _DESCRIBED if len(world.table(entity))]
    for _ in range(rows if entities else 0):
        entity = world.random.choice(entities)
        ids = world.table(entity).ids()
        row_id = world.random.choice(ids)
        roll = world.random.random()
        if roll < 0.4:
            world.update(entity, row_id, **{_DESCRIBED[entity]: f"Changed {wire_instant(world.clock.now())}"})
            done["updated"] += 1
        elif roll < 0.9 or len(ids) < 2:
            world.insert(entity, _copy(world, entity, row_id))
            done["inserted"] += 1
        else:
            world.delete(entity, row_id)
            done["deleted"] += 1
    return done


def _copy(world: World, entity: str, row_id: int) -> dict[str, Any]:
    """A new row like an old one, stamped and dated now."""
    model = world.model(entity)
    stamps = {"id", model.created, *model.changed}
    row = {name: value for name, value in world.row(entity, row_id).items() if name not in stamps}
    now = wire_instant(world.clock.now())
    return row | {name: now for name in _STARTS if row.get(name) is not None}
