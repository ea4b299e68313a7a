"""A tenant whose types, stages and statuses can be mapped, and changes to its mapping."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from partner_portal.autotask.catalog import ActionType, Company, CompanyNote, CompanyToDo, Opportunity, Resource
from partner_portal.usecases.mapping import read_mapping
from partner_portal.warehouse.store import PicklistValue, Tenant
from reports.stocked import add, stages

DONE = datetime(2026, 11, 10, 12, tzinfo=UTC)
TYPES = {30: "Phone out", 31: "Demo", 32: "Email"}


def name_types(store, **renamed: str) -> None:
    """Let the tenant call its action types so: `name_types(store, t31="Kick-off")`."""
    names = TYPES | {int(key[1:]): name for key, name in renamed.items()}
    add(store, "ActionTypes", [ActionType(id=number, name=name, is_active=True) for number, name in names.items()])


def name_stages(store, *labels: str) -> None:
    """Let the tenant's stages be these, with ids from 11 on; its statuses are Active, Lost, Closed."""
    statuses = [
        PicklistValue("Opportunities", "status", status, label)
        for status, label in ((1, "Active"), (2, "Lost"), (3, "Closed"))
    ]
    store.save_tenant(Tenant("live", None, (*stages(*labels), *statuses)))


def fill(store) -> None:
    """A phone call, two demos and an e-mail of this month, one of the demos with the own company; three deals."""
    name_stages(store, "Lead", "Offer", "Won")
    name_types(store)
    add(store, "Companies", [Company(id=0, company_name="Us"), Company(id=4, company_name="Them")])
    add(store, "Resources", [Resource(id=8, first_name="Ada", last_name="L", is_active=True)])
    add(store, "Contacts", [])
    add(store, "Appointments", [])
    add(
        store,
        "CompanyNotes",
        [
            CompanyNote(id=1, action_type=30, company_id=4, assigned_resource_id=8, start_date_time=DONE),
            CompanyNote(id=2, action_type=31, company_id=4, start_date_time=DONE),
            CompanyNote(id=3, action_type=31, company_id=0, start_date_time=DONE),
        ],
    )
    add(store, "CompanyToDos", [CompanyToDo(id=4, action_type=32, company_id=4, completed_date=DONE)])
    deals = ((1, 11, 1), (2, 12, 1), (3, 13, 3))
    add(
        store,
        "Opportunities",
        [
            Opportunity(id=number, stage=stage, status=status, company_id=4, create_date=DONE, closed_date=DONE)
            for number, stage, status in deals
        ],
    )


def proposal(parts, organization, **changes: Any) -> dict[str, Any]:
    """The proposed mapping as a change based on the version in force, with its sections `changes` replaced."""
    listing = read_mapping(parts, organization)
    return {"based_on": listing["version"], "mapping": deepcopy(listing["proposed"]) | changes}


def with_action(change: dict[str, Any], action: int, kind: str, direction: str | None = None) -> dict[str, Any]:
    """The change, with the action type `action` mapped so."""
    rest = [entry for entry in change["mapping"]["action_types"] if entry["id"] != action]
    entry = {"id": action, "kind": kind, "direction": direction}
    return {**change, "mapping": {**change["mapping"], "action_types": [*rest, entry]}}
