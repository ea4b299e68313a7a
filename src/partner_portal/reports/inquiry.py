"""A question ready to be put as SQL: placed in time, with the meaning of the tenant's ids, and what it leaves out."""

# ruff: noqa: S608  (names are ours, values are parameters)

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from partner_portal.autotask.catalog import OPPORTUNITIES
from partner_portal.reports.dates import DealSpans, Span
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.metric import Subject
from partner_portal.reports.question import Frame, QuestionError, naive
from partner_portal.reports.sources import Ground
from partner_portal.reports.statement import is_one_of, run, statement
from partner_portal.warehouse.store import Kept, OrganizationStore

LARGEST_ID = 2**63 - 1
"""Ids are 64-bit integers; a larger one would not fit the stores' columns."""

_OWNERS = {
    Subject.ACTIVITIES: "owner_id",
    Subject.APPOINTMENTS: "resource_id",
    Subject.DEALS: "owner_resource_id",
    Subject.CHANGES: "owner_resource_id",
}
"""Which column of a subject's table is its owner."""

_KNOWN = (
    ("owner_id", "resource", "known_owner", "an id from the report's owners"),
    ("company_id", "company", "known_company", "the Autotask id of a company"),
    ("category_id", "opportunity category", "known_category", "the Autotask id of a category"),
)


@dataclass(frozen=True)
class Inquiry:
    """One question to `store`, a snapshot whose state is `ground`, with all that its statements need.

    `mapping` says what the tenant's ids mean.
    """

    frame: Frame
    store: OrganizationStore = field(repr=False)
    ground: Ground
    mapping: TenantMapping

    @property
    def since(self) -> datetime | None:
        """When the history of deals begins (aware); None before any."""
        return self.ground.since

    @property
    def spans(self) -> DealSpans:
        """Where dates of deals have to be taken locally."""
        return self.ground.spans

    @property
    def dialect(self) -> str:
        """The tenant's dialect."""
        return self.ground.dialect

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """What statements may name."""
        recorded = self.recorded
        if recorded is None:
            return self.frame.parameters
        ends = zip(("recorded_from", "recorded_until"), map(naive, recorded), strict=True)
        return self.frame.parameters | dict(ends)

    @cached_property
    def recorded(self) -> Span | None:
        """The part of the period that the history of deals covers; None where there is none."""
        starts_at, ends_at = self.frame.instants
        deals_as_of = self.ground.source(OPPORTUNITIES.path).as_of
        if self.since is None or deals_as_of is None:
            return None
        begins, ends = max(starts_at, self.since), min(ends_at, deals_as_of)
        return (begins, ends) if begins <= ends else None

    def answer(self, sql: str, more: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of `sql`, given those parameters that it names, of the inquiry's and `more`."""
        return run(self.store, sql, self.parameters if more is None else {**self.parameters, **more})

    def kept(self, asks: str, read: Callable[[], Kept]) -> Kept:
        """What `read` finds, whatever the period: kept for all questions of the day as long as the state is the same.

        `asks` is the SQL that it rests on, which has the mapping's ids and a team's members in it.
        """
        asked, frame = self.frame.question, self.frame
        about = (asked.owner_id, asked.company_id, asked.category_id, frame.today, frame.zone.key)
        return self.store.kept(f"{about} {asks}", read)

    def knows(self, subject: Subject) -> bool:
        """Whether records of `subject` were ever read, and can be told apart as asked: else they are unknown, not 0."""
        ground = self.ground
        return {
            Subject.ACTIVITIES: ground.knows_activities,
            Subject.APPOINTMENTS: ground.knows_appointments and self.tells(Subject.APPOINTMENTS),
            Subject.DEALS: ground.knows_opportunities,
            Subject.STALE_DEALS: ground.knows_opportunities and ground.knows_activities,
            Subject.CHANGES: self.recorded is not None,
        }[subject]

    def tells(self, subject: Subject) -> bool:
        """Whether records of `subject` can be told apart as asked: an appointment names no company and no deal."""
        asked = self.frame.question
        return subject is not Subject.APPOINTMENTS or (asked.company_id is None and asked.category_id is None)

    def confined(self, subject: Subject) -> str:
        """SQL for "a row of the subject's table is asked for": owner, team, company, category, and none left out."""
        conditions = self._of_owners(_OWNERS[subject])
        if subject is not Subject.APPOINTMENTS:
            conditions += self._of_companies(subject)
        return " AND ".join(conditions) or "TRUE"

    def _of_owners(self, column: str) -> list[str]:
        asked, conditions = self.frame.question, []
        if asked.owner_id is not None:
            conditions.append(f"{column} = $owner_id")
        if asked.of_nobody:
            conditions.append(f"{column} IS NULL")
        if asked.team is not None:
            conditions.append(is_one_of(column, asked.team.members))
        if self.mapping.excluded_resources:
            conditions.append(_none_of(column, self.mapping.excluded_resources))
        return conditions

    def _of_companies(self, subject: Subject) -> list[str]:
        asked, conditions = self.frame.question, []
        if asked.company_id is not None:
            conditions.append("company_id = $company_id")
        if self.mapping.excluded_companies:
            conditions.append(_none_of("company_id", self.mapping.excluded_companies))
        if asked.category_id is not None:
            in_category = "opportunity_category_id = $category_id"
            if subject is Subject.ACTIVITIES:
                in_category = f"opportunity_id IN (SELECT id FROM opportunities WHERE {in_category})"
            conditions.append(in_category)
        return conditions


def check_filters(store: OrganizationStore, frame: Frame) -> None:
    """Raise `QuestionError` where the question names a resource, company or category that nothing mirrored knows.

    The resource that somebody is confined to was not chosen by them, and may not be mirrored yet: it has no records.
    """
    own = frame.question.confined_to
    for name, noun, known, remedy in _KNOWN:
        asked = getattr(frame.question, name)
        if asked is None or (name == "owner_id" and asked == own):
            continue
        if not 0 <= asked <= LARGEST_ID or not run(store, statement(known), frame.parameters):
            raise QuestionError(f"No {noun} has the id {asked}: use {remedy}, or leave it out.")


def _none_of(column: str, ids: frozenset[int]) -> str:
    """SQL for "`column` is none of `ids`", a missing one included."""
    return f"({column} IS NULL OR NOT {is_one_of(column, ids)})"
