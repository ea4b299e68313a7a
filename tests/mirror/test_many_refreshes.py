"""200 refreshes of a tenant that never rests, over a wire that fails: each time the mirror ends equal to the source."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, get_args

import pytest

from mirror.wired import NOW, Bench, assert_equal_to_the_world, connected
from partner_portal.autotask.catalog import CATALOG
from partner_portal.autotask.limits import Limits
from partner_portal.autotask.session import Acquaintance
from partner_portal.mirror.progress import Silent
from partner_portal.mirror.sync import Summary, sync
from partner_portal.sandbox.faults import Fault, Kind

REFRESHES = 200
OUR_CLOCK_IS_AHEAD = timedelta(minutes=8)
PACE = timedelta(minutes=3)
LIMITS = Limits(page_size=20, attempts=3, throttled_attempts=3)
TEXTS = {
    "Companies": "companyName",
    "Contacts": "lastName",
    "Opportunities": "title",
    "Appointments": "title",
    "Tasks": "title",
    "CompanyToDos": "activityDescription",
    "CompanyNotes": "note",
    "Tickets": "title",
    "Contracts": "contractName",
}
KINDS = sorted(set(get_args(Kind)) - {"wrong_verb", "expired_link", "lone_surrogate"})
"""All but those of page links, which are never followed, and the one that changes a text for good."""


@dataclass
class Life:
    """What happens in the tenant and on the wire, drawn from one seed."""

    bench: Bench
    seed: int
    chance: Random = field(init=False)
    has_deleted: bool = False
    kinds: list[Kind] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.bench.world.stamp_jitter_seconds = 90.0
        for entity in TEXTS:
            self.bench.fill(entity, 45)
        self.bench.add("Resources", {"firstName": "Ada", "lastName": "L.", "isActive": True})

    def changes(self, most: int) -> None:
        for _ in range(self.chance.randrange(most + 1)):
            entity = self.chance.choice(list(TEXTS))
            world, text = self.bench.world, f"{self.chance.random()}"
            ids = world.table(entity).ids()
            roll = self.chance.random()
            if roll < 0.45 or len(ids) < 10:
                world.insert(entity, {TEXTS[entity]: text})
            elif roll < 0.9:
                world.update(entity, self.chance.choice(ids), **{TEXTS[entity]: text})
            else:
                world.delete(entity, self.chance.choice(ids))
                self.has_deleted = True

    def faults(self) -> None:
        for _ in range(self.chance.choice([0, 1, 2, 4, 6])):
            self.bench.app.state.faults.add(
                Fault(
                    kind=self.kind(),
                    entity=self.chance.choice([None, *TEXTS]),
                    count=self.chance.choice([1, 1, 2, None]),
                    skip=self.chance.randrange(3),
                    retry_after=self.chance.choice([None, 1]),
                    seconds=0.002,
                )
            )
        options = self.bench.app.state.options
        if self.chance.random() < 0.05:
            options.zone_host = f"webservices{self.chance.randrange(1, 30)}.autotask.net"
        if self.chance.random() < 0.05:
            options.permissions[self.chance.choice(list(TEXTS))] = self.chance.choice(["forbidden", "error"])

    def kind(self) -> Kind:
        """The kinds in turn, in an order of chance each time round, so that none is left out by bad luck."""
        if not self.kinds:
            self.kinds = self.chance.sample(KINDS, len(KINDS))
        return self.kinds.pop()

    def calm(self) -> None:
        self.bench.app.state.faults.clear()
        self.bench.app.state.options.permissions.clear()


class ChangingMeanwhile(Silent):
    """Lets the tenant change while its rows are read."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def rows_arrived(self, path: str, n: int) -> None:
        if self._life.chance.random() < 0.1:
            self._life.changes(2)


async def refresh(bench: Bench, at: datetime, known: Acquaintance | None, **more: Any) -> tuple[Summary, Acquaintance]:
    bench.world.clock.stopped_at = at
    async with connected(bench.app, known=known or Acquaintance(), limits=LIMITS) as client:
        summary = await sync(bench.store, client, started_at=at + OUR_CLOCK_IS_AHEAD, **more)
        return summary, client.acquaintance


@pytest.mark.slow
async def test_after_each_of_200_refreshes_the_mirror_equals_the_source(bench: Bench) -> None:
    life, at, known = Life(bench, seed=20), NOW, None
    done = incomplete = 0
    while done < REFRESHES:
        at += PACE
        bench.world.clock.stopped_at = at
        life.changes(6)
        life.faults()
        full = life.chance.random() < 0.03
        summary, known = await refresh(bench, at, known, full=full, progress=ChangingMeanwhile(life))
        incomplete += not summary.complete
        for part in summary.entities:
            assert part.complete == (part.problem is None)
        life.calm()
        at += PACE
        summary, known = await refresh(bench, at, known, verify=life.has_deleted)
        life.has_deleted = False
        done += 2
        assert summary.complete, [part.problem for part in summary.entities if part.problem]
        assert_equal_to_the_world(bench)
    state = bench.app.state
    assert state.counters.writes == 0
    assert not state.locked
    assert state.counters.failed_logins.total() == 0
    assert max(state.gate.highest.values()) <= 3
    assert incomplete > REFRESHES / 20  # the faults were felt
    assert len(state.counters.faults) == len(KINDS)
    assert {source.entity for source in bench.store.sources().values()} == {entity.path for entity in CATALOG}
