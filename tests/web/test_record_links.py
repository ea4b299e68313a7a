"""Every figure leads to its records: the links of a document's places."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.filters import Filters
from partner_portal.web.view.record_links import METRIC, RecordLinks
from web import sample
from web.reading import read

FILTERS = Filters("last_month", team="North", company_id=7)


def links(filters=FILTERS, pattern=f"/records/{METRIC}/", **changes):
    return RecordLinks(sample.document(**changes), filters, pattern)


def parts_of(href):
    split = urlsplit(href)
    return split.path, {name: value for name, [value] in parse_qs(split.query).items()}


def test_a_figure_leads_to_the_records_of_its_metric_under_the_same_filters():
    assert parts_of(links().of_path("calls.outbound")) == (
        "/records/outbound_calls/",
        {"period": "last_month", "team": "North", "company": "7", "version": "7"},
    )


@pytest.mark.parametrize(
    ("path", "slug", "more"),
    [
        ("calls.previous", "calls", {"of": "comparison"}),
        ("pipeline.won.previous.amount", "won_amount", {"of": "comparison"}),
        ("funnel.2.count", "funnel_qualified", {}),
        ("funnel.2.conversion", "funnel_qualified", {}),
        ("by_day.3.calls", "calls", {"period": "custom", "from": "2025-11-04", "to": "2025-11-04"}),
        ("by_day.3-9.meetings", "meetings", {"period": "custom", "from": "2025-11-04", "to": "2025-11-10"}),
        ("by_owner.1.won_amount", "won_amount", {"owner": "12"}),
        ("by_owner.3.calls", "calls", {"owner": "nobody"}),
        ("pipeline.open_by_stage.0.count", "open_deals", {"only": "stage:11"}),
        ("pipeline.open_by_stage.1.amount", "open_amount", {"only": "stage:none"}),
        ("pipeline.projected_close.0.amount", "projected_amount", {"only": "month:2025-12"}),
        ("pipeline.win_loss_reasons.0.count", "closed_deals", {"only": "reason:won:5"}),
        ("pipeline.win_loss_reasons.1.count", "closed_deals", {"only": "reason:lost:none"}),
    ],
)
def test_an_entry_of_a_list_narrows_what_it_leads_to(path, slug, more):
    lists = {
        "pipeline__open_by_stage": [{"stage": stage, "count": 1, "amount": "1.00"} for stage in (11, None)],
        "pipeline__projected_close": [{"month": "2025-12", "count": 1, "amount": "1.00"}],
        "pipeline__win_loss_reasons": [
            {"outcome": "won", "reason_id": 5, "count": 1, "amount": "1.00"},
            {"outcome": "lost", "reason_id": None, "count": 1, "amount": "1.00"},
        ],
    }
    assert parts_of(links(Filters(), **lists).of_path(path)) == (f"/records/{slug}/", {"version": "7"} | more)


def test_what_no_metric_names_leads_nowhere():
    assert links().of_path("data.version") == ""
    assert links().of_path("nowhere.at.all") == ""


def test_who_may_not_see_records_gets_no_links():
    assert links(pattern="").of_path("calls.total") == ""
    assert links(pattern="").href("calls") == ""


def test_days_of_a_metric():
    href = links(Filters(owner=12)).of_days("calls", date(2025, 11, 3), date(2025, 11, 9))
    assert href == "/records/calls/?period=custom&from=2025-11-03&to=2025-11-09&owner=12&version=7"


def test_every_place_of_the_catalogue_that_the_sample_has_is_linked():
    held = links()
    places = {figure for metric in CATALOGUE for figure in metric.figures}
    single = {place for place in places if "[]" not in place and "funnel" not in place}
    known = {place for place in single if Figures(held.document).value(place) is not None}
    assert len(known) > 20
    assert {path for path in known if not held.of_path(path)} == set()


def test_a_figure_prints_its_link_and_an_unknown_one_none():
    figures = Figures(sample.document(calls__inbound=None), links())
    shown = read(str(figures.count("calls.outbound"))).one("a")
    assert shown["href"].startswith("/records/outbound_calls/?")
    assert shown.one("data")["data-figure"] == "calls.outbound"
    assert not read(str(figures.count("calls.inbound"))).all("a")
    assert not read(str(figures.count("calls.outbound").plain)).all("a")


def test_days_add_up():
    figures = Figures(sample.document(), links())
    week = figures.count_of_days(2, 8, "calls")
    assert week.raw == str(sum(row["calls"] for row in figures.document["by_day"][2:9]))
    assert week.path == "by_day.2-8.calls"
    figures.document["by_day"][4]["calls"] = None
    assert figures.count_of_days(2, 8, "calls").text == "--"
