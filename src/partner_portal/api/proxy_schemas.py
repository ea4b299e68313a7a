"""The shapes of queries of Autotask and of their answers, which are Autotask's own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AliasChoices

from partner_portal.api.mapping_schemas import Posted

Name = Annotated[str, Field(min_length=1, max_length=60)]
Plain = bool | int | float | Annotated[str, Field(max_length=500)]


class FilterCondition(Posted):
    """One comparison. `exist` and `notExist` take no value, `in` and `notIn` a list, the others one value."""

    op: Literal[
        "eq",
        "noteq",
        "gt",
        "gte",
        "lt",
        "lte",
        "beginsWith",
        "endsWith",
        "contains",
        "exist",
        "notExist",
        "in",
        "notIn",
    ]
    field: Name = Field(description="A field of the entity, in any case.")
    value: Plain | Annotated[list[Plain], Field(max_length=500)] | None = None


class FilterGroup(Posted):
    """Conditions and groups of which all (`and`) or at least one (`or`) must hold; at most eight deep."""

    op: Literal["and", "or"]
    items: Annotated[list[FilterItem], Field(min_length=1, max_length=100)]


FilterItem = Annotated[FilterCondition | FilterGroup, Field(discriminator="op")]


class AutotaskCount(Posted):
    """Which rows to count; `[]` counts every row."""

    filter: Annotated[list[FilterItem], Field(max_length=100)]

    def document(self) -> dict[str, Any]:
        """The same as the use case reads it."""
        return {"filter": [item.model_dump(exclude_unset=True) for item in self.filter]}


class AutotaskQuery(AutotaskCount):
    """Which rows are asked for, which of their fields, and how many to a page; `[]` asks for every row."""

    max_records: Annotated[int, Field(ge=1, le=500)] = Field(
        500, validation_alias=AliasChoices("MaxRecords", "maxRecords", "maxrecords"), description="Rows of a page."
    )
    include_fields: Annotated[list[Name], Field(max_length=100)] = Field(
        [],
        validation_alias=AliasChoices("IncludeFields", "includeFields", "includefields"),
        description="Names of fields; every field that the portal knows without them.",
    )

    def document(self) -> dict[str, Any]:
        """The same as the use case reads it."""
        return {**super().document(), "MaxRecords": self.max_records, "IncludeFields": self.include_fields}


class PageDetails(Schema):
    """Where the page stands. `nextPageUrl` leads to the next one: POST the same body there, within an hour."""

    count: int
    requestCount: int  # noqa: N815 - Autotask's name
    prevPageUrl: None  # noqa: N815
    nextPageUrl: str | None  # noqa: N815


class AutotaskPage(Schema):
    """Rows in ascending id, with Autotask's own names and values."""

    items: list[dict[str, Any]]
    pageDetails: PageDetails  # noqa: N815


class AutotaskNumber(Schema):
    """How many rows there are."""

    queryCount: int  # noqa: N815


class AutotaskItem(Schema):
    """One row; null where there is none."""

    item: dict[str, Any] | None


FilterGroup.model_rebuild()
AutotaskCount.model_rebuild()
AutotaskQuery.model_rebuild()
