"""Figures: a value of the report document together with where it stands there and how it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, html_safe
from django.utils.safestring import SafeString

from partner_portal.web.view import formats
from partner_portal.web.view.filters import Filters
from partner_portal.web.view.record_links import RecordLinks


@html_safe
@dataclass(frozen=True)
class Figure:
    """One number on the page. In a template it prints itself as an element that carries its place and raw value.

    `path` is its place in the document ("funnel.2.count"), `raw` the value there as text ("" where it is null),
    `text` what people read, `exact` the unrounded reading where `text` is rounded, `href` the address of its records,
    "" where it has none or the visitor may not see them.
    """

    path: str
    raw: str
    text: str
    exact: str = ""
    href: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the document holds a value; an unknown figure reads `--`."""
        return self.raw != ""

    @property
    def plain(self) -> Figure:
        """The same without its link, for where it stands inside of another or cannot be seen."""
        return replace(self, href="")

    def __str__(self) -> SafeString:
        title = format_html(' title="{}"', self.exact) if self.exact not in {"", self.text} else ""
        element = format_html(
            '<data class="figure" value="{}" data-figure="{}" data-value="{}"{}>{}</data>',
            self.raw,
            self.path,
            self.raw,
            title,
            self.text,
        )
        return format_html('<a class="figure-link" href="{}">{}</a>', self.href, element) if self.href else element


class Figures:
    """Reads figures of one document by path, so that the path printed and the value shown cannot differ."""

    def __init__(self, document: Mapping[str, Any], links: RecordLinks | None = None) -> None:
        self.document = document
        self.links = links or RecordLinks(document, Filters())
        self.currency = str(document["organization"]["currency"])

    def value(self, path: str) -> Any:
        """The value at `path`; None where the document has no such place."""
        place: Any = self.document
        for step in path.split("."):
            if isinstance(place, list):
                place = place[int(step)]
            elif isinstance(place, Mapping):
                place = place.get(step)
            else:
                return None
        return place

    def count(self, path: str) -> Figure:
        """A count at `path`."""
        value = self.value(path)
        return self._figure(path, value, formats.count(value))

    def count_of_days(self, first: int, last: int, name: str) -> Figure:
        """The count `name` of the entries `first` to `last` of `by_day`, added up; unknown where one of them is."""
        values = [row[name] for row in self.document["by_day"][first : last + 1]]
        total = None if None in values else sum(values)
        return self._figure(f"by_day.{first}-{last}.{name}", total, formats.count(total))

    def money(self, path: str) -> Figure:
        """An amount at `path`, read in whole units, with the cents in `exact`."""
        value = self.value(path)
        exact = "" if value is None else formats.money(value, self.currency, places=2)
        return self._figure(path, value, formats.money(value, self.currency), exact)

    def rate(self, path: str) -> Figure:
        """A part of one at `path`, read as percent."""
        value = self.value(path)
        exact = "" if value is None else formats.rate(value, places=2)
        return self._figure(path, value, formats.rate(value), exact)

    def ratio(self, path: str) -> Figure:
        """So many for each one, at `path`; read with one decimal."""
        value = self.value(path)
        return self._figure(path, value, formats.UNKNOWN if value is None else formats.number(Decimal(str(value)), 1))

    def days(self, path: str) -> Figure:
        """A length in days at `path`."""
        value = self.value(path)
        return self._figure(path, value, formats.days(value))

    def _figure(self, path: str, value: object, text: str, exact: str = "") -> Figure:
        raw = "" if value is None else str(value)
        return Figure(path, raw, text, exact, self.links.of_path(path) if raw else "")
