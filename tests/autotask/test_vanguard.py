"""The first request goes ahead, so that a wrong secret costs one failed login; known good ones cost no round trip."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from autotask.scripted import ScriptedTransport, connected, respond, zone_answer
from partner_portal.autotask.budget import Reading
from partner_portal.autotask.catalog import CATALOG, COMPANIES
from partner_portal.autotask.errors import CredentialsRefused, ServerFailed
from partner_portal.autotask.limits import Limits
from partner_portal.autotask.session import Acquaintance
from partner_portal.autotask.zone import Zone

ZONE = Zone("Five", "https://webservices5.autotask.net/ATServicesRest/V1.0", None, None)
FRIEND = Acquaintance(ZONE, is_accepted=True, budget=Reading(0))


async def all_at_once(client) -> list:
    return await asyncio.gather(*[client.count(entity) for entity in CATALOG], return_exceptions=True)


async def test_until_one_is_accepted_requests_go_one_by_one() -> None:
    seen: list[int] = []

    class Watching(ScriptedTransport):
        async def send(self, request):
            seen.append(self._under_way)
            return await super().send(request)

    tenant = Watching(rows=[{"id": 1}])
    tenant.hold = 0.002
    async with connected(tenant) as client:
        assert await all_at_once(client) == [1] * len(CATALOG)
    assert seen[:3] == [0, 0, 0]  # the zone, the first request, and the next only when the first has been answered
    assert tenant.highest == len(CATALOG) - 1


async def test_a_failure_that_proves_nothing_sends_the_next_one_ahead() -> None:
    tenant = ScriptedTransport(respond(503, b""), rows=[{"id": 1}])
    tenant.hold = 0.002
    async with connected(tenant, limits=Limits(attempts=1)) as client:
        outcomes = await all_at_once(client)
        assert client.acquaintance.is_accepted
    assert sum(isinstance(outcome, ServerFailed) for outcome in outcomes) == 1


async def test_a_wrong_secret_of_a_stranger_is_one_failed_login() -> None:
    tenant = ScriptedTransport(*[respond(401, b"")] * 99)
    tenant.hold = 0.002
    async with connected(tenant) as client:
        outcomes = await all_at_once(client)
        assert not client.acquaintance.is_accepted
    assert {type(outcome) for outcome in outcomes} == {CredentialsRefused}
    assert len(tenant.asked) == 1


async def test_known_good_credentials_go_out_together_after_a_head_start() -> None:
    tenant = ScriptedTransport(rows=[{"id": 1}])
    tenant.hold = 0.15
    async with connected(tenant, known=FRIEND) as client:
        began = asyncio.get_running_loop().time()
        await all_at_once(client)
        assert asyncio.get_running_loop().time() - began < 0.29
        assert client.requests["ZoneInformation"] == 0


async def test_known_good_credentials_that_are_refused_within_the_head_start_are_one_failed_login() -> None:
    tenant = ScriptedTransport(*[respond(401, b"")] * 99)
    tenant.hold = 0.005
    async with connected(tenant, known=FRIEND) as client:
        outcomes = await all_at_once(client)
        assert not client.acquaintance.is_accepted
        assert client.requests["ZoneInformation"] == 1
    assert {type(outcome) for outcome in outcomes} == {CredentialsRefused}
    assert len(tenant.asked) == 1


async def test_a_known_zone_that_the_tenant_has_left_is_looked_up_once() -> None:
    class Moved(ScriptedTransport):
        async def send(self, request):
            if "webservices5." in request.url:
                self.sent.append(request)
                return respond(401, b"")
            return await super().send(request)

    tenant = Moved(rows=[{"id": 1}], zones=[zone_answer("webservices29.autotask.net")])
    async with connected(tenant, known=FRIEND) as client:
        assert await all_at_once(client) == [1] * len(CATALOG)
        assert client.requests["ZoneInformation"] == 1
        assert client.has_found_zone
        assert client.acquaintance.zone.url.startswith("https://webservices29.")


async def test_at_a_new_zone_the_first_request_goes_ahead_again() -> None:
    class Refusing(ScriptedTransport):
        async def send(self, request):
            answer = await super().send(request)
            return answer if "ZoneInformation" in request.url else respond(401, b"")

    tenant = Refusing(rows=[{"id": 1}], zones=[zone_answer("webservices29.autotask.net")])
    tenant.hold = 0.04  # longer than the head start
    async with connected(tenant, known=FRIEND) as client:
        outcomes = await all_at_once(client)
    assert {type(outcome) for outcome in outcomes} == {CredentialsRefused}
    assert sum("webservices29." in request.url for request in tenant.asked) == 1


async def test_a_known_zone_whose_host_is_no_longer_allowed_is_asked_for_anew() -> None:
    foreign = Zone("Old", "https://evil.example/ATServicesRest/V1.0", None, None)
    tenant = ScriptedTransport(rows=[{"id": 1}])
    async with connected(tenant, known=replace(FRIEND, zone=foreign)) as client:
        await client.count(COMPANIES)
        assert client.has_found_zone
    assert not any("evil" in request.url for request in tenant.sent)


async def test_a_cancelled_first_request_lets_the_next_one_go() -> None:
    tenant = ScriptedTransport(rows=[{"id": 1}])
    tenant.hold = 0.05
    async with connected(tenant) as client:
        first = asyncio.create_task(client.count(COMPANIES))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(client.count(COMPANIES))
        await asyncio.sleep(0.01)
        first.cancel()
        assert await asyncio.wait_for(second, 1) == 1
        with pytest.raises(asyncio.CancelledError):
            await first
