from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from partner_portal.web.view.attention import attention
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.filters import Filters
from partner_portal.web.view.happenings import recent_activity, upcoming_appointments
from partner_portal.web.view.people import owner_table
from partner_portal.web.view.report import report_page
from partner_portal.web.view.trend import trend
from web import sample

TODAY = date(2025, 11, 20)
VIENNA = ZoneInfo("Europe/Vienna")
REFUSED = "The API user may not read Appointments. Give its security level the right."


def view(document, filters=None):
    return report_page(document, Figures(document), filters or Filters(), sample.NOW)


def card(document, key):
    return next(card for card in view(document).cards if card.key == key)


def refused_appointments():
    document = sample.document(appointments={"total": None, "previous": None, "upcoming": []})
    document["data"]["sources"][0].update(as_of=None, complete=False, problem=REFUSED)
    for row in document["by_day"]:
        row["appointments"] = None
    document["notes"] = [f"Appointments could not be read, so what depends on it is missing here: {REFUSED}"]
    return document


def test_there_are_six_cards_in_their_order():
    keys = [card.key for card in view(sample.document()).cards]
    assert keys == ["calls", "conversations", "appointments", "open_pipeline", "won", "close_rate"]


def test_calls_are_shown_with_their_directions():
    calls = card(sample.document(), "calls")
    assert [(part.figure.path, part.figure.text, part.after) for part in calls.details] == [
        ("calls.outbound", "884", "out"),
        ("calls.inbound", "341", "in"),
        ("calls.unspecified", "37", "unspecified"),
    ]
    assert calls.change.text == "+12%"


def test_conversations_name_what_they_are_made_of():
    document = sample.document(conversations__includes=["calls", "meetings", "emails"])
    assert [part.figure.text for part in card(document, "conversations").details] == ["1,262", "118", "602"]


def test_the_close_rate_is_shown_as_n_of_m():
    rate = card(sample.document(), "close_rate")
    [part] = rate.details
    assert (part.figure.text, part.after, part.then.figure.text) == ("18", "of", "25")
    assert (rate.figure.text, rate.meter, rate.change.text) == ("72%", 72.0, "+7 pts")


def test_a_rate_of_nothing_is_unknown_and_not_zero():
    closed = {"won": 0, "of": 0, "rate": None, "previous": None}
    rate = card(sample.document(pipeline__close_rate=closed), "close_rate")
    assert (rate.figure.text, rate.meter, rate.change, rate.reason) == ("--", None, None, "")
    assert [rate.details[0].figure.text, rate.details[0].then.figure.text] == ["0", "0"]


def test_an_unknown_card_says_why_and_the_others_stay():
    refused = refused_appointments()
    appointments = card(refused, "appointments")
    assert (appointments.figure.text, appointments.reason) == ("--", "Appointments could not be read.")
    assert (appointments.change, appointments.spark, appointments.words) == (None, None, "")
    assert card(refused, "calls").reason == ""
    assert view(refused).appointments_unknown == "Appointments could not be read."


def test_before_the_first_sync_every_figure_is_unknown():
    page = view(sample.never_synced())
    assert {card.figure.text for card in page.cards} == {"--"}
    assert {card.reason for card in page.cards} == {"Not read from Autotask yet."}
    assert all(card.change is None and card.spark is None and card.meter is None for card in page.cards)
    assert {figure.text for step in page.funnel.steps for figure in (step.count, step.amount, step.share)} == {"--"}
    assert not page.has_data
    assert not page.trend.has_data


def test_sparklines_end_today():
    days_so_far = 20
    assert len(card(sample.document(), "calls").spark.line.split()) == days_so_far


def test_the_next_appointment_is_named():
    assert card(sample.document(), "appointments").words == "Next: Today, 14:00"
    assert card(sample.document(appointments__upcoming=[]), "appointments").words == "None to come"


def test_what_is_over_is_not_next():
    document = sample.document()
    document["appointments"]["upcoming"][0].update(starts_at="2025-11-20T07:00:00Z", ends_at="2025-11-20T08:00:00Z")
    assert card(document, "appointments").words == "Next: Today, 16:00"
    assert [row.is_over for row in upcoming_appointments(document, VIENNA, sample.NOW)] == [True] + [False] * 4


def test_the_trend_leaves_the_future_empty_and_marks_today():
    drawn = trend(Figures(sample.document()), TODAY)
    calls = drawn.chart.series[0].values
    assert drawn.chart.labels[drawn.chart.today] == "Nov 20"
    assert calls[20:] == [None] * 10
    assert None not in calls[:20]
    assert [row.is_today for row in drawn.rows] == [False] * 19 + [True]


