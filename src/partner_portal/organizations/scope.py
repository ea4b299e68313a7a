"""OrganizationScope: the value that every look at an organization's rows must carry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OrganizationScope:
    """Leave to work with one organization's rows, and with no other's."""

    organization_id: int
