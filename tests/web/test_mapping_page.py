"""Settings > Mapping: what is shown, what a preview promises, what saving does, and two people at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from doubles import held_parts
from partner_portal.organizations.models import MappingVersion
from partner_portal.reports.mapping import ActionMapping, StageMapping, TenantMapping
from partner_portal.reports.mapping_document import document_of
from partner_portal.usecases.mapping import preview_mapping, read_mapping, save_mapping
from partner_portal.warehouse.store import Tenant
from reports.stocked import stages
from usecases.mapped import DONE, name_types, proposal
from web.conftest import browser, page
from web.reading import Element, read

MAPPING = "/settings/mapping/"


@pytest.fixture
def parts(db, empty_warehouse):
    """Parts with a warehouse of their own: these pages read what is in it."""
    with held_parts(empty_warehouse, DONE + timedelta(days=8)) as made:
        yield made


@pytest.fixture
def client(store, administrator) -> Client:
    return browser(administrator)


def filled_in(shown: Element) -> dict[str, list[str]]:
    """What a browser would send of the page's form, but the button."""
    form = shown.one("form", class_="mapping-columns")
    sent: dict[str, list[str]] = {}
    for element in form.walk():
        name = element.get("name")
        if element.tag == "input" and (element.get("type") != "checkbox" or "checked" in element.attributes):
            sent.setdefault(name, []).append(element.get("value", "on"))
        if element.tag == "select":
            options = element.all("option")
            chosen = [option for option in options if "selected" in option.attributes] or options
            sent.setdefault(name, []).append(chosen[0]["value"])
    return sent


def send(client: Client, action: str, sent: dict[str, list[str]], status: int = 200, **changes: object) -> Element:
    answer = client.post(MAPPING, {**sent, **changes, "action": action})
    assert answer.status_code == status, answer.content.decode()[:500]
    return read(answer.content.decode())


def rows(shown: Element, section: str) -> list[str]:
    return [row.one("th").text for row in shown.one("section", aria_labelledby=section).one("tbody").all("tr")]


def figures(shown: Element, caption: str = "Figures that change") -> dict[str, tuple[str, str]]:
    for table in shown.one(id="preview").all("table"):
        if table.one("caption").text == caption:
            return {
                row.one("th").text: tuple(cell.text for cell in row.all("td")) for row in table.one("tbody").all("tr")
            }
    return {}


def test_a_proposal_says_so_and_confirming_it_as_it_stands_puts_it_in_force(client, parts, organization):
    shown = page(client, MAPPING)
    assert "This mapping is a proposal" in shown.one("main").text
    assert shown.one("button", class_="btn-main").text == "Confirm"
    wanted = read_mapping(parts, organization)["proposed"]
    answer = client.post(MAPPING, {**filled_in(shown), "action": "save"})
    assert answer["Location"] == MAPPING
    assert MappingVersion.objects.get().document == wanted
    after = page(client, MAPPING)
    assert "Version 1 of the mapping is in force." in after.one("p", role="status").text
    assert "This mapping is a proposal" not in after.one("main").text
    assert "administrator@acme.example" in after.one("section", aria_labelledby="versions-title").text


def test_a_form_sent_back_unchanged_changes_nothing(client, parts, organization):
    changes = {
        "emails_are_conversations": True,
        "stale_days_by_stage": [{"id": 12, "days": 9}],
        "excluded_resources": [8],
    }
    save_mapping(parts, organization, proposal(parts, organization, **changes))
    client.post(MAPPING, {**filled_in(page(client, MAPPING)), "action": "save"})
    assert [each.version for each in MappingVersion.objects.all()] == [1]


def test_what_nobody_has_mapped_comes_first_and_is_marked(client, parts, organization, store):
    save_mapping(parts, organization, proposal(parts, organization))
    name_types(store, t44="Phone in")
    shown = page(client, MAPPING)
    first, second, *others = rows(shown, "actions-title")
    assert "Not mapped yet" in first
    assert "Not mapped yet" in second
    assert not any("Not mapped yet" in name for name in others)
    assert "Proposed: Call, unspecified" in next(name for name in (first, second) if "Phone in" in name)
    assert "2 new entries in Autotask are not mapped." in shown.one("main").text


def test_a_preview_shows_what_changes_first_and_saves_nothing(client, parts, organization):
    sent = filled_in(page(client, MAPPING))
    shown = send(client, "preview", sent, **{"kind-31": "call", "direction-31": "outbound"})
    change = proposal(parts, organization)
    meaning = {"id": 31, "kind": "call", "direction": "outbound"}
    change["mapping"]["action_types"].append(meaning)
    told = preview_mapping(parts, organization, change)["figures"]
    counts = [each for each in told if not each["figure"].endswith("amount")]
    wanted = {each["title"]: (str(each["in_force"]), str(each["proposed"])) for each in counts if each["differs"]}
    assert wanted == {title: sides for title, sides in figures(shown).items() if "amount" not in title}
    assert wanted["Calls out"] == ("0", "1")
    assert not set(figures(shown)) & set(figures(shown, "Figures that stay"))
    assert "Action type “Demo”" in shown.one(id="preview").text
    assert filled_in(shown)["kind-31"] == ["call"]
    assert not MappingVersion.objects.exists()


