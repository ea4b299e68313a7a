"""What the machine's own shell does with people: add members and operators, switch accounts off and on."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.models import Membership, Person, Role
from partner_portal.accounts.tokens import revoke_tokens_of
from partner_portal.audit.people_events import OperatorAdded, PersonAdded, PersonSwitched
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.people import administrators, known_role


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

    An act of the machine's own shell: others invite (`usecases.invitations`). Raises InputRefused for an unknown role,
    an address or password that cannot be used, an operator, or a membership that is there.
    """
    known_role(role)
    known = _known(email)
    with transaction.atomic():
        person = known or new_person(email, name, password)
        if person.is_operator:
            raise InputRefused("email", f"{person.email} is an operator and belongs to no organization.")
        if person.memberships.filter(organization=organization).exists():
            raise InputRefused("email", f"{person.email} belongs to {organization.slug} already.")
        Membership.objects.create(person=person, organization=organization, role=role)
        event = PersonAdded(person.email, role, is_new=known is None)
        record(event, actor, parts.clock.now(), organization.scope)
    return person


def add_operator(
    parts: Parts, *, email: str, name: str = "", password: str | None = None, actor: Actor = SHELL
) -> Person:
    """Make somebody an operator, who manages the organizations and belongs to none.

    Raises InputRefused for a member of an organization, and for an address or password that cannot be used.
    """
    known = _known(email)
    with transaction.atomic():
        person = known or new_person(email, name, password)
        if person.is_operator:
            raise InputRefused("email", f"{person.email} is an operator already.")
        if person.memberships.exists():
            raise InputRefused(
                "email", f"{person.email} belongs to an organization. Use another address for operating."
            )
        person.is_operator = True
        person.save(update_fields=["is_operator"])
        record(OperatorAdded(person.email), actor, parts.clock.now())
    return person


def switch_person(parts: Parts, email: str, *, on: bool, actor: Actor = SHELL) -> None:
    """Switch a person's account off everywhere, which ends all their sessions at once, or on again.

    An act of the machine's own shell; administrators put memberships to rest (`usecases.people`). Raises InputRefused
    for nobody's address, and where an organization would be left without an administrator.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(email__iexact=email.strip()).first()
        if person is None:
            raise InputRefused("email", f"Nobody is known as {email!r}.")
        if person.is_active == on:
            return
        if not on:
            _must_leave_administrators(person)
        person.is_active = on
        person.save(update_fields=["is_active"])
        if not on:
            person.end_sessions()
            revoke_tokens_of(person, parts.clock.now())
        record(PersonSwitched(person.email, before=not on, after=on), actor, parts.clock.now())


def new_person(email: str, name: str, password: str | None) -> Person:
    """A person that the portal did not know; without `password` they cannot log in by one. Raises InputRefused."""
    wanted = name.strip() or email.strip().partition("@")[0]
    try:
        if password is not None:
            validate_password(password, Person(email=email, name=wanted))
    except ValidationError as wrong:
        raise InputRefused("password", " ".join(wrong.messages)) from None
    try:
        return Person.objects.add(email, wanted, password)
    except ValidationError as wrong:
        raise InputRefused.of(wrong) from None


def _known(email: str) -> Person | None:
    return Person.objects.filter(email__iexact=email.strip()).first()


def _must_leave_administrators(person: Person) -> None:
    for membership in person.memberships.filter(role=Role.ADMINISTRATOR, is_active=True).select_related("organization"):
        organization = membership.organization
        if not administrators(organization).exclude(pk=membership.pk).exists():
            message = f"{person.email} is the last administrator of {organization.slug}. Make somebody else one first."
            raise InputRefused("email", message)
