"""What the API tells about itself, in whatever case and completeness."""

from __future__ import annotations

import pytest

from autotask.scripted import ScriptedTransport, connected, respond
from partner_portal.autotask.catalog import COMPANY_TO_DOS
from partner_portal.autotask.errors import MalformedAnswer
from partner_portal.autotask.metadata import PicklistEntry, Threshold

FIELD = {
    "name": "actionType",
    "dataType": "integer",
    "length": 0,
    "isRequired": True,
    "isReadOnly": False,
    "isQueryable": True,
    "isReference": False,
    "referenceEntityType": "",
    "isPickList": True,
    "picklistValues": [
        {"value": "1", "label": "Phone Call", "sortOrder": 2, "isActive": True, "isSystem": True, "parentValue": ""},
        {"value": "29682776", "label": "E-mail", "sortOrder": 3, "isActive": False, "isSystem": False},
    ],
    "picklistParentValueField": "",
}


def pascal(value):
    if isinstance(value, dict):
        return {key[0].upper() + key[1:]: pascal(item) for key, item in value.items()}
    return [pascal(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("form", [lambda document: document, pascal], ids=["camel", "pascal"])
async def test_fields_and_their_picklists_are_read_in_both_cases(form) -> None:
    transport = ScriptedTransport(respond(200, form({"fields": [FIELD]})))
    async with connected(transport) as client:
        (field,) = await client.fields(COMPANY_TO_DOS)
    assert transport.asked[0].url.endswith("/V1.0/CompanyToDos/entityInformation/fields")
    assert (field.name, field.data_type, field.is_required, field.is_queryable) == ("actionType", "integer", True, True)
    assert field.reference_entity_type is None
    assert field.is_pick_list
    assert field.picklist_values == (
        PicklistEntry("1", "Phone Call", 2, True, True, False, None),
        PicklistEntry("29682776", "E-mail", 3, False, False, False, None),
    )


async def test_what_the_api_leaves_out_of_a_field_is_taken_for_the_usual() -> None:
    fields = [{"name": "title", "picklistValues": None}, {"name": "stage", "picklistValues": [{"value": 4}]}]
    async with connected(ScriptedTransport(respond(200, {"fields": fields}))) as client:
        title, stage = await client.fields(COMPANY_TO_DOS)
    assert (title.is_queryable, title.is_required, title.is_pick_list, title.picklist_values) == (
        True,
        False,
        False,
        (),
    )
    assert stage.is_pick_list
    assert stage.picklist_values == (PicklistEntry("4", "", 0, True, False, False, None),)


@pytest.mark.parametrize(
    "document",
    [{}, {"fields": [1]}, {"fields": {}}, {"fields": [{"dataType": "x"}]}, {"fields": [{"name": "x", "length": "y"}]}],
)
async def test_fields_that_are_none_are_not_taken_for_no_fields(document) -> None:
    async with connected(ScriptedTransport(respond(200, document))) as client:
        with pytest.raises(MalformedAnswer):
            await client.fields(COMPANY_TO_DOS)


@pytest.mark.parametrize(
    ("info", "is_readable"),
    [
        ({"canQuery": True, "userAccessForQuery": "All"}, True),
        ({"canQuery": True, "userAccessForQuery": "Restricted"}, True),
        ({"canQuery": True, "userAccessForQuery": "None"}, False),
        ({"CanQuery": False, "UserAccessForQuery": "All"}, False),
        ({"name": "CompanyToDos"}, True),
    ],
)
async def test_rights_are_told(info, is_readable) -> None:
    async with connected(ScriptedTransport(respond(200, {"info": info}))) as client:
        information = await client.entity_information(COMPANY_TO_DOS)
    assert information.is_readable is is_readable
    assert information.user_access_for_query == (info.get("userAccessForQuery") or info.get("UserAccessForQuery"))
    assert information.user_access_for_create is None


async def test_the_call_budget_is_told() -> None:
    answer = {"externalRequestThreshold": 10000, "requestThresholdTimeframe": 60, "currentTimeframeRequestCount": 2500}
    transport = ScriptedTransport(respond(200, answer), respond(200, {"externalRequestThreshold": 1}))
    async with connected(transport) as client:
        threshold = await client.threshold()
        with pytest.raises(MalformedAnswer):
            await client.threshold()
        assert client.requests["ThresholdInformation"] == 2
    assert threshold == Threshold(10000, 60, 2500)
    assert threshold.share == 0.25
    assert Threshold(0, 60, 0).share == 1.0
    assert "Secret" in transport.asked[0].headers
