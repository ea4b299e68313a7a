"""What a tenant's own ids are made to mean, and whose rows count for nothing: worked out by hand, on both stores."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from partner_portal.autotask.catalog import ActionType, Appointment, CompanyNote, CompanyToDo, Opportunity, Task
from partner_portal.reports.document import sales_report
from partner_portal.reports.mapping import (
    ActionMapping,
    ActionMeaning,
    Direction,
    Kind,
    Outcome,
    StageMapping,
    TenantMapping,
)
from partner_portal.reports.mapping_listing import mapping_listing
from partner_portal.reports.records import records_document
from partner_portal.warehouse.store import PicklistValue
from reports.stocked import NOW, add, ask, call, facts, guide, live, stages, stock, utc

CALL, MEETING, EMAIL = (ActionMeaning(kind) for kind in (Kind.CALL, Kind.MEETING, Kind.EMAIL))
DONE = utc(2026, 11, 3, 10)


def confirmed(actions: Mapping[int, ActionMeaning], stages: StageMapping | None = None, **more: Any) -> TenantMapping:
    """A mapping that an administrator confirmed: of these action types, and of nothing else unless told."""
    return TenantMapping(ActionMapping(actions), stages or StageMapping({}, frozenset()), is_confirmed=True, **more)


def done(*types: int | None) -> list[CompanyToDo]:
    """A to-do of each action type, completed in this month, with ids from 1 on."""
    return [CompanyToDo(id=number, action_type=action, completed_date=DONE) for number, action in enumerate(types, 1)]


def named(**names: str) -> list[ActionType]:
    """Action types by id: `named(t23="Demo")`."""
    return [ActionType(id=int(key[1:]), name=name) for key, name in names.items()]


def test_labels_decide_kind_and_direction_and_the_unmapped_are_listed(warehouse):
    names = {20: "Inbound call", 21: "Outgoing calls", 22: "E-mail", 23: "Demo", 3: "General"}
    types = [ActionType(id=action, name=name, is_system_action_type=action == 3) for action, name in names.items()]
    document = sales_report(live(warehouse, CompanyToDos=done(*names, 23, 99, None), ActionTypes=types), ask())
    assert document["calls"] == {"total": 2, "outbound": 1, "inbound": 1, "unspecified": 0, "previous": 0}
    assert document["emails"]["total"] == 1
    assert document["notes"][1:] == [
        'Unmapped action type "Demo" (id 23): 2 in this period, counted as other.',
        "Unmapped action type with the unknown id 99: 1 in this period, counted as other.",
        "Activities without an action type: 1 in this period, counted as other.",
    ]


def test_a_renamed_type_stays_what_it_was_confirmed_to_be(warehouse):
    store = live(warehouse, CompanyToDos=done(23, 24), ActionTypes=named(t23="Outbound call", t24="Demo"))
    mapping = confirmed({23: ActionMeaning(Kind.CALL, Direction.OUTBOUND), 24: MEETING})
    before = sales_report(store, ask(), mapping)
    add(store, "ActionTypes", named(t23="Inbound e-mail", t24="Vorführung"))
    after = sales_report(store, ask(), mapping)
    for document in (before, after):
        assert document["calls"] == {"total": 1, "outbound": 1, "inbound": 0, "unspecified": 0, "previous": 0}
        assert (document["meetings"]["total"], document["emails"]["total"]) == (1, 0)
        assert document["notes"] == []
    (row,) = records_document(store, ask(), "outbound_calls", mapping=mapping)["rows"]
    assert (row["id"], row["action_type"]) == (1, "Inbound e-mail")
    by_label = sales_report(store, ask())  # as long as nobody has confirmed anything, its new label decides
    assert (by_label["calls"]["total"], by_label["emails"]["total"]) == (0, 1)


def test_a_type_that_a_confirmed_mapping_leaves_out_counts_as_other_and_is_named(warehouse):
    store = live(warehouse, CompanyToDos=done(30, 31, 31, 99, None), ActionTypes=named(t30="Call", t31="Inbound call"))
    mapping = confirmed({30: CALL})
    document = sales_report(store, ask(), mapping)
    assert document["activities"]["total"] == 5  # 1 of type 30, 2 of type 31, 1 of type 99, 1 of none
    assert document["activities"]["unmapped"] == 4  # all but the first, whatever their labels say
    assert document["calls"] == {"total": 1, "outbound": 0, "inbound": 0, "unspecified": 1, "previous": 0}
    assert document["conversations"]["total"] == 1
    assert {row["id"]: row["kind"] for row in document["recent_activity"]} == {
        1: "call",
        2: "other",
        3: "other",
        4: "other",
        5: "other",
    }
    assert document["notes"] == [
        'Unmapped action type "Inbound call" (id 31): 2 in this period, counted as other.',
        "Unmapped action type with the unknown id 99: 1 in this period, counted as other.",
        "Activities without an action type: 1 in this period, counted as other.",
    ]
    listed = records_document(store, ask(), "unmapped_activities", mapping=mapping)
    assert sorted(row["id"] for row in listed["rows"]) == [2, 3, 4, 5]


def test_emails_are_conversations_where_the_mapping_says_so(warehouse):
    def email(number: int, at) -> Task:
        return Task(id=number, action_type=3, assigned_resource_id=7, create_date_time=at)

    store = guide(warehouse, Tasks=[call(1, DONE), email(2, DONE), email(3, DONE), email(4, utc(2026, 10, 3))])
    plain = sales_report(store, ask())["conversations"]
    assert plain == {"total": 1, "previous": 0, "includes": ["calls", "meetings"]}
    mapping = TenantMapping(
        ActionMapping({3: EMAIL, 4: CALL}), StageMapping({}, frozenset()), emails_are_conversations=True
    )
    document = sales_report(store, ask(), mapping)
    # November: 1 call + 2 e-mails; 1-22 October: 1 e-mail
    assert document["conversations"] == {"total": 3, "previous": 1, "includes": ["calls", "meetings", "emails"]}
    assert [entry["conversations"] for entry in document["by_day"] if entry["conversations"]] == [3]
    assert {(entry["owner"] or {}).get("id"): entry["conversations"] for entry in document["by_owner"]} == {
        7: 2,
        None: 1,
    }


def test_a_direction_that_is_mapped_goes_before_what_a_task_says_of_itself(warehouse):
    inbound = {"action_type": 4, "direction": 2, "create_date_time": DONE}
    store = guide(warehouse, Tasks=[Task(id=1, **inbound), Task(id=2, **inbound | {"action_type": 8})])
    mapping = confirmed({4: ActionMeaning(Kind.CALL, Direction.OUTBOUND), 8: CALL})
    calls = sales_report(store, ask(), mapping)["calls"]
    assert (calls["outbound"], calls["inbound"], calls["unspecified"]) == (1, 1, 0)


def test_left_out_companies_and_resources_count_nowhere(warehouse):
    whose = ((7, 5), (9, 5), (7, 0), (None, None))  # owner and company: all, but the second and the third
    notes = [
        CompanyNote(id=number, action_type=30, assigned_resource_id=owner, company_id=company, start_date_time=at)
        for number, (at, (owner, company)) in enumerate(
            [*((DONE, one) for one in whose), *((utc(2026, 10, 3), one) for one in whose)], 1
        )
    ]
    deals = [
        Opportunity(
            id=number,
            status=1,
            amount=Decimal(2**number),  # 2 + 16 of 2 + 4 + 8 + 16 are left
            owner_resource_id=owner,
            company_id=company,
            create_date=DONE,
            projected_close_date=utc(2026, 11, 25),
        )
        for number, (owner, company) in enumerate(whose, 1)
    ]
    visits = [Appointment(id=n, resource_id=who, start_date_time=utc(2026, 11, 24)) for n, who in ((1, 7), (2, 9))]
    store = live(warehouse, CompanyNotes=notes, Appointments=visits, Opportunities=deals)

    def seen(**left_out: frozenset[int]) -> tuple:
        document = sales_report(store, ask(), confirmed({30: CALL}, **left_out))
        pipeline, visits = document["pipeline"], document["appointments"]
        return (
            (document["calls"]["total"], document["calls"]["previous"]),
            (visits["total"], visits["upcoming_total"]),
            (document["funnel"][0]["count"], pipeline["open"]["amount"], pipeline["movement"]["end"]["amount"]),
            {entry["owner"] and entry["owner"]["id"] for entry in document["by_owner"]},
        )

    assert seen() == ((4, 4), (2, 2), (4, "30.00", "30.00"), {7, 9, None})
    companies, resources = frozenset({0}), frozenset({9})
    assert seen(excluded_companies=companies) == ((3, 3), (2, 2), (3, "22.00", "22.00"), {7, 9, None})
    assert seen(excluded_resources=resources) == ((3, 3), (1, 1), (3, "26.00", "26.00"), {7, None})
    both = seen(excluded_companies=companies, excluded_resources=resources)
    assert both == ((2, 2), (1, 1), (2, "18.00", "18.00"), {7, None})


def test_statuses_and_stages_mean_what_they_are_mapped_to(warehouse):
    deals = [
        Opportunity(
            id=number,
            stage=stage,
            status=status,
            amount=Decimal(2**number),
            create_date=DONE,
            closed_date=DONE,
            lost_date=DONE,
        )
        # Offer won by the tenant's own status 7; Lead open; Lead lost; status 3 is nothing here; a stage nobody mapped
        for number, (stage, status) in enumerate(((13, 7), (11, 2), (11, 1), (13, 3), (12, 2)), 1)
    ]
    mapping = confirmed(
        {},
        StageMapping({11: 2, 13: 3}, frozenset()),
        outcomes={7: Outcome.WON, 2: Outcome.OPEN, 1: Outcome.LOST},
    )
    document = sales_report(
        live(warehouse, picklists=stages("Lead", "Demo", "Offer"), Opportunities=deals), ask(), mapping
    )
    pipeline = document["pipeline"]
    assert (pipeline["won"]["count"], pipeline["won"]["amount"]) == (1, "2.00")
    assert (pipeline["open"]["count"], pipeline["open"]["amount"]) == (2, "36.00")  # 4 + 32
    assert (pipeline["lost"]["count"], pipeline["lost"]["amount"]) == (1, "8.00")
    # ranks 3, 2, 2, 3, and 2 of the stage before it in the picklist
    assert [step["count"] for step in document["funnel"]] == [5, 5, 5, 2, 1]
    assert (
        'Unmapped stage "Demo" (id 12): it ranks as "Lead" (id 11) before it, until an administrator maps it.'
        in (document["notes"])
    )


def test_the_guides_deals_are_won_in_the_stages_that_are_mapped_so(warehouse):
    deals = [
        Opportunity(id=number, stage=stage, status=status, create_date=DONE, closed_date=DONE)
        for number, (stage, status) in enumerate(((3, 1), (5, 4), (4, 2), (0, 2), (1, 9)), 1)
    ]
    mapping = confirmed(
        {}, StageMapping({0: 0, 1: 1, 3: 5, 5: 2}, frozenset({3})), outcomes={1: Outcome.LOST, 9: Outcome.LOST}
    )
    document = sales_report(guide(warehouse, Opportunities=deals), ask(), mapping)
    pipeline = document["pipeline"]
    # stage 3 is won whatever its status, stage 1 lost by status 9; stages 5, 4 and 0 are open
    assert (pipeline["won"]["count"], pipeline["lost"]["count"], pipeline["open"]["count"]) == (1, 1, 3)
    # ranks 5, 2, 0 (stage 4 is not mapped), 0 and 1
    assert [step["count"] for step in document["funnel"]] == [5, 3, 2, 1, 1]


@pytest.mark.parametrize(
    "picklist", [(), [PicklistValue("Opportunities", "stage", each, f"Stage {each}") for each in range(6)]]
)
def test_where_stages_are_ranks_one_that_the_mapping_leaves_out_ranks_as_its_id(warehouse, picklist):
    deals = [Opportunity(id=number, stage=stage, create_date=DONE) for number, stage in enumerate((0, 1, 3, 4, 6), 1)]
    store = stock(warehouse, {"Opportunities": deals}, dialect="guide", picklists=picklist)
    mapping = confirmed({}, StageMapping({0: 0, 1: 1}, frozenset(), is_by_id=True), outcomes={})
    document = sales_report(store, ask(), mapping)
    assert [step["count"] for step in document["funnel"]] == [5, 3, 2, 2, 0]
    assert [entry["rank"] for entry in document["pipeline"]["open_by_stage"]] == [0, 1, 3, 4, 0]
    assert "Stages that the tenant's picklist does not name count as prospects only: 6." in document["notes"]
    assert not [note for note in document["notes"] if note.startswith("Unmapped stage")]
    listed = mapping_listing(store, facts(), NOW, mapping)
    assert listed["unmapped"]["stages"] == [6]
    assert [entry["id"] for entry in listed["in_force"]["stages"]] == [0, 1]
