"""Examples worked out by hand, on both stores."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from partner_portal.autotask.catalog import (
    Appointment,
    Company,
    CompanyNote,
    CompanyToDo,
    Contact,
    Opportunity,
    Resource,
    Task,
)
from partner_portal.reports.document import sales_report
from reports.stocked import WEB, ask, call, guide, live, stages, utc

COMMAND = f"{WEB}Autotask/AutotaskExtend/ExecuteCommand.aspx?Code="


def test_the_sales_cycle_counts_local_days_however_old_the_deal(warehouse):
    deals = [
        # 1 July 2024 00:30 in Berlin, summer time; read with winter time it would be 30 June
        Opportunity(id=1, status=3, create_date=utc(2024, 6, 30, 22, 30), closed_date=utc(2026, 11, 9)),
        Opportunity(id=2, status=4, create_date=utc(2026, 11, 1), closed_date=utc(2026, 11, 2)),
        Opportunity(id=3, status=4, create_date=utc(2026, 10, 30), closed_date=utc(2026, 11, 2)),
        Opportunity(id=4, status=4, closed_date=utc(2026, 11, 2)),  # never created: in the count, not in the cycle
    ]
    pipeline = sales_report(live(warehouse, Opportunities=deals), ask("Europe/Berlin", compare="none"))["pipeline"]
    assert pipeline["won"]["count"] == 4
    assert pipeline["sales_cycle_days"] == {"mean": (861 + 1 + 3) / 3, "median": 3.0}


def test_an_old_deal_is_dated_exactly_beside_a_new_one_of_another_owner(warehouse):
    closed = utc(2026, 11, 2)
    deals = [
        # 31 January 2024 23:30 in Berlin, winter time; read with October's summer time it would be 1 February
        Opportunity(id=1, owner_resource_id=1, status=3, create_date=utc(2024, 1, 31, 22, 30), closed_date=closed),
        Opportunity(id=2, owner_resource_id=2, status=3, create_date=utc(2026, 11, 1), closed_date=closed),
    ]
    pipeline = sales_report(live(warehouse, Opportunities=deals), ask("Europe/Berlin"))["pipeline"]
    assert pipeline["sales_cycle_days"]["mean"] == (1006 + 1) / 2


def test_a_deal_entered_long_after_its_close_is_dated_exactly_too(warehouse):
    # created 1 July 2026 00:30 in Berlin, summer time, for a deal closed in February's winter time
    deal = Opportunity(id=1, status=3, create_date=utc(2026, 6, 30, 22, 30), closed_date=utc(2026, 2, 1))
    question = ask("Europe/Berlin", period_name="custom", start=date(2026, 2, 1), end=date(2026, 2, 28), compare="none")
    pipeline = sales_report(live(warehouse, Opportunities=[deal]), question)["pipeline"]
    assert pipeline["sales_cycle_days"]["mean"] == -150


def test_a_completed_to_do_that_comes_back_as_a_note_counts_once(warehouse):
    start = utc(2026, 11, 3, 10)
    who = {"company_id": 5, "action_type": 1, "start_date_time": start}
    store = live(
        warehouse,
        CompanyToDos=[
            CompanyToDo(id=1, assigned_to_resource_id=7, completed_date=utc(2026, 11, 3, 11), **who),
            CompanyToDo(id=2, assigned_to_resource_id=8, **who),  # planned, not done
            CompanyToDo(id=3, action_type=1, completed_date=utc(2026, 11, 4, 11)),
        ],
        CompanyNotes=[
            CompanyNote(id=91, assigned_resource_id=7, **who),  # the first to-do again, under another id
            CompanyNote(id=92, assigned_resource_id=8, **who),  # echoes nothing that is done
            CompanyNote(id=3, action_type=2, start_date_time=utc(2026, 11, 5, 9)),  # the third to-do's id
            CompanyNote(
                id=94, action_type=1, create_date_time=utc(2026, 11, 4, 11)
            ),  # no start: never an echo by fields
        ],
    )
    document = sales_report(store, ask())
    assert document["calls"]["total"] == 4
    assert document["meetings"]["total"] == 0
    assert "Notes that echo a completed to-do count once, with the to-do: 2 in this period." in document["notes"]
    assert {row["id"] for row in document["recent_activity"]} == {1, 3, 92, 94}


def test_an_echo_outside_of_the_period_is_not_mentioned(warehouse):
    start = utc(2026, 8, 3, 10)
    store = live(
        warehouse,
        CompanyToDos=[CompanyToDo(id=1, action_type=1, start_date_time=start, completed_date=start)],
        CompanyNotes=[CompanyNote(id=1, action_type=1, start_date_time=start)],
    )
    assert not any("echo" in note for note in sales_report(store, ask())["notes"])


def test_directions_of_the_guide(warehouse):
    told = [
        (1, "inbound", "outbound"),
        (2, None, "inbound"),
        (3, "inbound", "unspecified"),
        (None, "Left a message, OUTBOUND", "outbound"),
        (None, "Inbound from website", "inbound"),
        (None, "inbound, then outbound", "unspecified"),
        (None, "nothing told", "unspecified"),
        (None, None, "unspecified"),
    ]
    tasks = [
        Task(id=place, action_type=4, direction=direction, description=text, create_date_time=utc(2026, 11, 3))
        for place, (direction, text, _) in enumerate(told)
    ]
    document = sales_report(guide(warehouse, Tasks=tasks), ask())
    assert {row["id"]: row["direction"] for row in document["recent_activity"]} == {
        place: expected for place, (_, _, expected) in enumerate(told)
    }
    assert document["calls"] == {"total": 8, "outbound": 2, "inbound": 2, "unspecified": 4, "previous": 0}


def test_tasks_without_a_creation_instant_are_counted_nowhere_and_named(warehouse):
    store = guide(warehouse, Tasks=[Task(id=1, action_type=4), call(2, utc(2026, 11, 3))])
    document = sales_report(store, ask())
    assert document["calls"]["total"] == 1
    assert document["notes"] == ["Tasks without a createDateTime are in no period: 1 not counted."]


def test_the_funnel_of_the_guide(warehouse):
    created = utc(2026, 11, 5)
    deals = [
        Opportunity(id=stage, stage=stage, status=1, amount=Decimal(stage), create_date=created) for stage in range(6)
    ]
    document = sales_report(guide(warehouse, Opportunities=deals), ask())
    steps = [(step["key"], step["count"], step["amount"]) for step in document["funnel"]]
    assert steps == [
        ("prospects", 6, "15.00"),
        ("contacted", 5, "15.00"),
        ("qualified", 4, "14.00"),
        ("proposal", 3, "12.00"),
        ("closed_won", 1, "5.00"),
    ]
    assert document["funnel"][1]["share"] == 5 / 6
    assert document["funnel"][2]["conversion"] == 4 / 5
    assert document["conversion_rate"] == {"won": 1, "of": 6, "rate": 1 / 6}


def test_the_funnel_of_a_live_tenant_takes_won_from_the_status(warehouse):
    created = utc(2026, 11, 5)
    deals = [
        Opportunity(id=1, stage=11, status=1, create_date=created),
        Opportunity(id=2, stage=14, status=1, create_date=created),  # "Contract sent" ranks as the proposal before it
        Opportunity(id=3, stage=15, status=1, create_date=created),  # in stage Closed Won, but not won
        Opportunity(id=4, stage=12, status=4, create_date=created),
    ]
    picklists = stages("New lead", "First contact", "Proposal", "Contract sent", "Closed Won")
    document = sales_report(live(warehouse, picklists=picklists, Opportunities=deals), ask())
    assert {step["key"]: step["count"] for step in document["funnel"]} == {
        "prospects": 4,
        "contacted": 3,
        "qualified": 2,
        "proposal": 2,
        "closed_won": 1,
    }


def test_nothing_of_nothing_is_no_rate(warehouse):
    document = sales_report(guide(warehouse), ask())
    assert document["conversion_rate"] == {"won": 0, "of": 0, "rate": None}
    assert document["pipeline"]["close_rate"]["rate"] is None
    assert document["pipeline"]["sales_cycle_days"] == {"mean": None, "median": None}
    assert all(step["share"] is None and step["conversion"] is None for step in document["funnel"])
    assert document["calls"]["total"] == 0
    assert [entry["date"] for entry in document["by_day"]][::29] == ["2026-11-01", "2026-11-30"]


def test_the_pipeline_of_a_live_tenant(warehouse):
    deals = [
        Opportunity(id=1, status=1, amount=Decimal("1000.10"), probability=33),
        Opportunity(id=2, status=1, amount=Decimal("50.05")),
        Opportunity(id=3, status=0, amount=Decimal(7)),  # neither open nor ended
        Opportunity(id=4, status=3, amount=Decimal(20), closed_date=utc(2026, 11, 3)),
        Opportunity(id=5, status=2, amount=Decimal(30), lost_date=utc(2026, 11, 4), closed_date=utc(2026, 9, 1)),
        Opportunity(id=6, status=2, amount=Decimal(40), closed_date=utc(2026, 11, 4)),
        Opportunity(id=7, status=4, amount=Decimal(80), closed_date=utc(2026, 10, 3)),
        Opportunity(id=8, status=3),
    ]
    document = sales_report(live(warehouse, Opportunities=deals), ask())
    pipeline = document["pipeline"]
    assert pipeline["open"] == {
        "count": 2,
        "amount": "1050.15",
        "weighted_amount": "330.03",
        "without_probability": 1,
        "onetime_revenue": "0.00",
        "monthly_revenue": "0.00",
    }
    assert pipeline["won"] == {
        "count": 1,
        "amount": "20.00",
        "undated": 1,
        "onetime_revenue": "0.00",
        "monthly_revenue": "0.00",
        "previous": {"count": 1, "amount": "80.00"},
    }
    assert pipeline["lost"] == {"count": 2, "amount": "70.00", "previous": {"count": 0, "amount": "0.00"}}
    assert pipeline["close_rate"] == {"won": 1, "of": 3, "rate": 1 / 3, "previous": {"won": 1, "of": 1, "rate": 1.0}}
    assert "Won deals without a closedDate are in no period: 1 not counted as won." in document["notes"]


def test_a_won_deal_of_the_guide_is_never_lost(warehouse):
    deals = [
        Opportunity(id=1, stage=5, status=2, closed_date=utc(2026, 11, 3), lost_date=utc(2026, 11, 3)),
        Opportunity(id=2, stage=3, status=2, lost_date=utc(2026, 11, 3)),
        Opportunity(id=3, stage=3, status=4),
    ]
    pipeline = sales_report(guide(warehouse, Opportunities=deals), ask())["pipeline"]
    assert (pipeline["won"]["count"], pipeline["lost"]["count"], pipeline["open"]["count"]) == (1, 1, 1)


def test_recent_activity_names_its_people_and_links_into_autotask(warehouse):
    store = live(
        warehouse,
        CompanyNotes=[
            CompanyNote(
                id=1,
                action_type=1,
                assigned_resource_id=7,
                company_id=5,
                contact_id=31,
                name="<b>Renewal &amp; upgrade</b>",
                start_date_time=utc(2026, 11, 3, 10),
            ),
        ],
        CompanyToDos=[
            CompanyToDo(
                id=2,
                action_type=2,
                company_id=404,
                opportunity_id=51,
                activity_description="<p></p><p>Kick-off<br>second line</p>",
                completed_date=utc(2026, 11, 3, 10),
            ),
        ],
        Resources=[Resource(id=7, first_name="Ann", last_name="Lee")],
        Companies=[Company(id=5, company_name="Øst & Co")],
        Contacts=[Contact(id=31, first_name=None, last_name="Ito")],
    )
    assert sales_report(store, ask())["recent_activity"] == [
        {
            "id": 2,
            "source": "CompanyToDos",
            "kind": "meeting",
            "direction": None,
            "happened_at": "2026-11-03T10:00:00Z",
            "owner": None,
            "company": {"id": 404, "name": None},
            "contact": None,
            "subject": "Kick-off",
            "url": f"{COMMAND}OpenOpportunity&OpportunityID=51",
        },
        {
            "id": 1,
            "source": "CompanyNotes",
            "kind": "call",
            "direction": "unspecified",
            "happened_at": "2026-11-03T10:00:00Z",
            "owner": {"id": 7, "name": "Ann Lee"},
            "company": {"id": 5, "name": "Øst & Co"},
            "contact": {"id": 31, "name": "Ito"},
            "subject": "Renewal & upgrade",
            "url": f"{COMMAND}OpenAccount&AccountID=5",
        },
    ]


def test_appointments_of_today_are_still_upcoming(warehouse):
    store = guide(
        warehouse,
        Appointments=[
            Appointment(id=1, title="Late yesterday", start_date_time=utc(2026, 11, 21, 22, 59)),
            Appointment(id=2, title="First thing", resource_id=7, start_date_time=utc(2026, 11, 21, 23)),
            Appointment(
                id=3, title="Next month", start_date_time=utc(2026, 12, 5, 9), end_date_time=utc(2026, 12, 5, 10)
            ),
        ],
        Resources=[Resource(id=7, first_name="Ann", last_name="Lee")],
    )
    appointments = sales_report(store, ask("Europe/Berlin"))["appointments"]
    assert (appointments["total"], appointments["previous"]) == (2, 0)
    assert appointments["upcoming"] == [
        {
            "id": 2,
            "starts_at": "2026-11-21T23:00:00Z",
            "ends_at": None,
            "title": "First thing",
            "owner": {"id": 7, "name": "Ann Lee"},
            "company": None,
            "url": None,
        },
        {
            "id": 3,
            "starts_at": "2026-12-05T09:00:00Z",
            "ends_at": "2026-12-05T10:00:00Z",
            "title": "Next month",
            "owner": None,
            "company": None,
            "url": None,
        },
    ]


def test_owners_are_ranked_by_calls_then_name_and_nobody_is_one_of_them(warehouse):
    at = utc(2026, 11, 3)
    tasks = [call(1, at, assigned_resource_id=7), call(2, at, assigned_resource_id=8), call(3, at), call(4, at)]
    tasks.append(Task(id=5, action_type=9, assigned_resource_id=9, create_date_time=at))  # nothing that is counted
    store = guide(
        warehouse,
        Tasks=tasks,
        Resources=[
            Resource(id=7, first_name="Zed"),
            Resource(id=8, first_name="abe"),
            Resource(id=9, first_name="Max"),
        ],
    )
    owners = [(entry["owner"], entry["calls"]) for entry in sales_report(store, ask())["by_owner"]]
    assert owners == [(None, 2), ({"id": 8, "name": "abe"}, 1), ({"id": 7, "name": "Zed"}, 1)]


def test_one_organization_never_counts_another_ones_rows(warehouse):
    guide(warehouse, Tasks=[call(1, utc(2026, 11, 3))], Opportunities=[Opportunity(id=1, stage=99, status=1)])
    document = sales_report(guide(warehouse), ask())
    assert document["calls"]["total"] == document["pipeline"]["open"]["count"] == 0
    assert document["recent_activity"] == []
