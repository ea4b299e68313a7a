"""Calls a sandbox app through ASGI, without a socket."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME

BASE = "http://sandbox.test:8100"
GOOD = {"UserName": USERNAME, "Secret": SECRET, "ApiIntegrationCode": INTEGRATION_CODE}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes
    complete: bool

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def ids(self) -> list[int]:
        return [row["id"] for row in self.json["items"]]

    @property
    def next_url(self) -> str | None:
        return self.json["pageDetails"]["nextPageUrl"]

    @property
    def previous_url(self) -> str | None:
        return self.json["pageDetails"]["prevPageUrl"]


class Caller:
    """One client of one app; `headers` go with every call."""

    def __init__(self, app, headers: dict[str, str] | None = None) -> None:
        self.app = app
        self.headers = GOOD if headers is None else headers

    async def send(self, verb: str, url: str, body: object = None, **headers: str) -> Reply:
        parts = urlsplit(url if url.startswith("http") else BASE + url)
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {"Host": parts.netloc, **self.headers, **headers}
        scope = {
            "type": "http",
            "method": verb,
            "scheme": parts.scheme,
            "path": unquote(parts.path),
            "query_string": parts.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in named.items()],
            "server": (parts.hostname, parts.port),
        }
        messages: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            messages.append(message)

        await self.app(scope, receive, send)
        if not messages:
            return Reply(0, {}, b"", complete=False)
        bodies = messages[1:]
        answered = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        whole = bool(bodies) and not bodies[-1].get("more_body")
        return Reply(messages[0]["status"], answered, b"".join(m["body"] for m in bodies), whole)

    async def get(self, url: str) -> Reply:
        return await self.send("GET", url if url.startswith(("http", "/")) else f"/ATServicesRest/V1.0/{url}")

    async def post(self, url: str, body: object) -> Reply:
        return await self.send("POST", url if url.startswith(("http", "/")) else f"/ATServicesRest/V1.0/{url}", body)

    async def query(self, entity: str, *filters: object, **rest: object) -> Reply:
        return await self.post(f"{entity}/query", {"filter": list(filters), **rest})

    async def search(self, entity: str, *filters: object, **rest: object) -> Reply:
        return await self.get(f"{entity}/query?search={quote(json.dumps({'filter': list(filters), **rest}))}")

    async def control(self, verb: str, path: str, body: object = None) -> Reply:
        return await self.send(verb, f"/_sandbox/{path}", body)


def where(field: str, op: str, value: object = None, **rest: object) -> dict[str, object]:
    return {"field": field, "op": op, "value": value, **rest}
