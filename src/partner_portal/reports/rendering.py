"""The report document as JSON, CSV, or tables on a terminal. No figure is computed here, only written."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

UNKNOWN = "--"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FORMULA_STARTS = "=+-@＝＋－＠\t\r\n"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
Row = Sequence[Any]


def as_json(doc: Mapping[str, Any]) -> str:
    """The document as indented JSON, not escaped beyond what JSON needs."""
    return json.dumps(doc, ensure_ascii=False, indent=2)


def as_csv(doc: Mapping[str, Any]) -> str:
    """The document as RFC 4180 CSV in sections, each with a title and a header; unknown figures are empty cells.

    A text that a spreadsheet would take for a formula is written behind an apostrophe; numbers stay numbers.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    for title, header, rows in _sections(doc):
        if title:
            writer.writerow([])
            writer.writerow([safe_cell(title)])
        writer.writerows([safe_cell(cell) for cell in row] for row in ((header,) if header else ()))
        writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def safe_cell(value: object) -> object:
    """`value` as a cell that no spreadsheet runs: OWASP's starting characters, also behind blanks, are neutralised."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    starts = value[:1] + value.lstrip()[:1]
    return f"'{value}" if any(character in _FORMULA_STARTS for character in starts) else value


def _sections(doc: Mapping[str, Any]) -> Iterator[tuple[str, Row, Iterable[Row]]]:
    days, owners = (
        ("calls", "outbound", "inbound", "unspecified", "emails", "meetings", "conversations", "appointments"),
        ("won", "won_amount"),
    )
    yield "", (), [("Sales report", doc["schema"]), *_heading(doc)]
    yield "Figures", ("figure", "value", "previous"), _figures(doc)
    funnel = ("key", "label", "count", "amount", "share", "conversion")
    yield "Funnel", funnel, ([step[key] for key in funnel] for step in doc["funnel"])
    yield "By day", ("date", *days), ([day[key] for key in ("date", *days)] for day in doc["by_day"])
    yield (
        "By owner",
        ("owner_id", "owner", *days, *owners),
        ([*_reference(entry["owner"]), *(entry[key] for key in (*days, *owners))] for entry in doc["by_owner"]),
    )
    yield (
        "Upcoming appointments",
        ("id", "starts_at", "ends_at", "title", "owner_id", "owner"),
        (
            [row["id"], row["starts_at"], row["ends_at"], row["title"], *_reference(row["owner"])]
            for row in doc["appointments"]["upcoming"]
        ),
    )
    plain = ("id", "source", "kind", "direction", "happened_at", "subject", "url")
    people = ("owner", "company", "contact")
    yield (
        "Recent activity",
        (*plain, *(f"{who}{part}" for who in people for part in ("_id", ""))),
        (
            [*(row[key] for key in plain), *(cell for who in people for cell in _reference(row[who]))]
            for row in doc["recent_activity"]
        ),
    )
    sources = ("entity", "as_of", "rows", "complete", "problem")
    yield "Sources", sources, ([source[key] for key in sources] for source in doc["data"]["sources"])
    yield "Notes", (), ((note,) for note in doc["notes"])


def _reference(named: Mapping[str, Any] | None) -> Row:
    return (None, None) if named is None else (named["id"], named["name"])


def _heading(doc: Mapping[str, Any]) -> list[Row]:
    organization, period, comparison, data = doc["organization"], doc["period"], doc["comparison"], doc["data"]
    return [
        ("Organization", organization["name"]),
        ("Range", f"{period['start']} to {period['end']}", period["name"]),
        ("Compared with", f"{comparison['start']} to {comparison['end']}" if comparison else "nothing"),
        ("Time zone", organization["time_zone"]),
        ("Currency", organization["currency"]),
        ("Data as of", data["as_of"]),
        ("Data version", data["version"]),
        ("Data complete", safe_cell(data["complete"])),
        *([("Owner", doc["owner_id"])] if doc["owner_id"] is not None else []),
    ]


def _figures(doc: Mapping[str, Any]) -> Iterator[Row]:
    """Every single figure: its path in the document, its value, and what it is compared with."""
    for group in ("calls", "emails", "meetings", "conversations", "appointments"):
        for key, value in doc[group].items():
            if key not in ("previous", "includes", "upcoming"):
                yield f"{group}.{key}", value, doc[group]["previous"] if key == "total" else None
    for key, value in doc["conversion_rate"].items():
        yield f"conversion_rate.{key}", value, None
    for group, figures in doc["pipeline"].items():
        before = figures.get("previous") or {}
        for key, value in figures.items():
            if key != "previous":
                yield f"pipeline.{group}.{key}", value, before.get(key)


def as_table(doc: Mapping[str, Any]) -> RenderableType:
    """The document's cards, funnel and owners as tables for a terminal; `--` stands for what is not known."""
    parts: list[RenderableType] = [_title(doc), _cards(doc), _funnel(doc), _owners(doc)]
    parts += [Text(f"Note: {_printable(note)}", style="yellow") for note in doc["notes"]]
    return Group(*parts)


