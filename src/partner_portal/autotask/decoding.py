"""Pages of rows, decoded straight into records.

The fast path lets msgspec build the records and then only looks at instants and amounts; measured on pages of 500
to-dos it costs about 3 microseconds a row. Where it fails, or where keys are not written as expected, the lenient
path reads the same page value by value and names the field at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec
from msgspec.structs import force_setattr

from partner_portal.autotask.catalog import Entity, Record
from partner_portal.autotask.documents import Document, read_document
from partner_portal.autotask.errors import MalformedAnswer
from partner_portal.autotask.kept_fields import KeptField, kept_fields

R = TypeVar("R", bound=Record)

INT64 = range(-(2**63), 2**63)
CENTS = Decimal("0.01")
HOURS = Decimal("0.0001")
ROUNDS_UP = b"999999"
"""Digits of a fraction that msgspec may round up to the next second; see `_read_instant`."""


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page: its rows in the order they came, the page size in force, the link to the next one."""

    rows: list[R]
    page_size: int | None
    next_url: str | None


class _Details(msgspec.Struct, frozen=True, rename="camel"):
    request_count: int | None = None
    next_page_url: str | None = None


class _Envelope(msgspec.Struct, Generic[R], frozen=True, rename="camel"):
    items: list[R]
    page_details: _Details


_ENVELOPES: dict[type[Record], msgspec.json.Decoder[Any]] = {
    record: msgspec.json.Decoder(_Envelope[record])  # type: ignore[valid-type]
    for record in Record.__subclasses__()
}
"""Made once and while there is one thread: msgspec works out what it knows of a record when first asked for it, and
several threads that asked at the same moment have made it crash."""


class PageReader(Generic[R]):
    """Reads pages and single rows of one entity."""

    def __init__(self, entity: Entity[R]) -> None:
        self._entity = entity
        self._fields = tuple(kept_fields(entity).values())
        self._instants = [(field.name, attrgetter(field.name)) for field in self._fields if field.kind is datetime]
        self._amounts = [(field, attrgetter(field.name)) for field in self._fields if field.kind is Decimal]
        self._envelope: msgspec.json.Decoder[_Envelope[R]] = _ENVELOPES[entity.record]

    def page(self, body: bytes, asked: Iterable[str]) -> Page[R]:
        """The page in `body`; `asked` are the wire names that rows may hold.

        Raises `AnswerCutShort` when it is not complete JSON, `MalformedAnswer` when it is not a page of this entity.
        """
        try:
            envelope = self._envelope.decode(body)
            rows = envelope.items
            if rows and (ROUNDS_UP in body or _is_cased_otherwise(body, asked)):
                return self._lenient_page(body)
            self._settle(rows)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError):
            return self._lenient_page(body)
        return Page(rows, envelope.page_details.request_count, envelope.page_details.next_page_url)

    def row(self, document: Document) -> R:
        """The record of one row's object. Raises `MalformedAnswer` naming the field at fault, never its value."""
        values = {}
        for field in self._fields:
            try:
                values[field.name] = READERS[field.kind](field, document.raw(field.wire))
            except (ValueError, TypeError, ArithmeticError):
                raise MalformedAnswer(self._entity.path, f"{field.wire} is not {NAMES[field.kind]}") from None
        if values["id"] is None:
            raise MalformedAnswer(self._entity.path, "a row has no id")
        return self._entity.record(**values)

    def _lenient_page(self, body: bytes) -> Page[R]:
        document = read_document(self._entity.path, body)
        if document.raw("items") is None:
            raise MalformedAnswer(self._entity.path, "there are no items")
        details = document.document("pageDetails")
        rows = [self.row(item) for item in document.documents("items")]
        return Page(rows, details.number("requestCount"), details.text("nextPageUrl"))

    def _settle(self, rows: list[R]) -> None:
        """Bring every instant to UTC and every amount to its places, in place: the rows are not shared yet."""
        for name, read in self._instants:
            for row, at in zip(rows, map(read, rows), strict=True):
                if at is not None and at.tzinfo is not UTC:
                    force_setattr(row, name, _utc(at))
        for field, read in self._amounts:
            name, places = field.name, _places(field)
            for row, amount in zip(rows, map(read, rows), strict=True):
                if amount is not None:
                    force_setattr(row, name, _placed(amount, places))


@cache
def reader_of(entity: Entity[R]) -> PageReader[R]:
    """The reader of `entity`; making one compiles a decoder, so it is kept."""
    return PageReader(entity)


def _is_cased_otherwise(body: bytes, asked: Iterable[str]) -> bool:
    """Whether a field came, but not under its exact name: msgspec would silently take it for absent."""
    absent = [name for name in asked if f'"{name}"'.encode() not in body]
    if not absent:
        return False
    folded = body.lower()
    return any(f'"{name.lower()}"'.encode() in folded for name in absent)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        return datetime.combine(at, at.time(), UTC)  # five times as fast as `replace`
    return at.astimezone(UTC)


def _places(field: KeptField) -> Decimal:
    return HOURS if field.name.startswith("hours_") else CENTS


def _placed(amount: Decimal, places: Decimal) -> Decimal:
    if not amount.is_finite():
        raise InvalidOperation
    return amount.quantize(places, ROUND_HALF_UP)


def _read_text(_field: KeptField, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise TypeError


def _read_integer(_field: KeptField, value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, (int, Decimal)) or value != int(value) or int(value) not in INT64:
        raise TypeError
    return int(value)


def _read_claim(_field: KeptField, value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if value not in (0, 1):
        raise TypeError
    return bool(value)


def _read_amount(field: KeptField, value: Any) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise TypeError
    return _placed(Decimal(value), _places(field))


def _read_instant(_field: KeptField, value: Any) -> datetime | None:
    """An instant from any of the API's forms, also a bare date; without a zone it is UTC.

    A fraction finer than microseconds is rounded as msgspec does, except where that would reach the next second,
    and so perhaps the next day: 23:59:59.9999999 stays where it is.
    """
    if value is None:
        return None
    if ROUNDS_UP.decode() not in value:
        try:
            return _utc(msgspec.convert(value, datetime))
        except msgspec.ValidationError:
            pass  # a form that only the standard library reads
    return _utc(datetime.fromisoformat(value))


READERS: dict[type, Callable[[KeptField, Any], Any]] = {
    str: _read_text,
    int: _read_integer,
    bool: _read_claim,
    Decimal: _read_amount,
    datetime: _read_instant,
}
NAMES = {str: "text", int: "a whole number", bool: "true or false", Decimal: "a number", datetime: "a date-time"}
