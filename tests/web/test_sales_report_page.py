from __future__ import annotations

import json

import pytest

from partner_portal.usecases.sales_report import QuestionError
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.filters import Filters
from web import sample
from web.conftest import browser, page

HTMX = {"HX-Request": "true"}
FIGURES_OF_THE_FIRST_SCREEN = {
    "calls.total",
    "calls.outbound",
    "calls.inbound",
    "calls.unspecified",
    "calls.previous",
    "conversations.total",
    "appointments.total",
    "pipeline.open.amount",
    "pipeline.open.count",
    "pipeline.open.weighted_amount",
    "pipeline.won.amount",
    "pipeline.close_rate.won",
    "pipeline.close_rate.of",
    "pipeline.close_rate.rate",
    "funnel.4.count",
    "conversion_rate.rate",
    "by_owner.0.calls",
    "by_day.0.calls",
}


def test_every_figure_is_the_documents(report, connected, viewer):
    connected((3, "done"))
    shown = page(browser(viewer)).figures()
    figures = Figures(report.document)
    assert shown.keys() >= FIGURES_OF_THE_FIRST_SCREEN
    assert {place: str(figures.value(place)) for place in shown if shown[place]} == {
        k: v for k, v in shown.items() if v
    }
    assert [place for place, raw in shown.items() if not raw and figures.value(place) is not None] == []


def test_the_charts_data_is_the_documents(report, connected, viewer):
    connected((3, "done"))
    script = page(browser(viewer)).one("script", id="trend")
    assert script["type"] == "application/json"
    chart = json.loads(script.text)
    assert chart["series"][0]["values"][:20] == [row["calls"] for row in report.document["by_day"]][:20]


def test_the_filters_of_the_address_are_asked_for_and_shown(report, connected, viewer):
    connected((3, "done"))
    shown = page(browser(viewer), "/?period=last_week&compare=none&owner=12")
    assert report.asked[0] == Filters("last_week", compare="none", owner=12).asked()
    assert shown.one("select", id="owner").one("option", selected="").text == "Björn Åkesson"
    assert shown.one("select", id="compare").one("option", selected="").text == "No comparison"
    assert shown.one("details", id="range").one("a", aria_current="true").text == "Last week"


def test_a_custom_range_goes_by_its_dates(report, connected, viewer):
    page(browser(viewer), "/?from=2025-11-02&to=2025-11-05")
    assert report.asked[0]["period"] == "custom"
    assert (report.asked[0]["start"], report.asked[0]["end"]) == ("2025-11-02", "2025-11-05")


def test_somebody_with_no_figure_can_still_be_chosen(report, connected, viewer):
    owners = page(browser(viewer), "/?owner=99").one("select", id="owner")
    assert owners.one("option", selected="").text == "Resource 99"


@pytest.mark.parametrize("query", ["?from=yesterday", "?owner=me", "?period=never"])
def test_a_filter_that_cannot_be_used_is_explained_above_the_default(report, connected, viewer, query):
    report.refusal = QuestionError("Unknown period 'never': use one of today, yesterday.")
    shown = page(browser(viewer), f"/{query}", status=400)
    assert len(shown.one(role="alert").text) > 20
    assert shown.figures()["calls.total"] == "1262"
    assert Filters().asked() in report.asked


def test_a_person_without_scripts_can_use_links_and_forms(report, connected, viewer):
    shown = page(browser(viewer), "/?compare=none")
    preset = shown.one("a", data_key="7")
    assert preset["href"] == "/?period=last_7_days&compare=none"
    assert {form["action"] for form in shown.all("form", method="get")} == {"/"}
    assert shown.one("noscript").text == "Apply"


def test_a_swapped_report_brings_its_address(report, connected, viewer):
    connected((3, "done"))
    client = browser(viewer)
    asked = client.get("/?period=last_week&compare=previous_period&owner=", headers=HTMX | {"HX-Source": "form"})
    assert asked["HX-Push-Url"] == "/?period=last_week"
    by_itself = client.get("/?period=last_week", headers=HTMX | {"HX-Source": "div#report"})
    assert "HX-Push-Url" not in by_itself


def test_without_connection_an_administrator_is_led_to_it(report, administrator):
    report.document = sample.never_synced()
    shown = page(browser(administrator))
    banner = shown.one("section", id="not-connected")
    assert "notice-warning" in banner["class"]
    link = banner.one("a")
    assert (link.text, link["href"]) == ("Configure Autotask", "/settings/connection/")
    assert set(shown.figures().values()) == {""}
    assert {element.text for element in shown.all("p", class_="card-figure")} == {"--"}
    assert not shown.all("button", id="refresh")


def test_without_connection_others_are_told_whom_to_ask(report, administrator, viewer):
    banner = page(browser(viewer)).one("section", id="not-connected")
    assert not banner.all("a")
    assert str(administrator) in banner.text


