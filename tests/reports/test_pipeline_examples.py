"""The pipeline's figures, worked out by hand, on both stores. Today is 22 November 2026, a Sunday."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from partner_portal.autotask.catalog import Appointment, CompanyNote, CompanyToDo, Opportunity, Resource, Task
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.reports.document import sales_report
from partner_portal.reports.labels import proposed_mapping
from partner_portal.reports.records import Page, records_document
from partner_portal.reports.sources import ground_of
from partner_portal.warehouse.store import PicklistValue
from reports.stocked import ask, deal, stages, stock, utc

STAGES = stages("New Lead", "Qualification", "Proposal", "Closed Won")
LONG_AGO = utc(2026, 1, 5)
NOTHING = {"count": 0, "amount": "0.00"}


def pipeline(warehouse, *deals: Opportunity, zone: str = "UTC", picklists=(), **question) -> dict:
    store = stock(warehouse, {"Opportunities": deals}, picklists=picklists)
    return sales_report(store, ask(zone, **question))["pipeline"]


def test_a_lost_deal_without_reason_is_listed_as_not_recorded(warehouse):
    labels = [PicklistValue("Opportunities", "lossReason", 4, "Too dear")]
    on = utc(2026, 11, 4)
    shown = pipeline(
        warehouse,
        deal(1, 10, status=2, lost_date=on, loss_reason=4),
        deal(2, 20, status=2, lost_date=on),
        deal(3, 40, status=2, lost_date=on, loss_reason=7),
        deal(4, 80, status=3, closed_date=on, win_reason=4),
        deal(5, 160, status=2, lost_date=utc(2026, 10, 4)),
        picklists=labels,
    )
    assert [tuple(entry.values()) for entry in shown["win_loss_reasons"]] == [
        ("won", 4, "id 4", 1, "80.00"),
        ("lost", 4, "Too dear", 1, "10.00"),
        ("lost", 7, "id 7", 1, "40.00"),
        ("lost", None, "not recorded", 1, "20.00"),
    ]


def test_the_cohort_is_judged_by_what_became_of_it_and_the_close_rate_by_the_period(warehouse):
    created = utc(2026, 9, 10)
    shown = pipeline(
        warehouse,
        deal(1, status=3, create_date=created, closed_date=utc(2026, 11, 2)),
        deal(2, status=2, create_date=created, lost_date=utc(2026, 9, 20)),
        deal(3, status=2, create_date=created, lost_date=utc(2026, 10, 20)),
        deal(4, create_date=created),
        deal(5, status=0, create_date=created),
        deal(6, status=3, create_date=utc(2026, 1, 1), closed_date=utc(2026, 9, 30)),
        period_name="custom",
        start=date(2026, 9, 1),
        end=date(2026, 9, 30),
    )
    assert shown["cohort_win_rate"] == {"won": 1, "of": 3, "rate": 1 / 3, "open": 1}
    assert {name: shown["close_rate"][name] for name in ("won", "of", "rate")} == {"won": 1, "of": 2, "rate": 0.5}


def test_open_deals_are_overdue_projected_by_local_month_or_neither(warehouse):
    shown = pipeline(
        warehouse,
        deal(1, 1, projected_close_date=utc(2026, 10, 31)),
        deal(2, 2, projected_close_date=utc(2026, 11, 21)),  # yesterday, in the month that is running
        deal(3, 4, projected_close_date=utc(2026, 11, 22), probability=25),
        deal(4, 8, projected_close_date=utc(2026, 12, 1)),  # a plain date: the first, wherever one is
        deal(5, 16, projected_close_date=utc(2026, 12, 1, 4, 30)),  # 30 November 23:30 in New York
        deal(6, 32, projected_close_date=utc(2027, 1, 31)),
        deal(7, 64),
        deal(8, 128, status=3, projected_close_date=utc(2026, 12, 5)),
        zone="America/New_York",
    )
    assert shown["projected_close"] == [
        {"month": "2026-11", "count": 2, "amount": "20.00", "weighted_amount": "1.00"},
        {"month": "2026-12", "count": 1, "amount": "8.00", "weighted_amount": "0.00"},
        {"month": "2027-01", "count": 1, "amount": "32.00", "weighted_amount": "0.00"},
    ]
    assert shown["overdue"] == {"count": 2, "amount": "3.00"}
    assert shown["unprojected"] == {"count": 1, "amount": "64.00"}


def test_on_the_first_a_deal_of_the_last_day_is_overdue(warehouse):
    last = deal(1, 5, projected_close_date=utc(2026, 10, 31))
    before, after = utc(2026, 10, 31, 23, 30), utc(2026, 11, 1, 4)  # 31 October 19:30 and midnight in New York
    on_the_last = pipeline(warehouse, last, zone="America/New_York", now=before)
    assert (on_the_last["overdue"], len(on_the_last["projected_close"])) == (NOTHING, 1)
    on_the_first = pipeline(warehouse, last, zone="America/New_York", now=after)
    assert (on_the_first["overdue"], on_the_first["projected_close"]) == ({"count": 1, "amount": "5.00"}, [])


def test_onetime_and_monthly_revenue_are_never_added(warehouse):
    shown = pipeline(
        warehouse,
        deal(1, 500, onetime_revenue=Decimal("100.50"), monthly_revenue=Decimal("20.25")),
        deal(2, 7, monthly_revenue=Decimal("1.25")),
        deal(3, 9, status=3, closed_date=utc(2026, 11, 2), onetime_revenue=Decimal(3)),
    )
    assert (shown["open"]["onetime_revenue"], shown["open"]["monthly_revenue"]) == ("100.50", "21.50")
    assert (shown["won"]["onetime_revenue"], shown["won"]["monthly_revenue"]) == ("3.00", "0.00")


def test_open_deals_by_stage_follow_the_picklist(warehouse):
    shown = pipeline(
        warehouse,
        deal(1, 10, stage=13, probability=50),
        deal(2, 20, stage=11),
        deal(3, 40, stage=99),
        deal(4, 80),
        deal(5, 160, stage=13, status=2, lost_date=utc(2026, 11, 3)),
        picklists=STAGES,
    )
    assert [tuple(entry.values()) for entry in shown["open_by_stage"]] == [
        (11, "New Lead", 0, 1, "20.00", "0.00"),
        (13, "Proposal", 3, 1, "10.00", "5.00"),
        (99, "id 99", 0, 1, "40.00", "0.00"),
        (None, "no stage", 0, 1, "80.00", "0.00"),
    ]


def ids(store, metric: str, mapping=None, **question) -> list[int]:
    listed = records_document(store, ask(**question), metric, Page(sort="id"), mapping)
    return [row["id"] for row in listed["rows"]]


def test_a_deal_rests_until_something_happens_or_is_planned(warehouse):
    def note(number: int, deal_id: int, at) -> CompanyNote:
        return CompanyNote(id=number, opportunity_id=deal_id, start_date_time=at)

    def planned(number: int, deal_id: int, at, **more) -> CompanyToDo:
        return CompanyToDo(id=number, opportunity_id=deal_id, start_date_time=at, **more)

    deals = [deal(number, 2**number, create_date=LONG_AGO) for number in range(1, 9)]
    young = deal(9, 512, create_date=utc(2026, 10, 24))  # 29 days old
    lost = deal(10, 1024, status=2, create_date=LONG_AGO)
    rows = {
        "Opportunities": [*deals, young, lost],
        "CompanyNotes": [
            note(1, 2, utc(2026, 10, 23, 23, 59)),  # 30 days ago
            note(2, 3, utc(2026, 10, 24, 0, 0)),  # 29 days ago
            CompanyNote(id=3, start_date_time=utc(2026, 11, 20)),
        ],
        "CompanyToDos": [
            planned(4, 4, utc(2026, 12, 1)),
            planned(5, 5, utc(2026, 11, 22, 0, 0)),  # this morning
            planned(6, 6, utc(2026, 11, 21, 23, 59)),  # missed
            planned(7, 7, utc(2026, 11, 1), completed_date=utc(2026, 11, 1)),
            planned(8, 8, None),
        ],
    }
    store = stock(warehouse, rows)
    assert ids(store, "stale_deals") == [1, 2, 6, 8]
    assert sales_report(store, ask())["pipeline"]["stale"] == {"count": 4, "amount": "326.00", "after_days": 30}


def test_a_stage_may_rest_for_days_of_its_own(warehouse):
    deals = [
        deal(1, stage=11, create_date=utc(2026, 11, 15)),  # 7 days old
        deal(2, stage=12, create_date=utc(2026, 11, 15)),
        deal(3, stage=13, create_date=LONG_AGO),
        deal(4, stage=14, create_date=LONG_AGO),
        deal(5, create_date=LONG_AGO),
    ]
    seen = [CompanyNote(id=n, opportunity_id=n, start_date_time=utc(2026, 11, 1)) for n in (3, 4, 5)]  # 21 days ago
    store = stock(warehouse, {"Opportunities": deals, "CompanyNotes": seen}, picklists=STAGES)
    mapping = replace(
        proposed_mapping(ground_of(store)), stale_after_days=14, stale_days_by_stage={11: 7, 12: 8, 13: 60}
    )
    assert ids(store, "stale_deals", mapping) == [1, 4, 5]
    shown = sales_report(store, ask(), mapping)["pipeline"]["stale"]
    assert (shown["count"], shown["after_days"]) == (3, 14)


def test_in_the_guide_a_planned_task_keeps_a_deal_from_resting(warehouse):
    deals = [Opportunity(id=number, stage=1, create_date=LONG_AGO) for number in (1, 2, 3)]
    ahead = {"create_date_time": LONG_AGO, "start_date_time": utc(2026, 11, 30)}
    tasks = [
        Task(id=1, opportunity_id=2, **ahead),
        Task(id=2, opportunity_id=3, completed_date_time=utc(2026, 11, 1), **ahead),
    ]
    store = stock(warehouse, {"Opportunities": deals, "Tasks": tasks}, dialect="guide")
    assert ids(store, "stale_deals") == [1, 3]


def test_nobody_knows_of_stale_deals_where_activities_were_never_read(warehouse):
    unread = {"CompanyNotes": "No permission.", "CompanyToDos": "No permission."}
    store = stock(warehouse, {"Opportunities": [deal(1, create_date=LONG_AGO)]}, unread=unread)
    document = sales_report(store, ask())
    assert document["pipeline"]["stale"] == {"count": None, "amount": None, "after_days": None}
    assert document["pipeline"]["open"]["count"] == 1
    assert document["ratios"]["calls_per_won"] == {"of": None, "per": 0, "value": None}


def test_ratios_name_both_counts_and_are_unknown_to_none(warehouse):
    calls = [Task(id=n, action_type=4, create_date_time=utc(2026, 11, 3)) for n in range(1, 7)]
    rows = {
        "Tasks": calls,
        "Appointments": [Appointment(id=n, start_date_time=utc(2026, 11, 5)) for n in (1, 2, 3, 4)],
    }
    store = stock(warehouse, rows, dialect="guide")
    ratios = sales_report(store, ask())["ratios"]
    assert ratios["calls_per_appointment"] == {"of": 6, "per": 4, "value": 1.5}
    assert ratios["calls_per_won"] == {"of": 6, "per": 0, "value": None}
    assert records_document(store, ask(), "calls_per_appointment")["total"]["value"] == 1.5


def test_the_funnel_is_compared_with_the_earlier_period(warehouse):
    deals = [
        deal(1, 10, create_date=utc(2026, 11, 3)),
        deal(2, 20, create_date=utc(2026, 10, 3)),
        deal(3, 40, status=3, create_date=utc(2026, 10, 4)),
        deal(4, 80, create_date=utc(2026, 10, 23)),  # after as many days of October
    ]
    store = stock(warehouse, {"Opportunities": deals})
    steps = {step["key"]: step for step in sales_report(store, ask())["funnel"]}
    assert steps["prospects"]["previous"] == {"count": 2, "amount": "60.00"}
    assert steps["closed_won"]["previous"] == {"count": 1, "amount": "40.00"}
    alone = sales_report(store, ask(compare="none"))["funnel"]
    assert {step["previous"] for step in alone} == {None}


def test_an_owner_with_open_deals_only_has_a_row_of_their_own(warehouse):
    deals = [
        deal(1, 10, owner_resource_id=7),
        deal(2, 20, owner_resource_id=8, status=2, lost_date=utc(2026, 11, 3), create_date=utc(2026, 11, 2)),
        deal(3, 40, owner_resource_id=8, status=3, closed_date=utc(2026, 11, 3)),
    ]
    store = stock(warehouse, {"Opportunities": deals, "Resources": [Resource(id=7), Resource(id=8)]})
    shown = {entry["owner"]["id"]: entry for entry in sales_report(store, ask())["by_owner"]}
    names = ("open", "open_amount", "created", "won", "lost", "decided", "close_rate")
    assert [shown[7][name] for name in names] == [1, "10.00", 0, 0, 0, 0, None]
    assert [shown[8][name] for name in names] == [0, "0.00", 1, 1, 1, 2, 0.5]


def test_deals_that_were_never_read_are_unknown(warehouse):
    shown = sales_report(warehouse.organization(OrganizationScope(987_653)), ask())["pipeline"]
    assert shown["projected_close"] is shown["open_by_stage"] is shown["win_loss_reasons"] is shown["movement"] is None
    assert shown["overdue"] == shown["unprojected"] == {"count": None, "amount": None}
    assert shown["cohort_win_rate"] == {"won": None, "of": None, "rate": None, "open": None}
