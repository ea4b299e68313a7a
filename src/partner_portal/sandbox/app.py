"""The sandbox as an ASGI application: the API below /ATServicesRest/, the control plane below /_sandbox/."""

from __future__ import annotations

from email.utils import format_datetime

import msgspec
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from partner_portal.sandbox.answers import Answer
from partner_portal.sandbox.api import Api
from partner_portal.sandbox.control import PREFIX, ControlPlane
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.state import Login, State
from partner_portal.sandbox.world import World

_WEB_PAGE = (
    b"<!doctype html><title>Sandbox</title><p>Here Autotask would show the record. The sandbox has no pages.</p>"
)


class SandboxApp:
    """One sandbox. `state` is open to tests in the same process: its world, options, faults and counters."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._api = Api(state)
        self._control = ControlPlane(state)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            answer = await self._answer(Request(scope, receive))
            answer.headers["Date"] = format_datetime(self.state.world.clock.now(), usegmt=True)
            await answer.deliver(send)

    async def _answer(self, request: Request) -> Answer:
        path = request.url.path.casefold()
        if path.startswith(f"/{PREFIX}/"):
            return await self._control.answer(request)
        if path.startswith(("/autotask/", "/mvc/")):
            return Answer(200, _WEB_PAGE, content_type="text/html; charset=utf-8")
        return await self._api.answer(request)


def build(
    world: World, *, latency_seconds: float = 0.0, options: Options | None = None, login: Login | None = None
) -> SandboxApp:
    """A sandbox over `world`. Every call takes `latency_seconds` at least; `options` sets every other switch too."""
    chosen = msgspec.structs.replace(options or Options(), permissions=dict((options or Options()).permissions))
    if latency_seconds:
        chosen.latency_seconds = latency_seconds
    return SandboxApp(State(world, chosen, login or Login()))


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
