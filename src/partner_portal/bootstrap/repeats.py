"""Answers that are given again: to the very same request, as long as nothing that they are made of has changed.

Programs and open pages ask again and again, nearly always to hear the same. Finding out who asks, what they may see
and which report that is takes ten times as long as looking whether anything was committed since the last answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from cachetools import LRUCache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch

from partner_portal.bootstrap import portal
from partner_portal.bootstrap.changes import Changes
from partner_portal.usecases.measures import ANSWERS_REPEATED

WINDOW_SECONDS = 20
"""So long at most, and never into the next minute, an answer holds: days begin and sessions end by the clock alone."""
ROOM_BYTES = 16 * 2**20
OWN_BYTES = 4096
"""About what an answer takes beside its content."""
OWN_TO_EACH = ("HTTP_X_REQUEST_ID",)
"""Headers that differ from request to request and change nothing about the answer."""
REPEATABLE = (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)


@dataclass(frozen=True)
class _Kept:
    """An answer, what held when it was begun, and what the log and the counts are told of it."""

    mark: Hashable
    status: int
    headers: Mapping[str, str]
    content: bytes
    match: ResolverMatch
    told: Mapping[str, Any]

    def again(self, request: HttpRequest) -> HttpResponse:
        """The answer once more, to `request`."""
        request.resolver_match = self.match
        structlog.contextvars.bind_contextvars(**self.told)
        ANSWERS_REPEATED.inc()
        return HttpResponse(self.content, status=self.status, headers=self.headers)


def let_repeat(request: HttpRequest) -> None:
    """Say of a request that its answer depends on it, on the stores and the clock only, and that nothing else is done.

    What is written down of it, such as when a token was used last, may be as coarse as WINDOW_SECONDS.
    """
    request.may_repeat = True  # type: ignore[attr-defined]


class RepeatedAnswers:
    """Gives an answer again where `let_repeat` allowed it. Everything but the request's id is a part of a request."""

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase], mark: Callable[[], Hashable] | None = None
    ) -> None:
        self._get_response = get_response
        self._changes = mark or Changes().mark
        self._kept: LRUCache[Hashable, _Kept] = LRUCache(ROOM_BYTES, getsizeof=_size)
        self._paths: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer `request`."""
        if request.method != "GET" or request.path_info not in self._paths:
            response = self._get_response(request)
            if _may_repeat(request):
                self._paths.add(request.path_info)
            return response
        mark, name = self._mark(), _name_of(request)
        with self._lock:
            kept = self._kept.get(name)
        if kept is not None and mark is not None and kept.mark == mark:
            return kept.again(request)
        response = self._get_response(request)
        made = _repeatable(mark, request, response)
        if made is not None:
            with self._lock:
                self._kept[name] = made
        return response

    def _mark(self) -> Hashable:
        """What an answer that is begun now is good for; None where that cannot be told."""
        try:
            changes = self._changes()
        except DatabaseError:  # whoever answers meets the same, and says so in the shape of their answers
            return None
        return None if changes is None else (changes, int(portal.parts().clock.now().timestamp()) // WINDOW_SECONDS)


def _size(kept: _Kept) -> int:
    return OWN_BYTES + len(kept.content)


def _repeatable(mark: Hashable, request: HttpRequest, response: HttpResponseBase) -> _Kept | None:
    """`response` as it can be given again; None where it cannot."""
    match = request.resolver_match
    is_whole = not response.streaming and response.status_code in REPEATABLE and not response.cookies
    if mark is None or match is None or not _may_repeat(request) or not is_whole:
        return None
    told = {key: value for key, value in structlog.contextvars.get_contextvars().items() if key != "request_id"}
    return _Kept(mark, response.status_code, dict(response.items()), b"".join(response), match, told)


def _may_repeat(request: HttpRequest) -> bool:
    return getattr(request, "may_repeat", False)


def _name_of(request: HttpRequest) -> Hashable:
    """All of a request that any answer could depend on."""
    said = request.META
    headers = (item for item in said.items() if item[0].startswith("HTTP_") and item[0] not in OWN_TO_EACH)
    return said.get("REMOTE_ADDR"), request.scheme, request.path, said.get("QUERY_STRING"), *sorted(headers)
