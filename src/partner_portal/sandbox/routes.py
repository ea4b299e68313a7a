"""Addresses of the API: which request means what. Case does not matter anywhere in them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from partner_portal.sandbox.refusals import NoSuchRoute, WrongVerb

ROOT = "atservicesrest"
_OPEN = {"zoneinformation": "zone"}
_PLAIN = {
    "version": "version",
    "entityinformation": "entities",
    "thresholdinformation": "threshold",
}
_OF_ENTITY = {
    ("query",): "query",
    ("query", "count"): "count",
    ("query", "next"): "next",
    ("entityinformation",): "information",
    ("entityinformation", "fields"): "fields",
    ("entityinformation", "userdefinedfields"): "user_fields",
}
_POSTABLE = {"query", "count", "next"}
_CHILDREN = {"contacts", "companytodos", "companynotes", "contractservices", "quoteitems", "tasks"}
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Route:
    """What a request asks for: `name` of the act, the entity's noun (case-folded, empty for none), a row's id."""

    name: str
    entity: str = ""
    row_id: int | None = None


def is_write(verb: str, path: str) -> bool:
    """Whether a request tries to change something: any verb but GET, save POST to a query, wherever it leads."""
    return verb in _WRITES and not (verb == "POST" and "/query" in path.casefold())


def find_route(verb: str, path: str, url: str, entities: Container[str]) -> Route:
    """The route of `verb` and `path`. Raises `NoSuchRoute` (404) and `WrongVerb` (405)."""
    steps = [step for step in path.casefold().split("/") if step]
    if steps == [ROOT, "versioninformation"]:
        return _only_get(verb, Route("versions"))
    if len(steps) < 3 or steps[:2] != [ROOT, "v1.0"]:
        raise NoSuchRoute(url)
    noun, rest = steps[2], tuple(steps[3:])
    plain = {**_OPEN, **_PLAIN}.get(noun)
    if plain and not rest:
        return _only_get(verb, Route(plain))
    if noun not in entities:
        raise NoSuchRoute(url)
    return _entity_route(verb, noun, rest, url)


def _entity_route(verb: str, noun: str, rest: tuple[str, ...], url: str) -> Route:
    name = _OF_ENTITY.get(rest)
    if name:
        if name not in _POSTABLE:
            return _only_get(verb, Route(name, noun))
        if verb not in ("GET", "POST"):
            raise WrongVerb(verb)
        return Route(name, noun)
    if not rest:
        if verb == "GET":
            raise WrongVerb(verb)
        return _write_route(noun, url)
    if len(rest) == 1 and rest[0].isascii() and rest[0].lstrip("-").isdigit():
        if verb == "GET":
            return Route("item", noun, int(rest[0]))
        if verb != "DELETE":
            raise WrongVerb(verb)
        return _write_route(noun, url)
    raise NoSuchRoute(url)


def _only_get(verb: str, route: Route) -> Route:
    if verb != "GET":
        raise WrongVerb(verb)
    return route


def _write_route(noun: str, url: str) -> Route:
    """Rows that hang on a parent are written below it; their own collection takes no write."""
    if noun in _CHILDREN:
        raise NoSuchRoute(url)
    return Route("write", noun)
