"""An administrator's first day, in a real browser against a running portal and sandbox."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from journeys.demo import CHROMIUM_FLAGS, EMAIL, PASSWORD, as_shown, figure_of, log_in, running_demo
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

FEWEST_FIGURES = 20


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        path = os.environ.get("PORTAL_TEST_BROWSER") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        yield page
        browser.close()


def test_an_administrators_first_day(page: Page, tmp_path: Path) -> None:
    with running_demo(tmp_path, "--not-connected", "--activities", "4000", "--latency-ms", "700") as address:
        page.goto(address)
        logs_in(page)
        sees_the_banner_and_no_number(page)
        is_told_about_a_wrong_secret(page)
        connects_and_watches_the_first_sync(page)
        this_month = figures(page)
        assert this_month == figures_of_api(page, address, {}, this_month)
        points_at_the_chart(page)
        changes_the_range(page, address)
        refreshes(page)
        logs_out(page, address)
    assert page.complaints == []
    document = reported(tmp_path / "demo")
    assert this_month == {path: as_shown(figure_of(document, path)) for path in this_month}


def points_at_the_chart(page: Page) -> None:
    """What the chart library draws and pops up is let through by the content security policy; see `complaints`."""
    chart = page.locator("[data-chart]").first
    chart.scroll_into_view_if_needed()
    expect(chart.locator("svg")).to_be_visible()
    chart.hover()
    expect(page.locator(".tooltip-title")).to_be_visible()


def logs_in(page: Page) -> None:
    page.fill("input[name=login]", EMAIL)
    page.fill("input[name=password]", PASSWORD + "-not")
    page.press("input[name=password]", "Enter")
    expect(page.get_by_text("not correct")).to_be_visible()
    log_in(page)


def sees_the_banner_and_no_number(page: Page) -> None:
    expect(page.get_by_role("heading", name="Autotask is not connected")).to_be_visible()
    assert set(figures(page).values()) == {""}
    page.get_by_role("link", name="Configure Autotask").click()


def is_told_about_a_wrong_secret(page: Page) -> None:
    fill_in(page, secret="not-the-secret")
    page.get_by_role("button", name="Test Connection").click()
    result = page.locator("#result")
    expect(result).to_contain_text("secret", timeout=15_000)
    assert "not-the-secret" not in page.content()


def connects_and_watches_the_first_sync(page: Page) -> None:
    fill_in(page, secret=SECRET)
    page.get_by_role("button", name="Save & Connect").click()
    expect(page.get_by_role("heading", name="First sync is running")).to_be_visible(timeout=20_000)
    expect(page.locator("#progress progress").first).to_be_visible()
    expect(page.locator("[data-figure='calls.total']").first).not_to_have_attribute("data-value", "", timeout=60_000)
    assert SECRET not in page.content()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", name="Connected", exact=True)).to_be_visible()
    page.get_by_role("link", name="Sales report").first.click()


def changes_the_range(page: Page, address: str) -> None:
    before = page.url
    page.locator("#range summary").click()
    page.get_by_role("link", name="Last month", exact=True).click()
    page.wait_for_url(re.compile("period=last_month"))
    expect(page.locator("#range summary")).to_contain_text("Last month")
    shown = figures(page)
    assert shown == figures_of_api(page, address, {"period": "last_month"}, shown)
    page.go_back()
    expect(page.locator("#range summary")).to_contain_text("This month")
    assert page.url == before


def refreshes(page: Page) -> None:
    before = page.locator("#freshness time").get_attribute("datetime")
    calls = page.locator("[data-figure='calls.total']").first
    page.get_by_role("button", name="Refresh").click()
    expect(calls).not_to_have_attribute("data-value", "")
    expect(page.locator("#freshness time")).not_to_have_attribute("datetime", before, timeout=30_000)


def logs_out(page: Page, address: str) -> None:
    page.get_by_label(re.compile("Your account")).click()
    page.get_by_role("button", name="Log out").click()
    page.goto(address)
    expect(page.locator("input[name=password]")).to_be_visible()


def fill_in(page: Page, *, secret: str) -> None:
    page.get_by_label(re.compile("username", re.IGNORECASE)).fill(USERNAME)
    page.get_by_label(re.compile("secret", re.IGNORECASE)).fill(secret)
    page.get_by_label(re.compile("integration code", re.IGNORECASE)).fill(INTEGRATION_CODE)


def figures(page: Page) -> dict[str, str]:
    """Every figure that the page shows, by its path in the document."""
    found = page.eval_on_selector_all("[data-figure]", "all => all.map(one => [one.dataset.figure, one.dataset.value])")
    assert len(found) >= FEWEST_FIGURES
    return dict(found)


def figures_of_api(page: Page, address: str, asked: dict[str, str], paths: Any) -> dict[str, str]:
    document = page.request.get(f"{address}/api/v1/sales-report", params=asked).json()
    return {path: as_shown(figure_of(document, path)) for path in paths}


def reported(data_dir: Path) -> dict[str, Any]:
    """What `portal report` says of the same data once the portal has stopped."""
    command = [sys.executable, "-m", "partner_portal.cli", "report", "--format", "json"]
    environment = {**os.environ, "PORTAL_DATA_DIR": str(data_dir)}
    return json.loads(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
