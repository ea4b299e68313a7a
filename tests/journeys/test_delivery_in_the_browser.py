"""What a browser really fetches: charts once they are seen, files once, a page that has not changed not again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from journeys.demo import log_in, running_demo
from journeys.looking import browser_page, draw_charts, resize

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

HEADERS_ONLY = 2_000
"""More bytes than a 304 takes."""
FETCHED = """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation")).map(
  (entry) => ({ kind: entry.initiatorType, name: entry.name, wired: entry.transferSize, whole: entry.decodedBodySize })
)"""


def fetched(page: Page, kind: str, part: str = "") -> list[dict]:
    return [entry for entry in page.evaluate(FETCHED) if entry["kind"] == kind and part in entry["name"]]


def test_a_page_fetches_what_it_needs_and_once(tmp_path):
    with running_demo(tmp_path, "--activities", "4000") as address, browser_page() as page:
        page.goto(address)
        log_in(page)
        resize(page, "narrow")
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert fetched(page, "script", "/charts.") == fetched(page, "other", "/charts.") == []
        draw_charts(page)
        scripts = [entry for entry in page.evaluate(FETCHED) if entry["name"].endswith(".js")]
        assert {entry["name"].split("/")[-1].split(".")[0] for entry in scripts} == {"app", "charts"}

        page.goto(address)
        page.wait_for_load_state("networkidle")
        [document] = fetched(page, "navigation")
        assert document["wired"] < HEADERS_ONLY < document["whole"], "the page was answered with 304"
        files = [entry for entry in page.evaluate(FETCHED) if "/static/" in entry["name"]]
        assert files
        assert [entry for entry in files if entry["wired"] > 0] == []
