"""Opportunities: created, moved from stage to stage, won, lost, or left lying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from partner_portal.sandbox.generation.calendar import DAY
from partner_portal.sandbox.generation.market import Market
from partner_portal.sandbox.generation.names import DEALS, LOSSES, WINS
from partner_portal.sandbox.generation.people import ADMINISTRATOR_ID, Rep, Staff
from partner_portal.sandbox.generation.plan import Plan, Row, ids_from

_PROBABILITIES = (10, 20, 40, 60, 80)
NOT_READY, ACTIVE, LOST, CLOSED, IMPLEMENTED = range(5)


@dataclass(frozen=True)
class Journey:
    """How far a deal has come: its open step (0-4), how it ended (None: not yet), and when it last moved."""

    step: int
    won: bool | None
    moved_at: float
    closes_at: float


def make_deals(plan: Plan, staff: Staff, market: Market) -> list[Row]:
    """Opportunities in order of creation; two are always won today, whatever day it is."""
    random = plan.random("deals")
    ids = ids_from(29_700_300 + plan.seed % 90, random)
    reps = {rep.id: rep for rep in staff.reps}
    customers = [company_id for company_id in market.company_ids if company_id]
    created = plan.calendar.past(random, plan.sizes.opportunities)
    won_today = {place for place in (len(created) * 7 // 8, len(created) * 15 // 16) if place < len(created)}
    rows = []
    for place, at in enumerate(created):
        company_id = random.choice(customers) if random.random() < 0.995 else 0
        rep = _seller(random, staff, reps.get(market.owners[company_id]), at)
        if place in won_today:
            journey = Journey(4, won=True, moved_at=plan.calendar.now - 60, closes_at=plan.calendar.now - 60)
        else:
            journey = _travel(random, rep, at, plan.calendar.now)
        contacts = market.contact_ids.get(company_id)
        row = {
            "id": next(ids),
            "companyID": company_id,
            "contactID": random.choice(contacts) if contacts and random.random() < 0.8 else None,
            "ownerResourceID": rep.id,
            "creatorResourceID": rep.id if random.random() < 0.9 else ADMINISTRATOR_ID,
            "title": f"{random.choice(DEALS)} {plan.calendar.day_of(at).year}",
            "description": random.choice(
                (None, "<p>From the <b>web form</b></p>", "Referred by a customer — très chaud")
            ),
            "createDate": plan.stamp(random, at),
            "lastActivity": plan.stamp(random, max(at, journey.moved_at)),
            "nextStep": random.choice((None, "Send quote", "Call the CFO")),
            "useQuoteTotals": random.random() < 0.3,
            **_picks(plan, random),
            **_money(random),
            **_dates(plan, random, journey, at),
            **_outcome(plan, random, journey),
        }
        rows.append(row)
    return rows


def _seller(random: Random, staff: Staff, owner: Rep | None, at: float) -> Rep:
    rep = owner if owner is not None and random.random() < 0.75 else random.choice(staff.reps)
    if rep.left_at is not None and at > rep.left_at:
        return staff.reps[random.randrange(len(staff.reps) - 2)]
    return rep


def _travel(random: Random, rep: Rep, created: float, now: float) -> Journey:
    """Most deals close within some months; some are left lying and stay open for good."""
    cycle = min(400.0, max(2.0, random.lognormvariate(3.8, 0.8))) * DAY
    closes_at = created + cycle
    step = min(4, int(random.random() * 6))
    if closes_at < now and random.random() < 0.94:
        return Journey(step, won=random.random() < rep.win_rate, moved_at=closes_at, closes_at=closes_at)
    share = min(1.0, (now - created) / cycle)
    return Journey(
        int(step * share), won=None, moved_at=created + share * (min(now, closes_at) - created), closes_at=closes_at
    )


def _picks(plan: Plan, random: Random) -> Row:
    def pick(name: str, chance: float) -> Any:
        choices = [choice for choice in plan.tenant.choices("Opportunities", name) if choice.is_active]
        return random.choice(choices).value if random.random() < chance else None

    return {
        "leadSource": pick("leadSource", 0.7),
        "opportunityCategoryID": pick("opportunityCategoryID", 0.85),
        "rating": pick("rating", 0.5),
        "primaryCompetitor": pick("primaryCompetitor", 0.3),
    }


def _money(random: Random) -> Row:
    """One-time and monthly parts; the amount is the one plus the months of the other."""
    onetime = round(random.lognormvariate(8.3, 0.9), 2) if random.random() < 0.75 else 0.0
    monthly = round(random.lognormvariate(6.6, 0.7), 2) if random.random() < 0.55 else 0.0
    if not onetime and not monthly:
        onetime = 1_500.0
    months = 12 if monthly else None
    amount = round(onetime + monthly * (months or 0), 2)
    return {
        "amount": amount,
        "cost": round(amount * random.uniform(0.35, 0.75), 2),
        "onetimeRevenue": onetime or None,
        "monthlyRevenue": monthly or None,
        "monthlyCost": round(monthly * 0.5, 2) or None,
        "totalAmountMonths": months,
        "revenueSpread": months,
        "revenueSpreadUnit": "Months" if months else None,
    }


def _dates(plan: Plan, random: Random, journey: Journey, created: float) -> Row:
    calendar = plan.calendar
    hoped_for = journey.closes_at + random.gauss(0, 12) * DAY
    projected = calendar.day_of(max(created, min(hoped_for, calendar.midnight(calendar.days[-1]))))
    closed_on = min(calendar.day_of(journey.closes_at), calendar.today)
    closed = plan.date_only(random, closed_on) if journey.won is not None else None
    is_lost = journey.won is False
    return {
        "projectedCloseDate": plan.date_only(random, projected),
        "startDate": plan.date_only(random, projected + timedelta(days=14)) if random.random() < 0.4 else None,
        "closedDate": closed if journey.won or random.random() < 0.3 else None,
        "lostDate": closed if is_lost and random.random() < 0.93 else None,
    }


def _outcome(plan: Plan, random: Random, journey: Journey) -> Row:
    """Stage, status, probability and reasons. A few rows disagree with themselves, as on the real thing."""
    stages = [choice.value for choice in plan.tenant.choices("Opportunities", "stage")]
    stage: Any = stages[journey.step]
    if journey.won:
        return {
            "stage": stages[5] if random.random() < 0.96 else stage,
            "status": CLOSED if random.random() < 0.8 else IMPLEMENTED,
            "probability": 100,
            "winReason": _reason(plan, random, "winReason"),
            "winReasonDetail": random.choice((*WINS, None)),
        }
    if journey.won is False:
        lost_stage = stages[6] if len(stages) > 6 else stage
        return {
            "stage": lost_stage if random.random() < 0.85 else stage,
            "status": LOST,
            "probability": 0 if random.random() < 0.8 else None,
            "lossReason": _reason(plan, random, "lossReason"),
            "lossReasonDetail": random.choice((*LOSSES, None)),
        }
    retired = len(stages) > 7 and random.random() < 0.02
    return {
        "stage": stages[7] if retired else stage,
        "status": ACTIVE if random.random() < 0.93 else NOT_READY,
        "probability": _PROBABILITIES[journey.step] if random.random() < 0.95 else None,
        "salesProcessPercentComplete": journey.step * 20,
    }


def _reason(plan: Plan, random: Random, name: str) -> Any:
    return random.choice(plan.tenant.choices("Opportunities", name)).value if random.random() < 0.7 else None
