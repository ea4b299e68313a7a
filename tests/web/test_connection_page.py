from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from partner_portal.bootstrap import portal
from partner_portal.organizations.models import Connection
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.vault.source import EnvironmentSource
from proofs import prove
from sandboxes import reached_sandbox
from web.conftest import browser as logged_in
from web.conftest import page
from web.reading import read

PATH = "/settings/connection/"
ENTRY_URL = "http://127.0.0.1:9"
RIGHT = {"username": USERNAME, "secret": SECRET, "integration_code": INTEGRATION_CODE}
WRONG = RIGHT | {"secret": "not-the-secret-of-anybody"}


@pytest.fixture
def autotask(parts):
    """A sandbox in this process, reached by the portal."""
    with reached_sandbox(parts) as app:
        yield app


def browser(person) -> Client:
    """A browser whose person proved a moment ago who they are."""
    return prove(logged_in(person), person)


def posted(client: Client, status: int = 200, **fields: str):
    response = client.post(PATH, fields)
    text = response.content.decode()
    assert response.status_code == status, text[:400]
    for secret in {fields.get("secret"), fields.get("integration_code"), SECRET, INTEGRATION_CODE} - {None, ""}:
        assert secret not in text
    return response


def test_the_form_asks_for_three_things_and_hides_two(administrator):
    form = page(browser(administrator), PATH).one("section", aria_labelledby="form-title")
    fields = {field["name"]: field["type"] for field in form.all("input") if field["type"] != "hidden"}
    assert fields == {"username": "text", "secret": "password", "integration_code": "password"}
    assert [button.text for button in form.all("button")] == ["Test Connection", "Save & Connect"]
    assert all(form.all("label", **{"for": f"id_{name}"}) for name in fields)


def test_a_test_tells_item_by_item_and_keeps_nothing(administrator, organization, autotask):
    shown = read(posted(browser(administrator), act="test", **RIGHT).content.decode())
    result = shown.one("section", id="result")
    assert result.one("h2").text == "The connection works, with 1 warning"
    assert [item.one("h4").text for item in result.all("li")][:3] == [
        "Host reachable: ok",
        "Zone found: ok",
        "Credentials accepted: ok",
    ]
    assert not Connection.objects.filter(organization=organization).exists()


def test_a_wrong_secret_is_told_clearly_and_not_repeated(administrator, organization, autotask):
    shown = read(posted(browser(administrator), act="save", **WRONG).content.decode())
    assert shown.one("h2", id="result-title").text == "The connection does not work"
    [failed] = shown.all("li", class_="check-failed")
    assert failed.one("h4").text == "Credentials accepted: failed"
    assert "secret" in failed.one("p").text.lower()
    assert shown.one("input", id="id_username")["value"] == USERNAME
    assert not Connection.objects.filter(organization=organization).exists()


def test_saving_connects_and_leads_to_the_first_sync(administrator, organization, autotask, parts):
    client = browser(administrator)
    assert posted(client, 302, act="save", **RIGHT)["Location"] == "/"
    assert parts.jobs.waiting == [("acme", True)]
    assert page(client).one("span", class_="chip").text == "First sync is running"


