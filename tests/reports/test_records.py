"""A number and its records come out of one condition: as many rows as counted, summing to what was summed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from statistics import mean, median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partner_portal.autotask.catalog import Appointment, CompanyNote, CompanyToDo, Opportunity, Resource
from partner_portal.reports.catalogue import CATALOGUE, metric_named
from partner_portal.reports.document import sales_report
from partner_portal.reports.mapping import ActionMapping, Outcome, StageMapping, TenantMapping
from partner_portal.reports.metric import Measure, Metric, Subject, Unit
from partner_portal.reports.question import QuestionError, Team
from partner_portal.reports.records import DataMoved, Page, records_document
from reports.mappings import confirmed, mappings
from reports.stocked import ask, stages, stock, utc
from reports.test_against_plain_loops import questions, stocked
from reports.worlds import STAGES, live_rows

EVERY = 10_000


def figure_at(document: dict, path: str) -> object:
    """The figure at `path` of the document; `funnel.contacted.count` finds the step by its key."""
    value: object = document
    for part in path.split("."):
        if value is None:
            return None
        if isinstance(value, list):
            value = next(entry for entry in value if entry["key"] == part)
        else:
            assert isinstance(value, dict)
            value = value[part]
    return value


def single_figures(metric: Metric) -> Iterator[tuple[str, bool]]:
    """Where the document shows the metric once, and whether it is the comparison period's."""
    for path in metric.figures:
        if "[]" not in path:
            yield path, "previous" in path


def check_records(store, question, mapping, metric: Metric, *, of_comparison: bool, shown: object) -> None:
    """Assert that the records of `metric` make up the figure `shown`."""
    listed = records_document(store, question, metric.slug, Page(limit=EVERY, of_comparison=of_comparison), mapping)
    rows, total = listed["rows"], listed["total"]
    if total["count"] is None:
        assert shown is None
        assert rows == []
        return
    assert len(rows) == total["count"]
    assert len({(row.get("source"), row.get("version"), row["id"]) for row in rows}) == len(rows)
    if metric.measure is not Measure.SHARE:
        assert total["value"] == shown
    if metric.measure is Measure.COUNT:
        assert len(rows) == shown
    elif metric.measure is Measure.SUM:
        key = "weighted_amount" if metric.slug.startswith("weighted") else metric.column
        exact = sum(Decimal(row[key]) for row in rows if row[key] is not None)
        assert abs(exact - Decimal(str(shown))) <= Decimal("0.005")
    elif metric.measure in (Measure.MEAN, Measure.MEDIAN):
        values = [row[metric.column] for row in rows]
        of = mean if metric.measure is Measure.MEAN else median
        assert shown == (pytest.approx(of(values)) if values else None)


@pytest.fixture(scope="module", params=["live", "guide"])
def world(request: pytest.FixtureRequest, warehouse):
    return stocked(warehouse, request.param, Random(20261123), 120)


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions(), data=st.data())
def test_every_figure_equals_its_records_under_any_mapping(world, question, data):
    mapping = confirmed(data.draw(mappings(world.dialect), "mapping"))
    document = sales_report(world.store, question, mapping)
    for metric in data.draw(st.lists(st.sampled_from(CATALOGUE), min_size=6, max_size=6, unique=True)):
        for path, is_previous in single_figures(metric):
            if is_previous and document["comparison"] is None:
                continue
            shown = figure_at(document, path)
            check_records(world.store, question, mapping, metric, of_comparison=is_previous, shown=shown)


def test_deals_of_a_status_that_means_nothing_are_not_among_the_decided(warehouse):
    """One outcome is mapped only: the others' is unknown, and what is unknown is neither won nor lost."""
    world = stocked(warehouse, "live", Random(20261123), 120)
    meanings = ActionMapping({}), StageMapping({}, frozenset())
    question, mapping = ask(period_name="this_year"), TenantMapping(*meanings, outcomes={4: Outcome.LOST})
    document = sales_report(world.store, question, mapping)
    for slug in ("cohort_decided", "closed_deals", "stages_forward", "stages_backward"):
        for path, is_previous in single_figures(metric_named(slug)):
            shown = figure_at(document, path)
            check_records(world.store, question, mapping, metric_named(slug), of_comparison=is_previous, shown=shown)
    assert document["pipeline"]["cohort_win_rate"]["of"] > 0


