"""The audit trail: added to, never changed, never shortened, and free of secrets."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.tokens import Scope, make_token
from partner_portal.audit.account_events import LoggedOut, LogInFailed
from partner_portal.audit.event import Event
from partner_portal.audit.events import EVENTS, RefreshAsked
from partner_portal.audit.models import Entry
from partner_portal.audit.trail import Result, record
from partner_portal.audit.verification import verify_chains
from partner_portal.organizations.kept_rows import RowIsKept


@pytest.fixture
def entry(parts, organization):
    return record(RefreshAsked(queued=True), SHELL, parts.clock.now(), organization.scope)


def test_an_entry_tells_who_what_when_and_how(entry, parts, organization):
    kept = Entry.objects.get(pk=entry.pk)
    assert (kept.actor, kept.action, kept.result) == ("command line", "refresh.asked", "done")
    assert (kept.at, kept.organization_id) == (parts.clock.now(), organization.pk)
    assert kept.details == {"queued": True}


def test_a_failure_keeps_its_reason(parts):
    kept = record(LogInFailed("a@b.example"), SHELL, parts.clock.now(), result=Result.REFUSED, reason="No.")
    assert (kept.result, kept.reason, kept.organization_id) == ("refused", "No.", None)


@pytest.mark.parametrize("event", [RefreshAsked(queued=True), LoggedOut()])
def test_whatever_is_done_by_token_names_it_and_verifies(parts, organization, member, event):
    person, at = member("manager"), parts.clock.now()
    new = make_token(person.memberships.get(), "script", frozenset({Scope.REFRESH}), at, at + timedelta(days=1))
    by_token, by_hand = Actor.of(person, token=new.token), Actor.of(person)
    noted = [record(event, who, at, organization.scope).details for who in (by_token, by_hand)]
    assert noted == [event.details() | {"by_token": new.key[-4:]}, event.details()]
    assert all(found.problem is None for found in verify_chains())


def test_an_entry_is_never_changed(entry):
    entry.actor = "somebody else"
    with pytest.raises(RowIsKept):
        entry.save()
    with pytest.raises(RowIsKept):
        Entry.objects.filter(pk=entry.pk).update(actor="somebody else")
    with pytest.raises(RowIsKept):
        Entry.objects.bulk_update([entry], ["actor"])


def test_an_entry_is_never_removed(entry):
    with pytest.raises(RowIsKept):
        entry.delete()
    with pytest.raises(RowIsKept):
        Entry.objects.all().delete()


def test_an_entry_outlives_its_organization(entry, organization):
    organization.delete()
    assert Entry.objects.filter(pk=entry.pk).exists()


def test_every_event_is_declared_with_a_name_of_its_own():
    ours = {event for event in Event.__subclasses__() if event.__module__.startswith("partner_portal.")}
    assert ours == set(EVENTS)
    assert len({event.action for event in EVENTS}) == len(EVENTS)
    assert all(event.__doc__ for event in EVENTS)


def test_no_event_has_a_place_for_a_secret():
    words = ("secret", "password", "token", "integration", "key")
    named = {field.name for event in EVENTS for field in fields(event)}
    assert not {name for name in named if any(word in name for word in words)}
