"""Template filters for pages that are handed instants rather than texts: those of accounts."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partner_portal.web.view import formats

register = Library()
ZONE = ZoneInfo("UTC")
"""An account belongs to no organization, and so to no other zone."""


@register.filter
def instant_utc(moment: datetime) -> SafeString:
    """The aware instant `moment` with its date and time: "November 22, 2025, 10:42 UTC"."""
    return _element(moment, f"{formats.long_day(moment.astimezone(UTC))}, {formats.clock_time(moment, ZONE)} UTC")


@register.filter
def day_utc(moment: datetime) -> SafeString:
    """The day of the aware instant `moment`: "November 22, 2025"."""
    return _element(moment, formats.long_day(moment.astimezone(UTC)))


def _element(moment: datetime, text: str) -> SafeString:
    title = formats.full_instant(moment, ZONE)
    return format_html('<time datetime="{}" title="{}">{}</time>', formats.iso(moment), title, text)
