"""Looking at pages in a real browser: what the console says, what axe-core finds, what is cut off."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from journeys.demo import CHROMIUM_FLAGS

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "src/partner_portal/web/frontend/node_modules/axe-core/axe.min.js"
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
THEMES = ("light", "dark")
WIDTHS = (360, 390, 768, 1440, 2560)

FIND_VIOLATIONS = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map((rule) =>
    `${rule.id}: ${rule.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} (${
      node.any.concat(node.all, node.none).map((check) => check.message).join("; ")})`).join(" | ")}`);
}"""
FIND_CUT_OFF = """() => {
  const found = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`the page is ${wide - innerWidth} px wider than its window`);
  for (const element of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || style.visibility === "hidden" || element.closest("svg")) continue;
    const text = element.textContent.trim();
    if (!text || !["hidden", "clip"].includes(style.overflowX)) continue;
    const isMarked = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none" || element.title;
    const across = element.scrollWidth - element.clientWidth;
    const down = ["hidden", "clip"].includes(style.overflowY) ? element.scrollHeight - element.clientHeight : 0;
    if (!isMarked && (across > 1 || down > 1)) {
      const name = [element.tagName.toLowerCase(), ...element.classList].join(".");
      found.push(`${name} cuts off "${text.slice(0, 40)}" (${across} px across, ${down} px down)`);
    }
  }
  return found;
}"""


@contextmanager
def browser_page(*, with_axe: bool = False) -> Iterator[Page]:
    """A page of a new browser; `complaints` is what its console and its requests said against it."""
    with sync_playwright() as playwright:
        path = os.environ.get("PORTAL_TEST_BROWSER") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        context = browser.new_context(viewport=dict(zip(("width", "height"), SIZES["wide"], strict=True)))
        if with_axe:
            context.add_init_script(path=AXE)
        page = context.new_page()
        page.emulate_media(reduced_motion="reduce")
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: page.complaints.append(f"{page.url}: {message.text}"))
        yield page
        browser.close()


def open_page(page: Page, address: str, place: str) -> None:
    """Open a page by its path, or by "path > selector": the first link there that the selector finds."""
    path, _, selector = place.partition(" > ")
    page.goto(address + path)
    if selector:
        page.goto(address + (page.locator(selector).first.get_attribute("href") or "/nowhere/"))
    page.wait_for_load_state("networkidle")
    draw_charts(page)


def draw_charts(page: Page) -> None:
    """See every chart once, as charts are drawn when they are seen."""
    for chart in page.locator("[data-chart]:visible").all():
        chart.scroll_into_view_if_needed()
        chart.locator("svg").wait_for()
    page.evaluate("scrollTo(0, 0)")


def violations(page: Page) -> list[str]:
    """What axe-core has against the page as it is shown now: rule, elements, reasons."""
    found: list[str] = page.evaluate(FIND_VIOLATIONS)
    return found


def cut_off(page: Page, width: int) -> list[str]:
    """What does not fit into a window of so many pixels."""
    page.set_viewport_size({"width": width, "height": 900})
    found: list[str] = page.evaluate(FIND_CUT_OFF)
    return found


def resize(page: Page, size: str) -> None:
    """Give the window one of `SIZES`."""
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))


def shoot(page: Page, stem: Path) -> None:
    """Photograph the first screen and the whole page."""
    page.screenshot(path=f"{stem}-screen.png")
    page.screenshot(path=f"{stem}-whole.png", full_page=True)
