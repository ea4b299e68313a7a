"""Unusual use in an organization's log: who sees which marks, what the operator is told, what it costs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.audit.account_events import LoggedIn, LogInFailed
from partner_portal.audit.events import ActRefused, AutotaskQueried, RecordsExported, RecordsRead, RefreshAsked
from partner_portal.audit.models import Entry
from partner_portal.audit.trail import Result, record
from partner_portal.usecases.audit_log import Wanted, export_audit, read_audit
from partner_portal.usecases.measures import UNUSUAL_USE

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
NEW_YORK_MIDNIGHT = datetime(2026, 11, 18, 5, tzinfo=UTC)


@pytest.fixture
def ada(member):
    return member("manager")


@pytest.fixture
def seen(parts, organization):
    """The marked entries: (action, reasons), oldest first."""

    def look(wanted=None, *, of=organization):
        found = read_audit(parts, of, wanted or Wanted(unusual=True))["entries"]
        return [(each["action"], each["unusual"]) for each in reversed(found)]

    return look


def fail(person, count, *, address="10.0.0.9", at=NOW, email=None):
    for _ in range(count):
        claimed = Actor("somebody", person, address)
        record(LogInFailed(email or person.email), claimed, at, result=Result.REFUSED, reason="No.")


def refuse(person, organization, count, at=NOW):
    for _ in range(count):
        record(ActRefused("x"), Actor.of(person), at, organization.scope, result=Result.REFUSED, reason="No.")


def taken(rows, kind="exported"):
    if kind == "queried":
        return AutotaskQueried("Companies", "query", [], rows, is_kept=False)
    told = {"metric": "calls", "start": "", "end": "", "filters": {}, "only": "", "search": ""}
    told |= {"rows": rows, "data_version": 1}
    return RecordsRead(**told, first=0) if kind == "read" else RecordsExported(**told, format="csv")


def log_in(person, address, at=NOW):
    record(LoggedIn(["password"]), Actor.of(person, address), at)


def counted(rule: str) -> float:
    return UNUSUAL_USE.labels(rule)._value.get()


def test_failed_log_ins_of_a_member_are_marked_from_the_fifth_on(seen, ada):
    fail(ada, 4)
    assert seen() == []
    fail(ada, 1)
    [(action, [of_account, from_address])] = seen()
    assert action == "session.refused"
    assert of_account.startswith("5 failed log-ins of this account")
    assert from_address.startswith("5 failed log-ins from this network address")


def test_refused_acts_are_marked_from_the_tenth_on(seen, ada, organization):
    refuse(ada, organization, 9)
    assert seen() == []
    refuse(ada, organization, 1)
    assert [action for action, _ in seen()] == ["act.refused"]


def test_a_log_in_from_a_new_address_is_marked(seen, ada):
    log_in(ada, "10.0.0.1", NOW - timedelta(days=400))
    log_in(ada, "10.0.0.1")
    assert seen() == []
    log_in(ada, "10.0.0.2")
    log_in(ada, "10.0.0.2")
    [(action, [reason])] = seen()
    assert (action, "first log-in" in reason) == ("session.started", True)


def test_what_is_exported_read_and_queried_in_a_local_day_adds_up(seen, ada, organization):
    who, yesterday = Actor.of(ada), NEW_YORK_MIDNIGHT - timedelta(seconds=1)
    record(taken(1_000), who, yesterday, organization.scope)
    record(taken(400), who, NEW_YORK_MIDNIGHT, organization.scope)
    record(taken(300, "read"), who, NOW, organization.scope)
    record(taken(300, "queried"), who, NOW, organization.scope)
    record(taken(None, "queried"), who, NOW, organization.scope)
    assert seen() == []
    record(taken(9_001), who, NOW, organization.scope)
    assert [action for action, _ in seen()] == ["records.exported"], "ten times yesterday's thousand, and one more"


def test_without_a_habit_a_thousand_rows_a_day_are_usual(seen, ada, organization, member):
    record(taken(1_000), Actor.of(ada), NOW, organization.scope)
    record(taken(5_000), Actor.of(member("viewer")), NOW, organization.scope, result=Result.FAILED)
    record(taken(5_000), Actor("command line"), NOW, organization.scope)
    assert seen() == []
    record(taken(1), Actor.of(ada), NOW, organization.scope)
    [(_, [reason])] = seen()
    assert reason.startswith("1,001 rows taken")


def test_an_organization_sees_nothing_of_anothers_and_is_not_marked_by_it(seen, ada, organization, stranger):
    other = stranger.memberships.get().organization
    fail(stranger, 4)
    fail(ada, 4, email="somebody.else@acme.example")
    refuse(stranger, other, 10)
    log_in(stranger, "10.0.0.1")
    log_in(stranger, "10.0.0.2")
    record(taken(5_000), Actor.of(stranger), NOW, other.scope)
    assert seen() == []
    assert {action for action, _ in seen(of=other)} == {"act.refused", "session.started", "records.exported"}


def test_only_administrators_see_marks(parts, organization, ada, stranger):
    with pytest.raises(NotPermitted):
        read_audit(parts, organization, Wanted(unusual=True), actor=Actor.of(ada))
    with pytest.raises(OrganizationUnknown):
        read_audit(parts, organization, Wanted(unusual=True), actor=Actor.of(stranger))


def test_without_a_date_the_last_thirty_days_count_and_with_one_any(parts, organization, seen, ada):
    old = NOW - timedelta(days=90)
    fail(ada, 5, at=old)
    fail(ada, 5, at=NOW - timedelta(days=29))
    assert len(seen()) == 1
    assert len(seen(Wanted(unusual=True, start=date(2026, 1, 1)))) == 2
    assert len(seen(Wanted(unusual=True, start=date.min, end=old.date()))) == 1
    assert seen(Wanted(unusual=True, end=old.date())) == []
    assert seen(Wanted(unusual=True, start=date.max, end=date.max)) == []
    whole = read_audit(parts, organization)
    assert [bool(each["unusual"]) for each in whole["entries"] if each["action"] == "session.refused"] == [
        *(True, False, False, False, False),
        *(True, False, False, False, False),
    ]
    assert len(whole["unusual"]) == 1


def test_the_file_tells_marks_and_holds_only_the_marked_ones_when_asked(parts, organization, ada):
    fail(ada, 6)
    told = export_audit(parts, organization, Wanted(action="session.refused")).content.decode("utf-8-sig")
    reasons = [row["unusual"] for row in csv.DictReader(io.StringIO(told))]
    assert [bool(reason) for reason in reasons] == [True, True, False, False, False, False]
    told = export_audit(parts, organization, Wanted(unusual=True)).content.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(told)))) == 2
    assert Entry.objects.latest("pk").details["filters"] == {"unusual": "yes"}


def test_the_operator_is_told_at_once_and_not_before(ada, organization):
    before = {rule: counted(rule) for rule in ("failed_log_ins", "refused_acts", "new_address")}
    with capture_logs() as logs:
        fail(ada, 4, address="")
        refuse(ada, organization, 9)
        log_in(ada, "10.0.0.1")
    assert logs == []
    with capture_logs() as logs:
        fail(ada, 1, address="")
        refuse(ada, organization, 1)
        log_in(ada, "10.0.0.2")
    assert [(line["event"], line["log_level"], line["rule"], line["address"]) for line in logs] == [
        ("unusual use", "warning", "failed_log_ins", ""),
        ("unusual use", "warning", "refused_acts", ""),
        ("unusual use", "warning", "new_address", "10.0.0.2"),
    ]
    assert all(line["person"] == ada.pk and ada.email not in str(line) for line in logs)
    assert {rule: counted(rule) - count for rule, count in before.items()} == dict.fromkeys(before, 1)


def test_the_operator_is_told_of_failures_from_one_address_across_organizations(ada, stranger):
    with capture_logs() as logs:
        fail(ada, 3, at=NOW - timedelta(minutes=15))
        fail(stranger, 1)
        record(LogInFailed("nobody@nowhere.example"), Actor("somebody", address="10.0.0.9"), NOW, result=Result.REFUSED)
    assert [line["rule"] for line in logs] == ["failed_log_ins"]


def test_a_page_of_a_long_log_takes_a_handful_of_queries(parts, organization, member):
    administrator = member("administrator")
    told = {"actor": administrator.email, "person_id": administrator.pk, "result": "done", "chain": organization.pk}
    Entry.objects.bulk_create(
        Entry(
            **told,
            at=NOW - timedelta(minutes=4 * number),
            organization_id=organization.pk,
            action=("records.exported", "act.refused", "refresh.asked", "records.read")[number % 4],
            details={"rows": 3},
            number=number + 100,
        )
        for number in range(10_000)
    )
    record(taken(90_000), Actor.of(administrator), NOW, organization.scope)
    fail(administrator, 5)
    actor = Actor.of(administrator)
    for wanted in (Wanted(), Wanted(unusual=True)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = read_audit(parts, organization, wanted, actor=actor)
        assert len(queries) <= 10, [query["sql"] for query in queries]
        assert len(found["unusual"]) == 2


def test_entries_keep_what_was_written(parts, organization, ada, seen):
    record(RefreshAsked(queued=True), Actor.of(ada), NOW, organization.scope)
    fail(ada, 5)
    before = list(Entry.objects.values())
    assert seen()
    assert list(Entry.objects.values()) == before
