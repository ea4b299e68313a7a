"""A document as a file to keep: name, media type, content."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from partner_portal.reports.rendering.reading import report_tables
from partner_portal.reports.rendering.records import records_tables
from partner_portal.reports.rendering.spreadsheet import as_xlsx
from partner_portal.reports.rendering.tables import Tables
from partner_portal.reports.rendering.text import BYTE_ORDER_MARK, as_csv
from partner_portal.reports.rendering.typeset import as_pdf


@dataclass(frozen=True)
class File:
    """A rendered document; `name` is safe as a file's name."""

    name: str
    media_type: str
    content: bytes


def _csv_bytes(tables: Tables) -> bytes:
    return f"{BYTE_ORDER_MARK}{as_csv(tables)}".encode()


_WRITERS: Mapping[str, Callable[[Tables], bytes]] = MappingProxyType(
    {"csv": _csv_bytes, "xlsx": as_xlsx, "pdf": as_pdf}
)

REPORT_FORMATS = MappingProxyType(
    {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pdf": "application/pdf",
    }
)
"""The media type of each format of the report."""

RECORDS_FORMATS = MappingProxyType({name: REPORT_FORMATS[name] for name in ("csv", "xlsx")})
"""Records are to be worked with; a thousand rows on paper are not."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def report_file(doc: Mapping[str, Any], format_name: str) -> File:
    """A `sales-report/1` document in one of `REPORT_FORMATS`."""
    return _file(report_tables(doc), format_name)


def records_file(doc: Mapping[str, Any], format_name: str) -> File:
    """A `records/1` document in one of `RECORDS_FORMATS`."""
    return _file(records_tables(doc), format_name)


def _file(tables: Tables, format_name: str) -> File:
    name = f"{_UNSAFE.sub('-', tables.stem)}.{format_name}"
    return File(name, REPORT_FORMATS[format_name], _WRITERS[format_name](tables))
