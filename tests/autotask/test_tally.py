"""Requests by hour and entity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from partner_portal.autotask.tally import Tally

SINCE = datetime(2026, 3, 2, 8, 58, tzinfo=UTC)


def test_requests_fall_into_the_hour_in_which_they_were_sent() -> None:
    tally = Tally()
    for entity, status, elapsed in [
        ("Tasks", 200, 0.5),
        ("Tasks", 429, 59.0),
        ("Tasks", None, 119.9),
        ("Tasks", 200, 120.0),
        ("Contacts", 200, 3_720.0),
    ]:
        tally.add(entity, status, elapsed)
    eight = datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert tally.per_hour(SINCE) == {
        (eight, "Tasks"): (3, 1),
        (eight + timedelta(hours=1), "Tasks"): (1, 0),
        (eight + timedelta(hours=2), "Contacts"): (1, 0),
    }


def test_hours_are_those_of_utc() -> None:
    tally = Tally()
    tally.add("Tasks", 200, 0)
    in_nepal = SINCE.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert tally.per_hour(in_nepal) == {(datetime(2026, 3, 2, 8, tzinfo=UTC), "Tasks"): (1, 0)}
