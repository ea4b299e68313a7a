from __future__ import annotations

from datetime import date, timedelta

import pytest

from web import sample
from web.conftest import browser, page


@pytest.fixture
def year(report, connected):
    """A report of the whole year, with an appointment on every day."""
    connected((3, "done"))
    first = date(2025, 1, 1)
    row = report.document["by_day"][0]
    report.document["by_day"] = [
        row | {"date": (first + timedelta(days=n)).isoformat(), "appointments": 1} for n in range(365)
    ]


def test_a_month_is_a_table_of_its_days(report, connected, viewer):
    connected((3, "done"))
    table = page(browser(viewer), "/appointments/").one("table", class_="calendar")
    assert [head["scope"] for head in table.all("th")] == ["col"] * 7
    [today] = table.all("td", aria_current="date")
    assert today.one("time", datetime="2025-11-20").text.endswith("today")
    assert "Quarterly business review" in today.text


def test_the_month_asked_for_stays_when_the_numbers_change(year, viewer):
    shown = page(browser(viewer), "/appointments/?period=this_year&month=2025-03")
    assert shown.one("h2", id="calendar-title").text == "March 2025"
    assert shown.one("div", id="report")["hx-get"] == "/appointments/?period=this_year&month=2025-03"
    assert shown.one("a", id="month-later")["href"] == "/appointments/?period=this_year&month=2025-04"
    assert len(shown.one("nav", class_="months").all("a")) == 12


def test_a_new_range_forgets_the_month(year, viewer):
    shown = page(browser(viewer), "/appointments/?period=this_year&month=2025-03")
    assert shown.one("a", data_key="w")["href"] == "/appointments/?period=this_week"


def test_a_month_that_is_none_is_left_out(year, viewer):
    shown = page(browser(viewer), "/appointments/?period=this_year&month=%3Cb%3E")
    assert shown.one("h2", id="calendar-title").text == "November 2025"
    assert shown.one("div", id="report")["hx-get"] == "/appointments/?period=this_year"


def test_a_range_of_one_month_leads_to_no_other(report, connected, viewer):
    connected((3, "done"))
    shown = page(browser(viewer), "/appointments/")
    assert not shown.all("nav", class_="months")
    assert not shown.all("div", class_="month-steps")


def test_the_list_has_days_as_headings_and_leads_to_all(report, connected, administrator):
    connected((3, "done"))
    shown = page(browser(administrator), "/appointments/")
    assert [head.text for head in shown.all("h3", class_="agenda-heading")] == ["Today", "Tomorrow", "Mon, Nov 24"]
    assert shown.one("p", class_="panel-foot").one("a")["href"] == "/records/appointments/?version=7"


def test_a_filter_that_appointments_do_not_know_takes_the_calendar_away(report, connected, viewer):
    connected((3, "done"))
    report.document = sample.never_synced() | {"filters": sample.DOCUMENT["filters"] | {"company": 4}}
    shown = page(browser(viewer), "/appointments/?company=4")
    assert not shown.all("table", class_="calendar")
    assert "leave these filters out to see them" in shown.one("main").text


def test_nothing_to_come_says_so(report, connected, viewer):
    connected((3, "done"))
    report.document["appointments"]["upcoming"] = []
    assert "No appointment is scheduled from today on." in page(browser(viewer), "/appointments/").one("main").text
