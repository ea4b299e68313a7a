"""World: everything one sandbox tenant holds. A value without globals; many can live in one process."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from partner_portal.sandbox.clock import SandboxClock, wire_instant
from partner_portal.sandbox.generation.plan import Plan, Sizes
from partner_portal.sandbox.generation.populate import populate
from partner_portal.sandbox.schema import EntityModel, models
from partner_portal.sandbox.table import Database, Row, Table
from partner_portal.sandbox.tenant import Tenant, action_type_rows, category_rows, make_tenant

TIME_ZONE = "America/New_York"
"""Where the tenant's people work, unless told otherwise."""


class World:
    """The rows of one tenant, by entity noun in any case, and the ways to change them.

    Rows are in wire form: camelCase keys, instants as ISO text. An unknown noun or id raises `KeyError`, an unknown
    field `ValueError`. Changes stamp the rows with the world's clock as the server would, unless the caller sets
    the stamp; `stamp_jitter_seconds` lets stamps land up to so much too early, as they do on the real thing.
    """

    def __init__(self, *, seed: int, dialect: str, time_zone: str, clock: SandboxClock) -> None:
        self.seed = seed
        self.dialect = dialect
        self.zone = ZoneInfo(time_zone)
        self.clock = clock
        self.tenant: Tenant = make_tenant(dialect, seed)
        self.recipe: dict[str, Any] = {}
        self.stamp_jitter_seconds = 0.0
        self.random = Random(f"changes {seed}")  # noqa: S311  (a repeatable world, no secret)
        self._database = Database()
        self._tables = {noun: Table(model, self._database) for noun, model in models(dialect).items()}

    @classmethod
    def empty(
        cls, *, seed: int = 1, dialect: str = "live", time_zone: str = TIME_ZONE, now: datetime | None = None
    ) -> World:
        """A tenant with its own picklists, action types and categories, and no other row.

        `now` stops the clock at an instant; without it the wall clock is used.
        """
        world = cls(seed=seed, dialect=dialect, time_zone=time_zone, clock=SandboxClock(now))
        world.table("ActionTypes").add(action_type_rows(world.tenant))
        world.table("OpportunityCategories").add(category_rows(world.tenant))
        return world

    def table(self, entity: str) -> Table:
        """The table of `entity`."""
        return self._tables[entity.casefold()]

    def model(self, entity: str) -> EntityModel:
        """What the API says of `entity`."""
        return self.table(entity).model

    @property
    def entities(self) -> tuple[str, ...]:
        """The nouns of all entities, as the vendor spells them."""
        return tuple(table.model.path for table in self._tables.values())

    def today(self) -> date:
        """The date in the tenant's time zone."""
        return self.clock.now().astimezone(self.zone).date()

    def rows(self, entity: str) -> list[Row]:
        """All rows of `entity`, ascending by id."""
        return self.table(entity).rows()

    def row(self, entity: str, row_id: int) -> Row:
        """One row."""
        return self.table(entity).row(row_id)

    def insert(self, entity: str, row: Row) -> int:
        """Add a row; an `id` left out becomes the next one. Returns the id."""
        table = self.table(entity)
        self._check(table.model, row)
        stamps = [table.model.created, *table.model.changed]
        stamped = {name: self._stamp() for name in stamps if name}
        complete = {"id": max(table.last_id, 0) + 1, **stamped, **row}
        table.add([complete])
        return int(complete["id"])

    def update(self, entity: str, row_id: int, /, **changes: Any) -> None:
        """Change fields of a row and move its change stamps."""
        table = self.table(entity)
        self._check(table.model, changes)
        stamped = {name: self._stamp() for name in table.model.changed}
        table.replace({**table.row(row_id), **stamped, **changes, "id": row_id})

    def delete(self, entity: str, row_id: int) -> None:
        """Remove a row for good; a ticket leaves an entry in DeletedTicketLogs, nothing else leaves a trace."""
        table = self.table(entity)
        row = table.row(row_id)
        table.remove(row_id)
        if table.model.path == "Tickets":
            self.insert(
                "DeletedTicketLogs",
                {
                    "ticketID": row_id,
                    "ticketNumber": row["ticketNumber"],
                    "ticketTitle": row["title"],
                    "deletedDateTime": self._stamp(),
                },
            )

    def close_deal(self, opportunity_id: int, *, won: bool = True, on: date | None = None) -> None:
        """Win or lose an opportunity on a local date, today unless given."""
        on = on or self.today()
        if won:
            changes = {"status": 3, "probability": 100, "closedDate": self.local_midnight(on)}
            stage = 5 if self.dialect == "guide" else self.tenant.value("Opportunities", "stage", "Closed Won")
            self.update("Opportunities", opportunity_id, stage=stage, **changes)
            return
        changes = {"status": 2, "probability": 0, "lostDate": self.local_midnight(on)}
        if self.dialect == "live":
            changes["stage"] = self.tenant.value("Opportunities", "stage", "Lost")
        self.update("Opportunities", opportunity_id, **changes)

    def local_midnight(self, on: date) -> str:
        """The start of a local date as the API writes it."""
        return wire_instant(datetime.combine(on, time(), self.zone))

    def settle(self) -> None:
        """Do now what the first filter on a large table would otherwise wait for."""
        for table in self._tables.values():
            table.settle()

    def close(self) -> None:
        """Give the memory of the filters' database back."""
        self._database.close()

    def _stamp(self) -> str:
        early = self.random.random() * self.stamp_jitter_seconds if self.stamp_jitter_seconds else 0.0
        return wire_instant(self.clock.now() - timedelta(seconds=early))

    @staticmethod
    def _check(model: EntityModel, names: Iterable[str]) -> None:
        known = {field.name for field in model.fields} | {"userDefinedFields"}
        if unknown := set(names) - known:
            raise ValueError(f"{model.path} has no field {', '.join(sorted(unknown))}")


