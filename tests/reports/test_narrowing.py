"""Narrowing a figure to one entry of a list: what can be asked for, what it lists, what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.reports.metric import Subject
from partner_portal.reports.narrowing import narrowing_of
from partner_portal.reports.question import QuestionError
from partner_portal.reports.records import Page, records_document
from partner_portal.warehouse.store import PicklistValue
from reports.stocked import ask, deal, stages, stock, utc

REASONS = [
    PicklistValue("Opportunities", "winReason", 1, "Price", sort_order=0),
    PicklistValue("Opportunities", "lossReason", 1, "Timing", sort_order=0),
]


@pytest.fixture
def store(warehouse):
    won, lost = {"status": 3, "closed_date": utc(2026, 11, 3)}, {"status": 2, "lost_date": utc(2026, 11, 4)}
    deals = [
        deal(1, 100, stage=11, projected_close_date=utc(2026, 11, 30)),
        deal(2, 200, stage=12, projected_close_date=utc(2026, 12, 1)),
        deal(3, 400, projected_close_date=utc(2026, 12, 31)),
        deal(4, 800, **won, win_reason=1),
        deal(5, 1600, **lost, loss_reason=1),
        deal(6, 3200, **lost),
        deal(7, 6400, **won, win_reason=2, loss_reason=1),
    ]
    return stock(warehouse, {"Opportunities": deals}, picklists=[*stages("New", "Offered"), *REASONS])


@pytest.mark.parametrize(
    ("slug", "only", "label", "amount"),
    [
        ("open_amount", "stage:12", "Stage: Offered", 200),
        ("open_amount", "stage:none", "Stage: no stage", 400),
        ("open_amount", "stage:77", "Stage: id 77", 0),
        ("projected_amount", "month:2026-12", "Projected close: 2026-12", 600),
        ("projected_amount", "month:2026-11", "Projected close: 2026-11", 100),
        ("closed_amount", "reason:won:1", "Won: Price", 800),
        ("closed_amount", "reason:won:2", "Won: id 2", 6400),
        ("closed_amount", "reason:won:none", "Won: not recorded", 0),
        ("closed_amount", "reason:lost:1", "Lost: Timing", 1600),
        ("closed_amount", "reason:lost:none", "Lost: not recorded", 3200),
    ],
)
def test_the_records_and_the_figure_are_those_of_the_entry(store, slug, only, label, amount):
    listed = records_document(store, ask(), slug, Page(only=only))
    assert listed["only"] == {"key": only, "label": label}
    assert listed["total"]["amount"] == f"{amount}.00"
    assert sum(Decimal(row["amount"]) for row in listed["rows"]) == amount
    assert listed["found"] == listed["total"]["count"] == len(listed["rows"])


def test_without_one_all_records_are_listed(store):
    for only in (None, "", "  "):
        listed = records_document(store, ask(), "open_amount", Page(only=only))
        assert (listed["only"], listed["total"]["amount"]) == (None, "700.00")


def test_a_rate_is_narrowed_to_the_share_within_the_entry(store):
    listed = records_document(store, ask(), "close_rate", Page(only="reason:lost:1"))
    assert (listed["total"]["count"], listed["total"]["value"]) == (1, 0)


@pytest.mark.parametrize(
    "only",
    [
        *("stage", "stage:", "stage:x", "stage:-1", "stage:None", "stage:1 OR 1=1", f"stage:{2**63}", "owner:7"),
        *("month:none", "month:2026-13", "month:2026-00", "month:0000-01", "month:2026-1", "month:٢٠٢٦-11"),
        *(
            "reason:1",
            "reason:open:1",
            "reason:won",
            "reason:won:",
            "reason:won:1:2",
            "none",
            ":",
            "stage:" + "9" * 5000,
        ),
    ],
)
def test_another_form_is_refused_with_those_there_are(only):
    with pytest.raises(QuestionError, match="use stage:ID, month:YYYY-MM") as refused:
        narrowing_of(only, Subject.DEALS)
    assert "\n" not in str(refused.value)


@given(text=st.text(max_size=30))
def test_whatever_is_typed_is_understood_or_refused_and_never_becomes_sql(text):
    try:
        narrowing = narrowing_of(text, Subject.DEALS)
    except QuestionError:
        return
    assert narrowing_of(narrowing.key, Subject.DEALS).condition == narrowing.condition


@pytest.mark.parametrize("value", ["4711", "0", str(2**63 - 1)])
def test_ids_are_parameters(value):
    for only in (f"stage:{value}", f"reason:won:{value}"):
        narrowing = narrowing_of(only, Subject.DEALS)
        assert value not in narrowing.condition
        assert narrowing.parameters == {"only_id": int(value)}


def test_a_month_is_all_of_its_days():
    assert narrowing_of("month:2028-02", Subject.DEALS).parameters == {
        "only_first": date(2028, 2, 1),
        "only_last": date(2028, 2, 29),
    }
    assert narrowing_of("month:9999-12", Subject.DEALS).parameters["only_last"] == date.max


@pytest.mark.parametrize(
    ("subject", "only"),
    [
        (Subject.ACTIVITIES, "stage:1"),
        (Subject.ACTIVITIES, "reason:won:1"),
        (Subject.APPOINTMENTS, "month:2026-11"),
        (Subject.CHANGES, "reason:lost:none"),
    ],
)
def test_what_a_list_does_not_know_it_cannot_be_narrowed_to(subject, only):
    with pytest.raises(QuestionError, match=f"{subject.value} can't be narrowed to a {only.split(':')[0]}"):
        narrowing_of(only, subject)


def test_changes_of_deals_know_their_stage_and_projected_month(store):
    for only in ("stage:11", "month:2026-11"):
        listed = records_document(store, ask(), "movement_end_deals", Page(only=only))
        assert [row["id"] for row in listed["rows"]] == [1]
