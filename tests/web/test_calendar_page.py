"""Settings > Calendar: what is chosen, what it would mean today, and what saving does."""

from __future__ import annotations

import pytest

from partner_portal.audit.models import Entry
from partner_portal.organizations.models import Organization
from partner_portal.usecases.change_calendar import CalendarWishes
from partner_portal.web.view.calendar_settings import calendar_view
from web import sample
from web.conftest import browser, page
from web.reading import Element, read

CALENDAR = "/settings/calendar/"


@pytest.fixture
def client(administrator):
    return browser(administrator)


def chosen(shown: Element) -> dict[str, str]:
    selects = {
        select["name"]: option["value"]
        for select in shown.one("main").all("select")
        for option in select.all("option")
        if "selected" in option.attributes
    }
    return selects | {"currency": shown.one("input", id="currency")["value"]}


def examples(shown: Element) -> dict[str, list[str]]:
    body = shown.one("section", aria_labelledby="examples-title").one("tbody")
    return {row.one("th").text: [cell.text for cell in row.all("td")] for row in body.all("tr")}


def test_the_values_in_force_are_chosen_and_explained_by_todays_dates(client):
    shown = page(client, CALENDAR)
    assert chosen(shown) == {
        "time_zone": "Europe/Vienna",
        "currency": "USD",
        "week_start": "0",
        "fiscal_year_start": "1",
    }
    told = examples(shown)
    assert told["This fiscal year"] == ["Jan 1 – Dec 31"]
    assert told["An amount"] == ["$12,345.60"]


def test_a_preview_shows_both_and_saves_nothing(client, organization):
    sent = {"time_zone": "Europe/Vienna", "currency": "eur", "week_start": "6", "fiscal_year_start": "7"}
    shown = read(client.post(CALENDAR, sent | {"action": "preview"}).content.decode())
    assert chosen(shown) == sent | {"currency": "EUR"}
    told = examples(shown)
    year = sample.NOW.year if sample.NOW.month >= 7 else sample.NOW.year - 1
    assert told["This fiscal year"] == ["Jan 1 – Dec 31", f"Jul 1, {year} – Jun 30, {year + 1}"]
    assert told["An amount"] == ["$12,345.60", "€12,345.60"]
    assert told["It is now"][1] == "The same"
    assert Organization.objects.get(pk=organization.pk).week_start == 0
    assert not Entry.objects.filter(action="organization.calendar_changed").exists()


def test_saving_puts_it_in_force_and_says_so(client, organization):
    sent = {"time_zone": "Asia/Tokyo", "currency": "JPY", "week_start": "6", "fiscal_year_start": "4"}
    assert client.post(CALENDAR, sent | {"action": "save"})["Location"] == CALENDAR
    assert "The calendar was saved." in page(client, CALENDAR).one("p", role="status").text
    held = Organization.objects.get(pk=organization.pk)
    assert (held.time_zone, held.currency, held.week_start, held.fiscal_year_start) == ("Asia/Tokyo", "JPY", 6, 4)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"time_zone": "Mars/Olympus"}, "IANA"),
        ({"currency": "EURO"}, "ISO 4217"),
        ({"week_start": "x"}, "choose one"),
        ({"week_start": "7"}, "Week start"),
        ({"fiscal_year_start": "13"}, "Fiscal year start"),
    ],
)
@pytest.mark.parametrize("action", ["preview", "save"])
def test_what_cannot_be_used_is_told_and_changes_nothing(client, organization, wrong, told, action):
    answer = client.post(CALENDAR, wrong | {"action": action})
    assert answer.status_code == 422
    assert told in read(answer.content.decode()).one("main").one(role="alert").text
    assert Organization.objects.get(pk=organization.pk).time_zone == "Europe/Vienna"


def test_who_may_only_see_reads_it_in_words(organization, member):
    person = member("representative")
    shown = page(browser(person), CALENDAR).one("main")
    assert not shown.all("form")
    assert [each.text for each in shown.one("dl").all("dd")] == ["Europe/Vienna", "USD", "Monday", "January"]
    assert browser(person).post(CALENDAR, {"action": "save"}).status_code == 403


def test_a_zone_by_an_older_name_stays_to_be_chosen(organization):
    organization.time_zone = "US/Eastern"
    view = calendar_view(organization, CalendarWishes(), sample.NOW)
    listed = [option for _, options in view.zones for option in options]
    assert [option.value for option in listed if option.is_chosen] == ["US/Eastern"]
    assert len({option.value for option in listed}) == len(listed)
