"""How the pipeline of a period moved, worked out by hand, on both stores. Today is 22 November 2026, a Sunday."""

from __future__ import annotations

from dataclasses import replace

import pytest

from partner_portal.autotask.catalog import Company, Opportunity, Resource
from partner_portal.reports.document import sales_report
from partner_portal.reports.labels import proposed_mapping
from partner_portal.reports.question import Team
from partner_portal.reports.records import Page, records_document
from partner_portal.reports.sources import ground_of
from partner_portal.warehouse.store import PicklistValue
from reports.pipeline_oracle import check_balance
from reports.stocked import READ_AT, Deals, ask, deal, stages, stock, utc

SINCE = utc(2026, 10, 20, 8)
IN_NOVEMBER, IN_DECEMBER = utc(2026, 11, 25), utc(2026, 12, 15)
STAGES = stages("New Lead", "Qualification", "Proposal", "Closed Won")
LONG_AGO = utc(2026, 1, 5)
NOTHING = {"count": 0, "amount": "0.00"}


def moved(warehouse, *readings: Deals, **question) -> dict:
    store = stock(warehouse, {"Opportunities": readings[-1].records}, picklists=STAGES, earlier=readings)
    shown = sales_report(store, ask(**question))["pipeline"]
    check_balance(shown["movement"])
    return shown


def parts(shown: dict) -> dict:
    """The parts of a movement in which something moved."""
    pairs = {name: value for name, value in shown.items() if isinstance(value, dict) and value != NOTHING}
    return {name: (value["count"], value["amount"]) for name, value in pairs.items()}


def movement(store, mapping=None, **question) -> dict:
    """The parts of the store's movement, which balance."""
    shown = sales_report(store, ask(**question), mapping)["pipeline"]["movement"]
    check_balance(shown)
    return parts(shown)


def test_a_deal_that_grew_slipped_came_back_and_was_won_balances(warehouse):
    first = deal(1, "100.10", projected_close_date=IN_NOVEMBER)
    readings = [
        Deals(SINCE, [first]),
        Deals(utc(2026, 11, 3), [deal(1, "150.35", projected_close_date=IN_NOVEMBER)]),
        Deals(utc(2026, 11, 5), [deal(1, "150.35", projected_close_date=IN_DECEMBER)]),
        Deals(utc(2026, 11, 10), [deal(1, "140.00", projected_close_date=IN_NOVEMBER)]),
        Deals(READ_AT, [deal(1, "120.00", status=3, projected_close_date=IN_NOVEMBER, closed_date=utc(2026, 11, 22))]),
    ]
    shown = moved(warehouse, *readings)
    assert parts(shown["movement"]) == {
        "start": (1, "100.10"),
        "moved_in": (1, "140.00"),
        "increases": (1, "50.25"),
        "decreases": (1, "20.00"),
        "pushed_out": (1, "150.35"),
        "won": (1, "120.00"),
    }


def test_every_way_into_and_out_of_the_pipeline(warehouse):
    def november(number: int, amount: int, **more) -> Opportunity:
        return deal(number, amount, projected_close_date=IN_NOVEMBER, **more)

    held = [november(number, 2**number) for number in range(1, 6)]
    later = [
        november(2, 4, status=2, lost_date=utc(2026, 11, 9)),
        november(3, 8, status=0),  # a status that is none of the three
        november(6, 64, create_date=utc(2026, 11, 8)),
        november(7, 128, create_date=LONG_AGO),
        deal(8, 256, projected_close_date=IN_DECEMBER, create_date=utc(2026, 11, 8)),
        november(9, 512, status=3, create_date=utc(2026, 11, 8)),  # decided when first seen
    ]
    readings = [Deals(SINCE, held), Deals(utc(2026, 11, 9), later, gone=(4,)), Deals(READ_AT, [])]
    assert parts(moved(warehouse, *readings)["movement"]) == {
        "start": (5, "62.00"),
        "created": (1, "64.00"),
        "moved_in": (1, "128.00"),
        "lost": (1, "4.00"),
        "removed": (2, "24.00"),
        "end": (4, "226.00"),
    }


def test_a_deal_moved_forward_and_back_moves_no_money(warehouse):
    def at(stage: int) -> list[Opportunity]:
        return [deal(1, 50, stage=stage, projected_close_date=IN_NOVEMBER, create_date=utc(2026, 11, 2))]

    readings = [Deals(SINCE, at(11)), Deals(utc(2026, 11, 4), at(13)), Deals(utc(2026, 11, 6), at(12))]
    store = stock(warehouse, {"Opportunities": at(12)}, picklists=STAGES, earlier=readings)
    document = sales_report(store, ask())
    assert parts(document["pipeline"]["movement"]) == {"start": (1, "50.00"), "end": (1, "50.00")}
    assert document["pipeline"]["stage_changes"] == {"forward": 1, "backward": 1}
    assert [step["count"] for step in document["funnel"]] == [1, 1, 1, 0, 0]  # by today's stage
    forward = records_document(store, ask(), "stages_forward")["rows"]
    assert [(row["stage_before"], row["stage"]) for row in forward] == [("New Lead", "Proposal")]


