"""A mirror wired to a sandbox without a socket: the real client, the real store, made rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.catalog import CATALOG, Entity, entity_at
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.limits import Limits
from partner_portal.autotask.session import Acquaintance
from partner_portal.mirror.sync import Summary, sync
from partner_portal.sandbox.app import SandboxApp, build
from partner_portal.sandbox.faults import Fault
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.world import World
from partner_portal.warehouse.store import OrganizationStore, Source

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
QUICK = Limits(attempts=2, throttled_attempts=2)


async def _at_once(_seconds: float) -> None:
    return None


@asynccontextmanager
async def connected(
    app: SandboxApp, *, secret: str = SECRET, known: Acquaintance | None = None, limits: Limits = QUICK
) -> AsyncIterator[AutotaskClient]:
    credentials = Credentials(USERNAME, secret, INTEGRATION_CODE)
    client = await AutotaskClient.connect(
        credentials,
        entry_url="https://webservices.autotask.net",
        transport=AsgiTransport(app),
        limits=limits,
        pause=_at_once,
        known=known,
    )
    async with client:
        yield client


@dataclass
class Bench:
    """A world, the sandbox before it, the store behind it, and the client of the last sync."""

    world: World
    store: OrganizationStore
    app: SandboxApp = field(init=False)
    client: AutotaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.app = build(self.world, options=Options(release_seconds=0.0))

    async def sync(
        self,
        at: datetime = NOW,
        *,
        full: bool = False,
        secret: str = SECRET,
        known: Acquaintance | None = None,
        limits: Limits = QUICK,
        **more: Any,
    ) -> Summary:
        self.world.clock.stopped_at = at
        async with connected(self.app, secret=secret, known=known, limits=limits) as client:
            self.client = client
            return await sync(self.store, client, started_at=at, full=full, **more)

    def fail(self, kind: str, entity: str, **more: Any) -> None:
        self.app.state.faults.add(Fault(kind=kind, entity=entity, **more))

    def add(self, entity: str, *rows: dict[str, Any]) -> list[int]:
        return [self.world.insert(entity, row) for row in rows]

    def fill(self, entity: str, n: int, **fields: Any) -> None:
        """`n` rows with gaps between their ids, stamped long ago."""
        model = self.world.model(entity)
        stamps = {name: "2025-01-01T00:00:00Z" for name in (model.created, *model.changed) if name}
        self.world.table(entity).add({"id": i * 3, **stamps, **fields} for i in range(1, n + 1))

    def held(self, entity: str) -> list[dict[str, Any]]:
        """What the warehouse holds, in the order of ids."""
        known = entity_at(entity)
        columns, names = ", ".join(known.record.__struct_fields__), known.field_names
        rows = self.store.rows(f"SELECT {columns} FROM {known.table} ORDER BY id")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def source(self, entity: str) -> Source:
        return self.store.sources()[entity]

    def asked(self, entity: str) -> int:
        return self.app.state.counters.requests[entity]


def expected(world: World, entity: Entity[Any]) -> list[dict[str, Any]]:
    """What a plain loop over the world's rows says the warehouse must hold."""
    names = entity.field_names
    return [{name: _plain(row.get(name)) for name in names} for row in world.rows(entity.path)]


def _plain(value: Any) -> Any:
    if isinstance(value, str) and len(value) > 18 and value[4] == value[7] == "-" and value[10] == "T":
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, float):
        return round(value, 2)
    return value.replace("\0", "") if isinstance(value, str) else value


def comparable(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with decimals as floats, so that they compare with what JSON holds."""
    return [
        {name: float(value) if type(value).__name__ == "Decimal" else value for name, value in row.items()}
        for row in rows
    ]


def assert_equal_to_the_world(bench: Bench) -> None:
    for entity in CATALOG:
        assert comparable(bench.held(entity.path)) == expected(bench.world, entity), entity.path
