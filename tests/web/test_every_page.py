"""What holds on every page, in every state: well-formed, named, reachable by keyboard, nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings

from partner_portal.bootstrap import portal
from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.usecases.add_person import add_operator
from web import sample
from web.conftest import browser, page
from web.reading import Element, read

INTERACTIVE = {"a", "button", "input", "select", "summary", "textarea"}
PAGES = (
    *("/", "/definitions/", "/settings/connection/", "/accounts/password/change/", "/nowhere/"),
    *(
        "/activity/",
        "/appointments/",
        "/pipeline/",
        "/people/",
        "/people/11/",
        "/records/calls/",
        "/data-health/",
        "/settings/people/",
        "/settings/audit/",
        "/settings/mapping/",
        "/settings/calendar/",
        "/settings/teams/",
    ),
)


def check(shown: Element) -> None:
    """Everything that can be seen in the markup alone."""
    html = shown.one("html")
    assert html["lang"] == "en"
    assert shown.one("title").text.endswith("Partner Portal")
    assert len(shown.all("h1")) == 1
    assert len(shown.all("main")) == 1
    check_ids(shown)
    check_names(shown)
    check_sources(shown)
    assert shown.one("div", id="announcer")["aria-live"] == "polite"
    skip = shown.one("a", class_="skip-link")
    assert shown.one("main", id=skip["href"].removeprefix("#"))


def check_ids(shown: Element) -> None:
    ids = [element["id"] for element in shown.walk() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in shown.walk():
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            assert set(element.get(attribute).split()) <= set(ids), (element.tag, element.attributes)


def check_names(shown: Element) -> None:
    labelled = {label["for"] for label in shown.all("label")}
    for element in shown.walk():
        if element.tag in {"a", "button", "summary"}:
            assert element.text or element.get("aria-label"), element.attributes
        if element.tag in {"input", "select"} and element.get("type") != "hidden":
            assert element["id"] in labelled
        if element.tag == "img":
            assert "alt" in element.attributes
        if element.tag == "th":
            assert element["scope"] in {"col", "row"}
        if element.get("role") == "img":
            assert element["aria-label"]
        if "tabindex" in element.attributes and element.tag not in INTERACTIVE:
            assert element["tabindex"] in {"0", "-1"}


def check_sources(shown: Element) -> None:
    """Nothing inline that the content security policy would stop, and nothing from another host."""
    for element in shown.walk():
        for name, value in element.attributes.items():
            assert not name.startswith("on"), name
            assert not name.startswith("hx-on"), name
            if name in {"src", "href", "action"} and element.tag != "a":
                assert value.startswith(("/", "data:image/svg+xml;")), value[:200]
        if element.tag == "script":
            assert element.get("src") or element["type"] == "application/json"
    assert not shown.all("style")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_well_made(report, connected, administrator, path):
    connected((3, "done"))
    check(page(browser(administrator), path, status=404 if path == "/nowhere/" else 200))


def test_the_page_of_operators_is_well_made(organization):
    operator = add_operator(portal.parts(), email="op@portal.example")
    check(page(browser(operator), "/operator/organizations/"))


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/"])
def test_an_entrance_is_well_made(organization, path):
    check(page(Client(), path))


@pytest.mark.parametrize("runs", [(), ((0, ""),), ((8, "done"), (0, "")), ((200, "done"),)])
@pytest.mark.parametrize("known", [True, False])
def test_the_report_is_well_made_in_every_state(report, connected, viewer, runs, known):
    report.document = sample.document() if known else sample.never_synced()
    if runs:
        connected(*runs)
    check(page(browser(viewer)))


@pytest.mark.parametrize("path", [*PAGES[:3], "/accounts/login/"])
@pytest.mark.parametrize("demo", [True, False])
def test_the_demo_says_so_on_every_page(report, viewer, path, demo):
    client = Client() if path == "/accounts/login/" else browser(viewer)
    with override_settings(PORTAL_DEMO=demo):
        notice = page(client, path).all("aside", id="demo-notice")
    assert bool(notice) == demo


def test_a_script_of_another_origin_would_be_stopped(viewer):
    policy = browser(viewer).get("/definitions/")["Content-Security-Policy"]
    scripts = re.search(r"script-src ([^;]*)", policy)
    assert scripts is not None
    assert scripts[1] == "'self'"


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("system", ""), ('"><b>', "")])
def test_a_chosen_theme_is_written_into_the_page(viewer, cookie, theme):
    client = browser(viewer)
    client.cookies["theme"] = cookie
    assert page(client, "/definitions/").one("html").get("data-bs-theme") == theme


def test_every_post_form_carries_a_token(report, connected, administrator):
    connected((3, "done"))
    forms = [form for path in PAGES[:4] for form in page(browser(administrator), path).all("form", method="post")]
    assert forms
    assert all(form.one("input", name="csrfmiddlewaretoken")["value"] for form in forms)


def test_times_name_their_zone(report, connected, viewer):
    connected((3, "done"))
    moments = [moment for moment in page(browser(viewer)).all("time") if "T" in moment["datetime"]]
    assert moments
    assert all(moment["datetime"].endswith("Z") and "(Europe/Vienna)" in moment["title"] for moment in moments)


def test_every_metric_is_defined(viewer):
    shown = page(browser(viewer), "/definitions/")
    assert [section["id"] for section in shown.all("section", class_="definition")] == [m.slug for m in CATALOGUE]
    assert CATALOGUE[0].formula in shown.text


def test_logging_in_and_out(report, member):
    person = member("viewer")
    client = Client()
    answer = client.post("/accounts/login/", {"login": person.email, "password": "a long viewer password"})
    assert answer["Location"] == "/"
    assert page(client).one("details", class_="menu-end").one("p").text.endswith(person.email)
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert client.get("/").status_code == 302


def test_a_wrong_password_is_told_without_saying_who_exists(member):
    person = member("viewer")
    told = [page_after(Client(), email).one(role="alert").text for email in (person.email, "nobody@acme.example")]
    assert told[0] == told[1] != ""


def page_after(client: Client, email: str) -> Element:
    return read(client.post("/accounts/login/", {"login": email, "password": "wrong wrong wrong"}).content.decode())


def test_an_error_page_says_what_to_do(viewer, monkeypatch):
    client = browser(viewer)
    client.raise_request_exception = False
    monkeypatch.setattr("partner_portal.web.reporting.read_sales_report", lambda *_, **__: 1 / 0)
    shown = page(client, status=500)
    assert "Try again" in shown.one("main").text
