"""Which Autotask resource a member is: the one that an administrator chose, else the one with the same e-mail."""

from __future__ import annotations

from partner_portal.accounts.models import Membership
from partner_portal.accounts.policy import Act, NotPermitted
from partner_portal.organizations.models import Organization
from partner_portal.usecases.parts import Parts
from partner_portal.warehouse.store import OrganizationStore

_BY_ADDRESS = """
    SELECT lower(trim(email)), MIN(id) FROM resources
    WHERE email IS NOT NULL AND is_active IS NOT FALSE AND ($email IS NULL OR lower(trim(email)) = $email)
    GROUP BY 1 HAVING COUNT(*) = 1
"""
"""An address that several active resources have belongs to none of them."""


def own_resource(parts: Parts, organization: Organization, member: Membership | None, act: Act) -> int | None:
    """The resource that a `member` who is confined to the own numbers is; None where nobody is confined.

    Raises NotPermitted for one who is matched to none: there are no own numbers to show.
    """
    if member is None:
        return None
    found = resource_of(parts, organization, member)
    if found is None:
        message = "You see your own numbers, and it is not known who you are in Autotask. Ask an administrator."
        raise NotPermitted(message, act, organization)
    return found


def resource_of(parts: Parts, organization: Organization, member: Membership) -> int | None:
    """The resource that `member` is; None for none, or as long as it is not clear which."""
    if member.is_resource_decided:
        return member.resource_id
    email = address_key(member.person.email)
    return resources_by_address(parts.warehouse.organization(organization.scope), email).get(email)


def resources_by_address(store: OrganizationStore, email: str | None = None) -> dict[str, int]:
    """The active resource of each address that one only has, by the address as `address_key` writes it; or of one."""
    return {address: int(number) for address, number in store.rows(_BY_ADDRESS, {"email": email})}


def address_key(email: str) -> str:
    """An e-mail address as it is compared."""
    return email.strip().lower()
