"""Photograph the pages of a demo, wide and narrow, light and dark, into screenshots/, and the README's picture.

Run by `make screenshots`. PORTAL_TEST_BROWSER names the browser.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from partner_portal.cli.demo import VIEWER_EMAIL
from partner_portal.cli.demo_states import STATES

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from journeys.demo import log_in, running_demo  # noqa: E402 - found by the line above
from journeys.looking import SIZES, THEMES, browser_page, open_page, resize, shoot  # noqa: E402
from journeys.places import pages_of  # noqa: E402

README_PICTURE = ROOT / "docs" / "images" / "sales-report.png"


def main() -> int:
    """Photograph every page of the usual demo, then the stateful ones in every other state."""
    target = ROOT / "screenshots"
    target.mkdir(exist_ok=True)
    with browser_page() as page:
        for state in STATES:
            with tempfile.TemporaryDirectory() as data, running_demo(Path(data), "--state", state) as address:
                if state == "normal":
                    photograph(page, address, target, {"login": "/accounts/login/"})
                page.goto(address)
                log_in(page)
                photograph(page, address, target, pages_of(state))
                page.context.clear_cookies()
                if state == "not-connected":
                    page.goto(address)
                    log_in(page, VIEWER_EMAIL)
                    photograph(page, address, target, {"not-connected-viewer": "/"})
                    page.context.clear_cookies()
    README_PICTURE.parent.mkdir(exist_ok=True)
    README_PICTURE.write_bytes((target / "sales-report-wide-light-screen.png").read_bytes())
    return 0


def photograph(page: Page, address: str, target: Path, pages: dict[str, str]) -> None:
    """Each page in each size and theme."""
    for name, place in pages.items():
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            for size in SIZES:
                resize(page, size)
                open_page(page, address, place)
                shoot(page, target / f"{name}-{size}-{theme}")


if __name__ == "__main__":
    sys.exit(main())
