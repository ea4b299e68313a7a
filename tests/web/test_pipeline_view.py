from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_portal.web.view.figures import Figures
from partner_portal.web.view.pipeline import pipeline_page
from partner_portal.web.view.pipeline_months import MOST_MONTHS, projected_months
from partner_portal.web.view.pipeline_movement import STEPS
from partner_portal.web.view.pipeline_reasons import reasons
from partner_portal.web.view.pipeline_stages import MANY_STAGES, open_stages
from web import sample

TODAY = date(2025, 11, 20)
REFUSED = "The API user may not read Opportunities. Give its security level the right."


def view(document=None):
    return pipeline_page(Figures(document or sample.document()), sample.NOW)


def card(document, key):
    page = view(document)
    return next(card for card in (*page.open_cards, *page.range_cards) if card.key == key)


def details(shown):
    return [(detail.figure.text, detail.after) for detail in shown.details]


def month(name, count=1, amount="10.00"):
    return {"month": name, "count": count, "amount": amount, "weighted_amount": "5.00"}


def test_what_is_open_now_is_told_apart_from_what_the_range_holds():
    page = view()
    assert [card.key for card in page.open_cards] == [
        *("open", "weighted", "open_revenue", "overdue", "stale", "unprojected"),
    ]
    assert [card.key for card in page.range_cards] == [
        *("won", "lost", "close_rate", "cohort_win_rate", "sales_cycle", "won_revenue"),
    ]
    assert page.read_at is not None
    assert page.read_at.text == "Today, 10:42"


def test_one_time_and_monthly_revenue_stay_apart():
    revenue = card(None, "open_revenue")
    assert revenue.figure.text == "$42,000"
    assert details(revenue) == [("$700,000", "one-time, apart")]
    assert card(None, "won_revenue").figure.path == "pipeline.won.monthly_revenue"


def test_deals_without_a_probability_are_named_beside_the_weighted_amount():
    assert details(card(None, "weighted")) == [("4", "without a probability left out")]


def test_stale_and_overdue_deals_tell_their_thresholds():
    stale = card(None, "stale")
    assert (stale.figure.text, details(stale)) == (
        "$190,000",
        [("21", "deals"), ("30", "days or more without activity")],
    )
    assert (card(None, "overdue").figure.text, card(None, "overdue").words) == (
        "$84,501",
        "projected to close before today",
    )


def test_stale_deals_are_unknown_where_activities_were_not_read():
    document = sample.document(pipeline__stale={"count": None, "amount": None, "after_days": None})
    document["data"]["sources"][1].update(as_of=None, problem="The API user may not read CompanyNotes.")
    assert card(document, "stale").reason == "Company notes could not be read."
    assert card(document, "overdue").reason == ""


def test_won_deals_that_no_range_can_hold_are_named():
    assert details(card(None, "won")) == [("18", "deals"), ("2", "without a date, in no range")]
    assert details(card(sample.document(pipeline__won__undated=0), "won")) == [("18", "deals")]


def test_won_and_lost_are_compared():
    assert card(None, "won").change.text == "+18%"
    assert card(None, "lost").change.text == "−13%"
    assert card(sample.document(comparison=None), "lost").change is None


def test_the_cohorts_rate_is_n_of_m_with_those_still_open():
    cohort = card(None, "cohort_win_rate")
    decided, still_open = cohort.details
    assert (cohort.figure.text, decided.figure.text, decided.then.figure.text) == ("60%", "12", "20")
    assert (still_open.figure.text, still_open.after) == ("76", "still open")
    assert cohort.meter == 60.0


def test_one_deal_is_no_plural():
    assert details(card(sample.document(pipeline__unprojected__count=1), "unprojected")) == [("1", "deal")]


def test_the_stages_bars_are_the_documents_amounts():
    stages = view().stages
    document = sample.document()
    assert stages.chart.labels == ["New lead", "Qualified", "Proposal sent", "no stage"]
    assert stages.chart.series[0].values == [float(stage["amount"]) for stage in document["pipeline"]["open_by_stage"]]
    assert stages.summary == "Most is in Proposal sent: $600,000, 38 deals."
    assert stages.chart.titles[0] == "New lead, 60 deals"


