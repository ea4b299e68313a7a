"""What the API says of its entities: rights, fields and picklists of this tenant."""

from __future__ import annotations

from typing import Any

from partner_portal.sandbox.options import Options
from partner_portal.sandbox.schema import EntityModel, Field, UserField
from partner_portal.sandbox.tenant import Choice, Tenant

_PARENT_FIELDS = {"subIssueType": "issueType"}
_USER_TYPES = {"string": "string", "number": "double", "datetime": "datetime"}


def entity_information(model: EntityModel, options: Options) -> dict[str, Any]:
    """What an entity supports and what the API user may do with it."""
    granted = {"granted": "All", "empty": "Restricted"}.get(options.permission(model.path), "None")

    def may_write(letter: str) -> str:
        return "All" if options.user_may_write and letter in model.can else "None"

    return {
        "name": model.singular,
        "canCreate": "C" in model.can,
        "canDelete": "D" in model.can,
        "canQuery": "R" in model.can,
        "canUpdate": "U" in model.can,
        "userAccessForCreate": may_write("C"),
        "userAccessForDelete": may_write("D"),
        "userAccessForQuery": granted,
        "userAccessForUpdate": may_write("U"),
        "hasUserDefinedFields": bool(model.user_fields),
        "supportsWebhookCallouts": model.webhooks,
    }


def field_information(model: EntityModel, tenant: Tenant) -> list[dict[str, Any]]:
    """The entity's own fields with the picklists of the tenant."""
    return [_field(field, model, tenant) for field in model.fields]


def user_field_information(fields: tuple[UserField, ...]) -> list[dict[str, Any]]:
    """The user-defined fields; only they have a label, and `type` in place of `dataType`."""
    return [
        {
            "name": field.name,
            "label": field.label,
            "type": _USER_TYPES[field.type],
            "length": 255 if field.type == "string" else 0,
            "description": "",
            "defaultValue": "",
            "isRequired": False,
            "isReadOnly": False,
            "isQueryable": True,
            "isReference": False,
            "referenceEntityType": "",
            "isPickList": False,
            "picklistValues": None,
            "picklistParentValueField": "",
            "isSupportedWebhookField": False,
        }
        for field in fields
    ]


def _field(field: Field, model: EntityModel, tenant: Tenant) -> dict[str, Any]:
    choices = tenant.choices(model.path, field.name)
    return {
        "name": field.name,
        "dataType": field.type,
        "length": field.length,
        "isRequired": field.required,
        "isReadOnly": field.read_only,
        "isQueryable": field.queryable,
        "isReference": bool(field.reference),
        "referenceEntityType": field.reference,
        "isPickList": field.picklist,
        "picklistValues": [_choice(choice, order) for order, choice in enumerate(choices, 1)]
        if field.picklist
        else None,
        "picklistParentValueField": _PARENT_FIELDS.get(field.name, ""),
        "isSupportedWebhookField": model.webhooks and not field.read_only,
    }


def _choice(choice: Choice, order: int) -> dict[str, Any]:
    return {
        "value": str(choice.value),
        "label": choice.label,
        "isDefaultValue": choice.is_default,
        "sortOrder": order,
        "parentValue": choice.parent,
        "isActive": choice.is_active,
        "isSystem": choice.is_system,
    }