def generate(
    seed: int = 1,
    today: date | None = None,
    activities: int = 6_000,
    dialect: str = "live",
    *,
    time_zone: str = TIME_ZONE,
    now: datetime | None = None,
    echo: str = "same_id",
    sizes: Sizes | None = None,
) -> World:
    """A believable MSP of four years up to `today` and a little beyond, the same for the same arguments.

    The world of the present day, with `today` or without, lives on the wall clock; that of another `today` stands
    at 15:00 local of that day, and with `now` at that instant. `activities` counts the rows of notes and to-dos
    (live) or of tasks with an action type (guide); `echo` says how completed to-dos come back as notes: same_id,
    other_id or none; `sizes` sets the other entities. Raises `ValueError` for an unknown dialect or echo.
    """
    zone = ZoneInfo(time_zone)
    if now is None and today not in (None, datetime.now(zone).date()):
        now = datetime.combine(today, time(15), zone).astimezone(UTC)
    world = World.empty(seed=seed, dialect=dialect, time_zone=time_zone, now=now)
    plan = Plan(
        seed=seed,
        now=world.clock.now(),
        zone=zone,
        tenant=world.tenant,
        activities=activities,
        echo=echo,
        sizes=sizes or Sizes(),
    )
    for entity, rows in populate(plan):
        world.table(entity).add(rows)
    world.recipe = {
        "seed": seed,
        "today": today,
        "activities": activities,
        "dialect": dialect,
        "time_zone": time_zone,
        "now": now,
        "echo": echo,
        "sizes": plan.sizes,
    }
    return world


def regenerate(world: World, changes: dict[str, Any]) -> World:
    """A new world by the recipe of `world`, with the arguments of `generate` that `changes` names replaced.

    `changes` may come from JSON: dates as ISO text, sizes as an object of those that differ. An empty world stays
    empty when nothing is changed. Raises `TypeError` or `ValueError` for arguments that `generate` does not take.
    """
    if not world.recipe and not changes:
        stopped_at = world.clock.stopped_at
        return World.empty(seed=world.seed, dialect=world.dialect, time_zone=world.zone.key, now=stopped_at)
    wanted = {"seed": world.seed, "dialect": world.dialect, "time_zone": world.zone.key, **world.recipe, **changes}
    if "today" in changes and "now" not in changes:
        wanted["now"] = None
    return generate(
        **{
            **wanted,
            "today": msgspec.convert(wanted.get("today"), date | None),
            "now": msgspec.convert(wanted.get("now"), datetime | None),
            "sizes": msgspec.convert(wanted.get("sizes") or {}, Sizes, from_attributes=True),
        }
    )
