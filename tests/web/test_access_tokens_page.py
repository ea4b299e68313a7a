"""The page where people make, see and revoke their access tokens."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from partner_portal.accounts.models import AccessToken
from partner_portal.audit.models import Entry
from partner_portal.usecases.access_tokens import Scope
from partner_portal.usecases.add_person import add_operator
from proofs import prove
from web.conftest import browser, page
from web.reading import read
from web.test_every_page import check

PAGE = "/account/tokens/"
WANTED = {"act": "make", "name": "nightly", "scope": ["report", "records"], "days": "30"}


@pytest.fixture
def mine(viewer):
    return prove(browser(viewer), viewer)


def made_key(answer) -> str:
    return read(answer.content.decode()).one("code", id="new-key").text


def test_a_key_is_shown_once_and_opens_the_api(mine, parts):
    answer = mine.post(PAGE, WANTED)
    key = made_key(answer)
    assert "no-store" in answer["Cache-Control"]
    assert Client().get("/api/v1/connection", headers={"authorization": f"Bearer {key}"}).status_code == 200
    again = mine.get(PAGE).content.decode()
    assert key not in again
    assert key[-4:] in again
    assert all(key not in session.session_data for session in Session.objects.all())


def test_what_was_made_is_listed_and_can_be_revoked(mine):
    key = made_key(mine.post(PAGE, WANTED))
    token = AccessToken.objects.get()
    shown = page(mine, PAGE)
    check(shown)
    assert "nightly" in shown.text
    assert "In force" in shown.text
    assert mine.post(PAGE, {"act": "revoke", "id": token.pk})["Location"] == PAGE
    assert "Revoked" in page(mine, PAGE).text
    assert Client().get("/api/v1/connection", headers={"authorization": f"Bearer {key}"}).status_code == 401


def test_making_and_revoking_are_written_down_without_the_key(mine):
    key = made_key(mine.post(PAGE, WANTED))
    mine.post(PAGE, {"act": "revoke", "id": AccessToken.objects.get().pk})
    made, revoked = Entry.objects.filter(action__startswith="token.").order_by("id")
    assert (made.action, revoked.action) == ("token.made", "token.revoked")
    assert made.details["scopes"] == ["records", "report"]
    assert key not in str(list(Entry.objects.values()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"scope": []},
        {"scope": ["everything"]},
        {"days": "0"},
        {"days": "366"},
        {"days": "x"},
    ],
)
def test_what_cannot_be_is_refused_with_its_remedy(mine, wrong):
    answer = mine.post(PAGE, WANTED | wrong)
    assert answer.status_code == 422
    assert read(answer.content.decode()).one(role="alert").text
    assert not AccessToken.objects.exists()


def test_whoever_did_not_prove_lately_who_they_are_must_do_so_first(viewer):
    client = prove(browser(viewer), viewer, minutes_ago=60 * 24)
    for posted in (WANTED, {"act": "revoke", "id": "1"}):
        assert "/accounts/reauthenticate/" in client.post(PAGE, posted)["Location"]
    assert not AccessToken.objects.exists()


def test_tokens_of_others_are_neither_seen_nor_revoked(mine, administrator):
    mine.post(PAGE, WANTED)
    other = prove(browser(administrator), administrator)
    assert "nightly" not in page(other, PAGE).text
    assert other.post(PAGE, {"act": "revoke", "id": AccessToken.objects.get().pk}).status_code == 422
    assert AccessToken.objects.get().revoked_at is None
    assert browser(administrator).delete(f"/api/v1/tokens/{AccessToken.objects.get().pk}").status_code == 404


def test_the_api_lists_and_revokes_ones_own(mine):
    mine.post(PAGE, WANTED)
    [token] = mine.get("/api/v1/tokens").json()["tokens"]
    assert (token["name"], token["scopes"], token["revoked_at"]) == ("nightly", ["records", "report"], None)
    assert mine.delete(f"/api/v1/tokens/{token['id']}").status_code == 204
    assert mine.get("/api/v1/tokens").json()["tokens"][0]["revoked_at"] is not None


def test_there_is_an_end_to_how_many_one_may_have(mine):
    for number in range(20):
        assert mine.post(PAGE, WANTED | {"name": f"t{number}"}).status_code == 200
    assert mine.post(PAGE, WANTED).status_code == 422


def test_a_stranger_finds_no_page(stranger, organization):
    assert browser(stranger).get("/o/acme/account/tokens/").status_code == 404
    assert Client().get(PAGE).status_code == 302


def test_the_account_page_leads_there_whoever_belongs_to_an_organization(viewer, parts):
    def hrefs(person):
        return [link["href"] for link in page(browser(person), "/accounts/").all("a")]

    assert PAGE in hrefs(viewer)
    assert PAGE not in hrefs(add_operator(parts, email="op@portal.example"))


def test_what_a_token_may_do_is_one_group_of_named_boxes(mine):
    group = page(mine, PAGE).one("fieldset")
    assert group.one("legend").text == "What it may do"
    assert [box["value"] for box in group.all("input", type="checkbox")] == [scope.value for scope in Scope]
