"""A sandbox in this process, and parts that reach it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.bootstrap import portal
from partner_portal.lib.clock import FixedClock
from partner_portal.sandbox.app import build
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.world import World
from partner_portal.usecases.connect_autotask import connect_autotask

ENTRY_URL = "http://127.0.0.1:9"


@pytest.fixture
def world():
    """A tenant with two companies and a resource."""
    made = World.empty(now=None)
    made.insert("Companies", {"companyName": "First"})
    made.insert("Companies", {"companyName": "Second"})
    made.insert("Resources", {"firstName": "Ada", "lastName": "L", "isActive": True})
    yield made
    made.close()


@pytest.fixture
def sandbox(world):
    return build(world)


@pytest.fixture
def parts(parts, sandbox):
    async def open_client(credentials, limits, known=None):
        return await AutotaskClient.connect(
            credentials, entry_url=ENTRY_URL, limits=limits, transport=AsgiTransport(sandbox), known=known
        )

    wired = replace(parts, open_client=open_client, entry_url=ENTRY_URL)
    portal.hold(wired)
    return wired


@pytest.fixture
def credentials():
    return Credentials(USERNAME, SECRET, INTEGRATION_CODE)


@pytest.fixture
def connected(parts, organization, credentials):
    """The organization once its Autotask was connected; nothing was synced."""
    assert connect_autotask(parts, organization, credentials).passed
    parts.jobs.waiting.clear()
    return organization


@pytest.fixture
def later(parts):
    """The parts, some seconds later."""
    return lambda seconds: replace(parts, clock=FixedClock(parts.clock.now() + timedelta(seconds=seconds)))
