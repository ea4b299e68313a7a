"""Adding a person to an organization."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.models import Membership, Person, Role
from partner_portal.audit.events import PersonAdded
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.parts import Parts


def add_person(
    parts: Parts,
    *,
    organization: Organization,
    email: str,
    name: str = "",
    role: str = Role.VIEWER,
    password: str | None = None,
    actor: Actor = SHELL,
) -> Person:
    """Make a person a member, in `role`; one that the portal knows already keeps their name and password.

    Raises InputRefused for an unknown role, an address or password that cannot be used, or a membership that is there.
    """
    if role not in Role.values:
        raise InputRefused("role", f"There is no role {role!r}. Choose one of: {', '.join(Role.values)}.")
    known = Person.objects.filter(email__iexact=email.strip()).first()
    with transaction.atomic():
        person = known or _new(email, name or email.partition("@")[0], password)
        if person.memberships.filter(organization=organization).exists():
            raise InputRefused("email", f"{person.email} belongs to {organization.slug} already.")
        Membership.objects.create(person=person, organization=organization, role=role)
        event = PersonAdded(person.email, role, is_new=known is None)
        record(event, actor, parts.clock.now(), organization.scope)
    return person


def _new(email: str, name: str, password: str | None) -> Person:
    try:
        if password is not None:
            validate_password(password, Person(email=email, name=name))
    except ValidationError as wrong:
        raise InputRefused("password", " ".join(wrong.messages)) from None
    try:
        return Person.objects.add(email, name, password)
    except ValidationError as wrong:
        raise InputRefused.of(wrong) from None
