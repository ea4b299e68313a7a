"""The Autotask entities we read, as data: one record type per entity, one attribute per field we keep.

Field names and types follow the vendor's API description; an attribute's wire name is derived from its
snake_case name (`company_id` is `companyID` on the wire). Every attribute but `id` may be null: the API leaves
out or nulls any field.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec


def wire_name(attribute: str) -> str:
    """The name of `attribute` on the wire: camelCase, with a trailing `_id` written `ID`."""
    head, *rest = attribute.split("_")
    return head + "".join("ID" if word == "id" else word.capitalize() for word in rest)


class Record(msgspec.Struct, frozen=True, kw_only=True, rename=wire_name, gc=False):
    """One row of an entity as the API returns it. Unknown fields are ignored, absent ones are `None`.

    Its values hold no references, so the garbage collector need not look at it.
    """

    id: int


class Company(Record, frozen=True, kw_only=True):
    """A customer, lead or vendor. Id 0 is the tenant's own company."""

    company_name: str | None = None
    company_type: int | None = None
    owner_resource_id: int | None = None
    parent_company_id: int | None = None
    is_active: bool | None = None
    create_date: datetime | None = None
    last_activity_date: datetime | None = None


class Contact(Record, frozen=True, kw_only=True):
    """A person at a company. `is_active` is an integer on the wire, not a boolean."""

    company_id: int | None = None
    first_name: str | None = None
    last_name: str | None = None
    is_active: int | None = None
    create_date: datetime | None = None
    last_modified_date: datetime | None = None


class Opportunity(Record, frozen=True, kw_only=True):
    """A deal. Its change stamp is `lastActivity`; `lastActivityDate` does not exist here."""

    title: str | None = None
    company_id: int | None = None
    contact_id: int | None = None
    owner_resource_id: int | None = None
    creator_resource_id: int | None = None
    stage: int | None = None
    status: int | None = None
    probability: int | None = None
    amount: Decimal | None = None
    cost: Decimal | None = None
    onetime_revenue: Decimal | None = None
    monthly_revenue: Decimal | None = None
    create_date: datetime | None = None
    projected_close_date: datetime | None = None
    closed_date: datetime | None = None
    lost_date: datetime | None = None
    loss_reason: int | None = None
    loss_reason_detail: str | None = None
    win_reason: int | None = None
    opportunity_category_id: int | None = None
    lead_source: int | None = None
    last_activity: datetime | None = None


class Appointment(Record, frozen=True, kw_only=True):
    """A calendar entry of one resource. It names no company and no opportunity."""

    resource_id: int | None = None
    title: str | None = None
    start_date_time: datetime | None = None
    end_date_time: datetime | None = None
    create_date_time: datetime | None = None
    update_date_time: datetime | None = None


class Task(Record, frozen=True, kw_only=True):
    """A project task. Its sales fields exist in the guide's dialect only (see `GUIDE_TASK_FIELDS`)."""

    title: str | None = None
    description: str | None = None
    assigned_resource_id: int | None = None
    project_id: int | None = None
    status: int | None = None
    start_date_time: datetime | None = None
    completed_date_time: datetime | None = None
    create_date_time: datetime | None = None
    last_activity_date_time: datetime | None = None
    action_type: int | None = None
    direction: int | None = None
    company_id: int | None = None
    contact_id: int | None = None
    opportunity_id: int | None = None


GUIDE_TASK_FIELDS = frozenset({"actionType", "direction", "companyID", "contactID", "opportunityID"})
"""Fields of Tasks that only a source of the guide's dialect has; the vendor's own API has none of them."""


class CompanyToDo(Record, frozen=True, kw_only=True):
    """A planned activity with a customer; done once `completed_date` is set."""

    action_type: int | None = None
    assigned_to_resource_id: int | None = None
    company_id: int | None = None
    contact_id: int | None = None
    opportunity_id: int | None = None
    ticket_id: int | None = None
    activity_description: str | None = None
    start_date_time: datetime | None = None
    end_date_time: datetime | None = None
    completed_date: datetime | None = None
    create_date_time: datetime | None = None
    last_modified_date: datetime | None = None


class CompanyNote(Record, frozen=True, kw_only=True):
    """A done activity with a customer; a completed to-do can come back as one."""

    action_type: int | None = None
    assigned_resource_id: int | None = None
    company_id: int | None = None
    contact_id: int | None = None
    opportunity_id: int | None = None
    name: str | None = None
    note: str | None = None
    start_date_time: datetime | None = None
    end_date_time: datetime | None = None
    completed_date_time: datetime | None = None
    create_date_time: datetime | None = None
    last_modified_date: datetime | None = None


