"""Instants as the pages print them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from partner_portal.web.view import formats


@dataclass(frozen=True)
class Moment:
    """An instant as the page prints it: machine-readable, short, and in full with its zone."""

    iso: str
    text: str
    title: str


def near_moment(text: str, now: datetime, zone: ZoneInfo) -> Moment:
    """The ISO 8601 instant `text` by its day, as it is near `now` (aware): "Today, 10:42"; times in `zone`."""
    at = formats.instant(text)
    return Moment(text, formats.near_instant(at, now, zone), formats.full_instant(at, zone))
