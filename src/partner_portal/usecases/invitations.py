"""Asking people to join an organization by e-mail, and their joining."""

from __future__ import annotations

import hashlib
import secrets
import smtplib
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.models import Invitation, Membership, Person
from partner_portal.accounts.policy import Act, require
from partner_portal.audit.people_events import InvitationWithdrawn, PersonInvited, PersonJoined
from partner_portal.audit.trail import Result, record
from partner_portal.organizations.models import Organization
from partner_portal.reports.wire import instant_text
from partner_portal.usecases.add_person import new_person
from partner_portal.usecases.errors import InputRefused, InvitationSpent, MailNotSent, PersonUnknown
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.people import known_role

GOOD_FOR = timedelta(days=7)
MOST_A_DAY = 100
"""Invitations of one organization: mail in its name shall not become a nuisance."""

_signer = signing.Signer(salt="partner_portal.invitation", sep=".")


def invite_person(
    parts: Parts, organization: Organization, *, email: str, role: str, name: str = "", actor: Actor = SHELL
) -> Invitation:
    """Send a link by which whoever reads mail at `email` joins in `role`; an earlier one is good no more.

    Raises InputRefused for a role or address that cannot be used, MailNotSent, OrganizationUnknown, NotPermitted.
    """
    require(actor, Act.SET_PEOPLE, organization)
    return send_invitation(parts, organization, email=email, role=role, name=name, actor=actor)


def send_invitation(
    parts: Parts, organization: Organization, *, email: str, role: str, name: str = "", actor: Actor = SHELL
) -> Invitation:
    """The same for somebody who was found to be allowed to invite. Raises InputRefused, MailNotSent."""
    if not settings.PORTAL_SENDS_MAIL:
        raise MailNotSent("No mail server is set. Set PORTAL_EMAIL_URL, or add people with `portal user add`.")
    invitation, link = make_invitation(parts, organization, email=email, role=role, name=name, actor=actor)
    try:
        _mail(invitation, link).send()
    except (OSError, smtplib.SMTPException) as reason:
        problem = f"The mail server did not take the invitation ({type(reason).__name__}). Check PORTAL_EMAIL_URL."
        _withdraw(parts, invitation, actor, result=Result.FAILED, reason=problem)
        raise MailNotSent(problem) from None
    return invitation


def make_invitation(
    parts: Parts, organization: Organization, *, email: str, role: str, name: str = "", actor: Actor = SHELL
) -> tuple[Invitation, str]:
    """An invitation and its link, for somebody who may invite; sends nothing.

    The link is worth an account under that address: it goes to the address alone. Raises InputRefused.
    """
    address, now = _usable_address(email), parts.clock.now()
    wanted, nonce = known_role(role), secrets.token_urlsafe(32)
    with transaction.atomic():
        _must_be_new_here(organization, address)
        made = Invitation.objects.filter(organization=organization, created_at__gt=now - timedelta(days=1))
        if made.count() >= MOST_A_DAY:
            raise InputRefused(
                "email", f"{MOST_A_DAY} invitations were sent within a day. Send the next ones tomorrow."
            )
        Invitation.objects.filter(organization=organization, email__iexact=address, closed_at=None).update(
            closed_at=now
        )
        invitation = Invitation.objects.create(
            organization=organization,
            email=address,
            name=name.strip()[:200],
            role=wanted,
            digest=_digest(nonce),
            invited_by=actor.name,
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
        event = PersonInvited(address, str(wanted), instant_text(invitation.expires_at) or "")
        record(event, actor, now, organization.scope)
    query = urlencode({"token": _signer.sign(nonce)})
    return invitation, f"{settings.PORTAL_PUBLIC_URL}{reverse('invitation')}?{query}"


def withdraw_invitation(parts: Parts, organization: Organization, invitation_id: int, *, actor: Actor = SHELL) -> None:
    """Take an open invitation back. Raises PersonUnknown where there is none, OrganizationUnknown, NotPermitted."""
    require(actor, Act.SET_PEOPLE, organization)
    invitation = Invitation.objects.filter(organization=organization, pk=invitation_id, closed_at=None).first()
    if invitation is None:
        raise PersonUnknown(organization.slug, str(invitation_id))
    _withdraw(parts, invitation, actor)


def find_invitation(parts: Parts, token: str) -> Invitation:
    """The open invitation that the link with `token` is for. Raises InvitationSpent."""
    try:
        digest = _digest(_signer.unsign(token))
    except signing.BadSignature:
        raise InvitationSpent from None
    found = Invitation.objects.select_related("organization").filter(
        digest=digest, closed_at=None, expires_at__gt=parts.clock.now(), organization__is_active=True
    )
    invitation = found.first()
    if invitation is None:
        raise InvitationSpent
    return invitation


def is_known(invitation: Invitation) -> bool:
    """Whether whoever was invited has an account already, and so needs no password."""
    return Person.objects.filter(email__iexact=invitation.email).exists()


def accept_invitation(
    parts: Parts, token: str, *, name: str = "", password: str | None = None, address: str = ""
) -> Person:
    """Let whoever holds the link join; a new person sets a password, a known one keeps theirs.

    The link is spent then. `address` is where the request came from. Raises InvitationSpent, InputRefused.
    """
    now = parts.clock.now()
    with transaction.atomic():
        invitation = find_invitation(parts, token)
        # Counting the row makes the link good for one of two who use it at once.
        if not Invitation.objects.filter(pk=invitation.pk, closed_at=None).update(closed_at=now):
            raise InvitationSpent
        known = Person.objects.filter(email__iexact=invitation.email).first()
        person = known or new_person(invitation.email, name or invitation.name, password or "")
        if person.is_operator:
            raise InvitationSpent
        membership, is_new_member = Membership.objects.get_or_create(
            person=person, organization=invitation.organization, defaults={"role": invitation.role}
        )
        if is_new_member:
            event = PersonJoined(person.email, str(membership.role), is_new=known is None)
            record(event, Actor.of(person, address), now, invitation.organization.scope)
    return person


def _usable_address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise InputRefused("email", f"Email: {wrong.messages[0]}") from None
    return address


def _must_be_new_here(organization: Organization, email: str) -> None:
    if organization.memberships.filter(person__email__iexact=email).exists():
        raise InputRefused("email", f"{email} belongs to {organization.slug} already.")


def _withdraw(
    parts: Parts, invitation: Invitation, actor: Actor, *, result: Result = Result.DONE, reason: str = ""
) -> None:
    now = parts.clock.now()
    with transaction.atomic():
        if Invitation.objects.filter(pk=invitation.pk, closed_at=None).update(closed_at=now):
            event = InvitationWithdrawn(invitation.email, str(invitation.role))
            record(event, actor, now, invitation.organization.scope, result=result, reason=reason)


def _mail(invitation: Invitation, link: str) -> EmailMessage:
    organization = " ".join(invitation.organization.name.split())
    return EmailMessage(
        f"Join {organization} on the Partner Portal",
        f"{invitation.invited_by} asks you to join {organization} on the Partner Portal as {invitation.role}.\n\n"
        f"Open this link to accept; it is good for {GOOD_FOR.days} days and for one use:\n\n{link}\n\n"
        "If you did not expect this, do nothing.\n",
        to=[invitation.email],
    )


def _digest(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()
