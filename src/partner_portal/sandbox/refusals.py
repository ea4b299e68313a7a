"""The ways in which the API says no, as exceptions that carry their status and their body."""

from __future__ import annotations

from typing import Any


class RefusalError(Exception):
    """The request is answered with `status` and `body`; None is an empty body."""

    def __init__(self, status: int, body: dict[str, Any] | None, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}


class QueryRefused(RefusalError):
    """A query that the API does not accept: 500 with its text, as field reports have it."""

    def __init__(self, *errors: str) -> None:
        super().__init__(500, {"errors": list(errors)})


class LoginRefused(RefusalError):
    """Wrong, missing or locked credentials: 401 with an empty body."""

    def __init__(self) -> None:
        super().__init__(401, None)


class NoSuchRoute(RefusalError):
    """The address leads nowhere: 404 in the manner of ASP.NET."""

    def __init__(self, url: str) -> None:
        super().__init__(404, {"Message": f"No HTTP resource was found that matches the request URI '{url}'."})


class WrongVerb(RefusalError):
    """The address exists, but not for this verb: 405 in the manner of ASP.NET."""

    def __init__(self, verb: str) -> None:
        super().__init__(405, {"Message": f"The requested resource does not support http method '{verb}'."})


def unknown_field(name: object, singular: str) -> QueryRefused:
    """A name in a filter or in IncludeFields that the entity does not have."""
    return QueryRefused(f"Unable to find {name} in the {singular} Entity.")
