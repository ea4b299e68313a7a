"""A morning without a mouse: log in, change range and company, open a number's records, open one, export, log out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from journeys.demo import EMAIL, PASSWORD, running_demo
from journeys.looking import browser_page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

MOST_STEPS = 150
FOCUS = """(selector) => {
  const here = document.activeElement;
  const style = getComputedStyle(here);
  const isSeen = here.matches(":focus-visible") && (style.outlineStyle !== "none" || style.boxShadow !== "none");
  return { isThere: here.matches(selector), isSeen, name: here.outerHTML.slice(0, 120) };
}"""


def test_everything_can_be_done_with_the_keyboard(tmp_path):
    with running_demo(tmp_path, "--activities", "4000") as address, browser_page() as page:
        page.goto(address)
        logs_in(page)
        changes_the_range(page)
        looks_at_one_company(page)
        opens_the_records_of_a_number(page)
        opens_a_record_in_autotask(page)
        exports_the_records(page)
        logs_out(page)
        assert page.complaints == []


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until the focus is on `selector`; at every stop it must be seen where the focus is."""
    for _ in range(MOST_STEPS):
        page.keyboard.press(key)
        focus = page.evaluate(FOCUS, selector)
        assert focus["isSeen"], f"the focus cannot be seen on {focus['name']}"
        if focus["isThere"]:
            return
    raise AssertionError(f"{MOST_STEPS} steps do not lead to {selector}")


def logs_in(page: Page) -> None:
    if not page.evaluate(FOCUS, "input[name=login]")["isThere"]:
        tab_to(page, "input[name=login]")
    page.keyboard.type(EMAIL)
    tab_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sales report", level=1)).to_be_visible()


def changes_the_range(page: Page) -> None:
    shown = page.locator("#range > summary")
    page.keyboard.press("r")
    expect(page.locator("#range")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator("#range")).not_to_have_attribute("open", "")
    assert page.evaluate(FOCUS, "#range > summary")["isThere"], "focus returns to what opened the menu"
    page.keyboard.press("q")
    page.wait_for_url(re.compile("period=this_quarter"))
    expect(shown).to_contain_text("This quarter")
    page.keyboard.press("r")
    tab_to(page, "#range a[href*='period=last_month']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("period=last_month"))
    expect(shown).to_contain_text("Last month")


def looks_at_one_company(page: Page) -> None:
    page.keyboard.press("f")
    tab_to(page, "#company-text")
    page.keyboard.type("de")
    expect(page.locator("#companies-found a").first).to_be_visible()
    assert page.evaluate(FOCUS, "#company-text")["isThere"], "what is found is shown below what is being typed"
    tab_to(page, "#companies-found a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"period=last_month.*company=\d+"))
    tab_to(page, ".chosen-filter")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "company=" not in url)
    expect(page.locator(".chosen-filter")).to_have_count(0)


def opens_the_records_of_a_number(page: Page) -> None:
    total = page.locator("[data-figure='calls.total']").first.get_attribute("data-value")
    tab_to(page, "#card-calls .card-figure a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/records/calls/\?.*period=last_month"))
    expect(page.locator("h1 data")).to_have_attribute("value", total or "")


def opens_a_record_in_autotask(page: Page) -> None:
    tab_to(page, ".records-find input")
    tab_to(page, "a.record-opens")
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    expect(opened.value.get_by_text("Here Autotask would show the record.")).to_be_visible()
    assert re.search(r"/(Autotask|Mvc)/.*\d", opened.value.url)
    opened.value.close()


def exports_the_records(page: Page) -> None:
    page.keyboard.press("/")
    tab_to(page, ".records-files a")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    assert re.fullmatch(r"[\w.-]+\.(csv|xlsx)", saved.value.suggested_filename)


def logs_out(page: Page) -> None:
    tab_to(page, "summary[aria-label^='Your account']", "Shift+Tab")
    page.keyboard.press("Enter")
    tab_to(page, "form[action*='logout'] button")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=password]")).to_be_visible()