def test_a_movement_begins_with_the_history_and_says_so(warehouse):
    readings = [Deals(utc(2026, 11, 12, 9), [deal(1, 5, projected_close_date=IN_NOVEMBER)])]
    store = stock(warehouse, {"Opportunities": []}, earlier=readings)
    document = sales_report(store, ask("Europe/Berlin"))
    shown = document["pipeline"]["movement"]
    assert (shown["since"], shown["from"], shown["to"]) == (
        "2026-11-12T09:00:00Z",
        "2026-11-12T09:00:00Z",
        "2026-11-22T14:55:00Z",
    )
    assert parts(shown) == {"start": (1, "5.00"), "end": (1, "5.00")}
    said = "The pipeline's movement begins on 2026-11-12: changes of deals are recorded from then on."
    assert said in document["notes"]
    before = sales_report(store, ask(period_name="last_month"))
    assert before["pipeline"]["movement"] is None
    assert before["pipeline"]["stage_changes"] == {"forward": None, "backward": None}
    assert "The pipeline's movement is not known: no changes of deals are recorded of this period." in before["notes"]
    assert records_document(store, ask(period_name="last_month"), "movement_end_deals")["total"]["count"] is None


def test_a_past_period_ends_as_it_was_then(warehouse):
    october = utc(2026, 10, 30)
    readings = [
        Deals(utc(2026, 9, 1), [deal(1, 10, projected_close_date=october)]),
        Deals(utc(2026, 10, 12), [deal(1, 15, projected_close_date=october)]),
        Deals(utc(2026, 11, 1, 3), [deal(1, 99, projected_close_date=october)]),  # 31 October 23:00 in New York
        Deals(READ_AT, [deal(1, 99, status=3, projected_close_date=october)]),
    ]
    in_berlin = moved(warehouse, *readings, zone="Europe/Berlin", period_name="last_month")
    assert parts(in_berlin["movement"]) == {"start": (1, "10.00"), "increases": (1, "5.00"), "end": (1, "15.00")}
    in_new_york = moved(warehouse, *readings, zone="America/New_York", period_name="last_month")
    assert parts(in_new_york["movement"])["end"] == (1, "99.00")


def test_a_deal_that_changes_hands_moves_between_pipelines(warehouse):
    def of(owner: int) -> list[Opportunity]:
        return [deal(1, 30, owner_resource_id=owner, company_id=4, projected_close_date=IN_NOVEMBER)]

    store = stock(
        warehouse,
        {"Opportunities": of(8), "Resources": [Resource(id=7), Resource(id=8)]},
        earlier=[Deals(SINCE, of(7))],
    )
    assert movement(store, owner_id=7) == {"start": (1, "30.00"), "pushed_out": (1, "30.00")}
    assert movement(store, team=Team("East", frozenset({8}))) == {"moved_in": (1, "30.00"), "end": (1, "30.00")}
    assert movement(store, company_id=4) == movement(store) == {"start": (1, "30.00"), "end": (1, "30.00")}


@pytest.mark.parametrize(
    ("column", "asked"), [("company_id", "company_id"), ("opportunity_category_id", "category_id")]
)
def test_a_deal_that_comes_to_another_company_or_category_moves_between_pipelines(warehouse, column, asked):
    def of(number: int, amount: int) -> list[Opportunity]:
        return [deal(1, amount, projected_close_date=IN_NOVEMBER, **{column: number})]

    store = stock(
        warehouse,
        {"Opportunities": of(2, 50), "Companies": [Company(id=1), Company(id=2)]},
        picklists=[PicklistValue("Opportunities", "opportunityCategoryID", each, "Any") for each in (1, 2)],
        earlier=[Deals(SINCE, of(1, 30)), Deals(utc(2026, 11, 5), of(2, 30)), Deals(utc(2026, 11, 6), of(2, 50))],
    )
    assert movement(store, **{asked: 1}) == {"start": (1, "30.00"), "pushed_out": (1, "30.00")}
    assert movement(store, **{asked: 2}) == {
        "moved_in": (1, "30.00"),
        "increases": (1, "20.00"),
        "end": (1, "50.00"),
    }
    assert movement(store) == {"start": (1, "30.00"), "increases": (1, "20.00"), "end": (1, "50.00")}


def test_a_deal_that_is_deleted_was_its_companys_until_then(warehouse):
    held = [
        deal(1, 30, title="Gone", company_id=1, opportunity_category_id=6, projected_close_date=IN_NOVEMBER),
        deal(2, 5, company_id=2, projected_close_date=IN_NOVEMBER),
    ]
    store = stock(
        warehouse,
        {"Opportunities": [], "Companies": [Company(id=1, company_name="Acme"), Company(id=2)]},
        picklists=[PicklistValue("Opportunities", "opportunityCategoryID", 6, "Cloud")],
        earlier=[Deals(SINCE, held), Deals(utc(2026, 11, 5), [], gone=(1,))],
    )
    removed = {"start": (1, "30.00"), "removed": (1, "30.00")}
    assert movement(store, company_id=1) == movement(store, category_id=6) == removed
    assert movement(store, company_id=2) == {"start": (1, "5.00"), "end": (1, "5.00")}
    (row,) = records_document(store, ask(), "movement_removed_deals")["rows"]
    assert (row["title"], row["company"]) == ("Gone", {"id": 1, "name": "Acme"})