def test_the_stages_make_up_the_open_pipeline():
    rows = view().stages.rows
    figures = Figures(sample.document())
    assert sum(int(row.count.raw) for row in rows) == figures.value("pipeline.open.count")
    for name in ("amount", "weighted"):
        total = sum(Decimal(getattr(row, name).raw) for row in rows)
        assert total == Decimal(figures.value(f"pipeline.open.{name.replace('weighted', 'weighted_amount')}"))


@pytest.mark.parametrize(
    ("stages", "summary"),
    [
        ([], "No deal is open."),
        (
            [{"stage": 1, "label": "New", "rank": 0, "count": 2, "amount": "0.00", "weighted_amount": "0.00"}],
            "No open deal has an amount.",
        ),
    ],
)
def test_stages_without_anything_to_draw_say_so(stages, summary):
    shown = open_stages(Figures(sample.document(pipeline__open_by_stage=stages)))
    assert (shown.summary, shown.chart.has_data) == (summary, False)


def test_many_stages_get_a_taller_chart():
    one = sample.document()["pipeline"]["open_by_stage"][0]
    many = sample.document(pipeline__open_by_stage=[one] * (MANY_STAGES + 1))
    assert open_stages(Figures(many)).is_tall
    assert not view().stages.is_tall


def test_a_month_without_deals_is_a_gap_and_not_left_out():
    chart = view().months.chart
    assert chart.labels == ["Nov", "Dec", "Jan 2026", "Feb 2026"]
    amount, weighted = chart.series
    assert amount.values == [150000.0, 600000.0, 0.0, 400000.0]
    assert (weighted.kind, weighted.values) == ("line", [90000.0, 300000.0, 0.0, 160000.0])
    assert chart.titles[2] == "January 2026, 0 deals"


def test_the_months_begin_with_the_present_one():
    late = Figures(sample.document(pipeline__projected_close=[month("2026-01")]))
    assert projected_months(late, TODAY).chart.labels == ["Nov", "Dec", "Jan 2026"]


def test_months_overdue_and_undated_deals_make_up_the_open_pipeline():
    months = view().months
    parts = (*months.rows, *months.apart)
    assert sum(int(row.count.raw) for row in parts) == int(months.total.count.raw) == 143
    assert sum(Decimal(row.amount.raw) for row in parts) == Decimal(months.total.amount.raw)
    assert [row.label for row in months.apart] == ["Overdue", "No projected close"]


def test_months_far_ahead_are_in_the_table_alone():
    far = sample.document(pipeline__projected_close=[month("2025-12"), month("2031-01")])
    months = projected_months(Figures(far), TODAY)
    assert [row.label for row in months.rows] == ["December 2025", "January 2031"]
    assert (len(months.chart.labels), months.later) == (2, 1)


@settings(max_examples=25)
@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.sets(st.integers(0, 40), min_size=1))
def test_every_near_month_stands_at_its_place(today, distances):
    months = [divmod(today.year * 12 + today.month - 1 + distance, 12) for distance in sorted(distances)]
    found = [month(f"{year}-{number + 1:02}") for year, number in months]
    document = {"organization": {"currency": "USD"}, "pipeline": {"projected_close": found}}
    shown = projected_months(Figures(document), today)
    near = {distance for distance in distances if distance < MOST_MONTHS}
    values = shown.chart.series[0].values
    assert {index for index, value in enumerate(values) if value} == near
    assert shown.later == len(distances) - len(near)
    assert len(shown.rows) == len(found)


@pytest.mark.parametrize(
    ("found", "summary"),
    [
        ([], "No open deal is projected to close from today on."),
        ([month("2025-12", amount="0.00")], "No deal that is projected to close has an amount."),
        ([month("2025-12")], "Most should close in December 2025: $10, 1 deal."),
    ],
)
def test_the_months_are_told_in_words(found, summary):
    assert projected_months(Figures(sample.document(pipeline__projected_close=found)), TODAY).summary == summary


def test_the_movement_adds_up_from_start_to_end():
    chart = view().movement.chart
    values = chart.series[0].values
    assert chart.totals == [0, len(STEPS) - 1]
    assert sum(values[:-1]) == values[-1] == 250000.0
    assert [value < 0 for value in values] == [False] * 4 + [True] * 5 + [False]


def test_the_movement_is_told_in_words_and_in_a_table():
    movement = view().movement
    assert movement.summary == "From $400,000 to $250,000: $97,500 came, $247,500 left."
    assert [(step.label, step.sign, step.amount.text) for step in movement.steps[3:5]] == [
        ("Increases", "+", "$12,500"),
        ("Decreases", "−", "$7,500"),
    ]
    assert (movement.forward.text, movement.backward.text) == ("17", "4")
    assert movement.chart.titles[3:5] == ["Increases, 3 times", "Decreases, 2 times"]


