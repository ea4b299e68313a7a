"""Random rows of a small tenant, dense around clock changes, month ends and echoes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from msgspec import structs

from partner_portal.autotask.catalog import (
    ActionType,
    Appointment,
    Company,
    CompanyNote,
    CompanyToDo,
    Contact,
    Opportunity,
    Record,
    Resource,
    Task,
)
from partner_portal.warehouse.store import PicklistValue
from reports.stocked import READ_AT, Deals

OWNERS = (None, 7, 8, 9, 404)  # 404 is no resource any more
ACTIONS = {
    1: "Phone Call",
    2: "Meeting",
    3: "General",
    20: "Inbound call",
    21: "Outgoing Call",
    22: "E-Mail",
    23: "Demo",
}
STAGES = (
    "New Lead",
    "First contact",
    "Qualification",
    "Contract sent",
    "Proposal",
    "Negotiation",
    "Closed Won",
    "Lost",
)
STAGE_IDS = (14, 11, 12, 18, 13, 17, 16, 15)  # no id tells its place
RANKS = dict(zip(STAGE_IDS, (0, 1, 2, 2, 3, 4, 5, 5), strict=True))
"""What the stages' labels tell, or the stage before them."""
UNKNOWN_STAGE, UNKNOWN_ACTION = 77, 999
COMPANIES = (0, 1, 2)
STRANGER = 3  # a company without a row of its own
CATEGORIES = (1, 2)
KNOWN = [
    PicklistValue("Opportunities", field, value, label)
    for field, labels in (
        ("winReason", ("Price", "Trust")),
        ("lossReason", ("Price", "Feature", "Timing")),
        ("opportunityCategoryID", ("Cloud", "Security")),
    )
    for value, label in enumerate(labels, start=1)
]
PICKLISTS = {
    "live": [
        *KNOWN,
        *(
            PicklistValue("Opportunities", "stage", stage, label, sort_order=place)
            for place, (stage, label) in enumerate(zip(STAGE_IDS, STAGES, strict=True))
        ),
    ],
    "guide": KNOWN,
}
"""What each dialect's tenant has labels for; the guide's has none for its stages."""
TEXTS = (None, "", "Inbound from web", "OUTBOUND follow-up", "inbound, then outbound", "<p>Sent <b>quote</b></p>")
MARKS = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # Berlin's clocks
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),  # New York's
    datetime(2026, 10, 3, 16, tzinfo=UTC),  # Sydney's
    datetime(2026, 10, 31, 23, tzinfo=UTC),
    datetime(2026, 11, 22, 15, tzinfo=UTC),
    datetime(2025, 11, 10, 12, tzinfo=UTC),
)


def moment(random: Random) -> datetime:
    return random.choice(MARKS) + timedelta(minutes=random.randint(-3000, 3000) * random.choice((1, 1, 10)))


def maybe(random: Random, value, *, chance: float = 0.8):
    return value if random.random() < chance else None


def day_like(random: Random) -> datetime:
    """A date-only field as sources write it: midnight UTC, or a local midnight in UTC, or any instant."""
    at = moment(random)
    return random.choice(
        (at.replace(hour=0, minute=0), at.replace(hour=random.choice((4, 5, 13, 22, 23)), minute=0), at)
    )


