"""The age of the secret: a reminder from day 75, a warning from day 90, an e-mail at each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core import mail

from partner_portal.accounts.models import Membership
from partner_portal.audit.models import Entry
from partner_portal.organizations.models import Connection
from partner_portal.usecases.connection_state import connection_state
from partner_portal.usecases.secret_age import remind_of_secrets, secret_due, secret_due_in_words
from partner_portal.vault.source import EnvironmentSource

DAY = 24 * 60 * 60


@pytest.mark.parametrize(
    ("days", "due"),
    [(None, ""), (0, ""), (74, ""), (75, "reminder"), (89, "reminder"), (90, "warning"), (900, "warning")],
)
def test_what_an_age_calls_for(days, due):
    assert secret_due(days) == due


def test_the_words_name_the_days_and_the_remedy():
    assert "due for a new one in 10 days" in secret_due_in_words(80)
    assert "should be no older than 90" in secret_due_in_words(90)
    assert all("Make a new one in Autotask" in secret_due_in_words(days) for days in (75, 90))


def test_the_state_tells_it(connected, later):
    told = connection_state(later(80 * DAY), connected)
    assert (told.secret_age_days, told.secret_due) == (80, "reminder")
    assert told.document()["secret_due"] == "reminder"


def test_administrators_are_written_to_once_at_each_threshold(connected, later, member):
    member("administrator")
    member("viewer")
    written = [(day, remind_of_secrets(later(day * DAY))) for day in (74, 75, 76, 89, 90, 91, 400)]
    assert [day for day, count in written if count] == [75, 90]
    assert [message.to for message in mail.outbox] == [["administrator@acme.example"]] * 2
    assert [message.subject for message in mail.outbox] == [
        "Acme: the Autotask API secret is 75 days old",
        "Acme: the Autotask API secret is 90 days old",
    ]
    assert [entry.details["days"] for entry in Entry.objects.filter(action="connection.secret_reminded")] == [75, 90]


def test_who_was_off_on_day_75_is_written_to_later_but_once(connected, later, member):
    member("administrator")
    assert [remind_of_secrets(later(day * DAY)) for day in (95, 96)] == [1, 0]


def test_a_new_secret_begins_anew(connected, later, member):
    member("administrator")
    remind_of_secrets(later(90 * DAY))
    Connection.objects.update(secret_set_at=later(90 * DAY).clock.now(), reminded_days=0)
    assert [remind_of_secrets(later(day * DAY)) for day in (120, 165)] == [0, 1]


def test_members_at_rest_are_not_written_to(connected, later, member):
    member("administrator")
    Membership.objects.update(is_active=False)
    remind_of_secrets(later(80 * DAY))
    assert mail.outbox == []


def test_a_mail_server_that_fails_is_asked_again(connected, later, member, monkeypatch):
    member("administrator")

    def fails(*_args, **_more):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr("partner_portal.usecases.secret_age.send_mail", fails)
        assert remind_of_secrets(later(80 * DAY)) == 0
    assert remind_of_secrets(later(80 * DAY)) == 1


def test_a_line_break_in_a_name_writes_no_header(connected, later, member):
    member("administrator")
    connected.name = "Acme\nBcc: everybody@acme.example"
    connected.save()
    remind_of_secrets(later(80 * DAY))
    assert mail.outbox[0].subject.startswith("Acme Bcc:")
    assert mail.outbox[0].recipients() == ["administrator@acme.example"]


def test_a_secret_that_is_kept_elsewhere_has_no_age_here(parts, connected, later, member):
    member("administrator")
    elsewhere = replace(later(95 * DAY), vault=EnvironmentSource({}))
    assert remind_of_secrets(elsewhere) == 0
    assert connection_state(elsewhere, connected).secret_age_days is None


def test_a_day_is_not_rounded_up(connected, later):
    almost = later(75 * DAY - 1)
    assert connection_state(almost, connected).secret_age_days == 74
