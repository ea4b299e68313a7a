"""The sandbox over real HTTP: an ASGI application behind aiohttp's server, which can also cut a connection short."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from aiohttp import web
from starlette.types import ASGIApp, Message

from partner_portal.sandbox.app import SandboxApp, build
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.state import Login
from partner_portal.sandbox.world import World

HOST = "127.0.0.1"
_LARGEST_BODY = 64 * 2**20
_GRACE_SECONDS = 2.0


def serve(
    world: World,
    host: str = HOST,
    port: int = 8100,
    *,
    latency_seconds: float = 0.0,
    options: Options | None = None,
    login: Login | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve `world` until SIGTERM or SIGINT; requests under way are finished first. Writes nothing to stdout.

    `ready` is called with the base address once connections are accepted; port 0 takes a free one. Raises
    `OSError` when the address cannot be had.
    """
    world.settle()
    app = build(world, latency_seconds=latency_seconds, options=options, login=login)

    async def run() -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopped.set)
        await _run(app, host, port, stopped, ready)

    asyncio.run(run())


@contextmanager
def running(app: SandboxApp | World, *, host: str = HOST, port: int = 0) -> Iterator[str]:
    """The sandbox in a thread of this process; yields its base address, such as http://127.0.0.1:40123.

    Given a world, it is served with every switch at its default.
    """
    served = build(app) if isinstance(app, World) else app
    started = Event()
    found: dict[str, Any] = {}

    async def run() -> None:
        found["loop"], found["stopped"] = asyncio.get_running_loop(), asyncio.Event()

        def ready(address: str) -> None:
            found["address"] = address
            started.set()

        await _run(served, host, port, found["stopped"], ready)

    def work() -> None:
        try:
            asyncio.run(run())
        except OSError as e:
            found["problem"] = e
        finally:
            started.set()

    thread = Thread(target=work, name="sandbox", daemon=True)
    thread.start()
    started.wait()
    if "problem" in found:
        raise found["problem"]
    try:
        yield found["address"]
    finally:
        found["loop"].call_soon_threadsafe(found["stopped"].set)
        thread.join()


async def _run(app: ASGIApp, host: str, port: int, stopped: asyncio.Event, ready: Callable[[str], None] | None) -> None:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return await _bridge(app, request)

    server = web.Server(handle)
    listener = await asyncio.get_running_loop().create_server(server, host, port)
    if ready is not None:
        name = f"[{host}]" if ":" in host else host
        ready(f"http://{name}:{listener.sockets[0].getsockname()[1]}")
    try:
        await stopped.wait()
    finally:
        listener.close()
        await server.shutdown(_GRACE_SECONDS)


async def _bridge(app: ASGIApp, request: web.BaseRequest) -> web.StreamResponse:
    """Hand one request to the ASGI application, and its messages to the connection."""
    body = await _read(request)
    response: web.StreamResponse | None = None
    finished = False

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal response, finished
        if message["type"] == "http.response.start":
            response = web.StreamResponse(status=message["status"])
            for name, value in message["headers"]:
                response.headers[name.decode()] = value.decode()
            await response.prepare(request)
        elif response is not None:
            await response.write(message["body"])
            finished = not message.get("more_body", False)

    await app(_scope(request), receive, send)
    if response is None or not finished:
        _hang_up(request)
        return response or web.Response()
    with contextlib.suppress(ConnectionError):
        await response.write_eof()
    return response


async def _read(request: web.BaseRequest) -> bytes:
    pieces = []
    size = 0
    async for piece in request.content.iter_any():
        size += len(piece)
        if size > _LARGEST_BODY:
            raise web.HTTPRequestEntityTooLarge(max_size=_LARGEST_BODY, actual_size=size)
        pieces.append(piece)
    return b"".join(pieces)


def _scope(request: web.BaseRequest) -> dict[str, Any]:
    path, _, query = request.raw_path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in request.headers.items()],
        "server": None,
    }


def _hang_up(request: web.BaseRequest) -> None:
    """End the connection where the application left its answer unfinished."""
    if request.transport is not None:
        request.transport.close()
