"""What the API says of itself: fields, picklists of this tenant; and every answer against the vendor's models."""

from __future__ import annotations

import copy

import jsonschema
import pytest

from partner_portal.sandbox.app import build
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.schema import models, vendor_models
from partner_portal.sandbox.world import World
from sandbox.calling import Caller

ENTITIES = [model.path for model in vendor_models()]


def nullable(schema):
    """Swagger 2.0 has no word for null, and the API nulls any field."""
    if isinstance(schema, list):
        return [nullable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: nullable(value) for key, value in schema.items()}
    if isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
    return changed


@pytest.fixture(scope="session")
def definitions(description) -> dict:
    """The vendor's models, closed: a name that the model lacks is an error."""
    found = copy.deepcopy(description["definitions"])
    for model in found.values():
        if "properties" in model:
            model["additionalProperties"] = False
    return nullable(found)


@pytest.fixture
def valid(definitions):
    def check(document: object, schema: dict) -> None:
        jsonschema.Draft4Validator({**schema, "definitions": definitions}).validate(document)

    return check


def of(name: str) -> dict:
    return {"$ref": f"#/definitions/{name}"}


@pytest.mark.parametrize("entity", ENTITIES)
async def test_every_entity_answers_as_the_vendor_describes(made, valid, entity):
    model = made.app.state.world.model(entity)
    row = of(f"{model.singular}Model")
    page = {
        "type": "object",
        "required": ["items", "pageDetails"],
        "properties": {"items": {"type": "array", "items": row}, "pageDetails": of("PagingModel")},
    }
    reply = await made.query(entity, MaxRecords=50)
    valid(reply.json, page)
    valid((await made.search(entity, MaxRecords=5)).json, page)
    valid((await made.post(f"{entity}/query/count", {"filter": []})).json, of("QueryCountResultModel"))
    row_id = reply.ids[0] if reply.ids else 1
    valid((await made.get(f"{entity}/{row_id}")).json, {"type": "object", "properties": {"item": row}})
    valid((await made.get(f"{entity}/entityInformation")).json, of("EntityInformationResultModel"))
    valid((await made.get(f"{entity}/entityInformation/fields")).json, of("FieldInformationResultModel"))


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_fields_are_the_vendors_fields(description, entity):
    model = models("live")[entity.casefold()]
    properties = set(description["definitions"][f"{model.singular}Model"]["properties"])
    assert {field.name for field in model.fields} == properties - {"userDefinedFields"}
    assert (model.user_fields is not None) == ("userDefinedFields" in properties)


async def test_the_other_documents_are_as_the_vendor_describes(made, valid):
    valid((await made.get("ThresholdInformation")).json, of("ThresholdStatusResultModel"))
    valid((await made.get("Version")).json, of("VersionResultModel"))
    valid((await made.get("EntityInformation")).json, of("GlobalEntityInformationResultModel"))
    valid((await made.get("/ATServicesRest/VersionInformation")).json, of("ApiVersionResultModel"))
    valid((await made.get("ZoneInformation?user=api-user@sandbox.invalid")).json, of("ZoneInformationResultModel"))
    valid((await made.query("Companies", {"field": "no", "op": "eq", "value": 1})).json, of("ErrorResult"))
    definitions = (await made.get("Companies/entityInformation/userDefinedFields")).json
    valid(definitions, of("UserDefinedFieldInformationResultModel"))
    assert {field["label"] for field in definitions["fields"]} == {"Customer Tier", "Seats"}


async def fields_of(caller: Caller, entity: str) -> dict[str, dict]:
    return {field["name"]: field for field in (await caller.get(f"{entity}/entityInformation/fields")).json["fields"]}


async def test_an_entity_without_user_defined_fields_has_no_such_page(made):
    assert (await made.get("CompanyToDos/entityInformation/userDefinedFields")).status == 404


async def test_picklist_values_are_text_where_rows_hold_numbers(made):
    field = (await fields_of(made, "Opportunities"))["stage"]
    assert field["isPickList"]
    assert [entry["label"] for entry in field["picklistValues"]] == [
        "New Lead", "First Contact", "Qualification", "Proposal Sent", "Contract Sent", "Closed Won", "Lost",
        "**DO NOT USE** Tender",
    ]  # fmt: skip
    assert [entry["sortOrder"] for entry in field["picklistValues"]] == list(range(1, 9))
    assert [entry["isActive"] for entry in field["picklistValues"]] == [True] * 7 + [False]
    listed = {entry["value"] for entry in field["picklistValues"]}
    rows = made.app.state.world.rows("Opportunities")
    assert {str(row["stage"]) for row in rows} <= listed
    assert all(isinstance(row["stage"], int) for row in rows)


async def test_a_field_without_picklist_has_null_for_its_values(made):
    fields = await fields_of(made, "CompanyToDos")
    assert fields["startDateTime"]["picklistValues"] is None
    assert fields["companyID"]["referenceEntityType"] == "Company"
    assert fields["activityDescription"]["length"] == 32_000
    assert "actionType" not in await fields_of(made, "Tasks")
    assert "direction" not in await fields_of(made, "CompanyToDos")


@pytest.mark.parametrize("entity", ["CompanyToDos", "CompanyNotes"])
async def test_the_action_types_agree_with_their_picklists(made, entity):
    listed = {
        (int(entry["value"]), entry["label"], entry["isActive"], entry["isSystem"])
        for entry in (await fields_of(made, entity))["actionType"]["picklistValues"]
    }
    rows = made.app.state.world.rows("ActionTypes")
    assert listed == {(row["id"], row["name"], row["isActive"], row["isSystemActionType"]) for row in rows}
    assert {(0, "Opportunity Update"), (1, "Phone Call"), (2, "Meeting"), (3, "General"), (5, "Quick Note")} == {
        entry[:2] for entry in listed if entry[3]
    }
    assert {row["actionType"] for row in made.app.state.world.rows(entity)} <= {entry[0] for entry in listed}


def test_another_tenant_has_other_ids_under_the_same_labels():
    one, other = World.empty(seed=1).tenant, World.empty(seed=2).tenant
    assert one.value("Opportunities", "stage", "Lost") != other.value("Opportunities", "stage", "lost")
    assert one.value("CompanyNotes", "actionType", "Phone Call") == other.value(
        "CompanyNotes", "actionType", "Phone Call"
    )
    with pytest.raises(KeyError):
        one.value("Opportunities", "stage", "Approved")


async def test_the_guide_s_tasks_have_action_types_and_its_stages_are_0_to_5(guide_world):
    caller = Caller(build(guide_world, options=Options(release_seconds=0)))
    tasks = await fields_of(caller, "Tasks")
    assert {"direction", "companyID", "contactID", "opportunityID"} <= set(tasks)
    labels = {entry["value"]: entry["label"] for entry in tasks["actionType"]["picklistValues"]}
    assert (labels["3"], labels["4"], labels["6"]) == ("E-mail", "Phone Call", "Meeting")
    stages = (await fields_of(caller, "Opportunities"))["stage"]["picklistValues"]
    assert [entry["value"] for entry in stages] == ["0", "1", "2", "3", "4", "5"]
    kinds = {row["actionType"] for row in guide_world.rows("Tasks")}
    assert {None, 3, 4, 6, 7} <= kinds
