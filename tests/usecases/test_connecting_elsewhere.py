"""Server-side request forgery by the way in: no answer makes a test of the connection call another host."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from autotask.scripted import ScriptedTransport, respond, zone_answer
from partner_portal.autotask.client import AutotaskClient
from partner_portal.organizations.models import Connection
from partner_portal.usecases.connect_autotask import connect_autotask

ELSEWHERE = "https://evil.example/ATServicesRest/"


@pytest.mark.parametrize(
    "wire",
    [
        ScriptedTransport(zones=[zone_answer("evil.example")]),
        ScriptedTransport(zones=[zone_answer("webservices5.autotask.net@evil.example")]),
        ScriptedTransport(zones=[zone_answer("169.254.169.254")]),
        ScriptedTransport(zones=[respond(302, {}, {"location": ELSEWHERE})]),
        ScriptedTransport(*[respond(302, {}, {"location": ELSEWHERE})] * 9),
    ],
    ids=["zone", "zone with a user", "the machine's own", "redirect of the zone", "redirect"],
)
def test_nothing_is_sent_elsewhere_and_nothing_is_saved(parts, organization, credentials, wire):
    async def open_client(credentials, limits, known=None):
        return await AutotaskClient.connect(credentials, limits=limits, transport=wire, known=known)

    tested = connect_autotask(replace(parts, open_client=open_client), organization, credentials)
    assert not tested.passed
    assert {urlsplit(request.url).hostname for request in wire.sent} <= {
        "webservices.autotask.net",
        "webservices5.autotask.net",
    }
    assert not Connection.objects.exists()
