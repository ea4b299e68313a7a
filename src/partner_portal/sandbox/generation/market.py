"""The MSP's customers, leads and vendors, and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from partner_portal.sandbox.generation.calendar import instant_text
from partner_portal.sandbox.generation.names import (
    CITIES,
    COMPANY_KINDS,
    COMPANY_STARTS,
    FIRST_NAMES,
    LAST_NAMES,
    ODD_COMPANIES,
)
from partner_portal.sandbox.generation.people import ADMINISTRATOR_ID, Staff
from partner_portal.sandbox.generation.plan import Plan, Row, ids_from

OWN_COMPANY = "Bright Harbor IT"
_STRIDE = 17  # has no factor in common with the number of name pairs, so every pair comes once


@dataclass(frozen=True)
class Market:
    """Companies and contacts as rows, and what others need to know of them, by company id."""

    companies: tuple[Row, ...]
    contacts: tuple[Row, ...]
    company_ids: tuple[int, ...]
    weights: tuple[float, ...]
    owners: dict[int, int]
    contact_ids: dict[int, list[int]]


def open_market(plan: Plan, staff: Staff) -> Market:
    """Company 0 is the MSP itself; some customers belong to reps who have left."""
    random = plan.random("companies")
    count = max(2, plan.sizes.companies)
    ids = ids_from(29_762_100 + plan.seed % 50, random)
    dates = plan.calendar.past(random, count - 1)
    companies = [_own_company(plan)]
    companies += [_company(plan, random, next(ids), number, at, staff) for number, at in enumerate(dates)]
    company_ids = tuple(row["id"] for row in companies)
    weights = (0.3, *(1 / (rank + 8) for rank in random.sample(range(count), count - 1)))
    contacts = _contacts(plan, company_ids, weights)
    contact_ids: dict[int, list[int]] = {}
    for contact in contacts:
        contact_ids.setdefault(contact["companyID"], []).append(contact["id"])
    owners = {row["id"]: row["ownerResourceID"] for row in companies}
    return Market(tuple(companies), tuple(contacts), company_ids, weights, owners, contact_ids)


def company_name(number: int) -> str:
    """The name of the n-th company: the odd ones first."""
    if number < len(ODD_COMPANIES):
        return ODD_COMPANIES[number]
    number -= len(ODD_COMPANIES)
    pairs = len(COMPANY_STARTS) * len(COMPANY_KINDS)
    kind, start = divmod(number * _STRIDE % pairs, len(COMPANY_STARTS))
    name = f"{COMPANY_STARTS[start]} {COMPANY_KINDS[kind]}"
    turn = number // pairs
    return f"{name} of {CITIES[turn % len(CITIES)]} {turn}" if turn else name


def _own_company(plan: Plan) -> Row:
    created = instant_text(plan.calendar.midnight(plan.calendar.days[0]))
    stamps = dict.fromkeys(("createDate", "lastActivityDate", "lastTrackedModifiedDateTime"), created)
    return {
        "id": 0,
        "companyName": OWN_COMPANY,
        "companyType": 1,
        "ownerResourceID": ADMINISTRATOR_ID,
        "isActive": True,
        "phone": "+1 555 0100",
        **stamps,
    }


def _company(plan: Plan, random: Random, row_id: int, number: int, at: float, staff: Staff) -> Row:
    changed = at + random.random() * (plan.calendar.now - at)
    segment = plan.tenant.choices("Companies", "marketSegmentID")
    rank = plan.tenant.choices("Companies", "classification")
    return {
        "id": row_id,
        "companyName": company_name(number),
        "companyType": random.choices((1, 2, 3, 4, 6, 7, 8), (60, 10, 14, 4, 5, 5, 2))[0],
        "ownerResourceID": random.choice(staff.reps).id,
        "isActive": random.random() < 0.93,
        "phone": f"+1 555 {random.randrange(10_000):04d}",
        "city": random.choice((*CITIES, None)),
        "webAddress": None if random.random() < 0.4 else f"https://company-{number}.example",
        "parentCompanyID": None,
        "marketSegmentID": random.choice(segment).value if random.random() < 0.6 else None,
        "classification": random.choice(rank).value if random.random() < 0.4 else None,
        "stockSymbol": "XMPL" if number % 40 == 7 else None,
        "createDate": plan.stamp(random, at),
        "lastActivityDate": plan.stamp(random, changed),
        "lastTrackedModifiedDateTime": plan.stamp(random, at + (changed - at) / 2),
        "userDefinedFields": [
            {"name": "Customer Tier", "value": random.choice(("A", "B", "C", None))},
            {"name": "Seats", "value": random.choice((str(random.randrange(3, 400)), None))},
        ],
    }


def _contacts(plan: Plan, company_ids: tuple[int, ...], weights: tuple[float, ...]) -> list[Row]:
    random = plan.random("contacts")
    count = plan.sizes.contacts
    ids = ids_from(30_680_000 + plan.seed % 70, random)
    employers = random.choices(company_ids, weights, k=count)
    dates = plan.calendar.past(random, count)
    return [_contact(plan, random, next(ids), employer, at) for employer, at in zip(employers, dates, strict=True)]


def _contact(plan: Plan, random: Random, row_id: int, company_id: int, at: float) -> Row:
    changed = at + random.random() * (plan.calendar.now - at)
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    return {
        "id": row_id,
        "companyID": company_id,
        "firstName": first,
        "lastName": last,
        "emailAddress": None if random.random() < 0.15 else f"contact{row_id}@company.example",
        "phone": None if random.random() < 0.3 else f"+1 555 {random.randrange(10_000):04d}",
        "title": random.choice(("Owner", "Office Manager", "CFO", "IT Manager", None)),
        "isActive": int(random.random() < 0.9),
        "primaryContact": random.random() < 0.2,
        "createDate": plan.stamp(random, at),
        "lastActivityDate": plan.stamp(random, changed),
        "lastModifiedDate": plan.stamp(random, changed),
        "userDefinedFields": [{"name": "Preferred Language", "value": random.choice(("en", "fr", None))}],
    }
