"""An answer on its way out, with the ways in which a connection can spoil it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.types import Send

from partner_portal.sandbox.refusals import RefusalError

JSON = "application/json; charset=utf-8"
_PIECES = 20


@dataclass
class Answer:
    """Status, headers and body. `cut_after` bytes the connection ends; `trickle_seconds` is how long the body takes.

    An answer cut short never sends its last ASGI message: a server closes the connection, a caller without a
    socket sees less than Content-Length says.
    """

    status: int
    body: bytes
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    trickle_seconds: float = 0.0

    async def deliver(self, send: Send) -> None:
        """Send the answer through ASGI."""
        if self.cut_after == 0:
            return
        length = len(self.body)
        named = {"content-type": self.content_type, "content-length": str(length), **self.headers}
        headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        if self.cut_after is not None:
            await send({"type": "http.response.body", "body": self.body[: self.cut_after], "more_body": True})
            return
        if self.trickle_seconds:
            step = max(1, -(-length // _PIECES))
            for start in range(0, length, step):
                await send({"type": "http.response.body", "body": self.body[start : start + step], "more_body": True})
                await asyncio.sleep(self.trickle_seconds / _PIECES)
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.body", "body": self.body})


def json_answer(document: Any, status: int = 200) -> Answer:
    """A JSON document as an answer."""
    return Answer(status, msgspec.json.encode(document))


def refusal_answer(refusal: RefusalError) -> Answer:
    """A refusal as an answer; one without a body sends none."""
    body = b"" if refusal.body is None else msgspec.json.encode(refusal.body)
    return Answer(refusal.status, body, headers=refusal.headers)
