"""Every address and operation of the portal, asked by everybody there is: exactly the allowed answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from access.operations import addresses, api_operations
from access.table import ACCOUNT, EXAMPLES, NOT_TAKEN, OPERATIONS, OPERATORS, PAGES, SAME_FOR_ALL, Line
from partner_portal.accounts.models import Invitation, Membership, Person
from partner_portal.audit.models import Entry
from partner_portal.usecases.add_person import add_operator, add_person
from partner_portal.usecases.teams import set_team
from proofs import prove
from usecases.mapped import proposal

MEMBERS = ("viewer", "representative", "manager", "administrator")
OUTSIDERS = ("stranger", "administrator elsewhere", "operator")
EVERYBODY = ("anonymous", *OUTSIDERS, *MEMBERS)
CHANGING = [key for key in OPERATIONS if key.split()[0] in {"PUT", "PATCH", "DELETE"}]


@dataclass(frozen=True)
class House:
    """An organization with everybody around it, and what can be asked about in it."""

    people: dict[str, Person]
    numbers: dict[str, int]
    bodies: dict[str, object]

    def client(self, who: str, *, proved: bool = True) -> Client:
        """`who`, logged in just now, or a while ago."""
        client = Client()
        if who != "anonymous":
            client.force_login(self.people[who])
            prove(client, self.people[who], minutes_ago=0 if proved else 24 * 60)
        return client


@pytest.fixture
def house(parts, organization, store, member, stranger):
    set_team(parts, organization, "North", [8])
    people = {role: member(role) for role in MEMBERS}
    Membership.objects.filter(person=people["representative"]).update(resource_id=8, is_resource_decided=True)
    elsewhere = stranger.memberships.get().organization
    people["administrator elsewhere"] = stranger
    people["stranger"] = add_person(parts, organization=elsewhere, email="viewer@other.example")
    people["operator"] = add_operator(parts, email="op@portal.example")
    for person in people.values():
        person.set_password("a long password of theirs")
        person.save()
    spare = add_person(parts, organization=organization, email="spare@acme.example")
    now = parts.clock.now()
    invitation = Invitation.objects.create(
        organization=organization, email="x@acme.example", role="viewer", digest="0", invited_by="somebody",
        created_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    numbers = {"member": spare.memberships.get().pk, "invitation": invitation.pk}
    return House(people, numbers, {"mapping": proposal(parts, organization)})


def expected(line: Line, who: str, *, anonymous: int) -> int:
    if who == "anonymous":
        return anonymous
    if who in OUTSIDERS:
        return 404
    return line.answer if who in line.may.split() else 403


def test_every_operation_of_the_api_has_its_line():
    assert api_operations() == set(OPERATIONS)


def test_every_address_has_its_line():
    below = {f"o/<slug:slug>/{page}" for page in PAGES}
    assert addresses() == {*PAGES, *below, *OPERATORS, *SAME_FOR_ALL, *ACCOUNT}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_api(house, operation):
    method, pattern = operation.split()
    line = OPERATIONS[operation]
    path = (line.path or pattern).format(**house.numbers)
    path += f"{'&' if '?' in path else '?'}organization=acme"
    body = house.bodies[line.body] if isinstance(line.body, str) else line.body
    got = {}
    for who in EVERYBODY:
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        answer = getattr(house.client(who), method.lower())(path, **sent)
        got[who] = answer.status_code
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"
        if who in OUTSIDERS:
            assert "Acme" not in answer.content.decode()
    assert got == {who: expected(line, who, anonymous=401) for who in EVERYBODY}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("page", PAGES)
def test_the_pages_of_an_organization(house, page, method):
    line, path = PAGES[page][method == "POST"], PAGES[page][0].path or page
    got = {}
    for who in EVERYBODY:
        answer = getattr(house.client(who), method.lower())(f"/o/acme/{path}", line.body or {})
        got[who] = answer.status_code
        if who == "anonymous" and line is not NOT_TAKEN:
            assert answer["Location"].startswith("/accounts/login/")
        if who in OUTSIDERS:
            assert "Acme" not in answer.content.decode()
    everybody = dict.fromkeys(EVERYBODY, 405)
    assert got == (everybody if line is NOT_TAKEN else {w: expected(line, w, anonymous=302) for w in EVERYBODY})


@pytest.mark.parametrize("page", PAGES)
def test_the_plain_addresses_are_the_members_own(house, page):
    line = PAGES[page][0]
    if line is NOT_TAKEN:
        return
    got = {who: house.client(who).get(f"/{line.path or page}") for who in EVERYBODY}
    assert {who: got[who].status_code for who in MEMBERS} == {
        who: expected(line, who, anonymous=302) for who in MEMBERS
    }
    assert got["operator"]["Location"] == "/operator/organizations/"
    assert all("Acme" not in got[who].content.decode() for who in OUTSIDERS)


@pytest.mark.parametrize("page", OPERATORS)
def test_the_pages_of_operators(house, page):
    looked, sent = OPERATORS[page]
    for who in EVERYBODY:
        client = house.client(who)
        wanted = (302, 302) if who == "anonymous" else (looked, sent) if who == "operator" else (404, 404)
        assert (client.get(f"/{page}").status_code, client.post(f"/{page}").status_code) == wanted, who


@pytest.mark.parametrize("pattern", SAME_FOR_ALL)
def test_what_is_the_same_for_everybody(house, pattern):
    path = f"/{EXAMPLES.get(pattern, pattern)}"
    got = {who: house.client(who).get(path).status_code for who in EVERYBODY}
    assert got == dict.fromkeys(EVERYBODY, SAME_FOR_ALL[pattern])


@pytest.mark.parametrize("pattern", ACCOUNT)
def test_the_pages_of_an_own_account(house, pattern):
    path = f"/{EXAMPLES.get(pattern, pattern)}"
    got = {who: house.client(who).get(path).status_code for who in EVERYBODY}
    nobody, somebody = ACCOUNT[pattern]
    assert got == {"anonymous": nobody, **dict.fromkeys(EVERYBODY[1:], somebody)}


@pytest.mark.parametrize("operation", [key for key in CHANGING if "/people" in key or "/connection" in key])
def test_people_and_connection_are_changed_by_those_only_who_proved_lately_who_they_are(house, operation):
    method, pattern = operation.split()
    line = OPERATIONS[operation]
    path = (line.path or pattern).format(**house.numbers)
    body = {} if line.body is None else {"data": line.body, "content_type": "application/json"}
    answer = getattr(house.client("administrator", proved=False), method.lower())(path, **body)
    assert (answer.status_code, "Confirm who you are" in answer.content.decode()) == (403, True)


@pytest.mark.parametrize("page", ["settings/people/", "operator/organizations/"])
def test_the_same_on_pages(house, page):
    who = "operator" if page in OPERATORS else "administrator"
    answer = house.client(who, proved=False).post(f"/{page}", {"act": "rules"})
    assert (answer.status_code, answer["Location"].startswith("/accounts/reauthenticate/")) == (302, True)


def test_what_a_role_does_not_allow_is_written_down(house):
    house.client("viewer").get("/api/v1/people")
    house.client("manager").get("/settings/people/")
    told = Entry.objects.filter(action="act.refused", result="refused").values_list("actor", "details__act")
    assert sorted(told) == [
        ("manager@acme.example", "see who belongs to the organization"),
        ("viewer@acme.example", "see who belongs to the organization"),
    ]
