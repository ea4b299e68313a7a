from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.client import AutotaskClient
from partner_portal.bootstrap import portal
from partner_portal.organizations.models import Connection
from partner_portal.sandbox.app import build
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.world import World
from web.conftest import browser, page
from web.reading import read

PATH = "/settings/connection/"
ENTRY_URL = "http://127.0.0.1:9"
RIGHT = {"username": USERNAME, "secret": SECRET, "integration_code": INTEGRATION_CODE}
WRONG = RIGHT | {"secret": "not-the-secret-of-anybody"}


@pytest.fixture
def autotask(parts):
    """A sandbox in this process, reached by the portal."""
    world = World.empty(now=None)
    app = build(world)

    async def open_client(credentials, limits, known=None):
        return await AutotaskClient.connect(
            credentials, entry_url=ENTRY_URL, limits=limits, transport=AsgiTransport(app)
        )

    portal.hold(replace(parts, open_client=open_client, entry_url=ENTRY_URL))
    yield app
    world.close()


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
    assert result.one("h2").text == "The connection works"
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
    assert shown.one("h2", id="result-title").text == "The connection works"


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
