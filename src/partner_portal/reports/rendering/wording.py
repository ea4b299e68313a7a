"""How values read on paper and on a terminal, and what may stand in a text at all."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from partner_portal.reports.rendering.tables import NUMERIC, Figure, Kind, Tables, Value

UNKNOWN = "--"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
COUNTED = {"rate": ("won", "of", "of"), "value": ("of", "per", "to")}
"""Figures that are made of two counts beside them: the names of the counts, and the word between them."""

_NEVER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


def storable(text: str) -> str:
    """`text` without characters that no file format holds: control characters and halves of surrogate pairs."""
    return _NEVER.sub(REPLACEMENT, text)


def printable(text: str) -> str:
    """`text` on one line, without characters that could steer a terminal or turn the direction of what follows."""
    return storable(_STEERING.sub(" ", text))


def shortened(text: str, length: int) -> str:
    """`text`, cut to `length` characters; an ellipsis shows the cut."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def shown(value: Value, kind: Kind, zone: ZoneInfo) -> str:
    """`value` as people read it; `--` for what is not known. A value that is not of its kind is shown as it is."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind is Kind.INSTANT:
        moment = local(value, zone)
        return printable(str(value)) if moment is None else moment.strftime("%Y-%m-%d %H:%M")
    if kind is Kind.CODE:
        return printable(str(value)).replace("_", " ")
    amount = number(value) if kind in NUMERIC else None
    if amount is None:
        return printable(str(value))
    return _number(amount, kind)


def _number(amount: Decimal, kind: Kind) -> str:
    if kind is Kind.PERCENT:
        return f"{amount:.1%}"
    if kind in (Kind.INTEGER, Kind.DAYS) and amount.as_tuple().exponent == 0:
        return f"{amount:,.0f}"
    return f"{amount:,.1f}" if kind is Kind.DAYS else f"{amount:,.2f}"


def number(value: Value) -> Decimal | None:
    """`value` as a finite number; None for what is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def local(value: Value, zone: ZoneInfo) -> datetime | None:
    """An ISO instant as the time on the clocks of `zone`, without its offset; None for what is no instant."""
    try:
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def change(now: Value, before: Value, kind: Kind = Kind.INTEGER) -> str:
    """How a figure moved: a rate in points, all else in per cent; "new" from nothing to something, else `--`."""
    ours, theirs = number(now), number(before)
    if ours is None or theirs is None:
        return UNKNOWN
    if kind is Kind.PERCENT:
        return f"{(ours - theirs) * 100:+.1f} points"
    if theirs == 0:
        return "new" if ours else UNKNOWN
    return f"{(ours - theirs) / abs(theirs):+.0%}"


def figure_texts(tables: Tables, figure: Figure) -> tuple[str, str, str]:
    """A figure, its value in the comparison period, and how it moved; shares say `n of m`, ratios `n to m`."""
    zone = ZoneInfo(tables.zone)
    counts = _counts(tables, figure)
    now = shown(figure.value, figure.kind, zone) + _made_of(figure, [count.value for count in counts])
    before = shown(figure.previous, figure.kind, zone) + _made_of(figure, [count.previous for count in counts])
    return now, before, change(figure.value, figure.previous, figure.kind)


def _made_of(figure: Figure, counts: list[Value]) -> str:
    """A share is n of m, a ratio n to m."""
    if not counts or None in counts:
        return ""
    return f" ({f' {COUNTED[_name(figure)][-1]} '.join(f'{count:,}' for count in counts)})"


def _counts(tables: Tables, figure: Figure) -> list[Figure]:
    """The two figures beside a share or ratio that it is made of; none beside any other."""
    names = COUNTED.get(_name(figure), ())[:2]
    found = [tables.figure(f"{figure.path.rpartition('.')[0]}.{name}") for name in names]
    return [count for count in found if count is not None] if None not in found else []


def _name(figure: Figure) -> str:
    return figure.path.rpartition(".")[2]


def figures_to_read(tables: Tables) -> dict[str, list[Figure]]:
    """The figures by their heading, without the counts that are read with their rate."""
    groups: dict[str, list[Figure]] = {}
    counted = {count.path for figure in tables.figures for count in _counts(tables, figure)}
    for figure in tables.figures:
        if figure.path not in counted:
            groups.setdefault(figure.group, []).append(figure)
    return groups
