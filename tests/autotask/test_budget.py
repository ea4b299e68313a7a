"""The tenant's shared hour: when it is read, when we go slowly, when we stop, and what that costs."""

from __future__ import annotations

import asyncio
import json

import pytest

from autotask.scripted import ScriptedTransport, Waits, connected, respond
from partner_portal.autotask.budget import STOP_SHARE, Budget, Reading
from partner_portal.autotask.catalog import CATALOG, COMPANIES, CONTACTS
from partner_portal.autotask.errors import CallBudgetReserved, CallBudgetSpent, explain
from partner_portal.autotask.limits import Limits
from partner_portal.autotask.session import Acquaintance

NOW = 100_000.0


class Tenant(ScriptedTransport):
    """Answers ThresholdInformation with `used` of 10,000, everything else like its parent."""

    def __init__(self, used: int, **more) -> None:
        super().__init__(**more)
        self.used = used
        self.readings = 0

    def read(self, request):
        if request.url.endswith("/ThresholdInformation"):
            self.readings += 1
            told = {"externalRequestThreshold": 10_000, "requestThresholdTimeframe": 60}
            return respond(200, {**told, "currentTimeframeRequestCount": self.used})
        return super().read(request)

    @property
    def asked_of_entities(self) -> int:
        return len(self.asked) - self.readings


def known(used: int, age_seconds: float) -> Acquaintance:
    return Acquaintance(budget=Reading(used, age_seconds=age_seconds))


def watched(used: int, age_seconds: float) -> Budget:
    return Budget(Reading(used, age_seconds=age_seconds), is_watched=True, now=NOW)


def test_at_the_start_of_a_run_a_reading_of_a_calm_hour_is_good_for_ten_runs() -> None:
    assert Budget(None, is_watched=True, now=NOW).is_due(NOW)
    assert not watched(1_000, 49 * 60).is_due(NOW)
    assert watched(1_000, 50 * 60).is_due(NOW)


def test_in_a_tight_hour_each_run_reads_but_never_twice_a_minute() -> None:
    assert watched(5_000, 60).is_due(NOW)
    assert not watched(5_000, 59).is_due(NOW)


def test_who_does_not_watch_reads_nothing_and_stops_only_when_the_hour_is_spent() -> None:
    budget = Budget(Reading(9_990), now=NOW)
    assert not budget.is_due(NOW + 86_400)
    assert (budget.pause_seconds, budget.wait_seconds) == (0, 0)
    budget.exhaust(NOW)
    assert budget.wait_seconds > 0


def test_during_a_run_a_hundredth_of_the_hour_and_a_minute_call_for_a_reading() -> None:
    budget = watched(1_000, 0)
    for _ in range(99):
        budget.count()
    assert not budget.is_due(NOW + 60)
    budget.count()
    assert not budget.is_due(NOW + 59)
    assert budget.is_due(NOW + 60)


def test_our_own_requests_count_on_top_of_the_reading() -> None:
    budget = watched(7_990, 0)
    assert budget.wait_seconds == 0
    for _ in range(10):
        budget.count()
    assert budget.share == STOP_SHARE
    assert budget.wait_seconds == pytest.approx(450)  # an eighth of the 8,000 must leave the hour, evenly spread


@pytest.mark.parametrize(("used", "pause"), [(0, 0), (4_999, 0), (5_000, 0.25), (6_500, 0.625), (8_000, 1), (9_999, 1)])
def test_from_half_of_the_hour_on_each_request_waits_a_little_longer(used: int, pause: float) -> None:
    assert watched(used, 0).pause_seconds == pytest.approx(pause)


def test_the_wait_is_never_shorter_than_five_minutes() -> None:
    short = Budget(Reading(8_000, 10_000, minutes=1), is_watched=True, now=NOW)
    assert short.wait_seconds == 300