LISTS = {
    "projected_close": {
        "count": "projected_deals",
        "amount": "projected_amount",
        "weighted_amount": "projected_weighted_amount",
    },
    "open_by_stage": {"count": "open_deals", "amount": "open_amount", "weighted_amount": "weighted_amount"},
    "win_loss_reasons": {"count": "closed_deals", "amount": "closed_amount"},
}
"""The lists of the pipeline, with the metric of each of their figures."""
NARROWED = {
    "projected_close": lambda entry: f"month:{entry['month']}",
    "open_by_stage": lambda entry: f"stage:{or_none(entry['stage'])}",
    "win_loss_reasons": lambda entry: f"reason:{entry['outcome']}:{or_none(entry['reason_id'])}",
}
"""How the records of an entry are asked for."""


def or_none(record_id: int | None) -> int | str:
    return "none" if record_id is None else record_id


def test_the_lists_are_those_whose_figures_the_catalogue_names():
    named = {(path, metric.slug) for metric in CATALOGUE for path in metric.figures if path.startswith("pipeline.")}
    shown = {(f"pipeline.{name}[].{figure}", slug) for name, of in LISTS.items() for figure, slug in of.items()}
    assert {entry for entry in named if "[]" in entry[0]} == shown


@settings(deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions(), data=st.data())
def test_lists_of_the_pipeline_add_up_to_their_records(world, question, data):
    mapping = confirmed(data.draw(mappings(world.dialect), "mapping"))
    pipeline = sales_report(world.store, question, mapping)["pipeline"]
    for name, metrics in LISTS.items():
        for figure, slug in metrics.items():
            value = records_document(world.store, question, slug, Page(limit=1), mapping)["total"]["value"]
            exact = sum(Decimal(entry[figure]) for entry in pipeline[name])
            rounded = Decimal("0.005") * (len(pipeline[name]) + 1) if "weighted" in figure else 0
            assert abs(exact - Decimal(value)) <= rounded


@settings(deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions(), data=st.data())
def test_every_entry_of_a_list_equals_its_narrowed_records(world, question, data):
    mapping = confirmed(data.draw(mappings(world.dialect), "mapping"))
    pipeline = sales_report(world.store, question, mapping)["pipeline"]
    for name, metrics in LISTS.items():
        for entry in pipeline[name]:
            figure = data.draw(st.sampled_from(sorted(metrics)))
            page = Page(limit=EVERY, only=NARROWED[name](entry))
            listed = records_document(world.store, question, metrics[figure], page, mapping)
            assert listed["total"]["value"] == entry[figure]
            assert len(listed["rows"]) == listed["total"]["count"] == listed["found"]
            if figure != "weighted_amount":
                assert listed["total"]["count"] == entry["count"]


CELLS = {
    "calls": "calls",
    "outbound": "outbound_calls",
    "inbound": "inbound_calls",
    "unspecified": "unspecified_calls",
    "emails": "emails",
    "meetings": "meetings",
    "conversations": "conversations",
    "appointments": "appointments",
}


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions(), data=st.data())
def test_every_cell_of_a_day_and_of_an_owner_equals_its_records(world, question, data):
    mapping = confirmed(data.draw(mappings(world.dialect), "mapping"))
    document = sales_report(world.store, question, mapping)

    def value(asked, slug: str) -> object:
        return records_document(world.store, asked, slug, mapping=mapping)["total"]["value"]

    figure = data.draw(st.sampled_from(sorted(CELLS)))
    day = data.draw(st.sampled_from(document["by_day"]))
    on = date.fromisoformat(day["date"])
    assert value(replace(question, period_name="custom", start=on, end=on), CELLS[figure]) == day[figure]
    if document["by_owner"] and question.owner_id is None:
        entry = data.draw(st.sampled_from(document["by_owner"]))
        owner = entry["owner"]
        theirs = replace(question, owner_id=owner and owner["id"], of_nobody=owner is None)
        assert value(theirs, CELLS[figure]) == entry[figure]
        assert value(theirs, "won_amount") == entry["won_amount"]


