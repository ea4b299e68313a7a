"""A 401: perhaps the tenant moved, perhaps the credentials are wrong; the API user is not to be locked."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from autotask.scripted import CODE, CREDENTIALS, SECRET, ZONE_HOST, ScriptedTransport, connected, respond, zone_answer
from partner_portal.autotask.catalog import CATALOG, COMPANIES, CONTACTS
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import CredentialsRefused, CredentialsUnusable, HostRefused, explain

NEW_HOST = "webservices29.autotask.net"


def hosts_with_secret(transport) -> list[str]:
    return [urlsplit(request.url).netloc for request in transport.sent if "Secret" in request.headers]


class MovedTenant(ScriptedTransport):
    """The old zone answers 401, the new one answers."""

    async def send(self, request):
        if urlsplit(request.url).netloc == ZONE_HOST:
            self.sent.append(request)
            await asyncio.sleep(0.001)
            return respond(401, b"")
        return await super().send(request)


async def test_every_call_carries_the_credentials() -> None:
    transport = ScriptedTransport(rows=[{"id": 1}])
    async with connected(transport) as client:
        await client.count(COMPANIES)
    (request,) = transport.asked
    assert request.headers == {
        "ApiIntegrationCode": CODE,
        "UserName": CREDENTIALS.username,
        "Secret": SECRET,
        "Content-Type": "application/json",
    }


async def test_wrong_credentials_are_sent_once() -> None:
    transport = ScriptedTransport(*[respond(401, b"whatever")] * 9)
    async with connected(transport) as client:
        for _ in range(3):
            with pytest.raises(CredentialsRefused) as caught:
                await client.count(COMPANIES)
        assert len(hosts_with_secret(transport)) == 1
        assert client.requests["ZoneInformation"] == 2
    assert "locked" in explain(caught.value)


async def test_wrong_credentials_are_not_sent_by_calls_that_were_waiting() -> None:
    transport = ScriptedTransport(*[respond(401, b"")] * 99)
    async with connected(transport) as client:
        transport.hold = 0.001
        calls = [client.count(entity) for entity in CATALOG for _ in range(5)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {CredentialsRefused}
        assert len(hosts_with_secret(transport)) <= 24
        assert client.requests["ZoneInformation"] == 2


async def test_a_tenant_that_moved_is_found_again() -> None:
    transport = MovedTenant(zones=[zone_answer(), zone_answer(NEW_HOST)], rows=[{"id": 1}])
    async with connected(transport) as client:
        assert await client.count(COMPANIES) == 1
        assert client.zone.url == f"https://{NEW_HOST}/ATServicesRest/V1.0"
        assert await client.count(COMPANIES) == 1
    assert hosts_with_secret(transport) == [ZONE_HOST, NEW_HOST, NEW_HOST]


async def test_a_move_in_the_middle_of_many_calls_is_looked_up_once() -> None:
    transport = MovedTenant(zones=[zone_answer(), zone_answer(NEW_HOST)], rows=[{"id": 1}])
    async with connected(transport) as client:
        counts = await asyncio.gather(*[client.count(entity) for entity in (COMPANIES, CONTACTS) for _ in range(6)])
        assert counts == [1] * 12
        assert client.requests["ZoneInformation"] == 2


async def test_a_move_with_wrong_credentials_ends_after_one_try_there() -> None:
    transport = MovedTenant(
        *[respond(401, b"")] * 9, zones=[zone_answer(), zone_answer(NEW_HOST), zone_answer(NEW_HOST)]
    )
    async with connected(transport) as client:
        for _ in range(2):
            with pytest.raises(CredentialsRefused):
                await client.count(COMPANIES)
    assert hosts_with_secret(transport) == [ZONE_HOST, NEW_HOST]


async def test_a_move_to_a_foreign_host_does_not_take_the_secret_along() -> None:
    transport = MovedTenant(zones=[zone_answer(), zone_answer("evil.example")])
    async with connected(transport) as client:
        with pytest.raises(HostRefused):
            await client.count(COMPANIES)
    assert hosts_with_secret(transport) == [ZONE_HOST]


@pytest.mark.parametrize("value", ["", "  ", "a\nb", "a\r", "a\x00", "a\x7f"])
@pytest.mark.parametrize("name", ["username", "secret", "integration_code"])
def test_a_value_that_cannot_be_sent_is_refused_without_quoting_it(name, value) -> None:
    values = {"username": "u", "secret": "s", "integration_code": "c", name: value}
    with pytest.raises(CredentialsUnusable, match=name.replace("_", " ")) as caught:
        Credentials(**values)
    assert not value.strip() or value not in str(caught.value)
