"""Who works at the made-up MSP, and how: reps differ in zeal, in the calls they get, in the deals they win."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from partner_portal.sandbox.generation.names import FORMER_REPS, REPS, TECHNICIANS
from partner_portal.sandbox.generation.plan import Plan, Row
from partner_portal.sandbox.login import USERNAME

ADMINISTRATOR_ID = 4
"""Resource 4 is "Autotask Administrator", the system's own actor."""

_MAIL_DOMAIN = "brightharbor.example"


@dataclass(frozen=True)
class Rep:
    """A sales rep. `left_at` (seconds) is when a former one was made inactive; rows stay in their name."""

    id: int
    zeal: float
    win_rate: float
    left_at: float | None = None


@dataclass(frozen=True)
class Staff:
    """The MSP's people as rows, and those among them who sell or repair."""

    rows: tuple[Row, ...]
    reps: tuple[Rep, ...]
    technician_ids: tuple[int, ...]


def hire(plan: Plan) -> Staff:
    """Twelve reps, two who have left, technicians, the system's administrator and the API user."""
    random = plan.random("people")
    first_id = 29_682_885 + plan.seed * 131 % 5_000
    rows: list[Row] = [_person(ADMINISTRATOR_ID, "Autotask", "Administrator", "System", licence=1)]
    reps: list[Rep] = []
    technicians: list[int] = []
    next_id = first_id
    for first, last in REPS:
        rows.append(
            _person(next_id, first, last, "Account Executive", licence=1, phone=f"+1 555 01{next_id % 100:02d}")
        )
        reps.append(Rep(next_id, random.uniform(0.4, 1.7), random.uniform(0.3, 0.6)))
        next_id += random.choice((1, 1, 2, 5))
    for number, (first, last) in enumerate(FORMER_REPS):
        left_at = plan.calendar.midnight(plan.calendar.today - timedelta(days=420 + 380 * number))
        rows.append(_person(next_id, first, last, None, licence=1, is_active=False))
        reps.append(Rep(next_id, 1.2, 0.45, left_at))
        next_id += 3
    for first, last in TECHNICIANS:
        rows.append(_person(next_id, first, last, "Systems Engineer", licence=2))
        technicians.append(next_id)
        next_id += 1
    rows.append(_person(next_id, "Portal", "API", None, licence=4, kind="API User (system)", user=USERNAME))
    return Staff(tuple(rows), tuple(reps), tuple(technicians))


def _person(
    row_id: int,
    first: str,
    last: str,
    title: str | None,
    *,
    licence: int,
    phone: str | None = None,
    is_active: bool = True,
    kind: str = "Employee",
    user: str | None = None,
) -> Row:
    mailbox = f"{first}.{last}".lower().replace("'", "")
    return {
        "id": row_id,
        "firstName": first,
        "lastName": last,
        "email": user or f"{mailbox}@{_MAIL_DOMAIN}",
        "emailTypeCode": "PRIMARY",
        "isActive": is_active,
        "licenseType": licence,
        "resourceType": kind,
        "title": title,
        "officePhone": phone,
        "initials": first[0] + last[0],
        "userName": user or mailbox,
    }