def test_pages_follow_one_another_without_overlap(warehouse):
    store = stock(warehouse, live_rows(Random(5), 60), picklists=stages(*STAGES))
    question = ask(period_name="custom", start=date(2020, 1, 1), end=date(2027, 12, 31), compare="none")
    whole = records_document(store, question, "activities", Page(limit=EVERY))["rows"]
    assert len(whole) > 60
    for column in ("happened_at", "kind", "owner", "company", "contact", "action_type", "id"):
        for descending in (True, False):
            keys = []
            for offset in range(0, len(whole), 25):
                page = Page(offset=offset, limit=25, sort=column, descending=descending)
                keys += [
                    (row["source"], row["id"]) for row in records_document(store, question, "activities", page)["rows"]
                ]
            assert sorted(keys) == sorted((row["source"], row["id"]) for row in whole)


def test_rows_are_sorted_as_asked_with_the_unknown_last(warehouse):
    deals = [
        Opportunity(id=number, status=1, amount=amount)
        for number, amount in enumerate((Decimal(5), None, Decimal(9), Decimal(7)), 1)
    ]
    store = stock(warehouse, {"Opportunities": deals})
    up = records_document(store, ask(), "open_deals", Page(sort="amount", descending=False))
    assert [row["amount"] for row in up["rows"]] == ["5.00", "7.00", "9.00", None]
    usual = records_document(store, ask(), "open_deals")
    assert [row["amount"] for row in usual["rows"]] == ["9.00", "7.00", "5.00", None]
    assert usual["page"] == {"offset": 0, "limit": 100, "sort": "amount", "descending": True}


def test_a_record_says_who_what_where_and_links_into_autotask(warehouse):
    note = CompanyNote(
        id=4,
        action_type=1,
        assigned_resource_id=7,
        opportunity_id=51,
        name=None,
        note="<p>Asked for a <b>quote</b></p>",
        start_date_time=utc(2026, 11, 3, 9),
    )
    rows = {"CompanyNotes": [note], "Resources": [Resource(id=7, first_name="Ada", last_name="King")]}
    (row,) = records_document(stock(warehouse, rows), ask(), "calls")["rows"]
    assert row == {
        "happened_at": "2026-11-03T09:00:00Z",
        "kind": "call",
        "direction": "unspecified",
        "action_type": "id 1",
        "owner": {"id": 7, "name": "Ada King"},
        "company": None,
        "contact": None,
        "subject": "Asked for a quote",
        "source": "CompanyNotes",
        "id": 4,
        "url": "https://ww1.example.test/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenOpportunity&OpportunityID=51",
    }


def test_the_records_of_another_data_version_are_refused_with_the_remedy(warehouse):
    store = stock(warehouse, {})
    version = store.data_version()
    assert records_document(store, ask(), "calls", Page(version=version))["data"]["version"] == version
    with pytest.raises(DataMoved, match="Load the report"):
        records_document(store, ask(), "calls", Page(version=version - 1))


@pytest.mark.parametrize(
    ("slug", "page", "said"),
    [
        ("cals", Page(), "no metric 'cals'"),
        ("calls", Page(sort="amount"), "sort by one of: happened_at"),
        ("calls", Page(sort="subject"), "sort by one of"),
        ("calls", Page(offset=-1), "correct offset and limit"),
        ("calls", Page(offset=2**63), "correct offset and limit"),
        ("calls", Page(limit=0), "correct offset and limit"),
    ],
)
def test_what_cannot_be_listed_is_refused_with_the_remedy(warehouse, slug, page, said):
    with pytest.raises(QuestionError, match=said):
        records_document(stock(warehouse, {}), ask(), slug, page)


