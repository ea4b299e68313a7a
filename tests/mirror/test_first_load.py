"""A first load reads pages beside the metadata: a round trip less, and as careful about what the metadata says."""

from __future__ import annotations

import pytest

from mirror.wired import NOW, Bench, comparable, expected
from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.catalog import OPPORTUNITIES, TASKS
from partner_portal.mirror.progress import Silent


class Eager(Silent):
    """Notes of which entities rows came while the tenant's metadata was not complete yet."""

    def __init__(self, bench: Bench) -> None:
        self.early: set[str] = set()
        self._bench = bench

    def rows_arrived(self, path: str, n: int) -> None:
        if self._bench.store.tenant() is None:
            self.early.add(path)


async def test_pages_come_before_the_metadata_is_complete(bench: Bench) -> None:
    bench.fill("CompanyToDos", 3)
    bench.fail("latency", "Contracts", route="information", seconds=0.02)
    eager = Eager(bench)
    summary = await bench.sync(progress=eager)
    assert summary.complete
    assert "CompanyToDos" in eager.early


async def test_a_field_that_the_tenant_lacks_costs_one_refused_page(bench: Bench) -> None:
    bench.fill("Tasks", 3, title="rack")
    summary = await bench.sync()
    assert summary.complete
    assert comparable(bench.held("Tasks")) == expected(bench.world, TASKS)
    assert bench.app.state.counters.routes["Tasks query"] == 2
    bench.app.state.counters.routes.clear()
    await bench.sync(NOW, full=True)
    assert bench.app.state.counters.routes["Tasks query"] == 1


async def test_fields_are_asked_for_even_where_the_metadata_cannot_be_had(bench: Bench) -> None:
    bench.fill("Opportunities", 3, title="deal")
    bench.fail("unavailable", "Opportunities", route="fields", count=None)
    assert (await bench.sync()).complete
    assert comparable(bench.held("Opportunities")) == expected(bench.world, OPPORTUNITIES)
    assert bench.source("Opportunities").watermark is not None


async def test_the_one_request_that_goes_ahead_is_for_rows_of_what_is_likely_largest(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    send = AsgiTransport.send

    async def noted(self, request):
        asked.append(request.url.rsplit("/V1.0/")[-1])
        return await send(self, request)

    monkeypatch.setattr(AsgiTransport, "send", noted)
    assert (await bench.sync()).complete
    assert asked[1] == "CompanyNotes/query"  # after the zone
    bench.fill("Opportunities", 30, title="deal")
    await bench.sync(NOW, full=True)
    asked.clear()
    await bench.sync(NOW, full=True)
    assert asked[1] == "Opportunities/query"
