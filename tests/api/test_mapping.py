"""GET and PUT /api/v1/mapping, POST /api/v1/mapping/preview."""

from __future__ import annotations

import pytest
from django.test import Client

from partner_portal.api.mapping_schemas import Mapping, MappingPreview
from partner_portal.audit.models import Entry
from partner_portal.organizations.models import MappingVersion
from partner_portal.usecases.mapping import preview_mapping, read_mapping
from usecases.mapped import fill, name_types, proposal, with_action

MAPPING, PREVIEW = "/api/v1/mapping", "/api/v1/mapping/preview"
JSON = "application/json"


@pytest.fixture
def change(parts, organization):
    fill(parts.warehouse.organization(organization.scope))
    return with_action(proposal(parts, organization), 31, "call", "outbound")


@pytest.fixture
def administrator(browser, member):
    return browser(member("administrator"))


def put(client, body, address: str = MAPPING):
    return client.put(address, body, content_type=JSON)


def post(client, body, address: str = PREVIEW):
    return client.post(address, body, content_type=JSON)


def test_a_viewer_reads_the_mapping_in_its_declared_shape(browser, member, parts, organization, change):
    answer = browser(member("viewer")).get(MAPPING)
    assert answer.status_code == 200
    assert answer.json() == read_mapping(parts, organization)
    assert set(Mapping.model_validate(answer.json()).model_dump(by_alias=True)) == set(answer.json())


def test_an_administrator_changes_it_and_the_report_follows_at_once(administrator, change):
    before = administrator.get("/api/v1/sales-report")
    answer = put(administrator, change)
    assert answer.status_code == 200
    assert (answer.json()["version"], answer.json()["saved_by"]) == (1, "administrator@acme.example")
    after = administrator.get("/api/v1/sales-report", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after.json()["calls"]["outbound"] == before.json()["calls"]["outbound"] + 1


def test_what_was_read_can_be_sent_back(administrator, change):
    read = administrator.get(MAPPING).json()
    answer = put(administrator, {"based_on": read["version"], "mapping": read["in_force"]})
    assert answer.status_code == 200
    assert answer.json()["in_force"] == read["in_force"]


def test_a_preview_is_what_the_use_case_tells_and_changes_nothing(administrator, parts, organization, change):
    before = administrator.get(MAPPING).json()
    answer = post(administrator, change)
    assert answer.status_code == 200
    assert answer.json() == preview_mapping(parts, organization, change)
    assert set(MappingPreview.model_validate(answer.json()).model_dump()) == set(answer.json())
    assert administrator.get(MAPPING).json() == before
    assert not MappingVersion.objects.exists()


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"id": 31, "kind": "phone"}, ("31", "Choose one of")),
        ({"id": 31, "kind": "email", "direction": "inbound"}, ("31", "Write null")),
        ({"id": 4711, "kind": "call"}, ("4711", "Leave it out")),
        ({"id": 30, "kind": "call"}, ("30", "twice")),
        ({"id": "31", "kind": "call"}, ("mapping.action_types.", ".id")),
        ({"id": 31, "kind": "call", "color": "red"}, ("mapping.action_types.", ".color")),
        ({"id": 2**70, "kind": "call"}, ("id",)),
        ("31", ("mapping.action_types.",)),
    ],
)
def test_a_mapping_that_cannot_be_used_is_a_problem_with_its_remedy(administrator, change, action, words):
    rest = [entry for entry in change["mapping"]["action_types"] if entry["id"] != 31]
    body = {**change, "mapping": {**change["mapping"], "action_types": [*rest, action]}}
    for answer in (put(administrator, body), post(administrator, body)):
        assert answer.status_code == 422
        assert answer["Content-Type"] == "application/problem+json"
        assert set(answer.json()) == {"type", "title", "status", "detail"}
        assert "\n" not in answer.json()["detail"]
        assert all(word in answer.json()["detail"] for word in words)
    assert not MappingVersion.objects.exists()


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"mapping": {}}'])
def test_a_body_that_is_no_change_is_refused(administrator, change, body):
    for answer in (put(administrator, body), post(administrator, body)):
        assert answer.status_code in (400, 422)
        assert answer["Content-Type"] == "application/problem+json"


def test_a_change_of_an_earlier_version_is_a_conflict(administrator, change):
    assert put(administrator, change).status_code == 200
    for answer in (put(administrator, change), post(administrator, change)):
        assert answer.status_code == 409
        assert "Version 1" in answer.json()["detail"]


def test_before_the_first_sync_a_change_is_a_conflict_with_its_remedy(administrator, parts, organization):
    answer = put(administrator, proposal(parts, organization))
    assert answer.status_code == 409
    assert "first sync" in answer.json()["detail"]


@pytest.mark.parametrize("role", ["viewer", "representative", "manager"])
def test_others_are_told_to_ask_an_administrator(browser, member, change, role):
    client = browser(member(role))
    for answer in (put(client, change), post(client, change)):
        assert answer.status_code == 403
        assert "Ask an administrator" in answer.json()["detail"]
    assert not MappingVersion.objects.exists()
    assert not Entry.objects.filter(action="mapping.changed").exists()


def test_a_stranger_gets_the_answer_of_an_organization_that_is_not_there(browser, stranger, change):
    client = browser(stranger)
    for send in (
        lambda at: client.get(at[0]),
        lambda at: put(client, change, at[0]),
        lambda at: post(client, change, at[1]),
    ):
        there, nowhere = (
            send([f"{address}?organization={slug}" for address in (MAPPING, PREVIEW)]) for slug in ("acme", "nowhere")
        )
        assert there.status_code == nowhere.status_code == 404
        assert there.content.replace(b"acme", b"nowhere") == nowhere.content
    assert not MappingVersion.objects.exists()


def test_a_strangers_own_mapping_stays_apart_from_ours(browser, stranger, parts, change):
    elsewhere = parts.warehouse.organization(stranger.memberships.get().organization.scope)
    fill(elsewhere)
    name_types(elsewhere, t31="Theirs")
    client = browser(stranger)
    assert put(client, change).json()["organization"] == "other"
    assert [each.organization.slug for each in MappingVersion.objects.all()] == ["other"]


@pytest.mark.parametrize(("method", "address"), [("get", MAPPING), ("put", MAPPING), ("post", PREVIEW)])
def test_nobody_is_told_to_log_in(parts, organization, method, address):
    assert getattr(Client(), method)(address, content_type=JSON).status_code == 401


def test_a_change_needs_a_csrf_token(browser, member, change):
    client = browser(member("administrator"), enforce_csrf_checks=True)
    for answer in (put(client, change), post(client, change)):
        assert answer.status_code == 403
        assert "CSRF" in answer.json()["detail"]
    assert not MappingVersion.objects.exists()
