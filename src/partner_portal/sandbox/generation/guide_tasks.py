"""Activities of the guide's dialect: tasks with an action type, and the direction of a call in a field or in words."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from partner_portal.sandbox.generation.calendar import instant_text
from partner_portal.sandbox.generation.deeds import (
    CALL,
    CALL_IN,
    CALL_OUT,
    EMAIL,
    MEETING,
    OLD_DEMO,
    REVIEW,
    TOUCH,
    Deed,
    Desk,
)
from partner_portal.sandbox.generation.plan import Plan, Row, ids_from

_ACTIONS = {CALL_OUT: 4, CALL_IN: 4, CALL: 4, EMAIL: 3, MEETING: 6, REVIEW: 7, TOUCH: 2, OLD_DEMO: 5}
_GENERAL = 1
_WORDS = {CALL_OUT: ("Outbound call. ", "OUTBOUND: "), CALL_IN: ("Inbound call. ", "inbound – ")}
_BATCH = 5_000
FIRST_ID = 40_000_000


def make_guide_tasks(plan: Plan, desk: Desk, count: int) -> Iterator[tuple[str, list[Row]]]:
    """Batches of Tasks, `count` rows in all; each happened at its `createDateTime`."""
    random = plan.random("guide tasks")
    ids = ids_from(FIRST_ID + plan.seed % 1_000, random)
    batch: list[Row] = []
    for deed in desk.deeds(random, plan.calendar.past(random, count)):
        batch.append(_task(plan, random, next(ids), deed))
        if len(batch) >= _BATCH:
            yield "Tasks", batch
            batch = []
    if batch:
        yield "Tasks", batch


def _task(plan: Plan, random: Random, row_id: int, deed: Deed) -> Row:
    chance = random.random
    created = plan.stamp(random, deed.starts_at)
    direction, text = _direction(random, deed)
    return {
        "id": row_id,
        "title": None if chance() < 0.02 else (text or "Activity")[:60],
        "description": text,
        "actionType": _ACTIONS.get(deed.kind, _GENERAL),
        "direction": direction,
        "companyID": deed.company_id if chance() < 0.99 else None,
        "contactID": deed.contact_id,
        "opportunityID": deed.opportunity_id,
        "assignedResourceID": deed.rep_id if chance() < 0.995 else None,
        "status": 5 if chance() < 0.9 else 1,
        "taskType": 1,
        "startDateTime": created,
        "endDateTime": instant_text(deed.starts_at + deed.minutes * 60),
        "createDateTime": created,
        "lastActivityDateTime": plan.stamp(random, deed.starts_at + chance() * 900),
    }


def _direction(random: Random, deed: Deed) -> tuple[int | None, str | None]:
    """A third of the calls has the field, most others say it in words, some say nothing or both."""
    text = deed.text
    if deed.kind not in (CALL_OUT, CALL_IN):
        return None, text
    roll = random.random()
    if roll < 0.35:
        return (1 if deed.kind == CALL_OUT else 2), text
    if roll < 0.88:
        return None, random.choice(_WORDS[deed.kind]) + (text or "")
    if roll < 0.92:
        return None, f"Inbound request, outbound answer. {text or ''}"
    return None, text
