"""What the API tells about itself: rights, fields, picklists, the call budget (API.md sections 4 and 5)."""

from __future__ import annotations

from dataclasses import dataclass

from partner_portal.autotask.documents import Document, read_document
from partner_portal.autotask.errors import MalformedAnswer


@dataclass(frozen=True)
class EntityInformation:
    """What an entity supports (`can_*`) and what this API user may do with it (`user_access_*`: All, Restricted, None).

    None stands for what the API did not tell.
    """

    name: str
    can_create: bool | None
    can_delete: bool | None
    can_query: bool | None
    can_update: bool | None
    user_access_for_create: str | None
    user_access_for_delete: str | None
    user_access_for_query: str | None
    user_access_for_update: str | None
    has_user_defined_fields: bool | None

    @property
    def is_readable(self) -> bool:
        """Whether the API user may read the entity, at least in part, as far as the API tells."""
        return self.can_query is not False and (self.user_access_for_query or "All").casefold() != "none"

    @property
    def writes(self) -> tuple[str, ...]:
        """What this API user may do to the entity besides reading: create, update, delete; nothing that is not told."""
        told = {
            "create": (self.can_create, self.user_access_for_create),
            "update": (self.can_update, self.user_access_for_update),
            "delete": (self.can_delete, self.user_access_for_delete),
        }
        return tuple(
            act for act, (can, access) in told.items() if can is not False and (access or "None").casefold() != "none"
        )


@dataclass(frozen=True)
class PicklistEntry:
    """One choice of a picklist field. Records hold `value` as an integer; inactive ones are still in old rows."""

    value: str
    label: str
    sort_order: int
    is_active: bool
    is_system: bool
    is_default: bool
    parent_value: str | None


@dataclass(frozen=True)
class FieldInformation:
    """One field as this tenant has it. `length` is 0 for anything but text."""

    name: str
    data_type: str
    length: int
    is_required: bool
    is_read_only: bool
    is_queryable: bool
    is_reference: bool
    reference_entity_type: str | None
    is_pick_list: bool
    picklist_values: tuple[PicklistEntry, ...]
    picklist_parent_value_field: str | None


@dataclass(frozen=True)
class Threshold:
    """The tenant's call budget: `limit` calls per `timeframe_minutes`, `used` of them spent by all its integrations."""

    limit: int
    timeframe_minutes: int
    used: int

    @property
    def share(self) -> float:
        """The part of the budget that is spent; above 1 when overdrawn."""
        return self.used / self.limit if self.limit > 0 else 1.0


def read_entity_information(entity: str, body: bytes) -> EntityInformation:
    """The answer of `entityInformation`."""
    return _information(entity, read_document(entity, body).document("info"))


def read_entity_descriptions(entity: str, body: bytes) -> tuple[EntityInformation, ...]:
    """The answer of `EntityInformation`: every entity of the API that tells its name."""
    descriptions = read_document(entity, body).documents("entityDescriptions")
    return tuple(_information("", info) for info in descriptions if info.text("name"))


def _information(entity: str, info: Document) -> EntityInformation:
    return EntityInformation(
        name=info.text("name") or entity,
        can_create=info.claim("canCreate"),
        can_delete=info.claim("canDelete"),
        can_query=info.claim("canQuery"),
        can_update=info.claim("canUpdate"),
        user_access_for_create=info.text("userAccessForCreate"),
        user_access_for_delete=info.text("userAccessForDelete"),
        user_access_for_query=info.text("userAccessForQuery"),
        user_access_for_update=info.text("userAccessForUpdate"),
        has_user_defined_fields=info.claim("hasUserDefinedFields"),
    )


def read_fields(entity: str, body: bytes) -> tuple[FieldInformation, ...]:
    """The answer of `entityInformation/fields`."""
    document = read_document(entity, body)
    if "fields" not in document:
        raise MalformedAnswer(entity, "there are no fields")
    return tuple(_field(entity, field) for field in document.documents("fields"))


def read_threshold(entity: str, body: bytes) -> Threshold:
    """The answer of `ThresholdInformation`."""
    document = read_document(entity, body)
    limit = document.number("externalRequestThreshold")
    used = document.number("currentTimeframeRequestCount")
    if limit is None or used is None:
        raise MalformedAnswer(entity, "the budget or its use is missing")
    return Threshold(limit, document.number("requestThresholdTimeframe") or 60, used)


def _field(entity: str, field: Document) -> FieldInformation:
    name = field.text("name")
    if not name:
        raise MalformedAnswer(entity, "a field has no name")
    entries = tuple(_entry(entry) for entry in field.documents("picklistValues"))
    is_pick_list = field.claim("isPickList")
    is_queryable = field.claim("isQueryable")
    return FieldInformation(
        name=name,
        data_type=field.text("dataType") or "",
        length=field.number("length") or 0,
        is_required=bool(field.claim("isRequired")),
        is_read_only=bool(field.claim("isReadOnly")),
        is_queryable=True if is_queryable is None else is_queryable,
        is_reference=bool(field.claim("isReference")),
        reference_entity_type=field.text("referenceEntityType") or None,
        is_pick_list=bool(entries) if is_pick_list is None else is_pick_list,
        picklist_values=entries,
        picklist_parent_value_field=field.text("picklistParentValueField") or None,
    )


def _entry(entry: Document) -> PicklistEntry:
    is_active = entry.claim("isActive")
    return PicklistEntry(
        value=entry.text("value") or "",
        label=entry.text("label") or "",
        sort_order=entry.number("sortOrder") or 0,
        is_active=True if is_active is None else is_active,
        is_system=bool(entry.claim("isSystem")),
        is_default=bool(entry.claim("isDefaultValue")),
        parent_value=entry.text("parentValue") or None,
    )
