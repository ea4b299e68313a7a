"""The marks of unusual use are the same on SQLite's file and on PostgreSQL."""

from __future__ import annotations

from audit.test_chain_databases import database_url, told  # noqa: F401 (a fixture)
from postgres import postgres_server  # noqa: F401 (a fixture)

MARKING = """
from datetime import UTC, datetime, timedelta
from partner_portal.bootstrap import portal
portal.prepare()
from partner_portal.accounts.actor import Actor
from partner_portal.accounts.models import Membership, Person
from partner_portal.audit.account_events import LoggedIn, LogInFailed
from partner_portal.audit.events import ActRefused, AutotaskQueried
from partner_portal.audit.trail import Result, record
from partner_portal.organizations.models import Organization
from partner_portal.usecases.unusual_use import marks_of

now = datetime(2026, 11, 18, 15, tzinfo=UTC)
acme = Organization.objects.create(slug="acme", name="Acme", time_zone="America/New_York")
ada = Person.objects.add("ada@acme.example", "Ada", None)
Membership.objects.create(person=ada, organization=acme, role="manager")
who = Actor.of(ada, "10.0.0.1")
for _ in range(5):
    record(LogInFailed("ada@acme.example"), who, now, result=Result.REFUSED)
for _ in range(10):
    record(ActRefused("x"), who, now, acme.scope, result=Result.REFUSED)
for address in ("10.0.0.1", "2001:db8::1"):
    record(LoggedIn([]), Actor.of(ada, address), now)
for rows, minutes in ((200, 24 * 60), (None, 1), (1999, 1), (2, 0)):
    event = AutotaskQueried("Companies", "query", [], rows, is_kept=False)
    record(event, who, now - timedelta(minutes=minutes), acme.scope)
for key, marks in sorted(marks_of(acme, now - timedelta(days=2), now + timedelta(seconds=1)).items()):
    print(key, *[mark.rule.value for mark in marks])
"""


def test_the_marks_are_the_same_on_both_databases(database_url, tmp_path):  # noqa: F811 (the fixture)
    assert told(MARKING, database_url, tmp_path) == [
        "5 failed_log_ins failed_log_ins",
        "15 refused_acts",
        "17 new_address",
        "21 volume",
    ]
