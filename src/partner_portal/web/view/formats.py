"""How values read: counts, money, rates, days and times in the active locale. Unknown is `--`, never 0."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format

UNKNOWN = "--"
MINUS = "\N{MINUS SIGN}"
NARROW_DASH = "\N{EN DASH}"

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$"}
"""Currencies that are written with a sign before the amount; every other one with its code after it."""


def number(value: Decimal | int, places: int = 0) -> str:
    """`value` rounded to `places`, with the locale's separators."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    text = number_format(abs(rounded), decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{MINUS}{text}" if rounded < 0 else text


def count(value: int | None) -> str:
    """A count: 12431 is "12,431"."""
    return UNKNOWN if value is None else number(value)


def counted(value: int, thing: str) -> str:
    """So many of a `thing`: (1, "deal") is "1 deal", (1200, "deal") is "1,200 deals"."""
    return f"{count(value)} {thing}" if value == 1 else f"{count(value)} {thing}s"


def money(amount: str | None, currency: str, places: int = 0) -> str:
    """A decimal string as money of `currency`: ("1234.50", "USD") is "$1,234"; `places=2` keeps the cents."""
    if amount is None:
        return UNKNOWN
    text = number(Decimal(amount), places)
    symbol = SYMBOLS.get(currency)
    if symbol is None:
        return f"{text}\N{NO-BREAK SPACE}{currency}"
    return f"{MINUS}{symbol}{text[1:]}" if text.startswith(MINUS) else f"{symbol}{text}"


def rate(value: float | str | None, places: int = 0) -> str:
    """A part of one as percent: 0.7234 is "72%"."""
    return UNKNOWN if value is None else f"{number(Decimal(str(value)) * 100, places)}%"


def days(value: float | str | None) -> str:
    """A length in days, one decimal."""
    return UNKNOWN if value is None else f"{number(Decimal(str(value)), 1)} days"


def instant(text: str) -> datetime:
    """An ISO 8601 instant of the document as an aware datetime."""
    return datetime.fromisoformat(text)


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day in `zone`: "10:42"."""
    return date_format(moment.astimezone(zone), "H:i")


def day(value: date, today: date) -> str:
    """A date, with its year when that isn't the present one: "Nov 22", "Nov 22, 2024"."""
    return date_format(value, "M j" if value.year == today.year else "M j, Y")


def weekday(value: date, today: date) -> str:
    """A date with its weekday: "Sat, Nov 22"."""
    return f"{date_format(value, 'D')}, {day(value, today)}"


def relative_day(value: date, today: date) -> str:
    """ "Today", "Yesterday", "Tomorrow", else the date with its weekday."""
    near = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}
    return near.get((value - today).days) or weekday(value, today)


def span(start: date, end: date, today: date) -> str:
    """A range of dates, as short as it stays clear: "Nov 1 – 30", "Oct 28, 2024 – Jan 3, 2025", "Nov 22, 2025"."""
    if start == end:
        return date_format(start, "M j, Y")
    if start.year != end.year:
        return f"{date_format(start, 'M j, Y')} {NARROW_DASH} {date_format(end, 'M j, Y')}"
    last = date_format(end, "j" if start.month == end.month else "M j")
    year = "" if end.year == today.year else f", {end.year}"
    return f"{date_format(start, 'M j')} {NARROW_DASH} {last}{year}"


def full_instant(moment: datetime, zone: ZoneInfo) -> str:
    """An instant with date, time and zone, for titles: "Saturday, November 22, 2025, 10:42 (Europe/Vienna)"."""
    local = moment.astimezone(zone)
    return f"{date_format(local, 'l, F j, Y, H:i')} ({zone.key})"


def near_instant(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """An instant by its day as it is near `now`, and the time: "Today, 10:42", "Sat, Nov 22, 10:42"."""
    today = now.astimezone(zone).date()
    return f"{relative_day(moment.astimezone(zone).date(), today)}, {clock_time(moment, zone)}"


def age(since: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that fits: "just now", "12 min ago", "3 h ago", "2 days ago"."""
    minutes = int((now - since).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60)} days ago"


def iso(moment: datetime) -> str:
    """An aware instant for machines: "2025-11-22T10:42:00Z"."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