class ActionType(Record, frozen=True, kw_only=True):
    """What an activity's `action_type` id means in this tenant."""

    name: str | None = None
    is_active: bool | None = None
    is_system_action_type: bool | None = None
    view: int | None = None


class Resource(Record, frozen=True, kw_only=True):
    """An Autotask user: a rep, a technician, an API user. Inactive ones still own rows."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    is_active: bool | None = None
    resource_type: str | None = None
    title: str | None = None


class Ticket(Record, frozen=True, kw_only=True):
    """A service request. `status` 5 is Complete, a system id."""

    ticket_number: str | None = None
    title: str | None = None
    company_id: int | None = None
    assigned_resource_id: int | None = None
    status: int | None = None
    priority: int | None = None
    create_date: datetime | None = None
    completed_date: datetime | None = None
    last_activity_date: datetime | None = None


class TimeEntry(Record, frozen=True, kw_only=True):
    """Time worked on a ticket or task. `date_worked` is a date-only field."""

    resource_id: int | None = None
    ticket_id: int | None = None
    task_id: int | None = None
    contract_id: int | None = None
    hours_worked: Decimal | None = None
    date_worked: datetime | None = None
    create_date_time: datetime | None = None
    last_modified_date_time: datetime | None = None


class Contract(Record, frozen=True, kw_only=True):
    """An agreement with a customer. `start_date` and `end_date` are date-only fields."""

    company_id: int | None = None
    contract_name: str | None = None
    status: int | None = None
    opportunity_id: int | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    estimated_revenue: Decimal | None = None
    last_modified_date_time: datetime | None = None


class DeletedTicketLog(Record, frozen=True, kw_only=True):
    """What the API remembers of a deleted ticket."""

    ticket_id: int | None = None
    deleted_date_time: datetime | None = None


R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Entity(Generic[R]):
    """One entity of the API: its noun in the URL, its name in messages, its record type, its change stamp.

    `change_stamp` is the wire name of the field that moves with every edit (source: the vendor's best
    practices page and production clients); None where the API has none and the whole set is re-read.
    `stamp_is_proven` is false where that page doesn't list the field, so that some edits may not move it.
    """

    path: str
    singular: str
    record: type[R]
    change_stamp: str | None
    stamp_is_proven: bool = True

    @property
    def table(self) -> str:
        """The snake_case plural by which the entity is known off the wire: `CompanyToDos` is `company_to_dos`."""
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in self.path).lstrip("_")

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        """The wire names of the fields we keep, `id` first."""
        return tuple(field.encode_name for field in msgspec.structs.fields(self.record))


COMPANIES = Entity("Companies", "Company", Company, "lastActivityDate")
CONTACTS = Entity("Contacts", "Contact", Contact, "lastModifiedDate")
OPPORTUNITIES = Entity("Opportunities", "Opportunity", Opportunity, "lastActivity", stamp_is_proven=False)
APPOINTMENTS = Entity("Appointments", "Appointment", Appointment, "updateDateTime", stamp_is_proven=False)
TASKS = Entity("Tasks", "Task", Task, "lastActivityDateTime")
COMPANY_TO_DOS = Entity("CompanyToDos", "CompanyToDo", CompanyToDo, "lastModifiedDate")
COMPANY_NOTES = Entity("CompanyNotes", "CompanyNote", CompanyNote, "lastModifiedDate")
ACTION_TYPES = Entity("ActionTypes", "ActionType", ActionType, None)
RESOURCES = Entity("Resources", "Resource", Resource, None)
TICKETS = Entity("Tickets", "Ticket", Ticket, "lastActivityDate")
TIME_ENTRIES = Entity("TimeEntries", "TimeEntry", TimeEntry, "lastModifiedDateTime")
CONTRACTS = Entity("Contracts", "Contract", Contract, "lastModifiedDateTime")
DELETED_TICKET_LOGS = Entity("DeletedTicketLogs", "DeletedTicketLog", DeletedTicketLog, None)
"""Read where tickets are missing, never mirrored: no other entity of the catalogue leaves such a log."""

CATALOG: tuple[Entity[Any], ...] = (
    COMPANIES,
    CONTACTS,
    OPPORTUNITIES,
    APPOINTMENTS,
    TASKS,
    COMPANY_TO_DOS,
    COMPANY_NOTES,
    ACTION_TYPES,
    RESOURCES,
    TICKETS,
    TIME_ENTRIES,
    CONTRACTS,
)


def entity_at(path: str, catalog: Iterable[Entity[Any]] = CATALOG) -> Entity[Any]:
    """The entity whose URL noun is `path`, in any case. Raises `KeyError` for a noun we do not read."""
    wanted = path.casefold()
    for entity in catalog:
        if entity.path.casefold() == wanted:
            return entity
    raise KeyError(path)
