"""The service side: tickets, time worked, contracts and project tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from partner_portal.sandbox.generation.calendar import DAY, instant_text
from partner_portal.sandbox.generation.market import Market
from partner_portal.sandbox.generation.names import TICKETS
from partner_portal.sandbox.generation.people import ADMINISTRATOR_ID, Staff
from partner_portal.sandbox.generation.plan import Plan, Row, ids_from

COMPLETE = 5


def make_tickets(plan: Plan, staff: Staff, market: Market) -> list[Row]:
    """Tickets in order of creation; most are complete."""
    random = plan.random("tickets")
    ids = ids_from(7_100 + plan.seed % 90, random)
    rows = []
    for at in plan.calendar.past(random, plan.sizes.tickets):
        solved_at = at + random.expovariate(1 / (2 * DAY))
        is_solved = solved_at < plan.calendar.now and random.random() < 0.95
        last_at = solved_at if is_solved else at + random.random() * min(DAY, plan.calendar.now - at)
        row_id = next(ids)
        rows.append(
            {
                "id": row_id,
                "ticketNumber": f"T{plan.calendar.day_of(at):%Y%m%d}.{row_id % 10_000:04d}",
                "title": random.choice(TICKETS),
                "description": random.choice((None, "See screenshot", "<p>Since <b>Monday</b></p>")),
                "companyID": random.choices(market.company_ids, market.weights)[0],
                "assignedResourceID": random.choice((*staff.technician_ids, None)),
                "creatorResourceID": ADMINISTRATOR_ID,
                "status": COMPLETE if is_solved else random.choice((1, 8)),
                "priority": random.choice((1, 2, 2, 3, 3, 4)),
                "queueID": random.choice(plan.tenant.choices("Tickets", "queueID")).value,
                "source": random.choice((2, 4, 6, 8, None)),
                "createDate": plan.stamp(random, at),
                "completedDate": plan.stamp(random, solved_at) if is_solved else None,
                "dueDateTime": instant_text(at + 3 * DAY),
                "lastActivityDate": plan.stamp(random, last_at),
                "lastTrackedModificationDateTime": plan.stamp(random, last_at),
                "userDefinedFields": [{"name": "Root Cause", "value": random.choice((None, "User", "Hardware"))}],
            }
        )
    return rows


def make_time_entries(plan: Plan, staff: Staff, tickets: Sequence[Row]) -> Iterator[Row]:
    """Hours worked on tickets; `dateWorked` is a date at midnight UTC."""
    if not tickets:
        return
    random = plan.random("time entries")
    ids = ids_from(52_000 + plan.seed % 90, random)
    for at in plan.calendar.past(random, plan.sizes.time_entries):
        hours = random.choice((0.25, 0.5, 0.5, 1.0, 1.5, 2.75))
        yield {
            "id": next(ids),
            "resourceID": random.choice(staff.technician_ids),
            "ticketID": random.choice(tickets)["id"],
            "hoursWorked": hours,
            "hoursToBill": hours,
            "isNonBillable": random.random() < 0.1,
            "timeEntryType": 2,
            "dateWorked": f"{plan.calendar.day_of(at).isoformat()}T00:00:00Z",
            "startDateTime": instant_text(at),
            "endDateTime": instant_text(at + hours * 3_600),
            "summaryNotes": random.choice((None, "Replaced the toner", "Reset MFA")),
            "createDateTime": plan.stamp(random, at + hours * 3_600),
            "lastModifiedDateTime": plan.stamp(random, at + hours * 3_600 + 30),
        }


def make_contracts(plan: Plan, market: Market, won: Sequence[Row]) -> list[Row]:
    """Contracts of one to three years, most of them from a deal that was won."""
    random = plan.random("contracts")
    ids = ids_from(29_740_000 + plan.seed % 90, random)
    rows = []
    for place, at in enumerate(plan.calendar.past(random, plan.sizes.contracts)):
        deal: dict[str, Any] = won[place] if place < len(won) else {}
        starts_on = plan.calendar.day_of(at)
        rows.append(
            {
                "id": next(ids),
                "companyID": deal.get("companyID", random.choice(market.company_ids)),
                "opportunityID": deal.get("id"),
                "contractName": f"Managed services {starts_on.year}",
                "contractType": random.choice((1, 2, 3, 5, 5, 5)),
                "status": int(random.random() < 0.85),
                "startDate": plan.date_only(random, starts_on),
                "endDate": plan.date_only(random, starts_on + timedelta(days=365 * random.choice((1, 1, 2, 3)))),
                "estimatedRevenue": deal.get("amount"),
                "isDefaultContract": random.random() < 0.3,
                "timeReportingRequiresStartAndStopTimes": 1,
                "lastModifiedDateTime": plan.stamp(random, at),
                "userDefinedFields": [
                    {"name": "Renewal Notice", "value": random.choice((None, "2027-01-31T00:00:00Z"))}
                ],
            }
        )
    return rows


def make_project_tasks(plan: Plan, staff: Staff) -> Iterator[Row]:
    """Tasks of projects: no sales activity, whatever their name suggests."""
    random = plan.random("project tasks")
    ids = ids_from(9_300 + plan.seed % 90, random)
    for at in plan.calendar.past(random, plan.sizes.tasks):
        done_at = at + random.random() * 20 * DAY
        is_done = done_at < plan.calendar.now
        yield {
            "id": next(ids),
            "title": random.choice(("Rack servers", "Migrate mailboxes", "Phone system training", "Call vendor")),
            "description": random.choice((None, "Planned with the customer", "Phone numbers to be ported")),
            "projectID": 880 + random.randrange(40),
            "assignedResourceID": random.choice((*staff.technician_ids, None)),
            "status": COMPLETE if is_done else 8,
            "taskType": 1,
            "priority": random.randrange(0, 100),
            "priorityLabel": random.choice((1, 2, 3, None)),
            "estimatedHours": random.choice((1.0, 4.0, 8.5, None)),
            "startDateTime": instant_text(at),
            "endDateTime": instant_text(done_at),
            "completedDateTime": plan.stamp(random, done_at) if is_done else None,
            "createDateTime": plan.stamp(random, at),
            "lastActivityDateTime": plan.stamp(random, done_at if is_done else at),
        }