def test_within_the_page_saving_loads_the_report(administrator, autotask):
    answer = browser(administrator).post(PATH, RIGHT | {"act": "save"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/")


@pytest.mark.parametrize("missing", ["username", "secret", "integration_code"])
def test_an_empty_field_is_named(administrator, missing):
    shown = read(posted(browser(administrator), 422, act="save", **(RIGHT | {missing: ""})).content.decode())
    error = shown.one("p", class_="form-error")
    assert error["id"] == f"id_{missing}_error"
    assert shown.one("input", id=f"id_{missing}")["aria-invalid"] == "true"


def test_what_cannot_be_a_credential_is_refused_at_its_field(administrator):
    shown = read(posted(browser(administrator), 422, act="test", **(RIGHT | {"secret": "two\nlines"})).content.decode())
    assert shown.one("p", class_="form-error")["id"] == "id_secret_error"


def test_a_connection_is_shown_without_its_secrets(administrator, connected):
    connected((3, "done"))
    shown = page(browser(administrator), PATH)
    assert "api-user@acme.example" in shown.one("dl", class_="facts").text
    assert shown.one("h2", id="form-title").text == "Replace the credentials"
    assert all(not field.get("value") for field in shown.all("input", type="password"))


def test_a_saved_connection_can_be_tested(administrator, organization, autotask):
    client = browser(administrator)
    posted(client, 302, act="save", **RIGHT)
    shown = read(posted(client, act="test_saved").content.decode())
    assert shown.one("h2", id="result-title").text == "The connection works, with 1 warning"


def test_testing_what_is_not_there_leads_back(administrator):
    assert posted(browser(administrator), 302, act="test_saved")["Location"] == PATH


def test_others_see_how_it_stands_and_cannot_change_it(viewer, administrator, connected, organization, autotask):
    connected((3, "done"))
    client = browser(viewer)
    shown = page(client, PATH)
    assert not shown.all("input", type="password")
    assert str(administrator) in shown.one("section", class_="notice").text
    posted(client, 403, act="save", **RIGHT)
    posted(client, 403, act="test", **RIGHT)
    assert Connection.objects.get(organization=organization).username == "api-user@acme.example"


def test_a_form_without_its_token_is_refused(administrator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    answer = client.post(PATH, RIGHT | {"act": "save"})
    assert answer.status_code == 403
    assert "out of date" in answer.content.decode()
    assert SECRET not in answer.content.decode()


def test_the_page_is_not_kept_by_caches(administrator):
    assert "no-store" in browser(administrator).get(PATH)["Cache-Control"]


def test_before_the_forms_one_confirms_who_one_is(administrator, connected):
    connected((3, "done"))
    shown = page(prove(logged_in(administrator), administrator, minutes_ago=60), PATH)
    assert not shown.all("input", type="password")
    assert not shown.all("section", aria_labelledby="disconnect-title")
    link = shown.one("section", aria_labelledby="form-title").one("a")
    assert link["href"] == "/accounts/reauthenticate/?next=%2Fsettings%2Fconnection%2F"


@pytest.mark.parametrize("act", ["save", "disconnect", "connect_source"])
def test_no_change_is_made_for_who_has_not_confirmed_it(administrator, organization, autotask, connected, act):
    connected((3, "done"))
    client = prove(logged_in(administrator), administrator, minutes_ago=60)
    answer = posted(client, 302, act=act, confirm="Acme", data_after="remove", **RIGHT)
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert Connection.objects.get().username == "api-user@acme.example"
    assert not autotask.state.counters.requests


def test_a_new_secret_needs_nothing_else_typed(administrator, organization, autotask, parts):
    client = browser(administrator)
    posted(client, 302, act="save", **RIGHT)
    shown = page(client, PATH)
    assert shown.one("input", id="id_username")["value"] == USERNAME
    assert "Leave it empty" in shown.one("div", id="id_integration_code_helptext").text
    autotask.state.login = replace(autotask.state.login, secret="the-next-secret")
    posted(client, 302, act="save", username=USERNAME, secret="the-next-secret", integration_code="")
    assert parts.vault.read(organization.scope, "autotask_secret") == "the-next-secret"


def test_another_user_without_a_code_is_told_so_at_the_field(administrator, autotask):
    client = browser(administrator)
    posted(client, 302, act="save", **RIGHT)
    shown = read(posted(client, 422, act="save", username="else@b.example", secret="next").content.decode())
    assert shown.one("p", class_="form-error")["id"] == "id_integration_code_error"


def test_the_pause_after_two_wrong_secrets_is_told(administrator, autotask):
    client = browser(administrator)
    for _ in range(2):
        posted(client, act="test", **WRONG)
    shown = read(posted(client, 429, act="save", **RIGHT).content.decode())
    assert "The next try is possible on" in shown.one("div", role="alert").text
    assert autotask.state.bad_logins_in_a_row == 2


def test_disconnecting_asks_for_the_name(administrator, organization, autotask):
    client = browser(administrator)
    posted(client, 302, act="save", **RIGHT)
    shown = read(posted(client, 422, act="disconnect", data_after="keep", confirm="acme").content.decode())
    assert shown.one("p", class_="form-error")["id"] == "id_confirm_error"
    posted(client, 422, act="disconnect", data_after="everything", confirm="Acme")
    assert Connection.objects.exists()
    assert posted(client, 302, act="disconnect", data_after="keep", confirm="Acme")["Location"] == PATH
    assert not Connection.objects.exists()
    assert page(client, PATH).one("h2", id="form-title").text == "Configure Autotask"


def test_others_cannot_disconnect(viewer, connected, organization):
    connected((3, "done"))
    posted(browser(viewer), 403, act="disconnect", data_after="keep", confirm="Acme")
    assert not page(browser(viewer), PATH).all("section", aria_labelledby="disconnect-title")
    assert Connection.objects.exists()


def test_the_state_of_each_entity_can_be_told_apart(administrator, autotask):
    autotask.state.options.permissions |= {"Tickets": "forbidden", "Companies": "empty"}
    shown = read(posted(browser(administrator), act="test", **RIGHT).content.decode())
    told = {item.one("h4").text: item.one("p").text for item in shown.one("ul", class_="checks-small").all("li")}
    assert told["Tickets: warning"].startswith("Not permitted")
    assert told["Companies: empty"].startswith("Empty")


@pytest.mark.parametrize(("days", "tone"), [(74, ""), (75, "notice-info"), (90, "notice-warning")])
def test_the_age_of_the_secret_shows_in_time(administrator, connected, days, tone):
    connected((3, "done"), secret_days=days)
    shown = page(browser(administrator), PATH).one("section", aria_labelledby="state-title")
    notices = [notice["class"] for notice in shown.all("div", class_="notice")]
    assert notices == ([f"notice {tone}"] if tone else [])


@pytest.mark.parametrize(("days", "shown"), [(74, False), (75, True), (90, True)])
def test_the_report_tells_administrators_and_nobody_else(report, administrator, viewer, connected, days, shown):
    connected((3, "done"), secret_days=days)
    assert bool(page(browser(administrator)).all("section", id="secret-age")) == shown
    assert not page(browser(viewer)).all("section", id="secret-age")


def test_where_the_credentials_are_kept_elsewhere_they_are_only_tested(administrator, organization, autotask, parts):
    fields = {"autotask_username": USERNAME, "autotask_secret": SECRET, "autotask_integration_code": INTEGRATION_CODE}
    portal.hold(replace(portal.parts(), vault=EnvironmentSource(fields)))
    client = browser(administrator)
    shown = page(client, PATH)
    assert "the environment of the portal's process" in shown.one("div", class_="page-head").text
    assert not shown.all("input", type="password")
    posted(client, 409, act="save", **RIGHT)
    posted(client, 302, act="connect_source")
    shown = page(client, PATH)
    assert not shown.all("input", type="password")
    assert [button.text for button in shown.one("section", aria_labelledby="form-title").all("button")] == [
        "Test & connect again"
    ]
    posted(client, act="test_saved")
