"""The shapes of the records behind the numbers, and of what can be asked for, for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema

from partner_portal.api.mapping_schemas import Posted
from partner_portal.api.schemas import DataState, FiltersPart, OrganizationPart, PeriodPart


class MetricPart(Schema):
    """What a figure is, in words."""

    slug: str
    title: str
    unit: Literal["count", "money", "rate", "ratio", "days"]
    formula: str
    exclusions: str


class MetricDefinition(MetricPart):
    """The same, with what it is made of: `reads` are `Entity.field`, `figures` its places in the report."""

    subject: Literal["activities", "appointments", "deals", "stale_deals", "changes"]
    reads: list[str]
    figures: list[str]


class Metrics(Schema):
    """The catalogue of metrics."""

    metrics: list[MetricDefinition]


class TotalPart(Schema):
    """How many records there are in all, and the figure over them: a number, or money as text; null is unknown."""

    count: int | None
    value: int | float | str | None
    amount: str | None


class OnlyPart(Schema):
    """The entry of a list in the report that the figure is narrowed to: as it is asked for, and in words."""

    key: str
    label: str


class ListedPage(Schema):
    """Which of the records are listed, and in which order."""

    offset: int
    limit: int
    sort: str
    descending: bool


class ColumnPart(Schema):
    """A column: its key in each row, its heading, what it holds."""

    key: str
    title: str
    type: Literal["text", "integer", "money", "percent", "days", "date", "instant", "person", "company", "link"] = (
        Field(description="person and company are {id, name} or null; a link leads into Autotask.")
    )
    sortable: bool


class Records(Schema):
    """One page of the records that a figure of the report is made of. `period` is null where the state now counts.

    `total` is of all of the figure's records, `found` how many of them have the text of `search`: all without one.
    """

    schema_: Literal["records/1"] = Field(alias="schema")
    metric: MetricPart
    organization: OrganizationPart
    period: PeriodPart | None
    filters: FiltersPart
    data: DataState
    only: OnlyPart | None
    total: TotalPart
    search: str | None
    found: int | None
    page: ListedPage
    columns: list[ColumnPart]
    rows: list[dict[str, Any]]
    notes: list[str]


class TeamPart(Schema):
    """A team: its name, and the Autotask ids of the resources whose records are its own."""

    name: str
    members: list[int]


class Teams(Schema):
    """The organization's teams, by name."""

    teams: list[TeamPart]


class TeamMembers(Posted):
    """Who a team consists of."""

    members: Annotated[list[int], Field(max_length=1_000, description="Autotask ids of resources.")]