def test_a_history_that_begins_within_the_range_says_since_when():
    movement = view(sample.document(pipeline__movement__from="2025-11-10T08:30:00Z")).movement
    assert movement.since is not None
    assert movement.since.text == "Mon, Nov 10, 09:30"
    assert view().movement.since is None


def test_a_range_without_history_says_so():
    movement = view(sample.document(pipeline__movement=None)).movement
    assert (movement.steps, movement.chart.has_data, movement.begins) == ((), False, None)
    assert "first sync" in movement.unknown


def test_a_range_to_come_has_not_moved_yet():
    document = sample.document(pipeline__movement=None, period__starts_at="2025-11-30T23:00:00Z")
    assert view(document).movement.unknown.startswith("This range has not begun.")


def test_a_pipeline_that_rests_has_not_moved():
    resting = {"count": 0, "amount": "0.00"}
    document = sample.document()
    for key, *_ in STEPS[1:-1]:
        document["pipeline"]["movement"][key] = resting
    document["pipeline"]["movement"]["end"] = {"count": 1, "amount": "400000.00"}
    movement = view(document).movement
    assert movement.summary == "Nothing has moved: $400,000 in 1 deal."
    assert {step.sign for step in movement.steps} == {""}


def test_reasons_are_listed_with_those_not_recorded():
    won, lost = view().reasons
    assert [(row.label, row.count.text, row.width) for row in won.rows] == [
        ("Price", "9", 100.0),
        ("Response", "6", 66.67),
        ("Not recorded", "3", 33.33),
    ]
    assert [row.is_recorded for row in won.rows] == [True, True, False]
    assert won.summary == "Most often Price: 9 of 18 deals."
    assert [(row.label, row.width) for row in lost.rows] == [("Competitor", 75.0), ("Not recorded", 100.0)]


def test_a_reason_of_the_tenant_keeps_its_spelling():
    document = sample.document()
    document["pipeline"]["win_loss_reasons"][0]["reason"] = "eCommerce"
    assert reasons(Figures(document), "won").rows[0].label == "eCommerce"


@pytest.mark.parametrize(
    ("entries", "summary"),
    [([], "No deal was won in this range."), (slice(2, 3), "No reason is recorded of 3 deals.")],
)
def test_reasons_that_are_missing_are_told(entries, summary):
    listed = sample.document()["pipeline"]["win_loss_reasons"]
    kept = listed[entries] if isinstance(entries, slice) else entries
    assert reasons(Figures(sample.document(pipeline__win_loss_reasons=kept)), "won").summary == summary


def test_a_ratio_names_both_of_its_counts():
    calls = next(ratio for ratio in view().ratios if ratio.key == "calls_per_appointment")
    assert (calls.value.text, calls.of.text, calls.per.text, calls.reason) == ("19.7", "1,262", "64", "")


def test_a_ratio_to_nothing_or_to_something_unread_is_unknown_with_its_reason():
    def calls_per_won(**counts):
        return view(sample.document(ratios__calls_per_won={"value": None} | counts)).ratios[1]

    nothing, unread = calls_per_won(of=12, per=0), calls_per_won(of=12, per=None)
    assert (nothing.value.text, nothing.reason) == ("--", "Nothing to divide by in this range.")
    assert unread.reason == "One of the two was not read."


def test_before_the_first_sync_every_figure_is_unknown_with_its_reason():
    page = view(sample.never_synced())
    cards = (*page.open_cards, *page.range_cards)
    assert {card.figure.text for card in cards} == {"--"}
    assert {card.reason for card in cards} == {page.unknown} == {"Not read from Autotask yet."}
    assert page.movement.unknown == page.unknown
    assert (page.stages.rows, page.months.rows, page.read_at) == ((), (), None)
    assert not page.has_data
    assert {row.count.text for row in page.months.apart} == {"--"}


def test_refused_opportunities_are_named():
    document = sample.never_synced()
    document["data"].update(as_of="2025-11-20T09:42:00Z", dialect="live")
    document["data"]["sources"][3]["problem"] = REFUSED
    page = view(document)
    assert page.unknown == page.movement.unknown == "Opportunities could not be read."
    assert page.attention[0].text == REFUSED
