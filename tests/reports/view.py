"""What a question sees of a tenant's rows and what its ids mean, by plain look-ups sharing no code with reports.

DESIGN.md section 4 read once more, with a mapping in the form that it is kept in, the document `mapping/1`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from partner_portal.autotask.catalog import Opportunity
from partner_portal.reports.question import Question

MappingDocument = Mapping[str, Any]


def wall(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def only_date(instant: datetime | None, zone: ZoneInfo) -> date | None:
    if instant is None:
        return None
    at = instant.astimezone(UTC)
    return at.date() if at.time() == time(0, 0) else wall(at, zone)


@dataclass(frozen=True)
class View:
    """Rows of a tenant of `dialect`, of a period, as `asked` for; `picklist` are the tenant's stages in order."""

    dialect: str
    mapping: MappingDocument
    asked: Question
    period: tuple[date, date]
    picklist: Sequence[int] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.asked.organization.time_zone)

    @cached_property
    def today(self) -> date:
        return wall(self.asked.now, self.zone)

    def wall(self, instant: datetime) -> date:
        return wall(instant, self.zone)

    def day(self, instant: datetime | None) -> date | None:
        return only_date(instant, self.zone)

    def holds(self, day: date | None) -> bool:
        return day is not None and self.period[0] <= day <= self.period[1]

    @cached_property
    def action_types(self) -> dict[int, tuple[str, str | None]]:
        return {entry["id"]: (entry["kind"], entry["direction"]) for entry in self.mapping["action_types"]}

    def meaning(self, action: int | None, told: str) -> tuple[str, str | None]:
        """Kind and, of a call, direction: as mapped, else as the row itself has `told`."""
        kind, way = self.action_types.get(action, ("other", None))
        return (kind, way or told) if kind == "call" else (kind, None)

    @property
    def conversing(self) -> set[str]:
        return {"call", "meeting", "email"} if self.mapping["emails_are_conversations"] else {"call", "meeting"}

    @cached_property
    def ranks(self) -> dict[int, int]:
        """Ranks by stage: as mapped, else that of the nearest mapped stage before it in the picklist, else 0.

        Where stages are ranks the ids 0 to 5 are mapped, whether the document lists them or not.
        """
        mapped = {rank: rank for rank in range(6)} if self.mapping["stages_are_ranks"] else {}
        mapped |= {entry["id"]: entry["rank"] for entry in self.mapping["stages"]}
        ranks, rank = dict(mapped), 0
        for stage in self.picklist:
            rank = mapped.get(stage, rank)
            ranks[stage] = rank
        return ranks

    def rank(self, deal: Opportunity) -> int:
        return self.ranks.get(deal.stage, 0)

    @cached_property
    def won_stages(self) -> set[int]:
        return {entry["id"] for entry in self.mapping["stages"] if entry["won"]}

    @cached_property
    def statuses(self) -> dict[int, str]:
        return {entry["id"]: entry["outcome"] or "" for entry in self.mapping["statuses"]}

    def outcome(self, deal: Opportunity) -> str:
        """`open`, `won`, `lost`, or nothing where the status means none of them."""
        if self.dialect == "live":
            return self.statuses.get(deal.status, "")
        if deal.stage in self.won_stages:
            return "won"
        return "lost" if self.statuses.get(deal.status) == "lost" else "open"

    def ended(self, deal: Opportunity) -> date | None:
        if self.outcome(deal) == "won":
            return self.day(deal.closed_date)
        return self.day(deal.lost_date or deal.closed_date) if self.outcome(deal) == "lost" else None

    def quiet_days(self, deal: Opportunity) -> int:
        by_stage = {entry["id"]: entry["days"] for entry in self.mapping["stale_days_by_stage"]}
        return by_stage.get(deal.stage, self.mapping["stale_after_days"])

    def is_of_owner(self, owner: int | None) -> bool:
        """Whether rows of this owner are asked for, and not left out by the mapping."""
        asked = self.asked
        if asked.owner_id is not None and owner != asked.owner_id:
            return False
        if asked.of_nobody and owner is not None:
            return False
        if asked.team is not None and owner not in asked.team.members:
            return False
        return owner not in self.mapping["excluded_resources"]

    def is_of_company(self, company: int | None) -> bool:
        """Whether rows with this company are asked for, and not left out by the mapping."""
        return self.asked.company_id in (None, company) and company not in self.mapping["excluded_companies"]

    def is_of_category(self, category: int | None) -> bool:
        return self.asked.category_id in (None, category)

    def has_deal(self, deal: Opportunity) -> bool:
        """Whether the deal, as it stands in its row, is asked for."""
        return (
            self.is_of_owner(deal.owner_resource_id)
            and self.is_of_company(deal.company_id)
            and self.is_of_category(deal.opportunity_category_id)
        )

    def has_in_pipeline(self, deal: Opportunity | None) -> bool:
        if deal is None or not self.has_deal(deal):
            return False
        return self.outcome(deal) == "open" and self.holds(self.day(deal.projected_close_date))

    @property
    def tells_appointments(self) -> bool:
        """Whether appointments can be counted: they name no company and no deal."""
        return self.asked.company_id is None and self.asked.category_id is None
