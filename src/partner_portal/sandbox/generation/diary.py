"""Appointments: four years of calendars, and the weeks to come."""

from __future__ import annotations

from collections.abc import Iterator

from partner_portal.sandbox.generation.calendar import DAY, instant_text
from partner_portal.sandbox.generation.names import MEETINGS
from partner_portal.sandbox.generation.people import Staff
from partner_portal.sandbox.generation.plan import Plan, Row, ids_from

_FUTURE_SHARE = 0.06


def make_appointments(plan: Plan, staff: Staff) -> Iterator[Row]:
    """Appointments of reps and technicians; a few last the whole local day, or begin in its last hour."""
    random = plan.random("appointments")
    count = plan.sizes.appointments
    ahead = min(count, max(4, int(count * _FUTURE_SHARE))) if count else 0
    instants = plan.calendar.past(random, count - ahead) + plan.calendar.ahead(random, ahead)
    people = [rep.id for rep in staff.reps] * 3 + list(staff.technician_ids)
    ids = ids_from(30_400_000 + plan.seed % 500, random)
    for at in instants:
        starts_at, seconds = at - at % 900, random.choice((1_800, 3_600, 3_600, 5_400))
        roll = random.random()
        if roll < 0.03:
            starts_at, seconds = plan.calendar.midnight(plan.calendar.day_of(at)), DAY
        created_at = min(starts_at, plan.calendar.now) - random.random() * 14 * DAY
        yield {
            "id": next(ids),
            "title": random.choice(MEETINGS),
            "description": random.choice(
                (None, "Agenda to follow", "<p>Bring the <i>old</i> contract</p>", "Café, 2. Stock")
            ),
            "resourceID": random.choice(people),
            "creatorResourceID": random.choice(people) if random.random() < 0.9 else None,
            "startDateTime": instant_text(starts_at),
            "endDateTime": instant_text(starts_at + seconds),
            "createDateTime": plan.stamp(random, created_at),
            "updateDateTime": plan.stamp(random, created_at + random.random() * DAY),
        }
