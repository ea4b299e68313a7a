"""How values read: counts, money, rates, days and times in the reader's locale. Unknown is `--`, never 0.

The clock has 24 hours in every locale: a time stands beside others in columns, and in a chip with little room.
"""

from __future__ import annotations

import re
from copy import copy
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import NumberPattern

from partner_portal.web.view.reader import locale

UNKNOWN = "--"
MINUS = "\N{MINUS SIGN}"
NARROW_DASH = "\N{EN DASH}"
THIN_SPACE = "\N{THIN SPACE}"
CODE_BEFORE_NUMBER = re.compile(r"(?<=[A-Z]{3})(?=\d)")
"""Between a currency's code and the amount CLDR wants a space, where between a sign and the amount there is none."""
DECIMAL, MONEY, PERCENT = "decimal", "money", "percent"


def number(value: Decimal | int, places: int = 0) -> str:
    """`value` rounded to `places`, with the locale's separators."""
    rounded = _rounded(value, places)
    return _signed(rounded, _pattern(DECIMAL, locale(), places).apply(abs(rounded), locale()))


@lru_cache(maxsize=1_024)
def _pattern(kind: str, reader: Locale, places: int) -> NumberPattern:
    """How the reader's locale writes a `kind` of number, with so many decimal places."""
    patterns = {DECIMAL: reader.decimal_formats[None], PERCENT: reader.percent_formats[None]}
    pattern: NumberPattern = copy(patterns[kind] if kind in patterns else reader.currency_formats["standard"])
    pattern.frac_prec = (places, places)
    return pattern


def _rounded(value: Decimal | int, places: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def _signed(value: Decimal, text: str) -> str:
    return f"{MINUS}{text}" if value < 0 else text


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
    rounded = _rounded(Decimal(amount), places)
    pattern = _pattern(MONEY, locale(), places)
    text = pattern.apply(abs(rounded), locale(), currency=currency, currency_digits=False)
    return _signed(rounded, CODE_BEFORE_NUMBER.sub("\N{NO-BREAK SPACE}", text))


def rate(value: float | str | None, places: int = 0) -> str:
    """A part of one as percent: 0.7234 is "72%"."""
    if value is None:
        return UNKNOWN
    rounded = _rounded(Decimal(str(value)) * 100, places)
    return _signed(rounded, _pattern(PERCENT, locale(), places).apply(abs(rounded) / 100, locale()))


def days(value: float | str | None) -> str:
    """A length in days, one decimal."""
    return UNKNOWN if value is None else f"{number(Decimal(str(value)), 1)} days"


def instant(text: str) -> datetime:
    """An ISO 8601 instant of the document as an aware datetime."""
    return datetime.fromisoformat(text)


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day in `zone`: "10:42"."""
    return f"{moment.astimezone(zone):%H:%M}"


def day(value: date, today: date) -> str:
    """A date, with its year when that isn't the present one: "Nov 22", "Nov 22, 2024"."""
    return _written(value, "MMMd" if value.year == today.year else "yMMMd")


def weekday(value: date, today: date) -> str:
    """A date with its weekday: "Sat, Nov 22"."""
    return _written(value, "MMMEd" if value.year == today.year else "yMMMEd")


def weekday_name(value: date, *, is_short: bool = False) -> str:
    """ "Saturday", or "Sat"."""
    return format_date(value, "EEE" if is_short else "EEEE", locale())


def month(value: date) -> str:
    """A month with its year: "November 2025"."""
    return _written(value, "yMMMM")


def short_month(value: date, today: date) -> str:
    """A month in short, with its year when that isn't the present one: "Nov", "Nov 2024"."""
    return format_date(value, "LLL", locale()) if value.year == today.year else _written(value, "yMMM")


def long_day(value: date) -> str:
    """A date in full, without its weekday: "November 22, 2025"."""
    return format_date(value, "long", locale())


def _written(value: date, skeleton: str) -> str:
    return format_skeleton(skeleton, value, locale=locale())


def relative_day(value: date, today: date) -> str:
    """ "Today", "Yesterday", "Tomorrow", else the date with its weekday."""
    near = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}
    return near.get((value - today).days) or weekday(value, today)


def span(start: date, end: date, today: date) -> str:
    """A range of dates, as short as it stays clear: "Nov 1 – 30", "Oct 28, 2024 – Jan 3, 2025", "Nov 22, 2025"."""
    if start == end:
        return _written(start, "yMMMd")
    is_near = start.year == end.year == today.year
    return format_interval(start, end, "MMMd" if is_near else "yMMMd", locale=locale()).replace(THIN_SPACE, " ")


def full_instant(moment: datetime, zone: ZoneInfo) -> str:
    """An instant with date, time and zone, for titles: "Saturday, November 22, 2025, 10:42 (Europe/Vienna)"."""
    local = moment.astimezone(zone)
    return f"{format_date(local, 'full', locale())}, {clock_time(moment, zone)} ({zone.key})"


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
