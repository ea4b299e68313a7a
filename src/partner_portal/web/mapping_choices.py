"""What somebody chose in the mapping's form, as the document `mapping/1` that use cases take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.http import QueryDict

from partner_portal.reports.mapping import HIGHEST_RANK, WON_RANK, Kind
from partner_portal.reports.question import id_from
from partner_portal.web.view.mapping_words import NEITHER, WON

LONGEST_DAYS = 4
"""Digits that a number of days may have."""


def chosen_document(posted: QueryDict, base: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping that was `posted`; an entry that the form did not show is as in the document `base`.

    What is no number of days becomes 0, what is no other value goes through: the use cases refuse both in words.
    """
    are_ranks = "stages_are_ranks" in posted if "asks_ranks" in posted else bool(base["stages_are_ranks"])
    return {
        "schema": base["schema"],
        "action_types": _entries(
            base["action_types"], posted, "kind", lambda action, kind: _action_type(posted, action, kind)
        ),
        "stages": _ranked_by_id(base) if are_ranks else _entries(base["stages"], posted, "rank", _stage),
        "stages_are_ranks": are_ranks,
        "statuses": _entries(base["statuses"], posted, "outcome", _status),
        "excluded_companies": _ids(posted.getlist("company")),
        "excluded_resources": _ids([*posted.getlist("resource"), posted.get("other_resource", "")]),
        "emails_are_conversations": "emails_are_conversations" in posted,
        "stale_after_days": _days(posted.get("stale_after_days") or str(base["stale_after_days"])),
        "stale_days_by_stage": _entries(base["stale_days_by_stage"], posted, "stale", _stage_days),
    }


def _entries(
    base: Iterable[Mapping[str, Any]],
    posted: QueryDict,
    field: str,
    entry_of: Callable[[int, str], dict[str, Any]],
) -> list[dict[str, Any]]:
    """The entries of `base`, with those that the form shows in fields `<field>-<id>` replaced, or left out if empty."""
    entries = {entry["id"]: dict(entry) for entry in base}
    for number, value in _fields(posted, field):
        entries.pop(number, None)
        if value:
            entries[number] = entry_of(number, value)
    return [entries[number] for number in sorted(entries)]


def _fields(posted: QueryDict, field: str) -> Iterator[tuple[int, str]]:
    for name, value in posted.items():
        head, _, tail = name.partition("-")
        number = id_from(tail) if head == field else None
        if number is not None:
            yield number, str(value)


def _action_type(posted: QueryDict, action: int, kind: str) -> dict[str, Any]:
    direction = posted.get(f"direction-{action}") or None
    return {"id": action, "kind": kind, "direction": direction if kind == Kind.CALL else None}


def _stage(stage: int, step: str) -> dict[str, Any]:
    rank = WON_RANK if step == WON else id_from(step)
    return {"id": stage, "rank": -1 if rank is None else rank, "won": step == WON}


def _ranked_by_id(base: Mapping[str, Any]) -> list[dict[str, Any]]:
    if base["stages_are_ranks"]:
        return list(base["stages"])
    return [{"id": rank, "rank": rank, "won": rank == WON_RANK} for rank in range(HIGHEST_RANK + 1)]


def _status(status: int, outcome: str) -> dict[str, Any]:
    return {"id": status, "outcome": None if outcome == NEITHER else outcome}


def _stage_days(stage: int, days: str) -> dict[str, Any]:
    return {"id": stage, "days": _days(days)}


def _days(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_DAYS else 0


def _ids(texts: Iterable[str]) -> list[int]:
    return sorted({number for text in texts if (number := id_from(text)) is not None})
