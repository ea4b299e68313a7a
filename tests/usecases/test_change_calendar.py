"""Changing the calendar: what counts from then on, what the trail tells, and who may."""

from __future__ import annotations

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.audit.models import Entry
from partner_portal.organizations.models import Organization
from partner_portal.usecases.change_calendar import CalendarWishes, change_calendar, check_calendar
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.sales_report import read_sales_report

CHANGED = "organization.calendar_changed"


def test_a_calendar_changes_with_a_note_of_what_differs(parts, organization):
    change_calendar(parts, organization, CalendarWishes("Asia/Tokyo", "USD", 6, 7))
    held = Organization.objects.get(pk=organization.pk)
    for seen in (held, organization):
        assert (seen.time_zone, seen.currency, seen.week_start, seen.fiscal_year_start) == ("Asia/Tokyo", "USD", 6, 7)
    assert Entry.objects.get(action=CHANGED).details == {
        "before": {"time_zone": "America/New_York", "week_start": 0, "fiscal_year_start": 1},
        "after": {"time_zone": "Asia/Tokyo", "week_start": 6, "fiscal_year_start": 7},
    }


def test_reports_follow_at_once(parts, organization, store):
    change_calendar(parts, organization, CalendarWishes(currency="EUR", fiscal_year_start=7))
    report = read_sales_report(parts, organization, period="this_year")
    assert (report["period"]["start"], report["organization"]["currency"]) == ("2026-07-01", "EUR")


def test_wishing_for_what_is_so_changes_nothing(parts, organization):
    change_calendar(parts, organization, CalendarWishes(time_zone="America/New_York"))
    change_calendar(parts, organization, CalendarWishes())
    assert not Entry.objects.filter(action=CHANGED).exists()


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        (CalendarWishes(time_zone="Mars/Olympus"), "IANA"),
        (CalendarWishes(currency="euro"), "ISO 4217"),
        (CalendarWishes(week_start=7), "6"),
        (CalendarWishes(fiscal_year_start=0), "1"),
        (CalendarWishes(fiscal_year_start=13), "12"),
    ],
)
def test_what_cannot_be_used_changes_nothing_and_names_the_remedy(parts, organization, wishes, told):
    before = vars(organization).copy()
    for act in (lambda: change_calendar(parts, organization, wishes), lambda: check_calendar(organization, wishes)):
        with pytest.raises(InputRefused, match=told):
            act()
    assert vars(organization) == before
    assert not Entry.objects.filter(action=CHANGED).exists()


def test_only_administrators_change_it(parts, organization, member, stranger):
    wishes = CalendarWishes(week_start=6)
    with pytest.raises(NotPermitted):
        change_calendar(parts, organization, wishes, actor=Actor.of(member("manager")))
    with pytest.raises(OrganizationUnknown):
        change_calendar(parts, organization, wishes, actor=Actor.of(stranger))
    assert Organization.objects.get(pk=organization.pk).week_start == 0