def live_rows(random: Random, size: int) -> dict[str, Sequence[Record]]:
    to_dos = [
        CompanyToDo(
            id=number,
            action_type=maybe(random, random.choice([*ACTIONS, UNKNOWN_ACTION]), chance=0.95),
            assigned_to_resource_id=random.choice(OWNERS),
            company_id=maybe(random, random.choice((*COMPANIES, STRANGER))),
            contact_id=maybe(random, 31),
            opportunity_id=maybe(random, random.randint(1, size * 2), chance=0.3),
            activity_description=random.choice(TEXTS),
            start_date_time=maybe(random, moment(random)),
            completed_date=maybe(random, moment(random)),
            create_date_time=moment(random),
        )
        for number in range(1, size)
    ]
    return shared_rows(random, size, live=True) | {
        "CompanyToDos": to_dos,
        "CompanyNotes": [note(random, number, to_dos) for number in range(size // 2, size * 2)],
        "ActionTypes": [ActionType(id=action, name=name) for action, name in ACTIONS.items()],
    }


def note(random: Random, number: int, to_dos: Sequence[CompanyToDo]) -> CompanyNote:
    """A note of its own, or one that echoes a to-do, exactly or but for one field."""
    if to_dos and random.random() < 0.4:
        twin = random.choice(to_dos)
        start = maybe(random, twin.start_date_time, chance=0.9)
        return CompanyNote(
            id=number,
            action_type=maybe(random, twin.action_type, chance=0.9),
            assigned_resource_id=twin.assigned_to_resource_id,
            company_id=twin.company_id,
            contact_id=maybe(random, twin.contact_id, chance=0.9),
            opportunity_id=twin.opportunity_id,
            start_date_time=start,
            create_date_time=moment(random),
        )
    return CompanyNote(
        id=number,
        action_type=random.choice([*ACTIONS, None]),
        assigned_resource_id=random.choice(OWNERS),
        company_id=maybe(random, random.choice((*COMPANIES, STRANGER))),
        opportunity_id=maybe(random, random.randint(1, number + 1), chance=0.3),
        name=random.choice(TEXTS),
        note=random.choice(TEXTS),
        start_date_time=maybe(random, moment(random)),
        completed_date_time=maybe(random, moment(random), chance=0.5),
        create_date_time=maybe(random, moment(random)),
    )


def guide_rows(random: Random, size: int) -> dict[str, Sequence[Record]]:
    tasks = [
        Task(
            id=number,
            title=random.choice(TEXTS),
            description=random.choice(TEXTS),
            assigned_resource_id=random.choice(OWNERS),
            action_type=maybe(random, random.randint(0, 8), chance=0.95),
            direction=maybe(random, random.choice((1, 2, 2, 1, 3)), chance=0.6),
            company_id=maybe(random, random.choice((*COMPANIES, STRANGER))),
            opportunity_id=maybe(random, random.randint(1, size), chance=0.3),
            start_date_time=maybe(random, moment(random)),
            completed_date_time=maybe(random, moment(random)),
            create_date_time=maybe(random, moment(random), chance=0.97),
        )
        for number in range(1, size * 3)
    ]
    return shared_rows(random, size, live=False) | {"Tasks": tasks}


def shared_rows(random: Random, size: int, *, live: bool) -> dict[str, Sequence[Record]]:
    return {
        "Tasks": [],
        "CompanyToDos": [],
        "CompanyNotes": [],
        "Resources": [Resource(id=who, first_name="Rep", last_name=str(who)) for who in OWNERS if who in (7, 8, 9)],
        "Companies": [Company(id=number, company_name=f"Company {number}") for number in COMPANIES],
        "Contacts": [Contact(id=31, first_name="Zoë", last_name=None)],
        "Appointments": [
            Appointment(
                id=number,
                resource_id=random.choice(OWNERS),
                title="Visit",
                start_date_time=maybe(random, moment(random), chance=0.97),
            )
            for number in range(1, size)
        ],
        "Opportunities": [opportunity(random, number, live=live) for number in range(1, size)],
    }


def opportunity(random: Random, number: int, *, live: bool) -> Opportunity:
    created = day_like(random)
    return Opportunity(
        id=number,
        title=f"Deal {number}",
        owner_resource_id=random.choice(OWNERS),
        company_id=maybe(random, random.choice((*COMPANIES, STRANGER))),
        opportunity_category_id=maybe(random, random.choice(CATEGORIES)),
        stage=maybe(random, random.choice([*RANKS, UNKNOWN_STAGE]) if live else random.randint(0, 5), chance=0.95),
        status=random.choice((0, 1, 1, 2, 2, 3, 4, None)),
        probability=maybe(random, random.randint(0, 100)),
        amount=maybe(random, Decimal(random.randint(0, 10**7)) / 100, chance=0.9),
        create_date=maybe(random, created - timedelta(days=random.choice((0, 0, 3, 200, 3000))), chance=0.97),
        closed_date=maybe(random, day_like(random)),
        lost_date=maybe(random, day_like(random), chance=0.5),
        projected_close_date=maybe(random, projected(random)),
        onetime_revenue=maybe(random, cents(random)),
        monthly_revenue=maybe(random, cents(random), chance=0.4),
        win_reason=maybe(random, random.choice((1, 2, 9)), chance=0.6),
        loss_reason=maybe(random, random.choice((1, 2, 3, 9)), chance=0.6),
    )


def projected(random: Random) -> datetime:
    """When a deal should close: around now, or up to four months later."""
    return day_like(random) + timedelta(days=random.choice((0, 0, 3, 9, 40, 120)))


def cents(random: Random) -> Decimal:
    return Decimal(random.randint(0, 10**6)) / 100


def readings(random: Random, deals: Sequence[Opportunity], *, live: bool, times: int = 6) -> list[Deals]:
    """How opportunities looked before they looked like `deals`: changed, gone and back, and some gone for good."""
    starts = sorted({READ_AT - timedelta(minutes=random.randint(5, 90_000)) for _ in range(times)})
    ghosts = [opportunity(random, 5_000 + number, live=live) for number in range(len(deals) // 4)]
    there: set[int] = set()
    found = []
    for at in starts:
        seen = [changed(random, deal, live=live) for deal in (*deals, *ghosts) if random.random() < 0.5]
        gone = [number for number in sorted(there) if random.random() < 0.1]
        found.append(Deals(at, [deal for deal in seen if deal.id not in gone], gone))
        there = (there | {deal.id for deal in seen}) - set(gone)
    if there:
        staying = {deal.id for deal in deals}
        found.append(Deals(READ_AT - timedelta(minutes=1), [], sorted(there - staying)))
    return found


def changed(random: Random, deal: Opportunity, *, live: bool) -> Opportunity:
    """The deal as it might have been: open more often than not."""
    other = opportunity(random, deal.id, live=live)
    changes: dict[str, object] = {}
    if random.random() < 0.6:
        changes |= {"status": 1, "stage": random.choice([*RANKS]) if live else random.randint(0, 4)}
    for name in (
        *("amount", "projected_close_date", "stage", "owner_resource_id"),
        *("company_id", "opportunity_category_id", "create_date"),
    ):
        if random.random() < 0.3:
            changes[name] = getattr(other, name)
    return structs.replace(deal, **changes)
