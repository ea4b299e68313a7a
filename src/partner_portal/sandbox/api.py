"""The API itself: one request in, one answer out, in the order in which the real thing says no."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request

from partner_portal.sandbox.answers import Answer, json_answer, refusal_answer
from partner_portal.sandbox.metadata import entity_information, field_information, user_field_information
from partner_portal.sandbox.pages import page_document
from partner_portal.sandbox.query import Cursor, Query, read_cursor, read_query
from partner_portal.sandbox.refusals import LoginRefused, NoSuchRoute, QueryRefused, RefusalError, WrongVerb
from partner_portal.sandbox.routes import Route, find_route, is_write
from partner_portal.sandbox.state import State
from partner_portal.sandbox.table import Table

VERSIONS = {"apiVersions": ["V1.0", "V2.0"]}
VERSION = {"majorVersion": 2026, "minorVersion": 3, "build": "2026.3.0.0", "customerType": "Sandbox"}

NO_PERMISSION = "The logged in Resource does not have the adequate permissions to {act} this entity type."


class Api:
    """The Autotask REST API over the world of `state`."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._acts: dict[str, Callable[[Request, Route], Awaitable[Answer]]] = {
            "entities": self._entities,
            "version": self._version,
            "threshold": self._threshold,
            "query": self._query,
            "next": self._query,
            "count": self._count,
            "item": self._item,
            "information": self._information,
            "fields": self._fields,
            "user_fields": self._user_fields,
            "write": self._write,
        }

    async def answer(self, request: Request) -> Answer:
        """Answer one request; a refusal is an answer too."""
        try:
            answer = await self._answer(request)
        except RefusalError as refusal:
            answer = refusal_answer(refusal)
        self._state.counters.statuses[str(answer.status)] += 1
        return answer

    async def _answer(self, request: Request) -> Answer:
        route = self._route(request)
        name = self._noun(route)
        self._state.counters.requests[name] += 1
        self._state.counters.routes[f"{name} {route.name}".strip()] += 1
        if route.name == "zone":
            return self._zone(request)
        if route.name == "versions":
            return json_answer(VERSIONS)
        try:
            code = self._admit(request)
        except LoginRefused:
            await asyncio.sleep(self._state.options.latency_seconds)
            raise
        self._state.hour.spend()
        async with self._state.gate.slot(code, name):
            return await self._act(request, route, name)

    def _route(self, request: Request) -> Route:
        path = request.url.path
        self._state.counters.writes += is_write(request.method, path)
        entities = {entity.casefold() for entity in self._state.world.entities}
        return find_route(request.method, path, str(request.url), entities)

    def _noun(self, route: Route) -> str:
        if route.entity:
            return self._state.world.model(route.entity).path
        return {"zone": "ZoneInformation", "threshold": "ThresholdInformation", "versions": "VersionInformation"}.get(
            route.name, route.name.capitalize()
        )

    def _admit(self, request: Request) -> str:
        """The caller's integration code; a host that the tenant has left knows nobody."""
        code = self._state.authenticate(request.headers)
        home = self._state.options.zone_host
        if home is not None and request.url.netloc != home:
            raise LoginRefused
        return code

    async def _act(self, request: Request, route: Route, name: str) -> Answer:
        pause = self._state.options.latency_seconds + self._state.hour.delay_seconds()
        fault = self._state.faults.take(name, route.name)
        if fault is not None:
            self._state.counters.faults[fault.kind] += 1
            pause += fault.seconds if fault.kind == "latency" else 0.0
        if fault is None:
            return await self._within(pause, self._acts[route.name](request, route))
        await asyncio.sleep(pause)
        fault.refuse(request.method)
        answer = fault.replacement()
        if answer is None:
            answer = await self._acts[route.name](request, route)
            fault.spoil(answer)
        return answer

    @staticmethod
    async def _within(pause: float, act: Awaitable[Answer]) -> Answer:
        """The answer or refusal of `act`, once `pause` is over: making it is part of what a caller waits for."""
        loop = asyncio.get_running_loop()
        due_at = loop.time() + pause
        try:
            return await act
        finally:
            await asyncio.sleep(max(0.0, due_at - loop.time()))

    def _zone(self, request: Request) -> Answer:
        user = request.query_params.get("user")
        if user is None:
            raise NoSuchRoute(str(request.url))
        if not self._state.login.names(user):
            raise QueryRefused("Zone information could not be determined")
        home = f"{request.url.scheme}://{self._state.options.zone_host or request.url.netloc}"
        return json_answer(
            {
                "zoneName": "Sandbox",
                "url": f"{home}/ATServicesRest/",
                "webUrl": f"{home}/",
                "ci": self._state.world.seed,
            }
        )

    async def _version(self, _request: Request, _route: Route) -> Answer:
        return json_answer(VERSION)

    async def _entities(self, _request: Request, _route: Route) -> Answer:
        world, options = self._state.world, self._state.options
        return json_answer(
            {"entityDescriptions": [entity_information(world.model(entity), options) for entity in world.entities]}
        )

    async def _threshold(self, _request: Request, _route: Route) -> Answer:
        return json_answer(
            {
                "externalRequestThreshold": self._state.options.hourly_limit,
                "requestThresholdTimeframe": 60,
                "currentTimeframeRequestCount": self._state.hour.used,
            }
        )

    async def _query(self, request: Request, route: Route) -> Answer:
        cursor = self._cursor(request) if route.name == "next" else None
        table, query, search = await self._asked(request, route)
        base = f"{request.url.scheme}://{request.url.netloc}/ATServicesRest/V1.0/{table.model.path}/query/next"
        return Answer(200, await asyncio.to_thread(page_document, table, query, cursor, base, search))

    async def _count(self, request: Request, route: Route) -> Answer:
        table, query, _ = await self._asked(request, route)
        return json_answer({"queryCount": await asyncio.to_thread(table.count, query.where)})

    async def _item(self, _request: Request, route: Route) -> Answer:
        table = self._readable(route)
        found = table.wire([route.row_id]) if route.row_id is not None else []
        return Answer(200, b'{"item":' + (found[0] if found else b"null") + b"}")

    async def _information(self, _request: Request, route: Route) -> Answer:
        return json_answer({"info": entity_information(self._state.world.model(route.entity), self._state.options)})

    async def _fields(self, _request: Request, route: Route) -> Answer:
        world = self._state.world
        return json_answer({"fields": field_information(world.model(route.entity), world.tenant)})

    async def _user_fields(self, request: Request, route: Route) -> Answer:
        fields = self._state.world.model(route.entity).user_fields
        if fields is None:
            raise NoSuchRoute(str(request.url))
        return json_answer({"fields": user_field_information(fields)})

    async def _write(self, _request: Request, _route: Route) -> Answer:
        raise QueryRefused(NO_PERMISSION.format(act="change"))

    def _cursor(self, request: Request) -> Cursor:
        """The page a link points to. A link is bound to the verb of its query: with `search` GET, without POST."""
        by_get = "search" in request.query_params
        if (request.method == "GET") != by_get:
            raise WrongVerb(request.method)
        return read_cursor(request.query_params.get("paging", ""))

    async def _asked(self, request: Request, route: Route) -> tuple[Table, Query, str | None]:
        """The table, the query, and the query's text where it came by GET."""
        table = self._readable(route)
        strict = self._state.options.refuse_unknown_operators
        if request.method == "GET":
            search = request.query_params.get("search", "")
            return table, read_query(search, table.model, refuse_unknown_operators=strict), search
        return table, read_query(await request.body(), table.model, refuse_unknown_operators=strict), None

    def _readable(self, route: Route) -> Table:
        """The rows that the API user may see of an entity."""
        table = self._state.world.table(route.entity)
        permission = self._state.options.permission(table.model.path)
        text = NO_PERMISSION.format(act="query")
        if permission == "granted":
            return table
        if permission == "empty":
            return table.emptied()
        if permission == "forbidden":
            raise RefusalError(403, {"errors": [text]})
        raise QueryRefused(text)