def test_a_first_sync_shows_progress_and_no_numbers(report, connected, viewer):
    progress = {"Companies": {"rows": 1200, "expected": 4000, "state": "running", "problem": None}}
    connected((0, "", {"progress": progress}))
    shown = page(browser(viewer))
    assert shown.figures() == {}
    assert "1,200 of 4,000 rows" in shown.one("div", id="progress").text
    assert shown.one("progress")["value"] == "30"
    assert shown.one("div", id="freshness")["hx-trigger"] == "every 2s"


def test_while_a_sync_runs_the_old_numbers_stay(report, connected, viewer):
    connected((8, "done"), (0, ""))
    shown = page(browser(viewer))
    assert shown.figures()["calls.total"] == "1262"
    assert shown.one("div", id="freshness").text == "Refreshing. Data as of 10:37"
    assert "hidden" in shown.one("div", id="progress").attributes


def test_a_failed_contact_is_told_with_its_remedy(report, connected, viewer):
    connected((200, "done"), (2, "failed"), problem="The host cannot be reached. Check the address.")
    shown = page(browser(viewer))
    assert "The host cannot be reached. Check the address." in shown.text
    assert shown.one("span", class_="chip-stale").text == "Data as of 07:25, 3 h ago"


def test_an_entity_without_permission_is_named(report, connected, viewer):
    report.document = sample.document(appointments={"total": None, "previous": None, "upcoming": []})
    report.document["data"]["sources"][0].update(as_of=None, problem="The API user may not read Appointments.")
    shown = page(browser(viewer))
    assert shown.one("article", id="card-appointments").one("p", class_="card-figure").text == "--"
    assert "may not read Appointments" in shown.one("ul", class_="attention").text


def test_an_empty_range_says_so_everywhere(report, connected, viewer):
    connected((3, "done"))
    nothing = sample.document(by_owner=[], recent_activity=[], notes=[], appointments__upcoming=[], calls__total=0)
    for row in nothing["by_day"]:
        row.update(dict.fromkeys(set(row) - {"date"}, 0))
    for step in nothing["funnel"]:
        step.update(count=0, amount="0.00", share=None, conversion=None)
    report.document = nothing
    text = page(browser(viewer)).text
    for words in ("No opportunity was created", "No calls in this range", "Nobody did anything", "Nothing happened"):
        assert words in text


def test_texts_from_autotask_are_only_text(report, connected, viewer):
    report.document["recent_activity"][0].update(subject="<script>alert(1)</script>", url="https://ww5.example.test/1")
    shown = page(browser(viewer))
    assert [script for script in shown.all("script") if "alert" in script.text] == []
    link = next(link for link in shown.all("a", target="_blank") if "alert(1)" in link.text)
    assert link["rel"] == "noopener noreferrer"


def test_an_open_page_learns_that_its_numbers_are_old(report, connected, viewer):
    connected((3, "done"))
    client = browser(viewer)
    seen = page(client).one("div", id="freshness")["hx-get"]
    assert seen.startswith("/freshness/?seen=version-7-")
    assert "HX-Trigger" not in client.get(seen, headers=HTMX)
    report.document["data"]["version"] = 8
    changed = client.get(seen, headers=HTMX)
    assert changed["HX-Trigger"] == "report-changed"
    assert seen in changed.content.decode(), "the page still shows the old numbers"


def test_an_unchanged_fragment_costs_no_body(report, connected, viewer):
    connected((3, "done"))
    client = browser(viewer)
    first = client.get("/freshness/?seen=version-7", headers=HTMX)
    again = client.get("/freshness/?seen=version-7", headers=HTMX | {"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_a_first_sync_does_not_reload_the_report(report, connected, viewer):
    connected((0, ""))
    assert "HX-Trigger" not in browser(viewer).get("/freshness/?seen=version-1", headers=HTMX)


def test_refresh_asks_for_a_sync_and_comes_back(report, connected, viewer, parts):
    connected((8, "done"))
    client = browser(viewer)
    answer = client.post("/refresh/", {"next": "/?period=last_week"})
    assert (answer.status_code, answer["Location"]) == (302, "/?period=last_week")
    assert parts.jobs.waiting == [("acme", False)]


def test_refresh_within_the_page_shows_that_it_is_under_way(report, connected, viewer):
    connected((8, "done"))
    answer = browser(viewer).post("/refresh/?period=last_week", {"seen": "version-6"}, headers=HTMX).content.decode()
    assert "Refreshing. Data as of 10:37" in answer
    assert "/freshness/?period=last_week&amp;seen=version-6" in answer


def test_refresh_leads_to_no_other_site(report, connected, viewer):
    connected((8, "done"))
    answer = browser(viewer).post("/refresh/", {"next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_refresh_is_a_post(report, connected, viewer):
    assert browser(viewer).get("/refresh/").status_code == 405


def test_a_representative_whose_resource_is_not_mirrored_yet_sees_the_page(member):
    own = member("representative")
    own.memberships.update(is_resource_decided=True, resource_id=7)
    shown = page(browser(own))
    assert set(shown.figures().values()) == {""}
