"""JSON as Autotask and servers like it write it: any case of keys, loose types, odd characters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from partner_portal.autotask.errors import AnswerCutShort, MalformedAnswer


def parse_json(entity: str, body: bytes) -> Any:
    """The value in `body`. Bytes that are no UTF-8 and lone surrogates become U+FFFD, fractions are `Decimal`.

    Raises `AnswerCutShort` when it is not JSON or not all of it.
    """
    text = body.decode("utf-8-sig", "replace")
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise AnswerCutShort(entity, "it is not complete JSON") from None
    # Only an escape can make a lone surrogate of text that was decoded; looking for one spares the walk.
    return _without_lone_surrogates(value) if "\\u" in text else value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _without_lone_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_lone_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_lone_surrogates(item) for key, item in value.items()}
    return value


class Document:
    """A JSON object whose keys are looked up in any case. A missing key reads as None."""

    def __init__(self, entity: str, values: Mapping[str, Any]) -> None:
        self._entity = entity
        self._values = {key.casefold(): value for key, value in values.items()}

    def __contains__(self, key: str) -> bool:
        return key.casefold() in self._values

    def raw(self, key: str) -> Any:
        """The value as it came."""
        return self._values.get(key.casefold())

    def text(self, key: str) -> str | None:
        """The value as text; numbers are written out, as picklist values are text that stands for integers."""
        value = self.raw(key)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return str(value)
        raise self._wrong(key)

    def number(self, key: str) -> int | None:
        """The value as an integer."""
        value = self.raw(key)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
            raise self._wrong(key)
        try:
            return int(value)
        except (ValueError, OverflowError):
            raise self._wrong(key) from None

    def claim(self, key: str) -> bool | None:
        """The value as a boolean."""
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return value
        if value in (0, 1):
            return bool(value)
        named = {"true": True, "false": False}.get(str(value).casefold())
        if named is None:
            raise self._wrong(key)
        return named

    def document(self, key: str) -> Document:
        """The object under `key`, which must be there."""
        value = self.raw(key)
        if not isinstance(value, dict):
            raise self._wrong(key)
        return Document(self._entity, value)

    def documents(self, key: str) -> tuple[Document, ...]:
        """The list of objects under `key`; empty when it is null or missing."""
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._wrong(key)
        return tuple(Document(self._entity, item) for item in value)

    def _wrong(self, key: str) -> MalformedAnswer:
        return MalformedAnswer(self._entity, f"{key} is missing or of a wrong type")


def read_document(entity: str, body: bytes) -> Document:
    """The object in `body`. Raises `AnswerCutShort` for what is not JSON, `MalformedAnswer` for other JSON."""
    value = parse_json(entity, body)
    if not isinstance(value, dict):
        raise MalformedAnswer(entity, "it is not a JSON object")
    return Document(entity, value)