def test_the_trends_table_shows_what_the_chart_shows():
    drawn = trend(Figures(sample.document()), TODAY)
    table = [int(row.figures[0].raw) for row in drawn.rows]
    assert table == drawn.chart.series[0].values[:20]
    assert drawn.columns[0] == "Calls"


def test_the_trend_is_told_in_words():
    assert trend(Figures(sample.document()), TODAY).summary == "Most calls on Fri, Nov 7: 27 calls."
    assert trend(Figures(sample.document()), date(2025, 10, 1)).summary == "No day of this range has begun yet."
    silent = sample.document()
    for row in silent["by_day"]:
        row.update(calls=0)
    assert trend(Figures(silent), TODAY).summary == "No calls in this range."


def test_a_range_of_the_past_has_no_today():
    assert trend(Figures(sample.document()), TODAY + timedelta(days=60)).chart.today is None


def test_the_funnel_narrows_with_the_shares():
    steps = view(sample.document()).funnel.steps
    assert [step.width for step in steps] == [100.0, 73.96, 45.83, 28.13, 12.5]
    assert [step.count.raw for step in steps] == ["96", "71", "44", "27", "12"]
    assert [step.is_first for step in steps] == [True, False, False, False, False]


def test_owners_without_a_name_or_a_record_are_told_apart():
    document = sample.document()
    document["by_owner"][2]["owner"] = {"id": 404, "name": None}
    table = owner_table(Figures(document), Filters())
    assert [row.name for row in table.rows] == ["Ana Ruiz", "Björn Åkesson", "Resource 404", "No owner"]
    assert [row.href for row in table.rows] == ["11/", "12/", "404/", "nobody/"]
    assert table.rows[0].width == 100


def test_an_owners_link_keeps_the_other_filters():
    table = owner_table(Figures(sample.document()), Filters("last_week", compare="none", owner=12))
    assert table.rows[0].href == "11/?period=last_week&compare=none"


def test_recent_activity_is_told_in_local_time():
    rows = recent_activity(sample.document(), VIENNA, TODAY)
    assert [row.kind for row in rows[:3]] == ["Outbound call", "Inbound call", "E-mail"]
    assert rows[0].at.text == "10:45"
    assert rows[0].at.iso == "2025-11-20T09:45:00Z"
    assert "Europe/Vienna" in rows[0].at.title
    assert rows[4].subject == "No subject"
    assert rows[5].at.text.startswith("Nov 19, ")


def test_upcoming_appointments_are_told_by_day():
    rows = upcoming_appointments(sample.document(), VIENNA, sample.NOW)
    assert [row.day for row in rows] == ["Today", "Today", "Tomorrow", "Tomorrow", "Mon, Nov 24"]
    assert (rows[0].starts.text, rows[0].ends, rows[0].company) == ("14:00", "14:45", "")


def test_from_midnight_to_midnight_is_all_day():
    document = sample.document()
    document["appointments"]["upcoming"][0].update(starts_at="2025-11-20T23:00:00Z", ends_at="2025-11-21T23:00:00Z")
    [first, *_] = upcoming_appointments(document, VIENNA, sample.NOW)
    assert (first.day, first.starts.text, first.ends) == ("Tomorrow", "All day", "")


def test_a_problem_is_said_once_and_the_gravest_comes_first():
    document = refused_appointments()
    document["notes"] += ["3 notes are counted once.", 'Unmapped action type "Survey" (id 31): 12 in this period.']
    found = attention(document)
    assert [(item.tone, item.title) for item in found] == [
        ("danger", "Appointments could not be read"),
        ("warning", ""),
        ("info", ""),
    ]
    assert found[0].text == REFUSED


def test_a_source_that_fell_behind_is_a_warning():
    document = sample.document()
    document["data"]["sources"][1].update(complete=False, problem="Page 3 failed. Try again.")
    [warning, _] = attention(document)
    assert (warning.tone, warning.title) == ("warning", "Company notes: not up to date")


@pytest.mark.parametrize(
    ("behind", "title"),
    [
        (2, "Appointments and Company notes: not up to date"),
        (3, "Appointments, Company notes and To-dos: not up to date"),
        (4, "Appointments, Company notes and 2 more: not up to date"),
    ],
)
def test_sources_with_the_same_problem_are_one_thing(behind, title):
    document = sample.document()
    for source in document["data"]["sources"][:behind]:
        source.update(complete=False, problem="The call budget is spent. Wait.")
    [warning, _] = attention(document)
    assert (warning.title, warning.text) == (title, "The call budget is spent. Wait.")
