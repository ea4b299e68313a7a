from __future__ import annotations

import pytest
from django.urls import reverse

from partner_portal.usecases.add_person import add_person
from partner_portal.usecases.organizations import add_organization
from partner_portal.web.frame import NAVIGATION
from proofs import prove
from web.conftest import browser, page

PAGES = ["/", "/definitions/", "/settings/connection/", "/freshness/"]


@pytest.fixture
def traveller(parts, organization, viewer):
    """A person of two organizations."""
    second = add_organization(parts, slug="zulu", name="Zulu Services")
    add_person(parts, organization=second, email=viewer.email, role="administrator")
    return viewer


@pytest.mark.parametrize("path", PAGES)
def test_nobody_gets_in_without_logging_in(organization, path):
    answer = browser().get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={path}"


def test_a_session_that_ended_leads_an_open_page_to_the_login(organization):
    answer = browser().get("/freshness/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/login/")


@pytest.mark.parametrize("path", PAGES)
def test_to_a_stranger_an_organization_does_not_exist(organization, stranger, path):
    assert browser(stranger).get(f"/o/acme{path}").status_code == 404
    assert browser(stranger).get(f"/o/nowhere{path}").status_code == 404


def test_a_stranger_cannot_refresh(organization, stranger, parts, connected):
    connected()
    assert browser(stranger).post("/o/acme/refresh/").status_code == 404
    assert parts.jobs.waiting == []


def test_a_member_sees_their_organization_at_both_addresses(viewer):
    assert "Acme" in page(browser(viewer)).one("span", class_="organization").text
    assert "Acme" in page(browser(viewer), "/o/acme/").one("title").text


def test_links_stay_below_the_address_that_was_asked_for(viewer):
    shown = page(browser(viewer), "/o/acme/?period=last_week")
    links = shown.one("nav", class_="navigation").all("a")
    assert [link["href"] for link in links] == [reverse(name, kwargs={"slug": "acme"}) for name, _ in NAVIGATION]
    assert shown.one("a", data_key="d")["href"] == "/o/acme/?period=today"


def test_whoever_belongs_to_several_is_led_to_the_first_and_can_switch(traveller):
    client = browser(traveller)
    answer = client.get("/definitions/?x=1")
    assert answer["Location"] == "/o/acme/definitions/?x=1"
    menu = page(client, "/o/acme/definitions/").one("details", class_="organization-menu")
    assert {link.text: link["href"] for link in menu.all("a")} == {
        "Acme": "/o/acme/definitions/",
        "Zulu Services": "/o/zulu/definitions/",
    }


def test_a_role_counts_in_its_own_organization_only(traveller):
    client = prove(browser(traveller), traveller)
    assert page(client, "/o/zulu/settings/connection/").all("input", type="password")
    assert not page(client, "/o/acme/settings/connection/").all("input", type="password")


def test_a_change_never_guesses_the_organization(traveller, parts, connected):
    connected()
    assert browser(traveller).post("/refresh/").status_code == 404
    assert parts.jobs.waiting == []


def test_whoever_belongs_to_none_is_told_so(viewer):
    viewer.memberships.all().delete()
    shown = page(browser(viewer), status=403)
    assert "administrator has to add you" in shown.text


def test_navigation_names_pages_that_exist(viewer):
    client = browser(viewer)
    shown = page(client)
    links = shown.one("nav", class_="navigation").all("a")
    assert [link.text for link in links] == [name for _, name in NAVIGATION]
    assert [client.get(link["href"]).status_code for link in links] == [200] * len(links)
    assert [link.text for link in links if link.get("aria-current") == "page"] == ["Sales report"]
