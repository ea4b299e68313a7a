"""The report over a stocked mirror, written: what the catalogue promises has its place, title and unit."""

from __future__ import annotations

import pytest

from partner_portal.autotask.catalog import Appointment, Opportunity, Resource, Task
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.reports.document import sales_report
from partner_portal.reports.rendering.files import REPORT_FORMATS, report_file
from partner_portal.reports.rendering.reading import report_tables
from partner_portal.reports.rendering.tables import Tables
from reports.stocked import ask, stock, utc


@pytest.fixture(scope="module")
def document(duckdb_warehouse) -> dict:
    at = utc(2026, 11, 3, 9)
    rows = {
        "Tasks": [Task(id=1, title="Call", action_type=4, direction=1, assigned_resource_id=7, create_date_time=at)],
        "Opportunities": [
            Opportunity(id=1, stage=5, status=3, amount=1250, create_date=at, closed_date=at, owner_resource_id=7)
        ],
        "Appointments": [Appointment(id=1, resource_id=7, title="@home", start_date_time=utc(2026, 11, 25, 8))],
        "Resources": [Resource(id=7, first_name="Ann", last_name="Lee")],
    }
    return sales_report(stock(duckdb_warehouse, rows, dialect="guide"), ask("Europe/Berlin"))


@pytest.fixture(scope="module")
def tables(document) -> Tables:
    return report_tables(document)


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.slug)
def test_each_declared_figure_is_written_under_its_title(tables, metric):
    for path in metric.figures:
        if "[]" in path or path.startswith("funnel.") or "previous" in path:
            continue
        figure = tables.figure(path)
        if figure is None:  # never recorded: the whole movement is one unknown
            assert path.startswith("pipeline.movement.")
            assert tables.figure("pipeline.movement").value is None
        else:
            assert figure.title == metric.title


@pytest.mark.parametrize("name", REPORT_FORMATS)
def test_it_can_be_written_in_each_format_also_before_anything_was_read(document, duckdb_warehouse, name):
    unread = sales_report(duckdb_warehouse.organization(OrganizationScope(876_543)), ask(compare="none"))
    assert report_file(document, name).content
    assert report_file(unread, name).content