def test_the_comparison_period_has_records_only_where_there_is_one(warehouse):
    store = stock(warehouse, {"CompanyNotes": [CompanyNote(id=1, action_type=1, start_date_time=utc(2026, 10, 5))]})
    listed = records_document(store, ask(), "calls", Page(of_comparison=True))
    assert [row["id"] for row in listed["rows"]] == [1]
    assert listed["period"]["start"] == "2026-10-01"
    with pytest.raises(QuestionError, match="no comparison period"):
        records_document(store, ask(compare="none"), "calls", Page(of_comparison=True))


def test_what_was_never_read_has_no_records_and_no_count(warehouse):
    store = stock(warehouse, {}, unread={"Opportunities": "Opportunities: the API user may not read them."})
    listed = records_document(store, ask(), "open_amount")
    assert listed["total"] == {"count": None, "value": None, "amount": None}
    assert listed["rows"] == []
    assert listed["notes"]


def test_filters_hold_for_every_metric_alike(warehouse):
    rows = {
        "CompanyNotes": [
            CompanyNote(
                id=n,
                action_type=1,
                assigned_resource_id=who,
                company_id=company,
                opportunity_id=deal,
                start_date_time=utc(2026, 11, n),
            )
            for n, (who, company, deal) in enumerate(((7, 1, 51), (8, 1, 52), (9, 2, None), (None, 0, None)), 1)
        ],
        "Appointments": [
            Appointment(id=n, resource_id=who, start_date_time=utc(2026, 11, n)) for n, who in ((1, 7), (2, 9))
        ],
        "Opportunities": [
            Opportunity(
                id=51, status=1, owner_resource_id=7, company_id=1, opportunity_category_id=3, amount=Decimal(5)
            ),
            Opportunity(
                id=52, status=1, owner_resource_id=8, company_id=2, opportunity_category_id=4, amount=Decimal(7)
            ),
        ],
    }
    store = stock(warehouse, rows)

    def seen(**filters) -> tuple:
        document = sales_report(store, ask(**filters))
        return document["calls"]["total"], document["appointments"]["total"], document["pipeline"]["open"]["amount"]

    assert seen() == (4, 2, "12.00")
    assert seen(owner_id=7) == (1, 1, "5.00")
    assert seen(team=Team("East", frozenset({7, 9}))) == (2, 2, "5.00")
    assert seen(team=Team("Nobody yet", frozenset())) == (0, 0, "0.00")
    assert seen(of_nobody=True) == (1, 0, "0.00")
    assert seen(company_id=1) == (2, None, "5.00")
    assert seen(category_id=4) == (1, None, "7.00")
    assert seen(company_id=1, owner_id=8) == (1, None, "0.00")


@pytest.mark.parametrize("filters", [{"company_id": 99}, {"category_id": 99}, {"owner_id": 99}, {"company_id": -1}])
def test_a_filter_on_what_nobody_knows_is_refused_with_the_remedy(warehouse, filters):
    with pytest.raises(QuestionError, match="leave it out"):
        sales_report(stock(warehouse, {}), ask(**filters))


def test_a_to_do_and_its_echo_are_one_call_and_one_merged_duplicate(warehouse):
    same = {"action_type": 1, "company_id": 1, "start_date_time": utc(2026, 11, 3, 9)}
    rows = {
        "CompanyToDos": [CompanyToDo(id=1, assigned_to_resource_id=7, completed_date=utc(2026, 11, 3), **same)],
        "CompanyNotes": [CompanyNote(id=900, assigned_resource_id=7, **same)],
    }
    store = stock(warehouse, rows)
    calls = records_document(store, ask(), "calls")["rows"]
    assert [(row["source"], row["id"]) for row in calls] == [("CompanyToDos", 1)]
    merged = records_document(store, ask(), "merged_duplicates")["rows"]
    assert [(row["source"], row["id"]) for row in merged] == [("CompanyNotes", 900)]


def test_every_metric_can_be_listed():
    assert {metric.selection.subject for metric in CATALOGUE} == set(Subject)
    assert all((metric.measure is Measure.SHARE) == (metric.unit is Unit.RATE) for metric in CATALOGUE)
