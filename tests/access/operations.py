"""Every address and operation of the portal, found where they are declared: one that is added is found, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver

API = "/api/v1"


def addresses() -> set[str]:
    """The patterns of the URL configuration, those of API operations left out, as Django writes them."""
    from partner_portal.api.routes import api

    of_api = {pattern for pattern, _ in _walk(api.urls[0], "api/v1/")}
    outside = {"api/v1/openapi.json", "api/v1/"}
    return {pattern for pattern, _ in _walk(get_resolver().url_patterns)} - (of_api - outside)


def api_operations() -> set[str]:
    """The operations of the API, as `METHOD /api/v1/path`."""
    from partner_portal.api.routes import api

    return {
        f"{method} {API}{prefix}{path}"
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


def _walk(patterns: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        whole = f"{prefix}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern.url_patterns, whole)
        else:
            yield whole, pattern.callback