def test_an_excluded_companys_deals_stay_out_also_when_they_are_deleted(warehouse):
    def of(number: int, company: int, amount: int) -> Opportunity:
        return deal(number, amount, company_id=company, projected_close_date=IN_NOVEMBER)

    readings = [
        Deals(SINCE, [of(1, 1, 1), of(2, 2, 2), of(3, 2, 4), of(4, 1, 8)]),
        Deals(utc(2026, 11, 5), [of(3, 1, 4), of(4, 2, 8)], gone=(1, 2)),  # the last two change places
    ]
    store = stock(warehouse, {"Opportunities": [of(3, 1, 4), of(4, 2, 8)]}, earlier=readings)
    mapping = replace(proposed_mapping(ground_of(store)), excluded_companies=frozenset({1}))
    assert movement(store, mapping) == {
        "start": (2, "6.00"),
        "moved_in": (1, "8.00"),
        "pushed_out": (1, "4.00"),
        "removed": (1, "2.00"),
        "end": (1, "8.00"),
    }
    assert [row["id"] for row in records_document(store, ask(), "movement_removed_deals", Page(), mapping)["rows"]] == [
        2
    ]


def test_a_deal_that_is_deleted_was_created_when_it_was(warehouse):
    def new(number: int, created) -> Opportunity:
        return deal(number, 2**number, projected_close_date=IN_NOVEMBER, create_date=created)

    # 1 November is still 31 October in New York at 03:30 UTC, but a plain date at 00:00 UTC
    seen = [new(1, utc(2026, 11, 1)), new(2, utc(2026, 11, 1, 3, 30)), new(3, utc(2026, 11, 1, 4)), new(4, None)]
    store = stock(
        warehouse,
        {"Opportunities": []},
        earlier=[Deals(SINCE, [deal(9, 1)]), Deals(utc(2026, 11, 3), seen), Deals(utc(2026, 11, 4), [], (1, 2, 3, 4))],
    )
    assert movement(store, zone="America/New_York") == {
        "created": (2, "10.00"),
        "moved_in": (2, "20.00"),
        "removed": (4, "30.00"),
    }


def test_the_records_of_a_movement_are_the_changes_themselves(warehouse):
    def reading(day: int, amount: int) -> Deals:
        return Deals(utc(2026, 11, day), [deal(1, amount, projected_close_date=IN_NOVEMBER)])

    readings = [Deals(SINCE, [deal(1, 1, projected_close_date=IN_NOVEMBER)]), reading(3, 5), reading(4, 20)]
    store = stock(warehouse, {"Opportunities": readings[-1].records}, earlier=readings)
    listed = records_document(store, ask(), "movement_increases_amount")
    assert listed["total"] == {"count": 2, "value": "19.00", "amount": "19.00"}
    assert [(row["id"], row["seen_at"], row["gain"]) for row in listed["rows"]] == [
        (1, "2026-11-04T00:00:00Z", "15.00"),
        (1, "2026-11-03T00:00:00Z", "4.00"),
    ]
    assert listed["period"]["start"] == "2026-11-01"


def test_a_mirror_without_any_deal_has_no_movement_and_says_nothing_of_it(warehouse):
    document = sales_report(stock(warehouse, {}), ask())
    assert document["pipeline"]["movement"] is None
    assert document["pipeline"]["projected_close"] == []
    assert not [note for note in document["notes"] if "movement" in note]


def test_a_deal_is_created_once_and_then_comes_back(warehouse):
    def reading(day: int, projected) -> Deals:
        return Deals(utc(2026, 11, day), [deal(1, 8, projected_close_date=projected, create_date=utc(2026, 11, 2))])

    other = Deals(SINCE, [deal(2, 1)])
    readings = [other, reading(2, IN_NOVEMBER), reading(3, IN_DECEMBER), reading(4, IN_NOVEMBER)]
    assert parts(moved(warehouse, *readings)["movement"]) == {
        "created": (1, "8.00"),
        "pushed_out": (1, "8.00"),
        "moved_in": (1, "8.00"),
        "end": (1, "8.00"),
    }


def test_a_change_seen_as_the_period_begins_is_part_of_its_start(warehouse):
    readings = [
        Deals(SINCE, [deal(1, 8, projected_close_date=IN_NOVEMBER)]),
        Deals(utc(2026, 11, 1), [deal(1, 16, projected_close_date=IN_NOVEMBER)]),
    ]
    assert parts(moved(warehouse, *readings)["movement"]) == {"start": (1, "16.00"), "end": (1, "16.00")}
