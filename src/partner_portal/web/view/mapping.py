"""The mapping's page: every type, stage and status with what it is called, how often it occurs, what it may mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from partner_portal.reports.sources import GUIDE
from partner_portal.web.view import formats
from partner_portal.web.view.mapping_words import (
    DIRECTIONS,
    KINDS,
    OUTCOMES,
    STEPS,
    action_words,
    entry_name,
    outcome_words,
    step_of,
    step_words,
)
from partner_portal.web.view.members import Option
from partner_portal.web.view.people import owner_name

NOT_MAPPED = Option("", "Not mapped", is_chosen=False)
OPEN_BUT_WON = "Open, unless its stage is won"
"""What a status means in the guide's dialect where it does not mean lost."""


@dataclass(frozen=True)
class EntryRow:
    """One action type, stage or status.

    `figures` are its counts in the order of the table's columns; `options` what it may mean, `meaning` what it means in
    words, `directions` what else a call needs. `note` says what is to be known of it, `days` is a stage's own
    exception from when deals are stale, `is_unmapped` marks those that nobody has mapped.
    """

    id: int
    name: str
    figures: tuple[str, ...]
    options: Sequence[Option]
    meaning: str
    note: str
    is_unmapped: bool
    is_inactive: bool
    directions: Sequence[Option] = ()
    days: str = ""


@dataclass(frozen=True)
class ExcludedRow:
    """A company or resource whose rows may be left out."""

    id: int
    name: str
    note: str
    is_chosen: bool


@dataclass(frozen=True)
class MappingView:
    """The form as it is filled in. `based_on` is the version that its author sees in force.

    `are_ranks` is whether stages rank by their ids, `asks_ranks` whether that is a question at all.
    """

    based_on: int
    is_confirmed: bool
    unmapped: int
    recent: str
    actions: Sequence[EntryRow]
    stages: Sequence[EntryRow]
    statuses: Sequence[EntryRow]
    companies: Sequence[ExcludedRow]
    resources: Sequence[ExcludedRow]
    other_resources: Sequence[Option]
    emails_are_conversations: bool
    are_ranks: bool
    asks_ranks: bool
    stale_after_days: int


def mapping_view(
    listing: Mapping[str, Any], chosen: Mapping[str, Any], names: Mapping[str, Sequence[Mapping[str, Any]]]
) -> MappingView:
    """The `listing` of `read_mapping`, filled in as the document `chosen` says; `names` from `name_excluded`."""
    companies, resources = chosen["excluded_companies"], chosen["excluded_resources"]
    return MappingView(
        based_on=listing["version"],
        is_confirmed=listing["is_confirmed"],
        unmapped=sum(len(ids) for ids in listing["unmapped"].values()),
        recent=_recent(listing["recent"]),
        actions=_action_rows(listing["action_types"], chosen),
        stages=_stage_rows(listing["stages"], chosen),
        statuses=_status_rows(listing["statuses"], chosen, is_guide=listing["dialect"] == GUIDE),
        companies=_excluded_rows(listing["companies"], companies, names["companies"], "Company"),
        resources=_excluded_rows(listing["resources"], resources, names["resources"], "Resource"),
        other_resources=tuple(
            Option(str(each["id"]), owner_name(each), is_chosen=False)
            for each in names["resources"]
            if each["id"] not in resources
        ),
        emails_are_conversations=chosen["emails_are_conversations"],
        are_ranks=chosen["stages_are_ranks"],
        asks_ranks=listing["in_force"]["stages_are_ranks"] or listing["proposed"]["stages_are_ranks"],
        stale_after_days=chosen["stale_after_days"],
    )


def _recent(recent: Mapping[str, str]) -> str:
    start, end = date.fromisoformat(recent["start"]), date.fromisoformat(recent["end"])
    return formats.span(start, end, end)


def _action_rows(entries: Iterable[Mapping[str, Any]], chosen: Mapping[str, Any]) -> tuple[EntryRow, ...]:
    meanings = _by_id(chosen["action_types"])
    rows = []
    for entry in sorted(entries, key=lambda each: -(each["recent"] or 0)):
        meaning = meanings.get(entry["id"])
        rows.append(
            EntryRow(
                **_named(entry),
                figures=(formats.count(entry["recent"]),),
                options=_options(KINDS, meaning["kind"] if meaning else ""),
                directions=_options(DIRECTIONS, (meaning or {}).get("direction") or "", may_be_unmapped=False),
                meaning=action_words(meaning),
                note=_proposal(entry, action_words),
            )
        )
    return _unmapped_first(rows)


