from __future__ import annotations

import pytest

from partner_portal.reports.rendering.reading import report_tables
from partner_portal.reports.rendering.tables import Kind
from reports.rendering.documents import older_report, report, unread_report


@pytest.mark.parametrize(
    ("path", "kind", "value", "previous"),
    [
        ("calls.total", Kind.INTEGER, 1552, 1300),
        ("calls.outbound", Kind.INTEGER, 1270, None),
        ("pipeline.won.amount", Kind.MONEY, "894827.25", "800000.00"),
        ("pipeline.close_rate.rate", Kind.PERCENT, 0.3243, 1.0),
        ("pipeline.close_rate.of", Kind.INTEGER, 74, 20),
        ("pipeline.sales_cycle_days.mean", Kind.DAYS, 31.26, None),
        ("conversations.includes", Kind.TEXT, "calls, meetings", None),
        ("pipeline.overdue.weighted_amount", Kind.MONEY, "99.00", None),
        ("pipeline.movement.start.amount", Kind.MONEY, "100.00", None),
        ("pipeline.stale.after_days", Kind.DAYS, 30, None),
        ("ratios.calls_per_won.value", Kind.NUMBER, 64.6667, None),
        ("pipeline.movement.since", Kind.INSTANT, "2026-10-02T07:00:00Z", None),
    ],
)
def test_a_figure_has_its_kind_and_its_earlier_value(path, kind, value, previous):
    figure = report_tables(report()).figure(path)
    assert figure is not None
    assert (figure.kind, figure.value, figure.previous) == (kind, value, previous)


def test_figures_stand_under_their_heading_in_one_run_each():
    groups = [figure.group for figure in report_tables(report()).figures]
    runs = [group for at, group in enumerate(groups) if at == 0 or groups[at - 1] != group]
    assert runs == ["Activity", "Pipeline", "Pipeline movement", "Activity ratios"]


def test_every_list_is_a_table_in_the_order_of_the_layout():
    assert [section.title for section in report_tables(report()).sections] == [
        "Funnel",
        "By day",
        "By owner",
        "Open deals by stage",
        "Projected close",
        "Win and loss reasons",
        "Upcoming appointments",
        "Recent activity",
        "Sources",
    ]


def test_a_reference_becomes_an_id_and_a_name():
    section = report_tables(report()).section("by_owner")
    assert [(column.key, column.kind) for column in section.columns[:3]] == [
        ("owner_id", Kind.ID),
        ("owner", Kind.TEXT),
        ("calls", Kind.INTEGER),
    ]
    assert [row[:3] for row in section.rows] == [[7, "Ann [bold]Lee", 11], [8, None, 3], [None, None, 1]]


def test_a_nested_object_that_some_rows_lack_becomes_columns_of_its_own():
    section = report_tables(report()).section("data.sources")
    assert [column.key for column in section.columns][-3:] == ["reconciled.at", "reconciled.ours", "reconciled.theirs"]
    assert section.rows[0][-3:] == ["2026-11-22T03:00:00Z", 1200, 1201]
    assert section.rows[1][-3:] == [None, None, None]


def test_a_list_that_nobody_declared_is_written_all_the_same():
    doc = report(
        campaigns={"best": [{"name": "Spring", "won_amount": "3.00", "started_on": "2026-03-01", "odds": 0.5}]}
    )
    section = report_tables(doc).section("campaigns.best")
    assert section.title == "Campaigns, best"
    assert [column.kind for column in section.columns] == [Kind.TEXT, Kind.MONEY, Kind.DATE, Kind.NUMBER]
    assert section.rows == [["Spring", "3.00", "2026-03-01", 0.5]]


def test_an_older_document_lacks_parts_and_is_read():
    tables = report_tables(older_report())
    assert tables.figure("pipeline.movement.since") is None
    assert tables.section("pipeline.open_by_stage") is None
    assert tables.figure("pipeline.won.count").value == 24


def test_what_was_never_read_is_a_figure_without_value_instead_of_an_empty_table():
    doc = report()
    doc["pipeline"] |= {"projected_close": None, "movement": None}
    tables = report_tables(doc)
    assert tables.section("pipeline.projected_close") is None
    assert (tables.figure("pipeline.projected_close").title, tables.figure("pipeline.movement").value) == (
        "Projected close",
        None,
    )


def test_a_list_without_rows_keeps_its_header():
    section = report_tables(unread_report()).section("by_owner")
    assert [column.key for column in section.columns][:3] == ["owner_id", "owner", "calls"]
    assert section.rows == []


def test_the_heading_names_the_filters_that_are_set():
    said = {fact.label: fact.values for fact in report_tables(report()).facts}
    assert said["Filter: Team"] == ("North",)
    assert said["Filter: Category"] == (3,)
    assert "Filter: Company" not in said
    assert said["Mapping version"] == (6,)
    assert {fact.label: fact.values for fact in report_tables(older_report()).facts}["Filter: Owner"] == (7,)
