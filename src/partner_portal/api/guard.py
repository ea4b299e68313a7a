"""What holds for every request and answer below /api/, whoever made the answer: this API, Django or a middleware."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag

from partner_portal.api.problems import MEDIA_TYPE, problem, saying
from partner_portal.api.routes import api

BELOW = "/api/"
REVALIDATED = "private, no-cache"
KEPT_HEADERS = ("Allow", "Retry-After", "Set-Cookie", "WWW-Authenticate")


class ApiGuard:
    """Refuses what no operation could take, gives every error the one shape, and answers 304 where nothing changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer `request`."""
        if not request.path_info.startswith(BELOW):
            return self._get_response(request)
        response = _refusal(request) or self._get_response(request)
        is_error = response.status_code >= HTTPStatus.BAD_REQUEST
        answer = _in_one_shape(response) if is_error else _revalidated(request, response)
        patch_vary_headers(answer, ["Cookie", "Authorization"])
        return answer

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Refuse parameters that the operation does not know: a slip in a filter's name must not widen the answer."""
        match = request.resolver_match
        if match is None or not request.path_info.startswith(BELOW):
            return None
        known = api.query_names(match.route, request.method or "")
        if known is None:
            return None
        for name, values in request.GET.lists():
            if name not in known:
                named = f"Known are {', '.join(sorted(known))}." if known else "It takes none."
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"There is no parameter {name[:60]!r} here. {named}")
            if len(values) > 1:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"The parameter {name!r} is given twice.")
        return None


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """The answer to what is refused before anybody reads it."""
    if _has_control_character(request.path_info) or _has_control_character(
        unquote_plus(request.META.get("QUERY_STRING", ""))
    ):
        return problem(HTTPStatus.BAD_REQUEST, "The address holds a control character.")
    if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return saying(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return None


def _length(request: HttpRequest) -> int:
    written = request.META.get("CONTENT_LENGTH") or "0"
    return int(written) if written.isascii() and written.isdigit() and len(written) < 20 else 0


def _has_control_character(text: str) -> bool:
    return any(character < " " or character == "\x7f" for character in text)


def _in_one_shape(response: HttpResponse) -> HttpResponse:
    """`response` as a problem document, if it is not one."""
    if response.headers.get("Content-Type") != MEDIA_TYPE:
        shaped = saying(HTTPStatus(response.status_code))
        for name in KEPT_HEADERS:
            if name in response.headers:
                shaped[name] = response.headers[name]
        shaped.cookies = response.cookies
        response = shaped
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _revalidated(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """`response`, or 304 to who holds the same already: by its own ETag, or by one made of its content.

    Answers that say how to be cached stay as they are.
    """
    if request.method != "GET" or response.status_code != HTTPStatus.OK or "Cache-Control" in response.headers:
        return response
    response["Cache-Control"] = REVALIDATED
    if "ETag" not in response.headers:
        set_response_etag(response)
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response
