"""A small Autotask on a wire of its own, to be broken at will: answers from rows, faults from a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import AutotaskError
from partner_portal.autotask.limits import Limits
from partner_portal.autotask.transport import Request, Response

ENTRY = "https://webservices.autotask.net"
ZONE_HOST = "webservices5.autotask.net"
SECRET = "correct-horse-battery"
CODE = "STAPLE00INTEGRATION"
CREDENTIALS = Credentials("api+reader@example.invalid", SECRET, CODE)

Answer = Response | AutotaskError | Callable[[Request], Response]


def respond(status: int, document: Any = None, headers: Mapping[str, str] | None = None) -> Response:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Response(status, headers or {}, body)


def zone_answer(host: str = ZONE_HOST) -> Response:
    url = f"https://{host}/ATServicesRest/"
    return respond(200, {"zoneName": "Five", "url": url, "webUrl": "https://ww5.autotask.net/", "ci": 5})


def page_answer(rows: Iterable[Mapping[str, Any]], *, size: int = 500, next_url: str | None = None) -> Response:
    items = list(rows)
    details = {"count": len(items), "requestCount": size, "prevPageUrl": None, "nextPageUrl": next_url}
    return respond(200, {"items": items, "pageDetails": details})


class ScriptedTransport:
    """Answers zone discovery by itself and everything else by the script, then by `rows`.

    `hold` makes each request take that long; `highest` is how many were under way at once.
    """

    def __init__(self, *script: Answer, rows: Iterable[Mapping[str, Any]] = (), zones: Iterable[Answer] = ()) -> None:
        self.script = list(script)
        self.rows = sorted(rows, key=lambda row: row["id"])
        self.zones = list(zones)
        self.sent: list[Request] = []
        self.hold = 0.0
        self.highest = 0
        self.is_closed = False
        self._under_way = 0

    @property
    def asked(self) -> list[Request]:
        return [request for request in self.sent if "ZoneInformation" not in request.url]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.asked if request.body]

    async def send(self, request: Request) -> Response:
        self.sent.append(request)
        self._under_way += 1
        self.highest = max(self.highest, self._under_way)
        try:
            await asyncio.sleep(self.hold)
        finally:
            self._under_way -= 1
        answer = self._answer(request)
        if isinstance(answer, AutotaskError):
            raise answer
        return answer if isinstance(answer, Response) else answer(request)

    def _answer(self, request: Request) -> Answer:
        if "ZoneInformation" in request.url:
            return self.zones.pop(0) if self.zones else zone_answer()
        return self.script.pop(0) if self.script else self.read

    def read(self, request: Request) -> Response:
        """What the rows say: `id` conditions only, ascending, a link while more rows match."""
        if urlsplit(request.url).path.endswith("/count"):
            return respond(200, {"queryCount": len(self.rows)})
        asked = json.loads(request.body)
        matching = [row for row in self.rows if all(_passes(row, condition) for condition in asked["filter"])]
        size = asked["MaxRecords"]
        link = f"https://{ZONE_HOST}/ATServicesRest/V1.0/X/query/next?paging=x" if len(matching) > size else None
        return page_answer(matching[:size], size=size, next_url=link)

    async def close(self) -> None:
        self.is_closed = True


def _passes(row: Mapping[str, Any], condition: Mapping[str, Any]) -> bool:
    if condition["field"] != "id":
        return True
    value = condition["value"]
    return {"gt": row["id"] > value, "gte": row["id"] >= value, "lte": row["id"] <= value}[condition["op"]]


class Waits(list[float]):
    """The pauses a client asked for; none is waited."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


@asynccontextmanager
async def connected(transport: Any, *, waits: Waits | None = None, limits: Limits | None = None, **more: Any):
    """A client on `transport` that never waits; chance is fixed, so that pauses are exact."""
    client = await AutotaskClient.connect(
        more.pop("credentials", CREDENTIALS),
        entry_url=more.pop("entry_url", ENTRY),
        transport=transport,
        limits=limits or Limits(),
        pause=Waits() if waits is None else waits,
        chance=lambda: 0.5,
        **more,
    )
    async with client:
        yield client
