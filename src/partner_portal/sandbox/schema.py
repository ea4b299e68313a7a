"""What the vendor's model says of each entity: fields, types, lengths and flags, read from `schema.json`.

Source of the facts: the vendor's Swagger (2020, with the additions of 2026) and live field metadata of 2021.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import msgspec


class Field(msgspec.Struct, frozen=True, rename="camel"):
    """One field of an entity. `type` is integer, long, string, datetime, boolean, double or decimal."""

    name: str
    type: str
    length: int = 0
    required: bool = False
    read_only: bool = False
    queryable: bool = True
    picklist: bool = False
    reference: str = ""


class _Facts(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of schema.json."""

    singular: str
    can: str
    webhooks: bool
    user_defined_fields: bool
    created: str | None
    changed: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class UserField:
    """A user-defined field of this tenant; `type` is string, number or datetime, its value always travels as text."""

    name: str
    type: str
    label: str = ""


@dataclass(frozen=True)
class EntityModel:
    """One entity: its noun in the URL, its singular in messages, what it supports, and its fields by name.

    `can` holds the letters of CRUD that the entity supports at all, `created` and `changed` name the fields that
    the server stamps, `user_fields` is None where the entity has no user-defined fields.
    """

    path: str
    singular: str
    can: str
    webhooks: bool
    created: str | None
    changed: tuple[str, ...]
    fields: tuple[Field, ...]
    user_fields: tuple[UserField, ...] | None = None

    @property
    def by_name(self) -> dict[str, Field]:
        """The fields by case-folded name, as the API looks them up."""
        return _by_name(self)

    def with_fields(self, *more: Field) -> EntityModel:
        """The same entity with fields added at its end."""
        return replace(self, fields=self.fields + more)


@cache
def _by_name(model: EntityModel) -> dict[str, Field]:
    return {field.name.casefold(): field for field in model.fields}


GUIDE_TASK_FIELDS = (
    Field("actionType", "integer", picklist=True),
    Field("direction", "integer"),
    Field("companyID", "integer", reference="Company"),
    Field("contactID", "integer", reference="Contact"),
    Field("opportunityID", "integer", reference="Opportunity"),
)
"""What Tasks has in the guide's dialect only."""

USER_FIELDS = {
    "Companies": (UserField("Customer Tier", "string", "Customer Tier"), UserField("Seats", "number", "Seats")),
    "Contacts": (UserField("Preferred Language", "string", "Preferred Language"),),
    "Tickets": (UserField("Root Cause", "string", "Root Cause"),),
    "Contracts": (UserField("Renewal Notice", "datetime", "Renewal Notice"),),
}
"""The user-defined fields that the sandbox's tenant has made."""


@cache
def vendor_models() -> tuple[EntityModel, ...]:
    """Every entity of the vendor's model that the sandbox answers, as a live tenant has it."""
    text = files("partner_portal.sandbox").joinpath("schema.json").read_bytes()
    facts = msgspec.json.decode(text, type=dict[str, _Facts])
    return tuple(_model(path, fact) for path, fact in facts.items())


def models(dialect: str) -> dict[str, EntityModel]:
    """The entities by case-folded noun, in `dialect` live or guide. Raises `ValueError` for any other."""
    if dialect not in ("live", "guide"):
        raise ValueError(f"unknown dialect {dialect!r}: live or guide")
    found = {model.path.casefold(): model for model in vendor_models()}
    if dialect == "guide":
        found["tasks"] = found["tasks"].with_fields(*GUIDE_TASK_FIELDS)
    return found


def _model(path: str, facts: _Facts) -> EntityModel:
    user_fields = USER_FIELDS.get(path, ()) if facts.user_defined_fields else None
    return EntityModel(
        path, facts.singular, facts.can, facts.webhooks, facts.created, facts.changed, facts.fields, user_fields
    )
