"""Finds out, for every request, in which locale its answer is to be written."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from partner_portal.web.view.reader import locale_of, written_for


class ReadersLocale:
    """Writes each page in the locale that the browser asks for; the script finds it in `request.reader`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer `request`."""
        reader = locale_of(request.headers.get("Accept-Language", ""))
        request.reader = str(reader).replace("_", "-")  # type: ignore[attr-defined]
        with written_for(reader):
            response = self._get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Accept-Language"])
        return response
