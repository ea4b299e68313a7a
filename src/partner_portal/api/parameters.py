"""Parameters that many operations take."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Query, Schema

from partner_portal.usecases.sales_report import Asked

Slug = Annotated[
    str | None,
    Query(
        max_length=50,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="The organization; may be left out by members of one.",
    ),
]


class ReportParameters(Schema):
    """What may be asked of the report, the same wherever its numbers are read."""

    period: str | None = Field(None, description="A preset such as this_month, or custom.")
    start: str | None = Field(None, alias="from", description="First local date of a custom period.")
    end: str | None = Field(None, alias="to", description="Last local date of a custom period.")
    compare: str = Field("previous_period", description="previous_period, previous_year or none.")
    owner: str | None = Field(None, description="Only this resource's records, by its Autotask id; or nobody.")
    team: str | None = Field(None, description="Only the records of this team of the organization, by its name.")
    company: str | None = Field(None, description="Only this company's records, by its Autotask id.")
    category: str | None = Field(None, description="Only deals of this opportunity category, and what belongs to them.")

    def asked(self) -> Asked:
        """The same, for the use cases."""
        return {
            "period": self.period or ("custom" if self.start or self.end else "this_month"),
            "start": self.start,
            "end": self.end,
            "compare": self.compare,
            "owner": self.owner,
            "team": self.team,
            "company": self.company,
            "category": self.category,
        }
