"""How the body of a request is read: JSON that every reader understands in the same way, and nothing else."""

from __future__ import annotations

import json
import math
import re
from http import HTTPStatus
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser

DEEPEST = 32
"""Lists and objects within each other. What the API takes needs about 20."""
UNFIT = re.compile("[\0\ud800-\udfff]")


class StrictParser(Parser):
    """Reads JSON, and refuses what readers differ about.

    That is: keys given twice, NaN and infinity, numbers that overflow, text that is no UTF-8, lone surrogates, NUL
    characters (which PostgreSQL cannot keep), and nesting without end. Raises HttpError 400 with the reason.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        """The object in the body. Raises HttpError 415 for what does not say it is JSON in UTF-8, 422 for no object."""
        charset = request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
        if request.content_type != "application/json" or charset.casefold() != "utf-8":
            raise HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json in UTF-8")
        value = read_json(request.body)
        if not isinstance(value, dict):  # django-ninja takes anything for an object whose fields may all be left out
            raise HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, "The body must be a JSON object")
        return value


def read_json(body: bytes) -> Any:
    """The value in `body`; raises HttpError 400."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_each_once,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except UnicodeDecodeError:
        raise _refusal("it is not UTF-8") from None
    except RecursionError:
        raise _refusal(f"it is nested more than {DEEPEST} deep") from None
    except ValueError as wrong:
        raise _refusal(wrong.args[0] if isinstance(wrong, _Refused) else "it is not complete JSON") from None
    _check(value)
    return value


class _Refused(ValueError):
    """JSON that we do not take, with the reason."""


def _refusal(reason: str) -> HttpError:
    return HttpError(HTTPStatus.BAD_REQUEST, f"The body cannot be read: {reason}")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("a key is given twice")
    return found


def _refuse_constant(_name: str) -> NoReturn:
    raise _Refused("NaN and infinity are not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Refused("a number is too large")
    return number


def _check(value: Any, depth: int = 0) -> None:
    """Look at every text; goes no deeper than DEEPEST."""
    if depth > DEEPEST:
        raise _refusal(f"it is nested more than {DEEPEST} deep")
    if isinstance(value, str) and UNFIT.search(value):
        raise _refusal("a text holds NUL or half of a surrogate pair")
    if isinstance(value, dict):
        for key, inner in value.items():
            _check(key)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
