"""The records that metrics are made of, as SQL: one relation per subject, with the columns that conditions name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from partner_portal.lib.zone import first_instant
from partner_portal.reports.inquiry import Inquiry
from partner_portal.reports.localtime import date_only_sql, is_plain_date_sql
from partner_portal.reports.mapping import GUIDE_STAGES, Direction, Kind, Outcome, StageMapping, TenantMapping
from partner_portal.reports.metric import Subject
from partner_portal.reports.question import naive
from partner_portal.reports.sources import GUIDE
from partner_portal.reports.span import is_dated_now
from partner_portal.reports.statement import is_one_of, statement

_DEALS = (
    *("id", "title", "stage", "status", "rank", "outcome", "amount", "probability", "amount_by_percent"),
    *("onetime_revenue", "monthly_revenue", "created_on", "ended_on", "projected_on", "cycle_days"),
    *("loss_reason", "win_reason", "owner_id", "company_id", "contact_id", "category_id"),
)

NAMES: dict[Subject, tuple[str, ...]] = {
    Subject.ACTIVITIES: (
        *("source", "id", "action_type", "kind", "direction", "is_conversation", "is_mapped", "is_echo"),
        *("happened_at", "owner_id", "company_id", "contact_id", "opportunity_id"),
    ),
    Subject.APPOINTMENTS: ("id", "starts_at", "ends_at", "title", "owner_id"),
    Subject.DEALS: _DEALS,
    Subject.STALE_DEALS: _DEALS,
    Subject.CHANGES: (
        *("id", "version", "seen_at", "title", "stage", "stage_before", "status", "outcome", "rank", "rank_before"),
        *("amount", "gain", "loss", "projected_on", "owner_id", "company_id"),
        *("is_step", "is_start", "is_end", "is_entry", "is_exit", "is_new"),
    ),
}
"""The columns of each relation."""


def relation_of(subject: Subject, inquiry: Inquiry, names: Collection[str] | None = None) -> str:
    """SQL for all records of `subject` that the inquiry is about, whatever the period.

    Of what has to be worked out only the columns in `names` are, since planning that takes longer than running it;
    the others are NULL. None stands for all.
    """
    return _RELATIONS[subject](inquiry, NAMES[subject] if names is None else names)


def _activities(inquiry: Inquiry, names: Collection[str]) -> str:
    meaning = ", ".join(f"{sql} AS {name}" for name, sql in meaning_sql(inquiry.mapping).items() if name in names)
    return statement(
        "activities",
        meaning=f", {meaning}" if meaning else "",
        confined=inquiry.confined(Subject.ACTIVITIES),
    )


def _appointments(inquiry: Inquiry, _names: Collection[str]) -> str:
    return statement("appointments", confined=inquiry.confined(Subject.APPOINTMENTS))


def _deals(inquiry: Inquiry, names: Collection[str]) -> str:
    mapping = inquiry.mapping
    wanted = {*names, *(("created_on", "ended_on") if "cycle_days" in names else ())}

    def on(name: str, column: str, span: str) -> str:
        if name not in wanted:
            return "CAST(NULL AS DATE)"
        return date_only_sql(column, inquiry.frame.zone, getattr(inquiry.spans, span))

    return statement(
        "deals",
        outcome=outcome_sql(inquiry.dialect, mapping),
        rank=rank_sql(mapping.stages) if "rank" in wanted else "NULL",
        created_on=on("created_on", "create_date", "created"),
        ended_on=on("ended_on", "end_date", "ended"),
        projected_on=on("projected_on", "projected_close_date", "projected"),
        confined=inquiry.confined(Subject.DEALS),
    )


def _stale_deals(inquiry: Inquiry, names: Collection[str]) -> str:
    mapping, frame = inquiry.mapping, inquiry.frame
    stages: dict[int, set[int]] = defaultdict(set)
    for stage, days in mapping.stale_days_by_stage.items():
        stages[days].add(stage)
    young_from = {days: frame.today - timedelta(days=days - 1) for days in (mapping.stale_after_days, *stages)}
    touched_from = {days: naive(first_instant(day, frame.zone)) for days, day in young_from.items()}

    def by_stage(literals: Mapping[int, str]) -> str:
        exceptions = {literals[days]: ids for days, ids in stages.items()}
        return _case("stage", exceptions, literals[mapping.stale_after_days])

    instants = {days: f"TIMESTAMP '{at:%Y-%m-%d %H:%M:%S}'" for days, at in touched_from.items()}
    young = by_stage({days: f"TIMESTAMP '{day:%Y-%m-%d} 00:00:00'" for days, day in young_from.items()})
    touched, plain = by_stage(instants), is_plain_date_sql("create_date")
    is_guide = inquiry.dialect == GUIDE
    return statement(
        "stale_deals",
        names=", ".join(names),
        deals=_deals(inquiry, names),
        earliest=instants[max(instants)],
        young_from=young if inquiry.spans.created is None else f"CASE WHEN {plain} THEN {young} ELSE {touched} END",
        touched_from=touched,
        planned="tasks" if is_guide else "company_to_dos",
        completed="completed_date_time" if is_guide else "completed_date",
    )


def _changes(inquiry: Inquiry, names: Collection[str]) -> str:
    mapping = inquiry.mapping
    outcome = outcome_sql(inquiry.dialect, mapping)
    projected = is_dated_now("projected_close_date", inquiry.spans.recorded)
    is_in = f"{projected} AND kind <> 'vanished' AND {outcome} = {_text(Outcome.OPEN)}"
    is_in = f"{is_in} AND {inquiry.confined(Subject.CHANGES)}"
    return statement(
        "changes",
        outcome=outcome,
        rank="NULL" if {"rank", "rank_before"}.isdisjoint(names) else rank_sql(mapping.stages),
        projected_on=date_only_sql("projected_close_date", inquiry.frame.zone, inquiry.spans.recorded)
        if "projected_on" in names
        else "CAST(NULL AS DATE)",
        is_in=f"COALESCE({is_in}, FALSE)",
        is_surely_in=is_in,
        is_created=is_dated_now("create_date", inquiry.spans.first_seen),
    )


_RELATIONS = {
    Subject.ACTIVITIES: _activities,
    Subject.APPOINTMENTS: _appointments,
    Subject.DEALS: _deals,
    Subject.STALE_DEALS: _stale_deals,
    Subject.CHANGES: _changes,
}


def meaning_of(mapping: TenantMapping, action: int | None, told: str | None) -> dict[str, Any]:
    """What `meaning_sql` says of one action type and told direction."""
    kind, direction = mapping.actions.kind(action), mapping.actions.direction(action, told)
    return {
        "kind": kind.value,
        "direction": None if direction is None else direction.value,
        "is_conversation": kind in _conversations(mapping),
        "is_mapped": mapping.actions.is_mapped(action),
    }


def _conversations(mapping: TenantMapping) -> set[Kind]:
    return {Kind.CALL, Kind.MEETING, *([Kind.EMAIL] if mapping.emails_are_conversations else [])}


def meaning_sql(mapping: TenantMapping) -> dict[str, str]:
    """SQL for each of kind, direction, is_conversation and is_mapped, out of action_type and told_direction."""
    kinds: dict[str, set[int]] = defaultdict(set)
    directions: dict[str, set[int]] = defaultdict(set)
    told_by_row: set[int] = set()
    for action, meaning in mapping.actions.meanings.items():
        kinds[_text(meaning.kind)].add(action)
        if meaning.kind is Kind.CALL:
            (told_by_row if meaning.direction is None else directions[_text(meaning.direction)]).add(action)
    kinds.pop(_text(Kind.OTHER), None)
    talking = _conversations(mapping)
    kind = _case("action_type", kinds, _text(Kind.OTHER))
    told = f"COALESCE(told_direction, {_text(Direction.UNSPECIFIED)})"
    direction = _case("action_type", directions, f"CASE WHEN {is_one_of('action_type', told_by_row)} THEN {told} END")
    conversing = {action for action, meaning in mapping.actions.meanings.items() if meaning.kind in talking}
    return {
        "kind": kind,
        "direction": direction,
        "is_conversation": f"COALESCE({is_one_of('action_type', conversing)}, FALSE)",
        "is_mapped": f"COALESCE({is_one_of('action_type', mapping.actions.meanings)}, FALSE)",
    }


def outcome_sql(dialect: str, mapping: TenantMapping) -> str:
    """SQL for what became of an opportunity: 'won', 'lost', 'open', or NULL where its status says none of these.

    In the guide's dialect a deal is won by its stage, lost by its status, else open.
    """
    by_status: dict[str, set[int]] = defaultdict(set)
    for status, outcome in mapping.outcomes.items():
        by_status[_text(outcome)].add(status)
    if dialect != GUIDE:
        return _case("status", by_status, "NULL")
    won = f"WHEN {is_one_of('stage', mapping.stages.won)} THEN {_text(Outcome.WON)}"
    lost = f"WHEN {is_one_of('status', by_status[_text(Outcome.LOST)])} THEN {_text(Outcome.LOST)}"
    return f"CASE {won} {lost} ELSE {_text(Outcome.OPEN)} END"


def rank_sql(stages: StageMapping) -> str:
    """SQL for the funnel rank of an opportunity; 0 without a stage, or in one that nobody ranked."""
    by_rank: dict[str, set[int]] = defaultdict(set)
    for stage in stages.ranks.keys() | (GUIDE_STAGES if stages.is_by_id else set()):
        if rank := stages.rank(stage):
            by_rank[str(rank)].add(stage)
    return _case("stage", by_rank, "0")


def _case(column: str, values: Mapping[str, Iterable[int]], otherwise: str) -> str:
    """SQL for the value, a literal, under which the id in `column` is listed."""
    whens = [f"WHEN {is_one_of(column, ids)} THEN {value}" for value, ids in sorted(values.items()) if ids]
    return f"CASE {' '.join(whens)} ELSE {otherwise} END" if whens else otherwise


def _text(value: StrEnum) -> str:
    """A word of ours as an SQL literal."""
    return f"'{value.value}'"
