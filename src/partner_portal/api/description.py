"""The API and its OpenAPI document: what django-ninja writes, put right where the portal answers otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.operation import Operation

from partner_portal.api.problems import MEDIA_TYPE

PROBLEM = {"$ref": "#/components/schemas/Problem"}

OF_EVERY_OPERATION = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.INTERNAL_SERVER_ERROR,
)
OF_BODIES = (
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)

RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
ETAG = {"description": "For If-None-Match.", "schema": {"type": "string"}}


class PortalApi(NinjaAPI):
    """django-ninja's API, whose document tells what every operation may answer besides what it declares itself."""

    _document: Any = None

    def get_openapi_schema(self, **_: Any) -> Any:
        """The OpenAPI document, made once: making it takes long, and anybody may ask for it."""
        if self._document is None:
            self._document = self._described()
        return self._document

    def operations(self) -> Iterator[tuple[str, str, Operation]]:
        """Every operation with its path below the API (parameters with their converters) and its method."""
        for router in self._get_bound_routers():
            for path, view in router.path_operations.items():
                for operation in view.operations:
                    for method in operation.methods:
                        yield f"{router.prefix}/{path}".replace("//", "/").rstrip("/"), method, operation

    def query_names(self, route: str, method: str) -> frozenset[str] | None:
        """The query parameters of the operation at Django's `route`; None where there is no operation."""
        path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
        operation = self.get_openapi_schema()["paths"].get(path, {}).get(method.lower())
        if operation is None:
            return None
        return frozenset(parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query")

    def _described(self) -> Any:
        document = super().get_openapi_schema()
        for operations in document["paths"].values():
            for method, operation in operations.items():
                _complete(method, operation)
        return document


def _complete(method: str, operation: dict[str, Any]) -> None:
    responses: dict[Any, dict[str, Any]] = operation["responses"]
    added = [*OF_EVERY_OPERATION, *(OF_BODIES if "requestBody" in operation else ())]
    if operation.get("parameters"):
        added.append(HTTPStatus.UNPROCESSABLE_ENTITY)
    for status in added:
        responses.setdefault(int(status), {"description": status.phrase})
    json_of_get = method == "get" and "application/json" in responses.get(200, {}).get("content", {})
    if json_of_get and HTTPStatus.SERVICE_UNAVAILABLE not in responses:
        responses.setdefault(304, {"description": HTTPStatus.NOT_MODIFIED.phrase})
        responses[200]["headers"] = {"ETag": ETAG}
    for status in responses:
        if status >= HTTPStatus.BAD_REQUEST:
            responses[status]["content"] = {MEDIA_TYPE: {"schema": PROBLEM}}
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            responses[status]["headers"] = {"Retry-After": RETRY_AFTER}
    operation["responses"] = {str(status): responses[status] for status in sorted(responses)}
