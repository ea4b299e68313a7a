"""Photograph the pages of a demo, wide and narrow, light and dark, into screenshots/, and the README's picture.

Run by `make screenshots`. PORTAL_TEST_BROWSER names the browser.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from journeys.demo import CHROMIUM_FLAGS, log_in, running_demo  # noqa: E402 - found by the line above

PAGES = {
    "sales-report": "/",
    "sales-report-last-month": "/?period=last_month",
    "sales-report-nothing": "/?period=custom&from=1999-01-01&to=1999-01-31",
    "definitions": "/definitions/",
    "connection": "/settings/connection/",
    "people": "/settings/people/",
    "audit": "/settings/audit/",
    "tokens": "/account/tokens/",
    "account": "/accounts/",
    "sessions": "/accounts/sessions/",
    "second-factors": "/accounts/2fa/",
}
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
THEMES = ("light", "dark")
README_PICTURE = ROOT / "docs" / "images" / "sales-report.png"


def main() -> int:
    """Photograph a connected demo, then one that is not connected."""
    target = ROOT / "screenshots"
    target.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("PORTAL_TEST_BROWSER") or None, args=list(CHROMIUM_FLAGS)
        )
        with tempfile.TemporaryDirectory() as data, running_demo(Path(data)) as address:
            photograph(browser, address, target, PAGES)
        with tempfile.TemporaryDirectory() as data, running_demo(Path(data), "--not-connected") as address:
            photograph(browser, address, target, {"not-connected": "/"})
        browser.close()
    README_PICTURE.parent.mkdir(exist_ok=True)
    README_PICTURE.write_bytes((target / "sales-report-wide-light-screen.png").read_bytes())
    return 0


def photograph(browser: Browser, address: str, target: Path, pages: dict[str, str]) -> None:
    """Each page in each size and theme: the first screen and the whole page."""
    for size, (width, height) in SIZES.items():
        for theme in THEMES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
            page = context.new_page()
            page.goto(address)
            shoot(page, target / f"login-{size}-{theme}")
            log_in(page)
            for name, path in pages.items():
                page.goto(address + path)
                page.wait_for_load_state("networkidle")
                shoot(page, target / f"{name}-{size}-{theme}")
            context.close()


def shoot(page: Page, stem: Path) -> None:
    """The first screen and the whole page."""
    page.screenshot(path=f"{stem}-screen.png")
    page.screenshot(path=f"{stem}-whole.png", full_page=True)


if __name__ == "__main__":
    sys.exit(main())
