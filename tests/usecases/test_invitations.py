"""Invitations by e-mail, over a real SMTP server: signed, expiring, good for one use."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field
from dataclasses import replace as with_parts
from datetime import timedelta
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from django.test import Client

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.models import Invitation, Membership, Person
from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.audit.models import Entry
from partner_portal.lib.clock import FixedClock
from partner_portal.usecases.add_person import add_operator, add_person
from partner_portal.usecases.errors import InputRefused, InvitationSpent, MailNotSent
from partner_portal.usecases.invitations import (
    GOOD_FOR,
    accept_invitation,
    find_invitation,
    invite_person,
    make_invitation,
    withdraw_invitation,
)
from partner_portal.usecases.organizations import invite_first_administrator, switch_organization

PASSWORD = "correct horse battery"
NEW = "new@acme.example"


@dataclass
class Post:
    """What arrived at the mail server; with `answer` it takes nothing."""

    mails: list = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.answer.startswith("250"):
            self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return self.answer

    def link(self) -> str:
        """The link in the last mail."""
        return re.search(r"^http\S+", self.mails[-1][1].get_payload(decode=True).decode(), re.MULTILINE)[0]

    def token(self) -> str:
        return token_of(self.link())


def token_of(link: str) -> str:
    return link.partition("token=")[2]


@pytest.fixture
def post(settings):
    handler = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:  # aiosmtpd asks for a number
        port = free.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.PORTAL_SENDS_MAIL = True
    yield handler
    server.stop()


@pytest.fixture
def administrator(member):
    return Actor.of(member("administrator"))


@pytest.fixture
def invite(parts, organization, administrator, post):
    def make(email: str = NEW, role: str = "manager", **more) -> Invitation:
        return invite_person(parts, organization, email=email, role=role, actor=administrator, **more)

    return make


def test_a_new_person_joins_by_the_mailed_link_and_logs_in(parts, organization, invite, post):
    invite(name="Neo")
    [(receivers, mail)] = post.mails
    assert receivers == [NEW]
    assert mail["Subject"] == "Join Acme on the Partner Portal"
    link = post.link().removeprefix("http://127.0.0.1:8000")
    client = Client()
    shown = client.get(link)
    assert (shown.status_code, "Join Acme" in shown.content.decode()) == (200, True)
    assert client.get(link).status_code == 200, "looking spends nothing"
    answer = client.post("/invitation/", {"token": post.token(), "name": "Neo", "password": PASSWORD})
    assert answer["Location"] == "/accounts/login/"
    person = Person.objects.get(email=NEW)
    assert Membership.objects.get(person=person).role == "manager"
    assert person.check_password(PASSWORD)
    client.post("/accounts/login/", {"login": NEW, "password": PASSWORD})
    assert client.get("/definitions/").status_code == 200
    told = {entry.action: entry.details for entry in Entry.objects.filter(action__startswith="person.")}
    assert told["person.joined"] == {"email": NEW, "role": "manager", "is_new": True}
    assert post.token() not in str(told)


def test_a_link_is_good_for_one_use(parts, invite, post):
    invite()
    accept_invitation(parts, post.token(), password=PASSWORD)
    with pytest.raises(InvitationSpent):
        accept_invitation(parts, post.token(), password="another long password")
    assert Client().get("/invitation/", {"token": post.token()}).status_code == 404


def test_a_link_expires(parts, invite, post):
    invite()
    late = with_parts(parts, clock=FixedClock(parts.clock.now() + GOOD_FOR))
    with pytest.raises(InvitationSpent):
        accept_invitation(late, post.token(), password=PASSWORD)
    assert not Person.objects.filter(email=NEW).exists()


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "x" + t[1:], lambda t: t.split(".")[0], lambda _: ""])
def test_a_link_that_was_tampered_with_is_nothing(parts, invite, post, change):
    invite()
    with pytest.raises(InvitationSpent):
        find_invitation(parts, change(post.token()))


def test_a_withdrawn_link_is_spent(parts, organization, administrator, invite, post):
    withdraw_invitation(parts, organization, invite().pk, actor=administrator)
    with pytest.raises(InvitationSpent):
        accept_invitation(parts, post.token(), password=PASSWORD)


def test_a_second_invitation_ends_the_first(parts, invite, post):
    invite()
    first = post.token()
    invite(role="viewer")
    with pytest.raises(InvitationSpent):
        find_invitation(parts, first)
    assert accept_invitation(parts, post.token(), password=PASSWORD).memberships.get().role == "viewer"


def test_a_known_person_gets_the_membership_and_keeps_the_password(parts, organization, invite, post, stranger):
    stranger.set_password(PASSWORD)
    stranger.save()
    invite(email=stranger.email.upper())
    shown = Client().get("/invitation/", {"token": post.token()}).content.decode()
    assert 'type="password"' not in shown
    Client().post("/invitation/", {"token": post.token(), "password": "an attackers own password"})
    stranger.refresh_from_db()
    assert stranger.check_password(PASSWORD)
    assert stranger.memberships.filter(organization=organization, role="manager").exists()


@pytest.mark.parametrize("password", ["", "short", "password1234", NEW])
def test_a_poor_password_spends_nothing(parts, invite, post, password):
    invite()
    answer = Client().post("/invitation/", {"token": post.token(), "password": password})
    assert answer.status_code == 422
    assert find_invitation(parts, post.token())


def test_a_deactivated_organization_takes_nobody_in(parts, invite, post):
    invite()
    switch_organization(parts, "acme", on=False)
    with pytest.raises(InvitationSpent):
        accept_invitation(parts, post.token(), password=PASSWORD)


def test_an_operator_joins_nothing(parts, organization, invite, post):
    operator = add_operator(parts, email="op@portal.example", password=PASSWORD)
    invite(email=operator.email)
    with pytest.raises(InvitationSpent):
        accept_invitation(parts, post.token())
    assert not operator.memberships.exists()


@pytest.mark.parametrize(("wish", "field"), [({"email": "no address"}, "email"), ({"role": "king"}, "role")])
def test_what_cannot_be_is_refused(invite, post, wish, field):
    with pytest.raises(InputRefused) as refused:
        invite(**wish)
    assert (refused.value.field, post.mails) == (field, [])


def test_a_member_is_not_invited_again(parts, organization, invite):
    add_person(parts, organization=organization, email=NEW)
    with pytest.raises(InputRefused, match="belongs to acme already"):
        invite()


def test_a_mail_that_is_not_taken_leaves_no_open_link(parts, organization, invite, post):
    post.answer = "554 No"
    with pytest.raises(MailNotSent, match="did not take"):
        invite()
    assert not Invitation.objects.filter(closed_at=None).exists()
    assert Entry.objects.get(action="person.invitation_withdrawn").result == "failed"


def test_without_a_mail_server_the_remedy_is_named(parts, organization, administrator):
    with pytest.raises(MailNotSent, match="portal user add"):
        invite_person(parts, organization, email=NEW, role="viewer", actor=administrator)


def test_an_organization_cannot_flood_mailboxes(parts, organization, administrator, monkeypatch):
    monkeypatch.setattr("partner_portal.usecases.invitations.MOST_A_DAY", 2)
    for number in range(2):
        make_invitation(parts, organization, email=f"{number}@acme.example", role="viewer")
    with pytest.raises(InputRefused, match="within a day"):
        make_invitation(parts, organization, email=NEW, role="viewer")
    later = with_parts(parts, clock=FixedClock(parts.clock.now() + timedelta(days=1, seconds=1)))
    make_invitation(later, organization, email=NEW, role="viewer")


def test_only_administrators_invite(parts, organization, post, member, stranger):
    for actor, refusal in ((Actor.of(member("manager")), NotPermitted), (Actor.of(stranger), OrganizationUnknown)):
        with pytest.raises(refusal):
            invite_person(parts, organization, email=NEW, role="viewer", actor=actor)
    assert post.mails == []


def test_an_operator_invites_the_first_administrator_and_nobody_else(parts, organization, post):
    operator = Actor.of(add_operator(parts, email="op@portal.example", password=PASSWORD))
    invite_first_administrator(parts, "acme", NEW, actor=operator)
    assert accept_invitation(parts, post.token(), password=PASSWORD).memberships.get().role == "administrator"
    with pytest.raises(InputRefused, match="has an administrator"):
        invite_first_administrator(parts, "acme", "me@portal.example", actor=operator)


def test_the_link_leads_to_the_declared_address_whatever_host_was_asked(parts, organization, administrator, post):
    from proofs import prove

    client = Client(headers={"host": "localhost"})
    client.force_login(administrator.person)
    prove(client, administrator.person)
    sent = {"act": "invite", "email": NEW, "role": "viewer"}
    assert client.post("/settings/people/", sent).status_code == 302
    assert post.link().startswith("http://127.0.0.1:8000/invitation/?token=")
