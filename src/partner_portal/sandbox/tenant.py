"""What one tenant has made of its picklists: action types, stages, reasons. Ids differ from tenant to tenant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """One value of a picklist. Rows hold `value` as it is; the metadata sends it as text."""

    value: int | str
    label: str
    is_active: bool = True
    is_system: bool = False
    is_default: bool = False
    parent: str = ""


@dataclass(frozen=True)
class Tenant:
    """The picklists of one tenant by entity noun and field, each in sort order."""

    dialect: str
    picklists: dict[tuple[str, str], tuple[Choice, ...]] = field(default_factory=dict)

    def choices(self, entity: str, name: str) -> tuple[Choice, ...]:
        """The values of a picklist field; empty where the tenant has made none."""
        return self.picklists.get((entity, name), ())

    def value(self, entity: str, name: str, label: str) -> Any:
        """The value labelled `label`. Raises `KeyError` when the picklist has none of that label."""
        for choice in self.choices(entity, name):
            if choice.label.casefold() == label.casefold():
                return choice.value
        raise KeyError(label)


def make_tenant(dialect: str, seed: int) -> Tenant:
    """A tenant whose own ids come from `seed`, so that nobody can rely on those of another."""
    own = 29_682_000 + seed * 7_919 % 100_000
    picklists = _shared_picklists(own) | _sales_picklists(own)
    if dialect == "guide":
        picklists["Opportunities", "stage"] = _listed(*enumerate(_GUIDE_STAGES))
        picklists["Tasks", "actionType"] = _GUIDE_ACTIONS
        picklists["CompanyToDos", "actionType"] = picklists["CompanyNotes", "actionType"] = _live_actions(own)
    return Tenant(dialect, picklists)


def action_type_rows(tenant: Tenant) -> list[Row]:
    """The rows of the ActionTypes entity, which agree with the picklists; `view` 1 is calendar and to-do list."""
    return [
        {
            "id": choice.value,
            "name": choice.label,
            "isActive": choice.is_active,
            "isSystemActionType": choice.is_system,
            "view": 1 if index % 2 else 3,
        }
        for index, choice in enumerate(tenant.choices("CompanyNotes", "actionType"))
    ]


def category_rows(tenant: Tenant) -> list[Row]:
    """The rows of OpportunityCategories, which agree with the picklist of opportunities."""
    return [
        {
            "id": choice.value,
            "name": choice.label,
            "nickname": choice.label[:8],
            "isActive": choice.is_active,
            "isGlobalDefault": choice.is_default,
            "displayColorRGB": 0x336699 + index * 4_000,
        }
        for index, choice in enumerate(tenant.choices("Opportunities", "opportunityCategoryID"))
    ]


_GUIDE_STAGES = ("Prospect", "Contacted", "Qualified", "Proposal", "Negotiation", "Closed Won")

_GUIDE_ACTIONS = (
    Choice(1, "General"),
    Choice(2, "Follow-up"),
    Choice(3, "E-mail"),
    Choice(4, "Phone Call"),
    Choice(5, "Letter", is_active=False),
    Choice(6, "Meeting"),
    Choice(7, "On-site Meeting"),
)


def _listed(*pairs: tuple[int, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in pairs)


def _system(*labels: str, start: int = 0) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, is_system=True) for value, label in enumerate(labels, start))


def _live_actions(own: int) -> tuple[Choice, ...]:
    return (
        Choice(0, "Opportunity Update", is_system=True),
        Choice(1, "Phone Call", is_system=True, is_default=True),
        Choice(2, "Meeting", is_system=True),
        Choice(3, "General", is_system=True),
        Choice(5, "Quick Note", is_system=True),
        Choice(own + 776, "Email"),
        Choice(own + 777, "Inbound call"),
        Choice(own + 778, "Outbound call"),
        Choice(own + 781, "Account Management Meeting"),
        Choice(own + 785, "Touch base"),
        Choice(own + 779, "Demo (old)", is_active=False),
    )


def _live_stages(own: int) -> tuple[Choice, ...]:
    return (
        Choice(own + 772, "New Lead", is_default=True),
        Choice(own + 790, "First Contact"),
        Choice(own + 773, "Qualification"),
        Choice(own + 774, "Proposal Sent"),
        Choice(own + 791, "Contract Sent"),
        Choice(own + 775, "Closed Won"),
        Choice(own + 776, "Lost"),
        Choice(own + 770, "**DO NOT USE** Tender", is_active=False),
    )


def _sales_picklists(own: int) -> dict[tuple[str, str], tuple[Choice, ...]]:
    actions = _live_actions(own)
    return {
        ("CompanyToDos", "actionType"): actions,
        ("CompanyNotes", "actionType"): actions,
        ("ActionTypes", "view"): _system("Calendar", "To-Do List", "Both", "Neither", start=1),
        ("Opportunities", "stage"): _live_stages(own),
        ("Opportunities", "status"): _system("Not Ready To Buy", "Active", "Lost", "Closed", "Implemented"),
        ("Opportunities", "opportunityCategoryID"): (
            Choice(own + 1, "Standard", is_default=True),
            Choice(own + 2, "Renewal"),
            Choice(own + 3, "Project"),
            Choice(own + 5, "Legacy", is_active=False),
        ),
        ("Opportunities", "leadSource"): _listed(
            (own + 10, "Referral"), (own + 11, "Web site"), (own + 12, "Trade show"), (own + 14, "Cold call")
        ),
        ("Opportunities", "lossReason"): _listed(
            (own + 20, "Price"), (own + 21, "No decision"), (own + 22, "Competitor"), (own + 25, "Timing")
        ),
        ("Opportunities", "winReason"): _listed(
            (own + 30, "Relationship"), (own + 31, "Price"), (own + 33, "Response")
        ),
        ("Opportunities", "rating"): _listed((own + 40, "Hot"), (own + 41, "Warm"), (own + 42, "Cold")),
        ("Opportunities", "primaryCompetitor"): _listed((own + 50, "In-house IT"), (own + 51, "National MSP")),
        ("Opportunities", "revenueSpreadUnit"): tuple(Choice(unit, unit) for unit in ("Months", "Years", "Days")),
    }


def _shared_picklists(own: int) -> dict[tuple[str, str], tuple[Choice, ...]]:
    priorities = _listed((4, "Critical"), (1, "High"), (2, "Medium"), (3, "Low"))
    return {
        ("Companies", "companyType"): (
            *_system("Customer", "Lead", "Prospect", "Dead", start=1),
            Choice(6, "Cancellation", is_system=True),
            Choice(7, "Vendor", is_system=True),
            Choice(8, "Partner", is_system=True),
        ),
        ("Companies", "classification"): _listed((own + 60, "Platinum"), (own + 61, "Gold"), (own + 62, "Silver")),
        ("Companies", "territoryID"): _listed((own + 70, "North"), (own + 71, "South"), (own + 72, "West")),
        ("Companies", "marketSegmentID"): _listed((own + 80, "Health care"), (own + 81, "Legal"), (own + 82, "Retail")),
        ("Contacts", "namePrefix"): _system("Mr.", "Mrs.", "Ms.", "Dr.", start=1),
        ("Resources", "resourceType"): tuple(
            Choice(name, name, is_system=True) for name in ("Employee", "Contractor", "API User (system)")
        ),
        ("Resources", "licenseType"): _system("Professional", "Team", "Dashboard", "API User", start=1),
        ("Resources", "emailTypeCode"): tuple(Choice(name, name, is_system=True) for name in ("PRIMARY", "SECONDARY")),
        ("Tickets", "status"): (
            Choice(1, "New", is_system=True, is_default=True),
            Choice(8, "In Progress"),
            Choice(own + 90, "Waiting Customer"),
            Choice(5, "Complete", is_system=True),
        ),
        ("Tickets", "priority"): priorities,
        ("Tickets", "queueID"): _listed(
            (own + 95, "Help Desk"), (own + 96, "Escalations"), (own + 97, "Monitoring Alert")
        ),
        ("Tickets", "source"): _listed((2, "Phone"), (4, "Email"), (6, "Web Portal"), (8, "Monitoring Alert")),
        ("Tickets", "issueType"): _listed((own + 100, "Computer"), (own + 101, "Network")),
        ("Tickets", "subIssueType"): (
            Choice(own + 110, "Printer", parent=str(own + 100)),
            Choice(own + 111, "Wi-Fi", parent=str(own + 101)),
        ),
        ("Tasks", "status"): (
            Choice(1, "New", is_system=True),
            Choice(8, "In Progress"),
            Choice(5, "Complete", is_system=True),
        ),
        ("Tasks", "taskType"): _system("Fixed Work", "Fixed Duration", start=1),
        ("Tasks", "priorityLabel"): priorities,
        ("TimeEntries", "timeEntryType"): _system("ITServiceRequest", "ProjectTask", start=2),
        ("Contracts", "status"): _system("Inactive", "Active"),
        ("Contracts", "contractType"): _system(
            "Time & Materials", "Fixed Price", "Block Hours", "Retainer", "Recurring Service", start=1
        ),
        ("Contracts", "timeReportingRequiresStartAndStopTimes"): _system("No", "Yes"),
        ("SalesOrders", "status"): _listed((1, "Open"), (2, "In Progress"), (3, "Fulfilled"), (4, "Canceled")),
        ("Products", "productCategory"): _listed((own + 120, "Hardware"), (own + 121, "Software")),
        ("QuoteItems", "quoteItemType"): _system("Product", "Cost", "Labor", start=1),
    }
