"""What a mapping would make of this month's figures, what others changed meanwhile, and earlier versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from partner_portal.web.view import formats
from partner_portal.web.view.mapping_words import Difference, EntryNames, differences_in_words
from partner_portal.web.view.moments import Moment, near_moment


@dataclass(frozen=True)
class FigureChange:
    """A figure of this month, with the mapping in force and with the one that was chosen."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class PreviewView:
    """The `summary` in one line, the figures that change and those that stay, and the entries that differ."""

    summary: str
    period: str
    changed: Sequence[FigureChange]
    same: Sequence[FigureChange]
    differences: Sequence[Difference]


@dataclass(frozen=True)
class OthersChange:
    """One entry that somebody else changed; `is_overruled` where the visitor chose something else for it."""

    difference: Difference
    is_overruled: bool


@dataclass(frozen=True)
class VersionRow:
    """An earlier version. `differences` is None where it is not known what it changed: of the first one."""

    version: int
    at: Moment
    by: str
    differences: Sequence[Difference] | None


def preview_view(preview: Mapping[str, Any], names: EntryNames, currency: str) -> PreviewView:
    """The preview of `preview_mapping`; amounts in `currency`."""
    figures = [(figure["differs"], _figure(figure, currency)) for figure in preview["figures"]]
    changed = tuple(figure for differs, figure in figures if differs)
    start, end = (date.fromisoformat(preview["period"][side]) for side in ("start", "end"))
    changes = preview["changes"]
    return PreviewView(
        summary=_summary(len(changed)),
        period=formats.span(start, end, end),
        changed=changed,
        same=tuple(figure for differs, figure in figures if not differs),
        differences=differences_in_words(changes["before"], changes["after"], names),
    )


def others_changes(
    theirs: tuple[Mapping[str, Any], Mapping[str, Any]], differences: Sequence[Difference], names: EntryNames
) -> tuple[OthersChange, ...]:
    """What others changed, before and after, beside the `differences` that the visitor's choices still make."""
    ours = {difference.key for difference in differences}
    return tuple(OthersChange(each, each.key in ours) for each in differences_in_words(*theirs, names))


def version_rows(
    history: Sequence[Mapping[str, Any]], names: EntryNames, now: datetime, zone: ZoneInfo
) -> tuple[VersionRow, ...]:
    """The versions of `mapping_history` at `now` (aware); times in `zone`."""
    return tuple(
        VersionRow(
            version=each["version"],
            at=near_moment(each["saved_at"], now, zone),
            by=each["saved_by"],
            differences=None if each["before"] is None else differences_in_words(each["before"], each["after"], names),
        )
        for each in history
    )


def _figure(figure: Mapping[str, Any], currency: str) -> FigureChange:
    before, after = (_value(figure["figure"], figure[side], currency) for side in ("in_force", "proposed"))
    return FigureChange(figure["title"], before, after)


def _value(place: str, value: Any, currency: str) -> str:
    return formats.money(value, currency) if place.endswith(".amount") else formats.count(value)


def _summary(changed: int) -> str:
    if not changed:
        return "None of this month's figures changes."
    return f"{changed} of this month's figures {'changes' if changed == 1 else 'change'}."
