"""Every figure of every page, read from the browser, is the report document's: two organizations, three ranges."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page

from acceptance.portal_cli import Portal
from journeys.demo import as_shown, figure_of, free_port, log_in, running_process
from journeys.looking import browser_page, open_page
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.server import running
from partner_portal.sandbox.world import generate

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

EMAIL, PASSWORD = "both@example.com", "looks-at-two-organizations"
ZONES = {"north": "America/New_York", "south": "Australia/Adelaide"}
RANGES = ("", "?period=last_month&compare=previous_year", "?period=last_90_days")
PAGES = {
    "": 60,
    "activity/": 60,
    "appointments/": 30,
    "pipeline/": 60,
    "people/": 60,
}
"""The pages over the report document, and how many figures each shows at least."""
NOWHERE = "http://127.0.0.1:9"
"""Where the portal that serves would look for Autotask: the figures stay while they are compared."""


@dataclass(frozen=True)
class Served:
    """A portal with two organizations, and a browser in which somebody is logged in who belongs to both."""

    address: str
    page: Page

    def document(self, slug: str, query: str, **more: str) -> dict[str, Any]:
        asked = dict(pair.split("=") for pair in query.removeprefix("?").split("&") if pair)
        params = {"organization": slug, **asked, **more}
        return self.page.request.get(f"{self.address}/api/v1/sales-report", params=params).json()

    def figures(self) -> dict[str, str]:
        pairs = "all => all.map((one) => [one.dataset.figure, one.dataset.value])"
        found = self.page.eval_on_selector_all("[data-figure]", pairs)
        shown = dict(found)
        assert all(shown[path] == value for path, value in found), "one figure is shown with two values"
        return shown


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("two") / "data"
    with ExitStack() as stack:
        for seed, (slug, zone) in enumerate(ZONES.items(), start=1):
            world = generate(seed=seed, activities=3_000, time_zone=zone)
            stack.callback(world.close)
            set_up(Portal(data, stack.enter_context(running(world)), {}), slug, zone)
        port = free_port()
        environment = Portal(data, NOWHERE, {}).environment
        command = [sys.executable, "-m", "partner_portal.cli", "serve", "--port", str(port)]
        log = data.parent / "serve.log"
        address = stack.enter_context(running_process(command, environment, log, f"http://127.0.0.1:{port}"))
        page = stack.enter_context(browser_page())
        page.goto(address)
        log_in(page, EMAIL, PASSWORD)
        yield Served(address, page)


def set_up(portal: Portal, slug: str, zone: str) -> None:
    portal.done("organization", "add", slug, "--time-zone", zone)
    credentials = ("--username", USERNAME, "--integration-code", INTEGRATION_CODE, "--secret-stdin")
    portal.done("connect", "--organization", slug, *credentials, stdin=SECRET)
    portal.done("sync", "--organization", slug)
    portal.done("user", "add", EMAIL, "--organization", slug, "--role", "manager", "--password-stdin", stdin=PASSWORD)


@pytest.mark.parametrize("query", RANGES)
@pytest.mark.parametrize("slug", ZONES)
def test_every_figure_is_the_documents(served, slug, query):
    document = served.document(slug, query)
    for path, fewest in PAGES.items():
        open_page(served.page, served.address, f"/o/{slug}/{path}{query}")
        shown = served.figures()
        assert len(shown) >= fewest, path
        assert shown == {figure: as_shown(figure_of(document, figure)) for figure in shown}, path


@pytest.mark.parametrize("query", RANGES)
@pytest.mark.parametrize("slug", ZONES)
def test_every_figure_of_one_person_is_their_documents(served, slug, query):
    person = served.document(slug, query)["by_owner"][0]["owner"]["id"]
    open_page(served.page, served.address, f"/o/{slug}/people/{person}/{query}")
    shown, document = served.figures(), served.document(slug, query, owner=str(person))
    assert len(shown) >= 30
    assert shown == {figure: as_shown(figure_of(document, figure)) for figure in shown}


def test_the_two_organizations_have_figures_of_their_own(served):
    north, south = (served.document(slug, "") for slug in ZONES)
    assert north["calls"] != south["calls"]
    assert north["period"]["starts_at"] != south["period"]["starts_at"]
