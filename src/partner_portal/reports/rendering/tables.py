"""What every output of a document is written from: a heading, figures, tables with typed columns, and notes.

Values stand here as the document has them (money a decimal string, instants ISO UTC); each output writes a value by its
`Kind`, in its own way. So no two outputs can disagree about what there is to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from partner_portal.reports.metric import Metric

Value = str | int | float | bool | None
Row = Sequence[Value]


class Kind(StrEnum):
    """What a value is, and so how it is written."""

    TEXT = "text"
    CODE = "code"
    ID = "id"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DAYS = "days"
    DATE = "date"
    INSTANT = "instant"
    LINK = "link"
    FLAG = "flag"


NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.PERCENT, Kind.DAYS})
"""Kinds that are aligned to the right and can be summed or compared."""


UNREADABLE = frozenset({Kind.ID, Kind.CODE, Kind.LINK})
"""Kinds of columns that are for programs."""

PEOPLE = frozenset({"owner", "person"})


@dataclass(frozen=True)
class Fact:
    """One line of the heading: a label and its values."""

    label: str
    values: tuple[Value, ...]
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Figure:
    """One figure of the document: `path` is its place there, `previous` its value in the comparison period."""

    path: str
    title: str
    group: str
    kind: Kind
    value: Value
    previous: Value = None


@dataclass(frozen=True)
class Column:
    """A column of a section; `key` is the name that programs use, `title` the one that people read."""

    key: str
    title: str
    kind: Kind


@dataclass(frozen=True)
class Section:
    """A table: every row has one value for each column. `key` is the table's place in the document."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]

    def to_read(self, *keys: str) -> Section:
        """The same table as people read it: with the columns `keys`, or all but ids, codes and addresses.

        A record whose name is not known is called by its id, and a deed or deal of no owner is nobody's.
        """
        places = {column.key: at for at, column in enumerate(self.columns)}
        readable = [column.key for column in self.columns if column.kind not in UNREADABLE]
        kept = [places[key] for key in keys or readable if key in places]
        named = {at: places.get(f"{self.columns[at].key}_id") for at in kept}
        rows = [[_called(self.columns[at].key, row, at, named[at]) for at in kept] for row in self.rows]
        return Section(self.key, self.title, tuple(self.columns[at] for at in kept), rows)


def _called(key: str, row: Row, at: int, id_at: int | None) -> Value:
    """The name at `at`, whose record's id stands at `id_at` where the value is a name at all."""
    if row[at] is not None or id_at is None:
        return row[at]
    if row[id_at] is not None:
        return f"no. {row[id_at]}"
    return "nobody" if key in PEOPLE else None


@dataclass(frozen=True)
class Tables:
    """A whole document, ready to be written.

    `stem` names files made of it; `zone` is an IANA name, `as_of` an ISO instant or None when nothing was read yet.
    """

    title: str
    stem: str
    organization: str
    range: str
    zone: str
    currency: str
    as_of: str | None
    version: Value
    facts: tuple[Fact, ...]
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    definitions: tuple[Metric, ...]

    def figure(self, path: str) -> Figure | None:
        """The figure at `path`; None where the document has none."""
        return next((figure for figure in self.figures if figure.path == path), None)

    def section(self, key: str) -> Section | None:
        """The table at `key`; None where the document has none."""
        return next((section for section in self.sections if section.key == key), None)
