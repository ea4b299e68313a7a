from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from partner_portal.web.view.figures import Figures
from web import sample
from web.conftest import browser, page
from web.test_every_page import check

FIGURES = {
    "pipeline.open.amount",
    "pipeline.open.monthly_revenue",
    "pipeline.open.onetime_revenue",
    "pipeline.overdue.count",
    "pipeline.stale.amount",
    "pipeline.stale.after_days",
    "pipeline.won.amount",
    "pipeline.lost.count",
    "pipeline.close_rate.rate",
    "pipeline.cohort_win_rate.open",
    "pipeline.sales_cycle_days.median",
    "pipeline.open_by_stage.3.weighted_amount",
    "pipeline.projected_close.2.amount",
    "pipeline.movement.pushed_out.count",
    "pipeline.stage_changes.backward",
    "pipeline.win_loss_reasons.4.amount",
    "ratios.appointments_per_won.value",
    "funnel.4.count",
}
WITHOUT_RECORDS = {"pipeline.stale.after_days"}


def test_every_figure_is_the_documents(report, connected, viewer):
    connected((3, "done"))
    shown = page(browser(viewer), "/pipeline/").figures()
    figures = Figures(report.document)
    assert shown.keys() >= FIGURES
    known = {place: raw for place, raw in shown.items() if raw}
    assert known == {place: str(figures.value(place)) for place in known}


def test_every_known_figure_leads_to_its_records(report, connected, administrator):
    connected((3, "done"))
    shown = page(browser(administrator), "/pipeline/?period=last_month")
    unlinked = {
        element["data-figure"]
        for element in shown.all("data")
        if element["data-value"] and element.parent.get("class") != "figure-link"
    }
    of_something = (".share", ".conversion", ".previous.amount", ".previous.rate")
    assert {place for place in unlinked if not place.endswith(of_something)} == WITHOUT_RECORDS


RECORDS = {
    "pipeline.open_by_stage.1.count": ("open_deals", "stage:30"),
    "pipeline.open_by_stage.3.amount": ("open_amount", "stage:none"),
    "pipeline.projected_close.2.amount": ("projected_amount", "month:2026-02"),
    "pipeline.win_loss_reasons.0.count": ("closed_deals", "reason:won:3"),
    "pipeline.win_loss_reasons.4.count": ("closed_deals", "reason:lost:none"),
    "pipeline.movement.won.amount": ("movement_won_amount", ""),
    "pipeline.overdue.amount": ("overdue_amount", ""),
}


def test_a_figure_of_a_list_leads_to_its_own_records(report, connected, administrator):
    connected((3, "done"))
    addresses = {
        element["data-figure"]: urlsplit(element.parent.get("href"))
        for element in page(browser(administrator), "/pipeline/").all("data")
    }
    found = {
        place: (addresses[place].path, dict(parse_qsl(addresses[place].query)).get("only", "")) for place in RECORDS
    }
    assert found == {place: (f"/records/{metric}/", only) for place, (metric, only) in RECORDS.items()}


def test_charts_lead_to_records_and_have_a_table_beside_them(report, connected, administrator):
    connected((3, "done"))
    shown = page(browser(administrator), "/pipeline/")
    for chart, places in (("stages", 4), ("months", 4), ("movement", 10)):
        [series, *_] = json.loads(shown.one("script", id=chart).text)["series"]
        assert len(series["values"]) == len(series["links"]) == places
        assert [link.startswith("/records/") for link in series["links"]] == [bool(value) for value in series["values"]]
        drawn = shown.one("div", id=f"{chart}-chart")
        assert drawn["aria-label"].endswith(".")
        assert drawn.parent.one("details", class_="table-toggle").one("table")


def test_who_may_not_see_records_gets_the_numbers_without_links(report, connected, viewer):
    connected((3, "done"))
    shown = page(browser(viewer), "/pipeline/")
    assert not shown.all("a", class_="figure-link")
    assert shown.figures()["pipeline.open.count"] == "143"


def test_the_page_says_what_the_range_does_not_change(report, connected, viewer):
    connected((3, "done"))
    shown = page(browser(viewer), "/pipeline/")
    assert "The range does not change these" in shown.one("section", aria_labelledby="open-title").text
    assert "This month, Nov 1 – 30" in shown.one("section", aria_labelledby="range-title").text


def test_the_page_stands_in_the_navigation(report, connected, viewer):
    links = page(browser(viewer), "/pipeline/").one("nav", aria_label="Pages").all("a", aria_current="page")
    assert [(link.text, link["href"]) for link in links] == [("Pipeline", "/pipeline/")]


@pytest.mark.parametrize("runs", [(), ((0, ""),), ((8, "done"), (0, ""))])
@pytest.mark.parametrize("known", [True, False])
def test_the_page_is_well_made_in_every_state(report, connected, viewer, runs, known):
    report.document = sample.document() if known else sample.never_synced()
    if runs:
        connected(*runs)
    check(page(browser(viewer), "/pipeline/"))


def test_never_read_shows_no_number_and_says_why(report, viewer):
    report.document = sample.never_synced()
    shown = page(browser(viewer), "/pipeline/")
    assert set(shown.figures().values()) == {""}
    assert not shown.all("script", type="application/json")
    empty = [element.text for element in shown.all("p", class_="empty")]
    assert empty.count("Not read from Autotask yet.") == 5


def test_an_empty_pipeline_says_so_everywhere(report, connected, viewer):
    connected((3, "done"))
    nothing = {"open_by_stage": [], "projected_close": [], "win_loss_reasons": [], "movement": None}
    report.document["pipeline"].update(nothing)
    text = page(browser(viewer), "/pipeline/").text
    for words in ("No deal is open", "No open deal is projected", "No change of a deal", "won in this range"):
        assert words in text


def test_a_shortened_history_is_told(report, connected, viewer):
    connected((3, "done"))
    report.document["pipeline"]["movement"]["from"] = "2025-11-10T08:30:00Z"
    panel = page(browser(viewer), "/pipeline/").one("section", aria_labelledby="movement-title").text
    assert "from Mon, Nov 10, 09:30 to Today, 10:42" in panel
    assert "what happened earlier in this range is not known" in panel
