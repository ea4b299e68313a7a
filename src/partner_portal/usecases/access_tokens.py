"""Access tokens: made for oneself, listed, revoked. Anybody at the machine's shell may do so for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.models import AccessToken, Membership
from partner_portal.accounts.policy import Act, require, role_of
from partner_portal.accounts.tokens import LONGEST_LIFE, NewToken, Scope, make_token
from partner_portal.audit.account_events import TokenMade, TokenRevoked
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.parts import Parts

__all__ = ["Scope", "TokenUnknown", "add_token", "list_tokens", "revoke_token"]

USUAL_DAYS = 90
LONGEST_DAYS = LONGEST_LIFE.days
MOST_TOKENS = 20
"""Tokens in force of one person in one organization."""


class TokenUnknown(LookupError):
    """There is no such token, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__("There is no such access token here.")


def add_token(
    parts: Parts,
    organization: Organization,
    *,
    name: str,
    scopes: Iterable[str],
    days: int = USUAL_DAYS,
    email: str = "",
    actor: Actor = SHELL,
) -> NewToken:
    """Make a token of the actor, or of the member with the address `email` when the machine's shell asks.

    The key in the answer is not kept anywhere and cannot be had again. Raises InputRefused, OrganizationUnknown for
    strangers, NotPermitted for a token's own requests.
    """
    membership = _membership(organization, actor, email)
    wanted = _scopes(scopes)
    if not 1 <= days <= LONGEST_DAYS:
        raise InputRefused("days", f"A token lives 1 to {LONGEST_DAYS} days.")
    now = parts.clock.now()
    if _in_force(membership, now).count() >= MOST_TOKENS:
        raise InputRefused("name", f"{MOST_TOKENS} tokens are in force. Revoke one that is not used any more.")
    with transaction.atomic():
        try:
            new = make_token(membership, name.strip(), wanted, now, now + timedelta(days=days))
        except ValidationError as wrong:
            raise InputRefused.of(wrong) from None
        token = new.token
        event = TokenMade(
            membership.person.email,
            token.name,
            token.hint,
            token.scopes,
            token.expires_at.isoformat(timespec="seconds"),
        )
        record(event, actor, now, organization.scope)
    return new


def list_tokens(organization: Organization, *, actor: Actor = SHELL) -> list[AccessToken]:
    """The actor's tokens in `organization`, newest first; all of them for the machine's shell."""
    return list(_visible(organization, actor))


def revoke_token(parts: Parts, organization: Organization, token_id: int, *, actor: Actor = SHELL) -> AccessToken:
    """Revoke a token for good; harmless when it is already. Raises TokenUnknown."""
    token = _visible(organization, actor).filter(pk=token_id).first()
    if token is None:
        raise TokenUnknown
    now = parts.clock.now()
    with transaction.atomic():
        if AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            event = TokenRevoked(token.membership.person.email, token.name, token.hint)
            record(event, actor, now, organization.scope)
    token.refresh_from_db()
    return token


def _visible(organization: Organization, actor: Actor) -> QuerySet[AccessToken]:
    require(actor, Act.HAVE_TOKENS, organization)
    found = AccessToken.objects.filter(membership__organization=organization).select_related("membership__person")
    return found if actor.person is None else found.filter(membership__person=actor.person)


def _membership(organization: Organization, actor: Actor, email: str) -> Membership:
    require(actor, Act.HAVE_TOKENS, organization)
    members = Membership.objects.select_related("person", "organization").filter(organization=organization)
    if actor.person is None:
        found = members.filter(person__email__iexact=email.strip()).first()
        if found is None or role_of(Actor.of(found.person), organization) is None:
            raise InputRefused("email", f"{email} is no active member of {organization.slug}.")
        return found
    return members.get(person=actor.person)


def _scopes(names: Iterable[str]) -> frozenset[Scope]:
    known = {scope.value: scope for scope in Scope}
    wanted = set(names)
    if not wanted or not wanted <= set(known):
        raise InputRefused("scopes", f"Name at least one of {', '.join(known)}.")
    return frozenset(known[name] for name in wanted)


def _in_force(membership: Membership, now: datetime) -> QuerySet[AccessToken]:
    return AccessToken.objects.filter(membership=membership, revoked_at=None, expires_at__gt=now)
