"""Narrowing a figure to one entry of a list in the report: `stage:15`, `month:2026-11`, `reason:lost:3`.

The condition is over the columns that the list is grouped by, so that an entry's figure is that of its records.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from partner_portal.reports.inquiry import LARGEST_ID
from partner_portal.reports.labels import reason_labels, stage_labels
from partner_portal.reports.metric import Subject
from partner_portal.reports.pipeline_lists import NO_STAGE, NOT_RECORDED, label_of
from partner_portal.reports.question import QuestionError, id_from
from partner_portal.reports.relations import NAMES
from partner_portal.reports.sources import Ground

NONE = "none"
"""What stands for the entry of records that have no stage, or no reason."""
_MONTHS = 12
_REASONS = {"won": ("win_reason", "winReason"), "lost": ("loss_reason", "lossReason")}
"""Where the reason of an outcome lies: its column, and the picklist that names it."""
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_FORMS = "stage:ID, month:YYYY-MM, reason:won:ID or reason:lost:ID, with none for an ID that is missing"


@dataclass(frozen=True)
class Narrowing:
    """One entry of a list: `key` is how it is asked for, `label` names it in the tenant's words.

    `condition` is SQL over `columns` of the subject's relation, which names `parameters`.
    """

    key: str
    condition: str
    columns: tuple[str, ...]
    parameters: Mapping[str, Any] = field(repr=False)
    label: Callable[[Ground], str] = field(repr=False, compare=False)


def narrowing_of(text: str, subject: Subject) -> Narrowing:
    """The narrowing that `text` asks for. Raises `QuestionError` for another form, or one that `subject` can't be."""
    narrowing = _narrowing(text.strip())
    if narrowing is None:
        raise QuestionError(f"The records can't be narrowed to {text!r}: use {_FORMS}, or leave it out.")
    if not set(narrowing.columns) <= set(NAMES[subject]):
        noun = narrowing.key.partition(":")[0]
        what = subject.value.replace("_", " ")
        raise QuestionError(f"A list of {what} can't be narrowed to a {noun}: leave it out, or ask for deals.")
    return narrowing


def _narrowing(text: str) -> Narrowing | None:
    noun, _, value = text.partition(":")
    made = {"stage": _of_stage, "month": _of_month, "reason": _of_reason}.get(noun)
    return None if made is None else made(value)


def _of_stage(value: str) -> Narrowing | None:
    stage = _entry(value)
    if stage is None:
        return None

    def label(ground: Ground) -> str:
        return f"Stage: {_label(stage, {entry.stage: entry.label for entry in stage_labels(ground)}, NO_STAGE)}"

    return Narrowing(f"stage:{stage}", _is("stage", stage), ("stage",), {"only_id": stage}, label)


def _of_month(value: str) -> Narrowing | None:
    found = _MONTH.fullmatch(value)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    if not (date.min.year <= year and 1 <= month <= _MONTHS):
        return None
    first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return Narrowing(
        f"month:{value}",
        "projected_on BETWEEN $only_first AND $only_last",
        ("projected_on",),
        {"only_first": first, "only_last": last},
        lambda _ground: f"Projected close: {value}",
    )


def _of_reason(value: str) -> Narrowing | None:
    outcome, _, text = value.partition(":")
    reason = _entry(text)
    if outcome not in _REASONS or reason is None:
        return None
    column, kept = _REASONS[outcome]

    def label(ground: Ground) -> str:
        return f"{outcome.capitalize()}: {_label(reason, reason_labels(ground, kept), NOT_RECORDED)}"

    condition = f"outcome = '{outcome}' AND {_is(column, reason)}"
    return Narrowing(f"reason:{outcome}:{reason}", condition, ("outcome", column), {"only_id": reason}, label)


def _is(column: str, entry: int | str) -> str:
    return f"{column} IS NULL" if entry == NONE else f"{column} = $only_id"


def _label(entry: int | str, labels: Mapping[int, str], missing: str) -> str:
    return missing if isinstance(entry, str) else label_of(entry, labels, missing)


def _entry(text: str) -> int | str | None:
    """The id, or NONE; None for what is neither, or larger than any id."""
    found = id_from(text)
    if found is not None:
        return found if found <= LARGEST_ID else None
    return NONE if text == NONE else None
