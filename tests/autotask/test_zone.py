"""Zone discovery: where a tenant lives, and what can be in the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autotask.scripted import ENTRY, SECRET, ScriptedTransport, connected, respond, zone_answer
from partner_portal.autotask.errors import (
    AnswerCutShort,
    HostRefused,
    HostUnreachable,
    MalformedAnswer,
    RedirectRefused,
    ServerFailed,
    UnknownUser,
    ZoneMissing,
    ZoneRefused,
    explain,
)
from partner_portal.autotask.limits import Limits
from partner_portal.autotask.zone import api_base


async def test_the_zone_is_asked_for_bare_and_with_an_encoded_name() -> None:
    wire = ScriptedTransport()
    async with connected(wire) as client:
        assert client.zone.url == "https://webservices5.autotask.net/ATServicesRest/V1.0"
        assert (client.zone.name, client.zone.web_url, client.zone.ci) == ("Five", "https://ww5.autotask.net/", 5)
    (request,) = wire.sent
    assert request.method == "GET"
    assert request.url == f"{ENTRY}/ATServicesRest/V1.0/ZoneInformation?user=api%2Breader%40example.invalid"
    assert request.headers == {}
    assert wire.is_closed


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "/",
        "/ATServicesRest",
        "/ATServicesRest/",
        "/atservicesrest//",
        "/ATServicesRest/ATServicesRest/",
        "/ATServicesRest/V1.0",
        "/ATServicesRest/V1.0/",
        "/?x=1",
    ],
)
def test_the_base_is_right_however_the_url_ends(tail) -> None:
    assert api_base(f"https://webservices5.autotask.net{tail}") == (
        "https://webservices5.autotask.net/ATServicesRest/V1.0"
    )


@given(st.lists(st.sampled_from(["", "ATServicesRest", "V1.0", "gateway"]), max_size=5))
def test_a_base_made_of_a_base_is_the_same(segments) -> None:
    base = api_base("https://h.example/" + "/".join(segments))
    assert api_base(base) == base
    assert base.endswith("/ATServicesRest/V1.0")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (respond(500, {"errors": ["Zone information could not be determined"]}), UnknownUser),
        (respond(401, b""), ZoneRefused),
        (respond(404, b"<html>"), ZoneMissing),
        (respond(302, b"", {"location": "https://evil.example"}), RedirectRefused),
        (respond(503, b"<html>down</html>"), ServerFailed),
        (respond(200, b"<html>a captive portal</html>"), AnswerCutShort),
        (respond(200, {"zoneName": "no url"}), MalformedAnswer),
        (respond(200, ["not an object"]), MalformedAnswer),
        (zone_answer("evil.example"), HostRefused),
        (HostUnreachable("webservices.autotask.net", "no connection"), HostUnreachable),
    ],
)
async def test_what_is_in_the_way_has_a_name_and_a_remedy(answer, error) -> None:
    wire = ScriptedTransport(zones=[answer] * 9)
    with pytest.raises(error) as caught:
        async with connected(wire):
            pytest.fail("connected")
    assert type(caught.value) is error
    sentence = explain(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert SECRET not in sentence
    assert wire.is_closed
    assert len(wire.sent) == (Limits().attempts if error.retryable else 1)


async def test_an_unknown_user_is_told_by_name() -> None:
    wire = ScriptedTransport(zones=[respond(500, {"Errors": ["Zone information could not be determined"]})])
    with pytest.raises(UnknownUser, match=r"api\+reader@example\.invalid"):
        async with connected(wire):
            pytest.fail("connected")


async def test_an_entry_outside_the_allowed_hosts_is_not_even_asked() -> None:
    wire = ScriptedTransport()
    with pytest.raises(HostRefused):
        async with connected(wire, entry_url="https://evil.example"):
            pytest.fail("connected")
    with pytest.raises(HostRefused):
        async with connected(wire, entry_url="http://webservices.autotask.net"):
            pytest.fail("connected")
    assert wire.sent == []


async def test_a_zone_on_loopback_needs_an_entry_on_loopback() -> None:
    local = respond(200, {"url": "http://127.0.0.1:8010/ATServicesRest/"})
    with pytest.raises(HostRefused):
        async with connected(ScriptedTransport(zones=[local])):
            pytest.fail("connected")
    async with connected(ScriptedTransport(zones=[local]), entry_url="http://localhost:8010/") as client:
        assert client.zone.url == "http://127.0.0.1:8010/ATServicesRest/V1.0"


async def test_pascal_case_is_understood_and_a_script_is_no_link() -> None:
    answer = respond(200, {"Url": "https://webservices5.autotask.net/", "WebUrl": "javascript:alert(1)", "Ci": "7"})
    async with connected(ScriptedTransport(zones=[answer])) as client:
        assert client.zone.url.endswith(".net/ATServicesRest/V1.0")
        assert client.zone.web_url is None
        assert client.zone.ci == 7