def test_a_tenant_that_will_not_tell_is_not_held_to_an_hour_that_has_passed() -> None:
    budget = watched(9_000, 61 * 60)
    budget.learn_nothing(NOW)
    assert budget.wait_seconds == 0
    assert budget.reading(NOW) is None
    recent = watched(9_000, 20 * 60)
    recent.learn_nothing(NOW)
    assert recent.wait_seconds > 0
    assert not recent.is_due(NOW + 1)


async def test_a_calm_hour_is_read_once_and_slows_nothing() -> None:
    tenant, waits = Tenant(1_000, rows=[{"id": 1}]), Waits()
    async with connected(tenant, waits=waits, known=Acquaintance()) as client:
        await asyncio.gather(*[client.count(entity) for entity in CATALOG])
        assert tenant.readings == 1
        assert client.acquaintance.budget is not None
        assert (
            client.acquaintance.budget.used == 1_000 + sum(client.requests.values()) - 2
        )  # zone and reading came before
    assert waits == []


async def test_a_recent_reading_of_a_calm_hour_costs_no_call() -> None:
    tenant = Tenant(1_000)
    async with connected(tenant, known=known(1_000, 40 * 60)) as client:
        await client.count(COMPANIES)
    assert tenant.readings == 0


async def test_a_tight_hour_slows_every_request_and_narrows_them_to_three_at_once() -> None:
    tenant, waits = Tenant(6_500, rows=[{"id": 1}]), Waits()
    tenant.hold = 0.001
    async with connected(tenant, waits=waits, known=known(6_000, 90), limits=Limits(connections=24)) as client:
        await asyncio.gather(*[client.count(entity) for entity in CATALOG])
    assert tenant.readings == 1
    assert len(waits) == len(CATALOG)
    assert min(waits) >= 0.5
    assert tenant.highest <= 3


async def test_at_four_fifths_nothing_is_sent_but_the_reading_and_the_reason_says_when_it_goes_on() -> None:
    tenant = Tenant(8_300, rows=[{"id": 1}])
    async with connected(tenant, known=known(8_500, 600)) as client:
        outcomes = await asyncio.gather(*[client.count(entity) for entity in CATALOG], return_exceptions=True)
        assert 540 < client.wait_seconds < 600
    assert {type(outcome) for outcome in outcomes} == {CallBudgetReserved}
    assert tenant.asked_of_entities == 0
    assert tenant.readings == 1
    assert "83 % used; the sync goes on at about " in explain(outcomes[0])


async def test_a_stop_ends_when_the_hour_has_room_again() -> None:
    tenant = Tenant(4_000, rows=[{"id": 1}])
    async with connected(tenant, known=known(8_300, 600)) as client:
        assert await client.count(COMPANIES) == 1
        assert client.wait_seconds == 0


async def test_a_refusal_because_the_hour_is_spent_stops_all_that_is_left() -> None:
    text = json.dumps({"errors": ["The external request threshold has been exceeded."]}).encode()
    tenant = ScriptedTransport(*[respond(429, text)] * 9)
    async with connected(tenant) as client:
        with pytest.raises(CallBudgetSpent):
            await client.count(COMPANIES)
        with pytest.raises(CallBudgetReserved, match="100 % used"):
            await client.count(CONTACTS)
        assert client.wait_seconds >= 900
    assert len(tenant.asked) == 1


@pytest.mark.parametrize("answer", [respond(404, {}), respond(200, {}), respond(503, b"<html>")])
async def test_a_tenant_without_a_budget_to_tell_is_read_all_the_same(answer) -> None:
    class Silent(Tenant):
        def read(self, request):
            told = super().read(request)
            return answer if request.url.endswith("/ThresholdInformation") else told

    tenant = Silent(0, rows=[{"id": 1}])
    async with connected(tenant, known=Acquaintance(), limits=Limits(attempts=1)) as client:
        assert await client.count(COMPANIES) == 1
        assert await client.count(CONTACTS) == 1
    assert tenant.readings == 1
