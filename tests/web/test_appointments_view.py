from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_portal.web.view.appointments import appointments_page
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.filters import Filters
from partner_portal.web.view.month import month_calendar
from web import sample

TODAY = date(2025, 11, 20)


def view(document, filters=None, **rest):
    return appointments_page(Figures(document), filters or Filters(), sample.NOW, **rest)


def of_days(first, days, count=1):
    """A document of so many days, each with `count` appointments."""
    rows = [
        sample.DOCUMENT["by_day"][0] | {"date": (first + timedelta(days=n)).isoformat(), "appointments": count}
        for n in range(days)
    ]
    return sample.document(by_day=rows)


def month(document, asked="", today=TODAY, **rest):
    return month_calendar(Figures(document), Filters(period="this_year"), today, asked, **rest)


def days_of(calendar):
    return [day for week in calendar.weeks for day in week if day is not None]


def test_appointments_are_counted_compared_and_put_in_relation():
    cards = {card.key: card for card in view(sample.document()).cards}
    assert {key: card.figure.text for key, card in cards.items()} == {
        "appointments": "64",
        "upcoming": "23",
        "calls_per_appointment": "19.7",
        "appointments_per_won": "3.6",
    }
    assert cards["appointments"].change.text == "−10%"
    assert cards["upcoming"].words == "Next: Today, 14:00"


def test_each_day_of_the_calendar_has_the_documents_number():
    document = sample.document()
    days = days_of(view(document).calendar)
    assert [(day.iso, day.figure.raw) for day in days] == [
        (row["date"], str(row["appointments"])) for row in document["by_day"]
    ]
    assert [day.iso for day in days if day.is_today] == ["2025-11-20"]


@pytest.mark.parametrize(("week_start", "weekday", "blanks"), [(0, "Monday", 5), (6, "Sunday", 6), (5, "Saturday", 0)])
def test_weeks_begin_as_the_organizations_do(week_start, weekday, blanks):
    calendar = month(sample.document(), week_start=week_start)
    assert calendar.weekdays[0][1] == weekday
    assert calendar.weeks[0].index(next(day for day in calendar.weeks[0] if day)) == blanks


@settings(max_examples=15)
@given(start=st.dates(date(2000, 1, 1), date(2030, 1, 1)), days=st.integers(1, 100), week_start=st.integers(0, 6))
def test_the_months_hold_every_day_of_the_range_once(start, days, week_start):
    document = of_days(start, days)
    end = start + timedelta(days=days - 1)
    shown, first = [], start.replace(day=1)
    while first <= end:
        calendar = month(document, first.strftime("%Y-%m"), week_start=week_start)
        assert len(days_of(calendar)) == monthrange(first.year, first.month)[1]
        assert {len(week) for week in calendar.weeks} == {7}
        inside = [day for day in days_of(calendar) if day.figure is not None]
        assert calendar.total.raw == str(len(inside))
        shown += [day.iso for day in inside]
        first = (first + timedelta(days=31)).replace(day=1)
    assert shown == [row["date"] for row in document["by_day"]]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", "2025-11"),
        ("2025-03", "2025-03"),
        ("2019-03", "2025-01"),
        ("2031-01", "2025-12"),
        ("2025-13", "2025-11"),
        ("0000-01", "2025-11"),
        ("2025-3", "2025-11"),
        ("٢٠٢٥-03", "2025-11"),
        ("<b>", "2025-11"),
    ],
)
def test_the_month_asked_for_is_shown_within_the_range(asked, shown):
    assert month(of_days(date(2025, 1, 1), 365), asked).key == shown


@pytest.mark.parametrize(("today", "shown"), [(date(2020, 5, 5), "2025-01"), (date(2030, 5, 5), "2025-03")])
def test_a_range_without_today_begins_at_its_nearest_month(today, shown):
    assert month(of_days(date(2025, 1, 1), 90), today=today).key == shown


def test_months_lead_to_each_other_within_the_range():
    calendar = month(of_days(date(2024, 12, 15), 60), "2025-01")
    assert [(link.name, link.figure.raw, link.is_shown) for link in calendar.months] == [
        ("January 2025", "31", True),
        ("February 2025", "12", False),
    ]
    assert calendar.earlier.href == "?period=this_year&month=2024-12"
    assert calendar.later.href == "?period=this_year&month=2025-02"
    assert month(of_days(date(2024, 12, 15), 60), "2024-12").earlier is None
    assert month(of_days(date(2024, 12, 15), 60), "2025-02").later is None


def test_days_outside_of_the_range_have_no_number():
    days = days_of(month(of_days(TODAY, 2)))
    assert [day.number for day in days if day.figure is not None] == ["20", "21"]
    assert not any(day.load or day.coming for day in days if day.figure is None)


def test_the_busiest_day_is_darkest_and_named():
    calendar = view(sample.document()).calendar
    counts = {day.iso: int(day.figure.raw) for day in days_of(calendar)}
    busiest = max(counts, key=counts.__getitem__)
    assert {day.load for day in days_of(calendar) if counts[day.iso] == counts[busiest]} == {4}
    assert all((day.load == 0) == (counts[day.iso] == 0) for day in days_of(calendar))
    assert calendar.summary == "On 14 days, most on Thu, Nov 6: 4."


def test_upcoming_ones_are_named_at_their_day_and_the_others_counted():
    document = sample.document()
    document["by_day"][19]["appointments"] = 5
    day = next(day for day in days_of(view(document).calendar) if day.is_today)
    assert ([item.title for item in day.coming], day.more) == (
        ["Quarterly business review", "Firewall renewal: scope and price"],
        3,
    )


def test_the_list_is_grouped_by_day():
    agenda = view(sample.document()).agenda
    assert [(day, len(items)) for day, items in agenda] == [("Today", 2), ("Tomorrow", 2), ("Mon, Nov 24", 1)]


def test_owners_with_appointments_come_by_their_number():
    document = sample.document(by_owner__0__appointments=0, by_owner__2__appointments=40)
    owners = view(document, Filters(period="last_week")).owners
    assert [(row.name, row.figures[0].raw, row.width) for row in owners] == [
        ("Chloé Martin", "40", 100.0),
        ("Björn Åkesson", "19", 47.5),
        ("No owner", "13", 32.5),
    ]
    assert owners[0].href == "13/?period=last_week"
    assert owners[0].figures[0].path == "by_owner.2.appointments"


@pytest.mark.parametrize("name", ["company", "category"])
def test_filters_that_appointments_do_not_know_are_named_as_the_reason(name):
    document = sample.never_synced()
    document["filters"][name] = 4
    assert view(document).unknown.startswith("Appointments name no company and no opportunity")


def test_before_the_first_sync_every_figure_is_unknown_with_its_reason():
    page = view(sample.never_synced())
    assert page.unknown == "Not read from Autotask yet."
    assert all(not card.figure.is_known and card.reason for card in page.cards)
    assert (page.calendar.has_any, page.calendar.total.text, page.calendar.summary) == (False, "--", "")


def test_a_range_without_appointments_says_so():
    page = view(of_days(date(2025, 11, 1), 30, count=0))
    assert (page.calendar.has_any, page.calendar.summary) == (False, "No appointments in this month.")
