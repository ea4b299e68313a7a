"""What reps do all day: who called, mailed or met whom, when, and what was written about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from partner_portal.sandbox.generation.market import Market
from partner_portal.sandbox.generation.names import (
    EMAILS,
    HTML_NOTES,
    INBOUND,
    MEETING_NOTES,
    OTHER_NOTES,
    OUTBOUND,
)
from partner_portal.sandbox.generation.people import Rep, Staff
from partner_portal.sandbox.generation.plan import Row

CALL_OUT, CALL_IN, CALL, EMAIL, MEETING, REVIEW, GENERAL, QUICK, TOUCH, UPDATE, OLD_DEMO = range(11)
KINDS = range(11)
_SHARES = (24, 11, 12, 24, 8, 3, 5, 5, 4, 3, 0.5)
_MINUTES = {MEETING: 60, REVIEW: 90, OLD_DEMO: 45}
_TEXTS = {
    CALL_OUT: OUTBOUND,
    CALL_IN: INBOUND,
    CALL: OUTBOUND + INBOUND,
    EMAIL: EMAILS,
    MEETING: MEETING_NOTES,
    REVIEW: MEETING_NOTES,
    OLD_DEMO: MEETING_NOTES,
}


@dataclass(slots=True)
class Deed:
    """One thing done, or to be done, with a customer; `starts_at` and `minutes` say when."""

    kind: int
    starts_at: float
    minutes: int
    rep_id: int | None
    company_id: int
    contact_id: int | None
    opportunity_id: int | None
    text: str | None


@dataclass(frozen=True)
class Desk:
    """What deeds are drawn from: people, customers, and deals by company."""

    staff: Staff
    market: Market
    deals: dict[int, list[int]]

    @classmethod
    def with_deals(cls, staff: Staff, market: Market, opportunities: Sequence[Row]) -> Desk:
        """A desk that knows which deals belong to which company."""
        deals: dict[int, list[int]] = {}
        for row in opportunities:
            deals.setdefault(row["companyID"], []).append(row["id"])
        return cls(staff, market, deals)

    def deeds(self, random: Random, instants: Sequence[float]) -> Iterator[Deed]:
        """One deed at each instant."""
        kinds = random.choices(KINDS, _SHARES, k=len(instants))
        companies = random.choices(self.market.company_ids, self.market.weights, k=len(instants))
        reps = random.choices(self.staff.reps, [rep.zeal for rep in self.staff.reps], k=len(instants))
        by_id = {rep.id: rep for rep in self.staff.reps}
        chance = random.random
        for at, kind, company_id, drawn in zip(instants, kinds, companies, reps, strict=True):
            rep = by_id.get(self.market.owners[company_id], drawn) if chance() < 0.6 else drawn
            if rep.left_at is not None and at > rep.left_at:
                rep = self._successor(rep, company_id)
            contacts = self.market.contact_ids.get(company_id)
            deals = self.deals.get(company_id)
            yield Deed(
                kind,
                at,
                _MINUTES.get(kind) or 5 * (1 + int(chance() * 6)),
                rep.id,
                company_id,
                contacts[int(chance() * len(contacts))] if contacts and chance() < 0.75 else None,
                deals[int(chance() * len(deals))] if deals and chance() < 0.35 else None,
                _text(random, kind),
            )

    def _successor(self, rep: Rep, company_id: int) -> Rep:
        present = [other for other in self.staff.reps if other.left_at is None]
        return present[(rep.id + company_id) % len(present)]


def _text(random: Random, kind: int) -> str | None:
    roll = random.random()
    if roll < 0.1:
        return None
    texts = HTML_NOTES if roll < 0.16 else _TEXTS.get(kind, OTHER_NOTES)
    return texts[int(random.random() * len(texts))]
