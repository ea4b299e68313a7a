"""The report document read into `Tables`. Nothing is computed, and nothing is left out: lists become tables, the rest
figures. Keys that an older document lacks are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.reports.rendering.layout import (
    HEADING,
    REFERENCES,
    SECTIONS,
    Layout,
    group_of,
    kind_of,
    spelled,
    title_of,
)
from partner_portal.reports.rendering.tables import Column, Fact, Figure, Kind, Section, Tables, Value

Document = Mapping[str, Any]
_MONEY = re.compile(r"-?\d+\.\d\d")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


def report_tables(doc: Document) -> Tables:
    """A `sales-report/1` document as tables."""
    organization, period, data = doc["organization"], doc["period"], doc["data"]
    return Tables(
        title="Sales report",
        stem=f"sales-report_{organization['slug']}_{period['start']}_{period['end']}_v{data['version']}",
        organization=organization["name"],
        range=f"{period['start']} to {period['end']}",
        zone=organization["time_zone"],
        currency=organization["currency"],
        as_of=data["as_of"],
        version=data["version"],
        facts=tuple(_heading(doc)),
        figures=tuple(_figures(doc)),
        sections=tuple(_sections(doc)),
        notes=tuple(doc["notes"]),
        definitions=CATALOGUE,
    )


def _heading(doc: Document) -> Iterator[Fact]:
    period, comparison = doc["period"], doc["comparison"]
    yield Fact("Sales report", (doc["schema"],))
    yield Fact("Organization", (doc["organization"]["name"],))
    yield Fact("Range", (f"{period['start']} to {period['end']}", period["name"]), Kind.CODE)
    yield Fact("Compared with", (f"{comparison['start']} to {comparison['end']}" if comparison else "nothing",))
    yield from data_facts(doc)
    # a document without filters names the owner by itself
    yield from filter_facts(doc.get("filters") or {"owner": doc.get("owner_id")})


def data_facts(doc: Document) -> Iterator[Fact]:
    """Zone, currency, and which state of the data a document shows: in every heading."""
    organization, data = doc["organization"], doc["data"]
    yield Fact("Time zone", (organization["time_zone"],))
    yield Fact("Currency", (organization["currency"],))
    yield Fact("Data as of", (data["as_of"],), Kind.INSTANT)
    yield Fact("Data version", (data["version"],), Kind.ID)
    yield Fact("Data complete", (data["complete"],), Kind.FLAG)
    if data.get("mapping_version") is not None:
        yield Fact("Mapping version", (data["mapping_version"],), Kind.ID)


def filter_facts(filters: Document) -> Iterator[Fact]:
    """A line for each filter that is set."""
    for key, value in _flat(filters).items():
        if value is not None and value != "":
            yield Fact(f"Filter: {spelled(key)}", (value,))


def _figures(doc: Document) -> Iterator[Figure]:
    """Every single figure: numbers by their path, lists of words as one text."""
    found = [
        figure for key, part in doc.items() if key not in HEADING for figure in _figures_in(key, {"": part}, "", None)
    ]
    groups = list(dict.fromkeys(figure.group for figure in found))
    yield from sorted(found, key=lambda figure: groups.index(figure.group))


def _figures_in(path: str, holder: Document, key: str, previous: Value) -> Iterator[Figure]:
    value = holder[key]
    if isinstance(value, Mapping):
        before = value.get("previous")
        for name in value:
            if name != "previous":
                yield from _figures_in(f"{path}.{name}", value, name, _earlier(before, name))
    elif not _is_table(value):
        written = ", ".join(map(str, value)) if isinstance(value, list) else value
        kind = kind_of(path, path) or _kind_by_value(written)
        if not isinstance(value, list) or value:
            yield Figure(path, title_of(path), group_of(path), kind, written, previous)


def _earlier(before: Any, name: str) -> Value:
    """The comparison's value: `previous` holds the figures by name, or is the one of the total."""
    earlier = before.get(name) if isinstance(before, Mapping) else before if name == "total" else None
    return None if isinstance(earlier, (Mapping, list)) else earlier


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _sections(doc: Document) -> Iterator[Section]:
    found = {path: rows for key, part in doc.items() for path, rows in _lists(key, part) if key != "notes"}
    for path, layout in SECTIONS.items():
        if path in found and path != "data.sources":
            yield _section(path, layout, found[path])
    for path, rows in found.items():
        if path not in SECTIONS and _is_table(rows):
            yield _section(path, Layout(spelled(path)), rows)
    yield _section("data.sources", SECTIONS["data.sources"], doc["data"]["sources"])


def _lists(path: str, part: Any) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield from _lists(f"{path}.{key}", value)
    elif _is_table(part) or (part == [] and path in SECTIONS):
        yield path, part


def _section(path: str, layout: Layout, rows: Sequence[Document]) -> Section:
    flat = [_flat(row) for row in rows]
    given = list(dict.fromkeys(key for row in flat for key in row))
    known = [part for key in layout.columns for part in ((f"{key}_id", key) if key in REFERENCES else (key,))]
    # a declared column that an older document lacks is left out, unless there is no row to tell
    keys = [key for key in known if key in given or not flat] + [key for key in given if key not in known]
    keys = [key for key in keys if not any(part.startswith(f"{key}.") for part in (*known, *given))]
    columns = tuple(_column(f"{path}[].{key}", key, [row.get(key) for row in flat]) for key in keys)
    return Section(path, layout.title, columns, [[row.get(key) for key in keys] for row in flat])


def _column(path: str, key: str, values: Sequence[Value]) -> Column:
    kind = kind_of(path, key)
    if kind is None:
        kinds = {_kind_by_value(value) for value in values if value is not None}
        kind = kinds.pop() if len(kinds) == 1 else Kind.TEXT
    return Column(key, spelled(key), kind)


def _kind_by_value(value: Value) -> Kind:
    if isinstance(value, bool):
        return Kind.FLAG
    if isinstance(value, (int, float)):
        return Kind.INTEGER if isinstance(value, int) else Kind.NUMBER
    if isinstance(value, str):
        for pattern, kind in ((_MONEY, Kind.MONEY), (_DATE, Kind.DATE), (_INSTANT, Kind.INSTANT)):
            if pattern.fullmatch(value):
                return kind
    return Kind.TEXT


def _flat(entry: Document) -> dict[str, Value]:
    """The entry of a list with nested objects drawn up: a reference becomes `owner_id` and `owner`."""
    row: dict[str, Value] = {}
    for key, value in entry.items():
        if key == "previous" and value is None:
            continue  # without a comparison there is no such column
        if key in REFERENCES and (value is None or isinstance(value, Mapping)):
            row |= reference(key, value)
        elif isinstance(value, Mapping):
            row |= {f"{key}.{name}": part for name, part in _flat(value).items()}
        elif isinstance(value, list):
            row[key] = ", ".join(str(part) for part in value) or None
        else:
            row[key] = value
    return row


def reference(key: str, named: Document | None) -> dict[str, Value]:
    """The two values of a reference to a record; both None where there is none."""
    return {f"{key}_id": None if named is None else named["id"], key: None if named is None else named["name"]}