def _title(doc: Mapping[str, Any]) -> Text:
    lines = [f"{_printable(label)}: {' '.join(_shown(cell) for cell in cells)}" for label, *cells in _heading(doc)]
    return Text("\n".join(lines))


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _cards(doc: Mapping[str, Any]) -> Table:
    table = _table("Figures", "Figure", "Now", "Before", "Change")
    pipeline, calls, currency = doc["pipeline"], doc["calls"], doc["organization"]["currency"]
    won, lost, closing = pipeline["won"], pipeline["lost"], pipeline["close_rate"]
    for title, group in (("Calls", "calls"), ("Emails", "emails"), ("Meetings", "meetings")):
        _count(table, title, doc[group]["total"], doc[group]["previous"])
        if group == "calls":
            for key in ("outbound", "inbound", "unspecified"):
                table.add_row(f"  {key}", _shown(calls[key]))
    for title, group in (("Conversations", "conversations"), ("Appointments", "appointments")):
        _count(table, title, doc[group]["total"], doc[group]["previous"])
    table.add_row("Open deals", _shown(pipeline["open"]["count"]))
    table.add_row(f"  amount, {currency}", _shown(pipeline["open"]["amount"]))
    table.add_row(f"  weighted, {currency}", _shown(pipeline["open"]["weighted_amount"]))
    for title, ended in (("Won", won), ("Lost", lost)):
        before = ended["previous"] or {}
        _count(table, title, ended["count"], before.get("count"))
        table.add_row(f"  amount, {currency}", _shown(ended["amount"]), _shown(before.get("amount")))
    before = closing["previous"] or {}
    table.add_row("Close rate", _rate(closing), _rate(before), _points(closing["rate"], before.get("rate")))
    table.add_row("Conversion rate", _rate(doc["conversion_rate"]))
    cycle = pipeline["sales_cycle_days"]
    table.add_row("Sales cycle, days (mean / median)", f"{_days(cycle['mean'])} / {_days(cycle['median'])}")
    return table


def _funnel(doc: Mapping[str, Any]) -> Table:
    table = _table("Funnel", "Step", "Deals", "Amount", "Of prospects", "Of step before")
    for step in doc["funnel"]:
        table.add_row(
            step["label"],
            _shown(step["count"]),
            _shown(step["amount"]),
            _percent(step["share"]),
            _percent(step["conversion"]),
        )
    return table


def _owners(doc: Mapping[str, Any]) -> Table:
    figures = ("calls", "outbound", "inbound", "emails", "meetings", "appointments", "won", "won_amount")
    table = _table("By owner", "Owner", *(figure.replace("_", " ").capitalize() for figure in figures))
    for entry in doc["by_owner"]:
        owner = entry["owner"]
        name = "nobody" if owner is None else owner["name"] or f"resource {owner['id']}"
        table.add_row(Text(_printable(name)), *(_shown(entry[figure]) for figure in figures))
    return table


def _count(table: Table, title: str, now: int | None, before: int | None) -> None:
    table.add_row(title, _shown(now), _shown(before), change(now, before))


def change(now: int | None, before: int | None) -> str:
    """How a count moved, in per cent; "new" from nothing to something, `--` where it cannot be said."""
    if now is None or before is None or (now == 0 and before == 0):
        return UNKNOWN
    return "new" if before == 0 else f"{(now - before) / before:+.0%}"


def _points(now: float | None, before: float | None) -> str:
    return UNKNOWN if now is None or before is None else f"{(now - before) * 100:+.1f} points"


def _rate(figures: Mapping[str, Any]) -> str:
    if figures.get("of") is None:
        return UNKNOWN
    return f"{_percent(figures['rate'])} ({figures['won']} of {figures['of']})"


def _percent(rate: float | None) -> str:
    return UNKNOWN if rate is None else f"{rate:.1%}"


def _days(days: float | None) -> str:
    return UNKNOWN if days is None else f"{days:.1f}"


def _shown(value: object) -> str:
    return UNKNOWN if value is None else _printable(str(value))


def _printable(text: str) -> str:
    """`text` without characters that could steer a terminal."""
    return _CONTROL.sub(" ", text)
