"""The drill-down document `records/1` read into `Tables`: one table, the very rows behind a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.reports.metric import Unit
from partner_portal.reports.rendering.reading import Document, data_facts, filter_facts, reference
from partner_portal.reports.rendering.tables import Column, Fact, Kind, Section, Tables, Value

REFERENCED = frozenset({"person", "company"})
"""Column types whose values are `{"id", "name"}` or null."""

_MEASURES = {Unit.RATE: Kind.PERCENT, Unit.DAYS: Kind.DAYS, Unit.RATIO: Kind.NUMBER}


def records_tables(doc: Document) -> Tables:
    """A `records/1` document as tables."""
    organization, period, metric = doc["organization"], doc["period"], doc["metric"]
    days = f"_{period['start']}_{period['end']}" if period else ""
    part = f"_{only['key'].replace(':', '-')}" if (only := doc.get("only")) else ""
    part += "_search" if doc.get("search") else ""
    return Tables(
        title=f"Records: {metric['title']}",
        stem=f"records_{metric['slug']}_{organization['slug']}{days}{part}_v{doc['data']['version']}",
        organization=organization["name"],
        range=f"{period['start']} to {period['end']}" if period else "all time",
        zone=organization["time_zone"],
        currency=organization["currency"],
        as_of=doc["data"]["as_of"],
        version=doc["data"]["version"],
        facts=tuple(_heading(doc)),
        figures=(),
        sections=(_section(doc),),
        notes=tuple(doc["notes"]),
        definitions=tuple(known for known in CATALOGUE if known.slug == metric["slug"]),
    )


def _heading(doc: Document) -> Iterator[Fact]:
    metric, period, total, page = doc["metric"], doc["period"], doc["total"], doc["page"]
    only, search = doc.get("only"), doc.get("search")  # a document of an earlier release has neither
    yield Fact("Records", (doc["schema"],))
    yield Fact("Organization", (doc["organization"]["name"],))
    yield Fact("Number", (metric["title"], metric["slug"]))
    yield Fact("Definition", (metric["formula"],))
    days = (f"{period['start']} to {period['end']}", period["name"]) if period else ("all time",)
    yield Fact("Range", days, Kind.CODE)
    yield from data_facts(doc)
    yield from filter_facts(doc["filters"])
    if only:
        yield Fact("Only", (only["label"], only["key"]), Kind.CODE)
    yield Fact("Total", (total["count"],), Kind.INTEGER)
    if total["amount"] is not None:
        yield Fact("Total amount", (total["amount"],), Kind.MONEY)
    if metric["unit"] in _MEASURES and total.get("value") is not None:
        yield Fact("Value", (total["value"],), _MEASURES[metric["unit"]])
    if search:
        yield Fact("Search", (search,))
        yield Fact("Found", (doc["found"],), Kind.INTEGER)
    if doc["rows"]:
        listed = doc["found"] if search else total["count"]
        yield Fact("Rows", (f"{page['offset'] + 1} to {page['offset'] + len(doc['rows'])} of {listed}",))
    if page.get("sort"):
        yield Fact("Sorted by", (page["sort"], "descending" if page["descending"] else "ascending"))


def _section(doc: Document) -> Section:
    columns = tuple(column for declared in doc["columns"] for column in _columns(declared))
    rows = [[cell for declared in doc["columns"] for cell in _cells(declared, row)] for row in doc["rows"]]
    return Section("rows", doc["metric"]["title"], columns, rows)


def _columns(declared: Mapping[str, str]) -> Iterator[Column]:
    key, title = declared["key"], declared["title"]
    if declared["type"] in REFERENCED:
        yield Column(f"{key}_id", f"{title} id", Kind.ID)
        yield Column(key, title, Kind.TEXT)
    elif key == "id" or key.endswith("_id"):
        yield Column(key, title, Kind.ID)
    else:
        yield Column(key, title, Kind(declared["type"]))


def _cells(declared: Mapping[str, str], row: Mapping[str, Any]) -> Iterator[Value]:
    value = row.get(declared["key"])
    if declared["type"] in REFERENCED:
        yield from reference(declared["key"], value).values()
    else:
        yield value
