"""A transport that calls an ASGI app in this process: the sandbox without a socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote, urlsplit

from partner_portal.autotask.errors import AnswerCutShort, HostUnreachable
from partner_portal.autotask.transport import Request, Response

Message = MutableMapping[str, Any]
AsgiApp = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


class AsgiTransport:
    """Sends each request to `app`. An app that ends without an answer looks like a lost connection.

    Exceptions that the app raises come out as they are: in a test they are the app's fault, not the network's.
    """

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def send(self, request: Request) -> Response:
        """Send one request; see `Transport.send`."""
        arriving: list[Message] = [{"type": "http.request", "body": request.body, "more_body": False}]
        answered: list[Message] = []

        async def receive() -> Message:
            return arriving.pop() if arriving else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            answered.append(message)

        try:
            await self._app(_scope(request), receive, send)
        except ConnectionError as cause:
            raise HostUnreachable(request.host, f"the connection was lost ({type(cause).__name__})") from None
        return _response(request, answered)

    async def close(self) -> None:
        """Nothing is held."""


def _scope(request: Request) -> MutableMapping[str, Any]:
    url = urlsplit(request.url)
    default_port = 443 if url.scheme == "https" else 80
    headers = [(b"host", url.netloc.encode()), (b"content-length", str(len(request.body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in request.headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": unquote(url.path),
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": (url.hostname, url.port or default_port),
    }


def _response(request: Request, answered: list[Message]) -> Response:
    started = next((message for message in answered if message["type"] == "http.response.start"), None)
    if started is None:
        raise HostUnreachable(request.host, "the connection was lost before an answer")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in started.get("headers", ())}
    pieces = [message for message in answered if message["type"] == "http.response.body"]
    body = b"".join(piece.get("body", b"") for piece in pieces)
    promised = int(headers.get("content-length", len(body)))
    if len(body) < promised or not pieces or pieces[-1].get("more_body"):
        raise AnswerCutShort(request.host, "the body ended early")
    return Response(int(started["status"]), headers, body)