def _stage_rows(entries: Iterable[Mapping[str, Any]], chosen: Mapping[str, Any]) -> tuple[EntryRow, ...]:
    ranked = _by_id(chosen["stages"])
    days = {entry["id"]: str(entry["days"]) for entry in chosen["stale_days_by_stage"]}
    return _unmapped_first(
        [
            EntryRow(
                **_named(entry),
                figures=_deals(entry),
                options=_options(STEPS, step_of(ranked.get(entry["id"]))),
                meaning=step_words(ranked.get(entry["id"])),
                note=_rank_for_now(entry),
                days=days.get(entry["id"], ""),
            )
            for entry in entries
        ]
    )


def _status_rows(
    entries: Iterable[Mapping[str, Any]], chosen: Mapping[str, Any], *, is_guide: bool
) -> tuple[EntryRow, ...]:
    told = _by_id(chosen["statuses"])
    return _unmapped_first(
        [
            EntryRow(
                **_named(entry),
                figures=_deals(entry),
                options=_outcome_options(told.get(entry["id"]), is_guide=is_guide),
                meaning=_outcome(told.get(entry["id"]), is_guide=is_guide),
                note="Its name does not say what its id means in Autotask. Check it." if entry["is_doubtful"] else "",
            )
            for entry in entries
        ]
    )


def _outcome_options(told: Mapping[str, Any] | None, *, is_guide: bool) -> tuple[Option, ...]:
    if is_guide:
        is_lost = told is not None and told["outcome"] == "lost"
        return Option("", OPEN_BUT_WON, not is_lost), Option("lost", "Lost", is_lost)
    return _options(OUTCOMES, "" if told is None else told["outcome"] or OUTCOMES[-1][0])


def _outcome(told: Mapping[str, Any] | None, *, is_guide: bool) -> str:
    if is_guide and (told is None or told["outcome"] != "lost"):
        return OPEN_BUT_WON
    return outcome_words(told)


def _excluded_rows(
    entries: Iterable[Mapping[str, Any]],
    chosen: Iterable[int],
    names: Iterable[Mapping[str, Any]],
    what: str,
) -> tuple[ExcludedRow, ...]:
    """Those that were left out or proposed to be, and those that were chosen since."""
    known = {entry["id"]: entry for entry in entries}
    called = {each["id"]: each["name"] for each in names}
    return tuple(
        ExcludedRow(
            id=number,
            name=str(called.get(number) or known.get(number, {}).get("name") or f"{what} {number}"),
            note=_excluded_note(known.get(number)),
            is_chosen=number in chosen,
        )
        for number in sorted({*known, *chosen})
    )


def _excluded_note(entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return "Newly chosen"
    own = "your own company, " if entry.get("is_own") else ""
    count = formats.count(entry["recent"])
    return f"{own}{count} {'activity' if entry['recent'] == 1 else 'activities'}".capitalize()


def _named(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What every row has."""
    return {
        "id": entry["id"],
        "name": entry_name(entry["label"], entry["id"]),
        "is_unmapped": entry["is_unmapped"],
        "is_inactive": entry["is_active"] is False,
    }


def _deals(entry: Mapping[str, Any]) -> tuple[str, str]:
    return formats.count(entry["open"]), formats.count(entry["created"])


def _proposal(entry: Mapping[str, Any], words: Any) -> str:
    return f"Proposed: {words(entry['proposed'])}" if entry["is_unmapped"] and entry["proposed"] else ""


def _rank_for_now(entry: Mapping[str, Any]) -> str:
    before = entry["ranks_as"]
    if before is not None:
        return f"Counts as {entry_name(before['label'], before['id'])} until it is mapped"
    return "Counts as the first step until it is mapped" if entry["is_unmapped"] else ""


def _options(choices: Iterable[tuple[str, str]], chosen: str, *, may_be_unmapped: bool = True) -> tuple[Option, ...]:
    listed = tuple(Option(value, name, value == chosen) for value, name in choices)
    return (Option("", NOT_MAPPED.name, not chosen), *listed) if may_be_unmapped else listed


def _unmapped_first(rows: Iterable[EntryRow]) -> tuple[EntryRow, ...]:
    return tuple(sorted(rows, key=lambda row: not row.is_unmapped))


def _by_id(entries: Iterable[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    return {entry["id"]: entry for entry in entries}
