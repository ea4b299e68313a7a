"""Sandboxes that tests share: one in this process, and one that is served with many rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.client import AutotaskClient
from partner_portal.bootstrap import portal
from partner_portal.sandbox.app import build
from partner_portal.sandbox.server import running
from partner_portal.sandbox.world import World

ENTRY_URL = "http://127.0.0.1:9"


@contextmanager
def reached_sandbox(parts) -> Iterator[Any]:
    """An empty sandbox in this process, which the portal held from now on reaches."""
    world = World.empty(now=None)
    app = build(world)

    async def open_client(credentials, limits, known=None):
        return await AutotaskClient.connect(
            credentials, entry_url=ENTRY_URL, limits=limits, transport=AsgiTransport(app), known=known
        )

    portal.hold(replace(parts, open_client=open_client, entry_url=ENTRY_URL))
    yield app
    world.close()


@contextmanager
def served_sandbox(companies: int) -> Iterator[Any]:
    """A sandbox with so many companies over HTTP; its `address` says where."""
    world = World.empty()
    for number in range(companies):
        world.insert("Companies", {"companyName": f"Company {number}"})
    app = build(world)
    with running(app) as address:
        app.address = address
        yield app
    world.close()
