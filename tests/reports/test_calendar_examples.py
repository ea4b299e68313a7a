"""Where days, months and years begin and end, and what they are compared with: worked out by hand, on both stores."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from partner_portal.autotask.catalog import Opportunity
from partner_portal.reports.document import sales_report
from reports.stocked import ask, call, guide, live, utc


def calls_by_day(document: dict) -> dict[str, int]:
    return {entry["date"]: entry["calls"] for entry in document["by_day"] if entry["calls"]}


def spans(document: dict) -> tuple[tuple[str, str], tuple[str, str]]:
    """The dates of the period and of the one it is compared with."""
    period, comparison = document["period"], document["comparison"]
    return (period["start"], period["end"]), (comparison["start"], comparison["end"])


def calls(document: dict) -> tuple[int, int]:
    return document["calls"]["total"], document["calls"]["previous"]


def test_the_spring_clock_change_moves_no_call_into_another_day(warehouse):
    store = guide(
        warehouse,
        Tasks=[
            call(1, utc(2026, 3, 28, 22, 59)),  # 28 March 23:59 in Berlin
            call(2, utc(2026, 3, 28, 23, 0)),  # 29 March 00:00, winter time
            call(3, utc(2026, 3, 29, 21, 59)),  # 29 March 23:59, summer time: the day has 23 hours
            call(4, utc(2026, 3, 29, 22, 0)),  # 30 March 00:00
        ],
    )
    question = ask("Europe/Berlin", period_name="custom", start=date(2026, 3, 28), end=date(2026, 3, 29))
    document = sales_report(store, question)
    assert calls_by_day(document) == {"2026-03-28": 1, "2026-03-29": 2}
    assert document["calls"]["total"] == 3
    assert document["period"]["starts_at"] == "2026-03-27T23:00:00Z"
    assert document["period"]["ends_at"] == "2026-03-29T22:00:00Z"


def test_the_autumn_clock_change_makes_a_day_of_25_hours(warehouse):
    store = guide(
        warehouse,
        Tasks=[
            call(1, utc(2026, 11, 1, 4, 0)),  # 1 November 00:00 in New York, summer time
            call(2, utc(2026, 11, 2, 4, 59)),  # 23:59 the same day, winter time
            call(3, utc(2026, 11, 2, 5, 0)),  # 2 November 00:00
        ],
    )
    document = sales_report(store, ask("America/New_York"))
    assert calls_by_day(document) == {"2026-11-01": 2, "2026-11-02": 1}
    question = ask("America/New_York", period_name="custom", start=date(2026, 11, 1), end=date(2026, 11, 1))
    that_day = sales_report(store, question)
    assert that_day["calls"]["total"] == 2
    assert that_day["period"]["starts_at"] == "2026-11-01T04:00:00Z"
    assert that_day["period"]["ends_at"] == "2026-11-02T05:00:00Z"


def test_clocks_set_back_over_midnight_lose_no_call(duckdb_warehouse):
    # St John's: at 00:01 on 1 November 2009 clocks went back to 23:01 of the day before.
    tasks = [call(1, utc(2009, 11, 1, 2, 30, 30)), call(2, utc(2009, 11, 1, 3, 0))]
    question = ask("America/St_Johns", period_name="custom", start=date(2009, 11, 1), end=date(2009, 11, 1))
    document = sales_report(guide(duckdb_warehouse, Tasks=tasks), question)
    assert document["calls"]["total"] == sum(calls_by_day(document).values()) == 2


def test_march_is_compared_with_as_many_days_of_february(warehouse):
    tasks = [call(day, utc(2026, 2, day, 12)) for day in (1, 27, 28)] + [call(50, utc(2026, 3, 1, 12))]
    store = guide(warehouse, Tasks=tasks)
    last_day = sales_report(store, ask(now=utc(2026, 3, 31, 9)))
    assert last_day["comparison"] == {
        "name": "previous_period",
        "start": "2026-02-01",
        "end": "2026-02-28",
        "starts_at": "2026-02-01T00:00:00Z",
        "ends_at": "2026-03-01T00:00:00Z",
    }
    assert calls(last_day) == (1, 3)
    second_to_27th = sales_report(store, ask(now=utc(2026, 3, 27, 9)))
    assert second_to_27th["calls"]["previous"] == 2


FROM_31_JANUARY = {"period_name": "custom", "start": date(2026, 1, 31), "end": date(2026, 2, 28)}


@pytest.mark.parametrize(
    ("now", "question", "total", "compared_with", "previous"),
    [
        # January has run for 31 days, December had 31: all of them
        (utc(2026, 1, 31, 9), {}, 31, ("2025-12-01", "2025-12-31"), 31),
        # February has run for 1 day: the first of January, not its last
        (utc(2026, 2, 1, 9), {}, 28, ("2026-01-01", "2026-01-01"), 1),
        # February has run for 28 days: as many of January, without its 29th, 30th and 31st
        (utc(2026, 2, 28, 9), {}, 28, ("2026-01-01", "2026-01-28"), 28),
        # February is over: all of January, its 31st included
        (utc(2026, 3, 1, 9), {"period_name": "last_month"}, 28, ("2026-01-01", "2026-01-31"), 31),
        # March has run for 28, 29 and 31 days, February had 28: never more than these
        (utc(2026, 3, 28, 9), {}, 31, ("2026-02-01", "2026-02-28"), 28),
        (utc(2026, 3, 29, 9), {}, 31, ("2026-02-01", "2026-02-28"), 28),
        (utc(2026, 3, 31, 9), {}, 31, ("2026-02-01", "2026-02-28"), 28),
        # 31 January to 28 February are 1 + 28 = 29 days, and over: the 29 days up to 30 January, from 2 January
        (utc(2026, 3, 1, 9), FROM_31_JANUARY, 29, ("2026-01-02", "2026-01-30"), 29),
        # on 2 February 3 of these 29 days have begun: 2, 3 and 4 January
        (utc(2026, 2, 2, 9), FROM_31_JANUARY, 29, ("2026-01-02", "2026-01-04"), 3),
    ],
)
def test_january_and_february_are_compared_by_equal_elapsed_days(
    duckdb_warehouse, now, question, total, compared_with, previous
):
    first = utc(2025, 11, 1, 12)  # a call every noon up to 31 March: 30 + 31 + 31 + 28 + 31
    store = guide(duckdb_warehouse, Tasks=[call(n, first + timedelta(days=n)) for n in range(30 + 31 + 31 + 28 + 31)])
    document = sales_report(store, ask(now=now, **question))
    assert spans(document)[1] == compared_with
    assert calls(document) == (total, previous)


def test_on_31_january_it_may_be_february_already(warehouse):
    late = utc(2026, 1, 31, 23, 30)  # 1 February 00:30 in Berlin
    store = guide(warehouse, Tasks=[call(1, utc(2026, 1, 1, 12)), call(2, utc(2025, 12, 31, 22, 30)), call(3, late)])
    in_utc = sales_report(store, ask(now=late))
    assert spans(in_utc) == (("2026-01-01", "2026-01-31"), ("2025-12-01", "2025-12-31"))
    assert calls(in_utc) == (2, 1)
    in_berlin = sales_report(store, ask("Europe/Berlin", now=late))
    assert spans(in_berlin) == (("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-01"))
    assert calls(in_berlin) == (1, 1)


def test_a_leap_day_is_compared_with_the_last_of_february_a_year_before(warehouse):
    tasks = [
        call(n, at) for n, at in enumerate((utc(2023, 1, 31), utc(2023, 2, 28), utc(2023, 3, 1), utc(2024, 2, 29)))
    ]
    store = guide(warehouse, Tasks=tasks)
    # 29 elapsed days of February 2024; February 2023 had 28
    running = sales_report(store, ask(now=utc(2024, 2, 29, 9), compare="previous_year"))
    assert spans(running) == (("2024-02-01", "2024-02-29"), ("2023-02-01", "2023-02-28"))
    assert calls(running) == (1, 1)
    span = {"period_name": "custom", "start": date(2024, 1, 31), "end": date(2024, 2, 29)}
    over = sales_report(store, ask(now=utc(2024, 3, 1, 9), compare="previous_year", **span))
    assert spans(over)[1] == ("2023-01-31", "2023-02-28")
    assert calls(over) == (1, 2)


def test_a_week_from_sunday(warehouse):
    saturdays_and_sundays = [call(day, utc(2026, 11, day, 12)) for day in (14, 15, 21, 22)]
    store = guide(warehouse, Tasks=saturdays_and_sundays)  # today is Sunday the 22nd
    from_sunday = sales_report(store, ask(period_name="this_week", week_start=6))
    assert spans(from_sunday) == (("2026-11-22", "2026-11-28"), ("2026-11-15", "2026-11-15"))  # one day has begun
    assert calls(from_sunday) == (1, 1)
    last = sales_report(store, ask(period_name="last_week", week_start=6))
    assert spans(last) == (("2026-11-15", "2026-11-21"), ("2026-11-08", "2026-11-14"))
    assert calls(last) == (2, 1)
    from_monday = sales_report(store, ask(period_name="this_week", week_start=0))
    assert spans(from_monday) == (("2026-11-16", "2026-11-22"), ("2026-11-09", "2026-11-15"))
    assert calls(from_monday) == (2, 2)


def test_a_fiscal_year_from_july(warehouse):
    days = ((2025, 6, 30), (2025, 7, 1), (2025, 11, 22), (2025, 11, 23), (2026, 6, 30), (2026, 7, 1))
    store = guide(warehouse, Tasks=[call(n, utc(*day, 12)) for n, day in enumerate(days)])
    this = sales_report(store, ask(period_name="this_year", fiscal_year_start=7))
    # 31 + 31 + 30 + 31 + 22 = 145 days have begun; the 145th of the year before is 22 November, too
    assert spans(this) == (("2026-07-01", "2027-06-30"), ("2025-07-01", "2025-11-22"))
    assert calls(this) == (1, 2)
    last = sales_report(store, ask(period_name="last_year", fiscal_year_start=7))
    assert spans(last) == (("2025-07-01", "2026-06-30"), ("2024-07-01", "2025-06-30"))
    assert calls(last) == (4, 1)
    quarter = sales_report(store, ask(period_name="last_quarter", fiscal_year_start=7))
    assert spans(quarter) == (("2026-07-01", "2026-09-30"), ("2026-04-01", "2026-06-30"))
    assert calls(quarter) == (1, 1)


def test_a_deal_closed_late_on_the_last_evening_belongs_to_that_month(warehouse):
    deal = Opportunity(id=1, status=3, amount=Decimal(10), closed_date=utc(2026, 11, 1, 3, 30))  # 31 October 23:30
    store = live(warehouse, Opportunities=[deal])
    won = sales_report(store, ask("America/New_York", period_name="last_month", compare="none"))["pipeline"]["won"]
    assert (won["count"], won["amount"]) == (1, "10.00")
    november = sales_report(store, ask("America/New_York"))["pipeline"]["won"]
    assert (november["count"], november["previous"]) == (0, {"count": 0, "amount": "0.00"})  # the 31st: not in 1-22
    assert sales_report(store, ask("UTC"))["pipeline"]["won"]["count"] == 1


def test_a_date_only_close_date_on_the_first_stays_on_the_first(warehouse):
    deal = Opportunity(id=1, status=3, closed_date=utc(2026, 11, 1))  # 31 October 20:00 on New York's wall
    store = live(warehouse, Opportunities=[deal])
    assert sales_report(store, ask("America/New_York"))["pipeline"]["won"]["count"] == 1
    earlier = sales_report(store, ask("America/New_York", period_name="last_month"))
    assert earlier["pipeline"]["won"]["count"] == 0
