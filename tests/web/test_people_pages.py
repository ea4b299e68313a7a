"""Settings > People and Audit log, and the operators' page: what is shown, and what a form does."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.second_factors import App
from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.models import Invitation, Membership
from partner_portal.audit.account_events import LoggedIn
from partner_portal.audit.events import RefreshAsked
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.reports.wire import instant_text
from partner_portal.usecases.add_person import add_operator
from partner_portal.usecases.people import list_people, set_people_rules
from partner_portal.web.view.formats import full_instant
from proofs import prove
from web.conftest import browser, page

PEOPLE, AUDIT, OPERATOR = "/settings/people/", "/settings/audit/", "/operator/organizations/"


@pytest.fixture
def client(administrator):
    return prove(browser(administrator), administrator)


def test_every_member_is_listed_with_role_and_state(client, member):
    member("viewer")
    shown = page(client, PEOPLE)
    [yourself, other] = shown.one("tbody").all("tr")
    assert "(you)" in yourself.text
    assert next(option for option in other.all("option") if "selected" in option.attributes)["value"] == "viewer"


def test_a_role_is_changed_and_said(client, member):
    number = Membership.objects.get(person=member("viewer")).pk
    answer = client.post(PEOPLE, {"act": "change", "id": number, "role": "manager", "resource": "none"})
    assert answer["Location"] == PEOPLE
    assert "The change was saved." in page(client, PEOPLE).one("p", role="status").text
    changed = Membership.objects.get(pk=number)
    assert (changed.role, changed.is_resource_decided, changed.resource_id) == ("manager", True, None)


@pytest.mark.parametrize("sent", [{"act": "remove"}, {"act": "rest", "id": "x"}, {"act": "remove", "id": 4711}, {}])
def test_what_cannot_be_done_is_told_above_the_list(client, sent):
    answer = client.post(PEOPLE, sent)
    assert answer.status_code == 422
    assert "Load the list of people again" in answer.content.decode()


def test_people_are_put_to_rest_woken_and_removed(client, member, parts, organization):
    number = Membership.objects.get(person=member("viewer")).pk
    for act, active in (("rest", False), ("wake", True)):
        client.post(PEOPLE, {"act": act, "id": number})
        assert Membership.objects.get(pk=number).is_active is active
    client.post(PEOPLE, {"act": "remove", "id": number})
    assert len(list_people(parts, organization)["people"]) == 1


def test_team_totals_are_shown_or_not(client, organization):
    for sent, shows in (({"shows_team_totals": "on"}, True), ({}, False)):
        client.post(PEOPLE, {"act": "rules"} | sent)
        assert Organization.objects.get().shows_team_totals is shows


def test_a_second_factor_is_asked_of_everybody_or_not(client, administrator, organization):
    App(administrator)
    for sent, asks in (({"requires_mfa": "on"}, True), ({}, False)):
        client.post(PEOPLE, {"act": "rules"} | sent)
        assert Organization.objects.get().requires_mfa is asks
        box = page(client, PEOPLE).one("input", id="requires-mfa")
        assert ("checked" in box.attributes) is asks


def test_an_administrator_without_a_second_factor_is_told_what_comes_and_led_there(client, administrator):
    def hint():
        return page(client, PEOPLE).one("p", id="requires-mfa-hint").text

    assert "you will be asked to set one up" in hint()
    client.post(PEOPLE, {"act": "rules", "requires_mfa": "on"})
    assert client.get(PEOPLE)["Location"] == "/accounts/2fa/"
    App(administrator)
    assert "you will be asked" not in hint()


def test_an_invitation_is_good_until_an_instant_of_the_organizations_zone(client, organization, parts):
    expires = parts.clock.now() + timedelta(days=7)
    Invitation.objects.create(
        organization=organization,
        email="new@acme.example",
        role="manager",
        invited_by="ada@acme.example",
        digest="0" * 64,
        created_at=parts.clock.now(),
        expires_at=expires,
    )
    [row] = page(client, PEOPLE).all("table")[1].one("tbody").all("tr")
    assert "Manager" in row.text
    assert row.one("time")["title"] == full_instant(expires, ZoneInfo(organization.time_zone))


def test_the_audit_log_tells_of_rules_in_words(client, administrator, organization, parts):
    set_people_rules(parts, organization, shows_team_totals=True)
    shown = page(client, f"{AUDIT}?action=organization.rules_changed")
    assert f"times are in {organization.time_zone}" in shown.text
    [row] = shown.one("tbody").all("tr")
    assert row.one("time")["datetime"] == instant_text(parts.clock.now())
    assert row.one("time")["title"] == full_instant(parts.clock.now(), ZoneInfo(organization.time_zone))
    assert "Organization rules changed" in row.text
    assert "after shows team totals: yes" in row.text


def test_the_audit_log_is_the_organizations_own(client, administrator, organization, stranger, parts):
    other = stranger.memberships.get().organization
    now = parts.clock.now()
    record(LoggedIn(["password"]), Actor.of(administrator, "10.1.2.3"), now)
    record(LoggedIn(["password"]), Actor.of(stranger, "10.9.9.9"), now)
    record(RefreshAsked(queued=True), Actor.of(stranger), now, other.scope)
    told = page(client, AUDIT).one("main").text
    assert "10.1.2.3" in told
    assert "stranger@other.example" not in told
    file = client.get(f"{AUDIT}entries.csv").content.decode("utf-8-sig")
    assert "10.1.2.3" in file
    assert "other.example" not in file


def test_the_audit_log_is_filtered_and_paged(client, organization, parts):
    for _ in range(101):
        record(RefreshAsked(queued=True), SHELL, parts.clock.now(), organization.scope)
    asked = f"{AUDIT}?action=refresh.asked"
    assert "101 in all, page 1 of 2" in page(client, asked).one("main").text
    assert len(page(client, f"{asked}&page=2").one("tbody").all("tr")) == 1
    assert "Nothing of this kind" in page(client, f"{asked}&result=failed").one("main").text
    for wrong in ("page=3", "page=0", "page=x", "action=x", "result=x", "from=x", "to=9999-99-99"):
        assert page(client, f"{AUDIT}?{wrong}", status=400).one(role="alert").text


def test_unusual_use_is_shown_marked_and_filtered(client, administrator, parts):
    assert "Nothing unusual was done." in page(client, AUDIT).one("main").text
    for address in ("10.1.2.3", "10.1.2.4"):
        record(LoggedIn(["password"]), Actor.of(administrator, address), parts.clock.now())
    unusual, entries = page(client, AUDIT).one("main").all("tbody")
    [row] = unusual.all("tr")
    assert "10.1.2.4" in row.text
    assert "First log-in of this person from this network address" in row.text
    assert [each.all("td")[3].text for each in entries.all("tr") if "Unusual" in each.text] == ["10.1.2.4"]
    filtered = page(client, f"{AUDIT}?unusual=yes")
    assert "1 in all, page 1 of 1" in filtered.one("main").text
    assert "checked" in filtered.one(id="wanted-unusual").attributes
    [kept] = filtered.one("main").all("tbody")
    assert "10.1.2.4" in kept.one("tr").text
    file = client.get(f"{AUDIT}entries.csv?unusual=yes").content.decode("utf-8-sig")
    assert file.splitlines()[1].endswith(",first log-in of this person from this network address")
    assert page(client, f"{AUDIT}?unusual=x", status=400).one(role="alert").text


def test_a_cell_of_the_file_is_no_formula(client, organization, parts):
    record(RefreshAsked(queued=True), Actor("=cmd|'/c calc'!A1"), parts.clock.now(), organization.scope)
    assert ",'=cmd|" in client.get(f"{AUDIT}entries.csv").content.decode("utf-8-sig")


def test_an_operator_adds_and_switches_organizations(organization, parts):
    person = add_operator(parts, email="op@portal.example")
    operator = prove(browser(person), person)
    assert operator.post(OPERATOR, {"act": "add", "slug": "new", "name": "New"}).status_code == 302
    for act, active in (("deactivate", False), ("reactivate", True)):
        operator.post(OPERATOR, {"act": act, "slug": "new"})
        assert Organization.objects.get(slug="new").is_active is active
    for wrong in ({"act": "add", "slug": "acme"}, {"act": "deactivate", "slug": "nowhere"}, {"act": "x"}):
        assert operator.post(OPERATOR, wrong).status_code == 422
    assert operator.get("/")["Location"] == OPERATOR