def test_what_was_previewed_is_what_is_saved(client, parts, organization):
    shown = send(
        client, "preview", filled_in(page(client, MAPPING)), **{"rank-12": "2", "outcome-1": "none", "stale-11": "7"}
    )
    client.post(MAPPING, {**filled_in(shown), "action": "save"})
    document = MappingVersion.objects.get().document
    assert {"id": 12, "rank": 2, "won": False} in document["stages"]
    assert {"id": 1, "outcome": None} in document["statuses"]
    assert document["stale_days_by_stage"] == [{"id": 11, "days": 7}]


def test_a_company_and_a_resource_are_left_out_and_taken_back(client):
    sent = filled_in(page(client, MAPPING))
    shown = send(client, "preview", sent, other_company="them", other_resource="8")
    assert filled_in(shown)["company"] == ["0", "4"]
    assert filled_in(shown)["resource"] == ["8"]
    assert shown.one("input", id="other-company")["value"] == ""
    shown = send(client, "preview", {**filled_in(shown), "company": ["4"], "resource": []})
    assert filled_in(shown)["company"] == ["4"]
    assert "resource" not in filled_in(shown)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"other_company": "nobody"}, "No company is called"),
        ({"stale_after_days": "many"}, "Write a number from 1 to 3650"),
        ({"stale-11": "12345"}, "Write a number from 1 to 3650"),
        ({"kind-31": "phone"}, "Choose one of"),
        ({"rank-11": "9"}, "rank"),
        ({"kind-4711": "call"}, "4711"),
        ({"company": ["99999999999999999999"]}, "mapping"),
        ({"based_on": ""}, "Load the page again"),
        ({"based_on": "7"}, "no version 7"),
    ],
)
@pytest.mark.parametrize("action", ["preview", "save"])
def test_what_cannot_be_used_is_told_and_the_choices_stay(client, changes, told, action):
    sent = filled_in(page(client, MAPPING)) | {"emails_are_conversations": ["on"]}
    shown = send(client, action, sent, 409 if changes.get("based_on") else 422, **changes)
    assert told in shown.one(id="preview").one(role="alert").text
    assert filled_in(shown)["emails_are_conversations"] == ["on"]
    assert not MappingVersion.objects.exists()


@pytest.mark.parametrize("action", ["preview", "save"])
def test_when_somebody_else_was_first_nothing_is_lost_and_all_is_told(client, parts, organization, action):
    sent = filled_in(page(client, MAPPING)) | {"kind-31": ["meeting"], "stale_after_days": ["20"]}
    theirs = proposal(parts, organization, emails_are_conversations=True, stale_after_days=10)
    save_mapping(parts, organization, theirs)
    shown = send(client, action, sent, 409)
    told = shown.one(id="preview").one(role="alert").text
    assert "Somebody else saved the mapping" in told
    assert "E-mails are conversations: No →became Yes" in told
    assert "Stale deals: 30 days →became 10 days You chose otherwise" in told
    kept = filled_in(shown)
    assert (kept["kind-31"], kept["stale_after_days"], kept["based_on"]) == (["meeting"], ["20"], ["1"])
    assert kept["emails_are_conversations"] == ["on"]
    assert MappingVersion.objects.count() == 1
    client.post(MAPPING, {**kept, "action": "save"})
    joined = MappingVersion.objects.get(version=2).document
    assert (joined["emails_are_conversations"], joined["stale_after_days"]) == (True, 20)


def test_who_may_only_see_gets_what_is_in_force_and_nothing_to_press(store, viewer):
    shown = page(browser(viewer), MAPPING)
    assert not shown.one("main").all("form")
    assert not [each for tag in ("input", "select", "button") for each in shown.one("main").all(tag)]
    assert "until an administrator confirms one" in shown.one("main").text
    assert "No company is left out." not in shown.one("main").text
    assert any("Phone out" in name for name in rows(shown, "actions-title"))
    assert "Call, outbound" not in shown.one("main").text


def test_who_may_only_see_cannot_save(store, viewer):
    assert browser(viewer).post(MAPPING, {"action": "save"}).status_code == 403


def test_before_the_first_sync_there_is_nothing_to_map(organization, administrator):
    shown = page(browser(administrator), MAPPING)
    assert "Nothing to map yet" in shown.one("main").text
    assert not shown.one("main").all("form")


def test_stages_that_are_steps_by_id_are_chosen_only_after_one_says_so(parts, organization, administrator):
    client, store = browser(administrator), parts.warehouse.organization(organization.scope)
    store.save_tenant(Tenant("guide", None, stages("New", "Contacted", first=0)))
    save_mapping(parts, organization, {"based_on": 0, "mapping": ranked_by_id()})
    shown = page(client, MAPPING)
    assert not shown.all("select", id="rank-0")
    sent = filled_in(shown)
    assert sent["stages_are_ranks"] == ["on"]
    del sent["stages_are_ranks"]
    shown = send(client, "preview", sent)
    assert filled_in(shown)["rank-1"] == ["1"]
    client.post(MAPPING, {**filled_in(shown), "rank-1": "2", "action": "save"})
    document = MappingVersion.objects.get(version=2).document
    assert document["stages_are_ranks"] is False
    assert {"id": 1, "rank": 2, "won": False} in document["stages"]


def ranked_by_id() -> dict:
    ranks = {rank: rank for rank in range(6)}
    mapping = TenantMapping(ActionMapping({}), StageMapping(ranks, frozenset({5}), is_by_id=True), outcomes={})
    return document_of(mapping)
