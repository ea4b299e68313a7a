"""A mapping in words: what entries mean, and what of two mappings differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partner_portal.reports.mapping import WON_RANK
from partner_portal.web.view import formats

WON = "won"
"""Stands for the highest step of the funnel where its deals count as won."""
NEITHER = "none"
"""Stands for a status whose deals are neither open, won nor lost."""
KINDS = (("call", "Call"), ("email", "E-mail"), ("meeting", "Meeting"), ("other", "Other"))
DIRECTIONS = (
    ("", "As each record says"),
    ("outbound", "Outbound"),
    ("inbound", "Inbound"),
    ("unspecified", "Unspecified"),
)
STEPS = (
    ("0", "Prospect"),
    ("1", "Contacted"),
    ("2", "Qualified"),
    ("3", "Proposal"),
    ("4", "After the proposal"),
    (WON, "Closed won"),
    (str(WON_RANK), "Closed, not won"),
)
OUTCOMES = (("open", "Open"), ("won", "Won"), ("lost", "Lost"), (NEITHER, "None of the three"))
UNMAPPED = "Not mapped"
COUNTED, EXCLUDED = "Counted", "Left out"


@dataclass(frozen=True)
class Difference:
    """One entry in which two mappings differ. `key` tells it from every other entry."""

    key: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class EntryNames:
    """What the tenant calls its ids, by section of the document `mapping/1`."""

    by_section: Mapping[str, Mapping[int, str | None]]

    def __call__(self, section: str, number: int) -> str:
        """The name of the entry with the id `number`."""
        return entry_name(self.by_section.get(section, {}).get(number), number)


def names_of(listing: Mapping[str, Any], names: Mapping[str, Sequence[Mapping[str, Any]]]) -> EntryNames:
    """The names in the `listing` of `read_mapping`, and of the excluded ones as `name_excluded` gives them."""
    labels = {
        section: {entry["id"]: entry["label"] for entry in listing[section]}
        for section in ("action_types", "stages", "statuses")
    }
    excluded = {
        f"excluded_{section}": {entry["id"]: entry["name"] for entry in names[section]}
        for section in ("companies", "resources")
    }
    return EntryNames({**labels, "stale_days_by_stage": labels["stages"], **excluded})


def entry_name(label: str | None, number: int) -> str:
    """What an entry is called; by its id where it has no name."""
    return label or f"Id {number}"


def action_words(meaning: Mapping[str, Any] | None) -> str:
    """What an action type means: "Call, outbound"."""
    if meaning is None:
        return UNMAPPED
    kind = _words(KINDS, meaning["kind"])
    return f"{kind}, {_words(DIRECTIONS, meaning['direction']).lower()}" if meaning["direction"] else kind


def step_of(entry: Mapping[str, Any] | None) -> str:
    """The step of the funnel that a stage is, as STEPS have it; empty for one that is not mapped."""
    if entry is None:
        return ""
    return WON if entry["won"] else str(entry["rank"])


def step_words(entry: Mapping[str, Any] | None) -> str:
    """The step of the funnel that a stage is, in words."""
    return _words(STEPS, step_of(entry))


def outcome_words(entry: Mapping[str, Any] | None) -> str:
    """What a status says of a deal, in words."""
    return UNMAPPED if entry is None else _words(OUTCOMES, entry["outcome"] or NEITHER)


def _days_words(entry: Mapping[str, Any] | None) -> str:
    return "As in other stages" if entry is None else _days(entry["days"])


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{formats.count(days)} days"


def _words(choices: Sequence[tuple[str, str]], value: str) -> str:
    return dict(choices).get(value, value) or UNMAPPED


_ENTRIES: dict[str, tuple[str, Callable[[Mapping[str, Any] | None], str]]] = {
    "action_types": ("Action type", action_words),
    "stages": ("Stage", step_words),
    "statuses": ("Status", outcome_words),
    "stale_days_by_stage": ("Stale deals in stage", _days_words),
}
"""Sections of entries: what one is called, and how its meaning reads."""
_IDS = {"excluded_companies": "Company", "excluded_resources": "Resource"}
_VALUES: dict[str, tuple[str, Callable[[Any], str]]] = {
    "stages_are_ranks": ("Stage ids are steps", {False: "No", True: "Yes"}.__getitem__),
    "emails_are_conversations": ("E-mails are conversations", {False: "No", True: "Yes"}.__getitem__),
    "stale_after_days": ("Stale deals", _days),
}


def differences_in_words(
    before: Mapping[str, Any], after: Mapping[str, Any], names: EntryNames
) -> tuple[Difference, ...]:
    """What `differences` of two documents found, entry by entry."""
    return (
        *_of_entries(before, after, names),
        *_of_ids(before, after, names),
        *(
            Difference(section, title, words(before[section]), words(after[section]))
            for section, (title, words) in _VALUES.items()
            if section in after
        ),
    )


def _of_entries(before: Mapping[str, Any], after: Mapping[str, Any], names: EntryNames) -> Iterator[Difference]:
    for section, (title, words) in _ENTRIES.items():
        for key, entry in after.get(section, {}).items():
            what = f"{title} {_quoted(names(section, int(key)))}"
            yield Difference(f"{section} {key}", what, words(before[section].get(key)), words(entry))


def _of_ids(before: Mapping[str, Any], after: Mapping[str, Any], names: EntryNames) -> Iterator[Difference]:
    for section, title in _IDS.items():
        for number in sorted({*before.get(section, ()), *after.get(section, ())}):
            sides = (EXCLUDED, COUNTED) if number in before[section] else (COUNTED, EXCLUDED)
            yield Difference(f"{section} {number}", f"{title} {_quoted(names(section, number))}", *sides)


def _quoted(name: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"
