"""Figures: a value of the report document together with where it stands there and how it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, html_safe
from django.utils.safestring import SafeString

from partner_portal.web.view import formats


@html_safe
@dataclass(frozen=True)
class Figure:
    """One number on the page. In a template it prints itself as an element that carries its place and raw value.

    `path` is its place in the document ("funnel.2.count"), `raw` the value there as text ("" where it is null),
    `text` what people read, `exact` the unrounded reading where `text` is rounded.
    """

    path: str
    raw: str
    text: str
    exact: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the document holds a value; an unknown figure reads `--`."""
        return self.raw != ""

    def __str__(self) -> SafeString:
        title = format_html(' title="{}"', self.exact) if self.exact not in {"", self.text} else ""
        return format_html(
            '<data class="figure" value="{}" data-figure="{}" data-value="{}"{}>{}</data>',
            self.raw,
            self.path,
            self.raw,
            title,
            self.text,
        )


class Figures:
    """Reads figures of one document by path, so that the path printed and the value shown cannot differ."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
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
        return Figure(path, _raw(value), formats.count(value))

    def money(self, path: str) -> Figure:
        """An amount at `path`, read in whole units, with the cents in `exact`."""
        value = self.value(path)
        exact = "" if value is None else formats.money(value, self.currency, places=2)
        return Figure(path, _raw(value), formats.money(value, self.currency), exact)

    def rate(self, path: str) -> Figure:
        """A part of one at `path`, read as percent."""
        value = self.value(path)
        exact = "" if value is None else formats.rate(value, places=2)
        return Figure(path, _raw(value), formats.rate(value), exact)

    def days(self, path: str) -> Figure:
        """A length in days at `path`."""
        value = self.value(path)
        return Figure(path, _raw(value), formats.days(value))


def _raw(value: object) -> str:
    return "" if value is None else str(value)
