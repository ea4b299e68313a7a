from __future__ import annotations

import json

import pytest

from partner_portal.web.view.figures import Figures
from web import sample
from web.conftest import browser, page

PATHS = ("/activity/", "/appointments/")


@pytest.mark.parametrize("path", PATHS)
def test_every_figure_is_the_documents(report, connected, viewer, path):
    connected((3, "done"))
    figures, shown = Figures(report.document), page(browser(viewer), path).figures()
    single = {place: raw for place, raw in shown.items() if "-" not in place}
    assert len(single) > 30
    assert single == {place: str(figures.value(place)) for place in single}


@pytest.mark.parametrize("path", PATHS)
def test_figures_lead_to_their_records_for_who_may_see_them(report, connected, administrator, viewer, path):
    connected((3, "done"))
    hrefs = [link["href"] for link in page(browser(administrator), path).all("a", class_="figure-link")]
    assert "/records/appointments/?version=7" in hrefs
    assert any("from=2025-11-07&to=2025-11-07" in href for href in hrefs)
    assert "/records/" not in str([link["href"] for link in page(browser(viewer), path).all("a")])


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_of_a_first_sync_but_its_progress(report, connected, viewer, path):
    connected((0, ""))
    report.document = sample.never_synced()
    shown = page(browser(viewer), path)
    assert "hidden" not in shown.one("div", id="progress").attributes
    assert shown.figures() == {}


@pytest.mark.parametrize("path", PATHS)
def test_who_is_not_connected_reads_unknown_figures_and_why(report, viewer, path):
    report.document = sample.never_synced()
    shown = page(browser(viewer), path)
    assert shown.one("section", id="not-connected")
    assert set(shown.figures().values()) == {""}
    assert "Not read from Autotask yet." in shown.one("main").text


def test_the_charts_hold_the_documents_numbers_and_links(report, connected, administrator):
    connected((3, "done"))
    shown = page(browser(administrator), "/activity/")
    owners = json.loads(shown.one("script", id="callers").text)
    assert (owners["kind"], owners["series"][0]["values"][0]) == ("rows", 350)
    assert owners["series"][0]["links"][0] == "/records/outbound_calls/?owner=11&version=7"
    directions = json.loads(shown.one("script", id="directions").text)
    assert directions["series"][1]["values"][6] == report.document["by_day"][6]["inbound"]
    assert len(shown.all("details", class_="table-toggle")) == 3


def test_recent_activity_names_everybody_and_leads_to_autotask(report, connected, viewer):
    connected((3, "done"))
    report.document["recent_activity"][0]["contact"] = {"id": 5, "name": "Mia Holm"}
    row = page(browser(viewer), "/activity/").one("table", class_="happened").all("tr")[1]
    assert [cell.text for cell in row.all("td")] == ["Acme Dental", "Mia Holm", "Ana Ruiz", "10:45"]
    assert row.one("a")["href"] == "https://ww5.example.test/note/9000"
    assert row.one("use")["href"].endswith("#call-out")


def test_who_may_see_the_mapping_is_led_there(report, connected, viewer, member):
    connected((3, "done"))
    assert "/settings/mapping/" in [link["href"] for link in page(browser(viewer), "/activity/").all("a")]
    shown = page(browser(member("representative")), "/activity/")
    assert "/settings/mapping/" not in [link["href"] for link in shown.all("a")]
    assert "Ask an administrator to map their action types." in shown.one("main").text


def test_a_source_that_may_not_be_read_is_named(report, connected, viewer):
    connected((3, "done"))
    refused = "The API user may not read Appointments. Give its security level the right."
    report.document = sample.document(appointments__total=None)
    report.document["data"]["sources"][0].update(as_of=None, problem=refused)
    shown = page(browser(viewer), "/appointments/")
    assert shown.one("section", class_="notice-danger").one("p").text == refused
    assert not shown.all("table", class_="calendar")
