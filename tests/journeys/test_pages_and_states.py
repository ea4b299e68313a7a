"""Every page, and the stateful ones in every state, in a real browser: accessible, whole, and silent on the console.

The whole takes a quarter of an hour: `make looks`. The test command looks at the states in which most differs, at each
page wide and light, and narrow and dark. Photographs of what was looked at are left in screenshots/.
"""

from __future__ import annotations

import os

import pytest

from journeys.demo import log_in, running_demo
from journeys.looking import (
    ROOT,
    SIZES,
    THEMES,
    WIDTHS,
    browser_page,
    cut_off,
    open_page,
    resize,
    shoot,
    violations,
)
from journeys.places import pages_of
from partner_portal.cli.demo import VIEWER_EMAIL
from partner_portal.cli.demo_states import STATES

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

FEW_ACTIVITIES = ("--activities", "4000")
USUAL = (("wide", "light"), ("narrow", "dark"))
IS_WHOLE = "PORTAL_TEST_EVERY_LOOK" in os.environ
LOOKS = tuple((size, theme) for theme in THEMES for size in SIZES) if IS_WHOLE else USUAL
LOOKED_AT = STATES if IS_WHOLE else tuple(state for state in STATES if state in ("normal", "first-sync", "partial"))
PLACES_PHOTOGRAPHED = ("/", "/accounts/login/")
ENTRANCES = {"login": "/accounts/login/", "password-reset": "/accounts/password/reset/"}


def faults(page, address: str, pages: dict[str, str]) -> list[str]:
    """What is wrong with `pages` in each theme and size, and at each width."""
    found = []
    for name, place in pages.items():
        for size, theme in LOOKS:
            page.emulate_media(color_scheme=theme)
            resize(page, size)
            open_page(page, address, place)
            found += [f"{name}, {size}, {theme}: {violation}" for violation in violations(page)]
            if (size, theme) in USUAL and place in PLACES_PHOTOGRAPHED:
                shoot(page, ROOT / "screenshots" / f"{name}-{size}-{theme}")
        found += [f"{name}, {width} px: {fault}" for width in WIDTHS for fault in cut_off(page, width)]
        resize(page, "wide")
    return found + page.complaints


@pytest.mark.parametrize("state", LOOKED_AT)
def test_pages_are_accessible_and_whole(state, tmp_path):
    (ROOT / "screenshots").mkdir(exist_ok=True)
    with running_demo(tmp_path, "--state", state, *FEW_ACTIVITIES) as address, browser_page(with_axe=True) as page:
        page.goto(address)
        log_in(page)
        assert not faults(page, address, pages_of(state))


def test_the_entrance_and_the_view_of_others_are_accessible_and_whole(tmp_path):
    with running_demo(tmp_path, "--state", "not-connected") as address, browser_page(with_axe=True) as page:
        assert not faults(page, address, ENTRANCES)
        page.goto(address)
        log_in(page, VIEWER_EMAIL)
        assert not faults(page, address, {"not-connected-viewer": "/"})
