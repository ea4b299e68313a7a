"""The catalogue against the vendor's own list of fields."""

from __future__ import annotations

import json
import os
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from partner_portal.autotask.catalog import (
    CATALOG,
    COMPANY_TO_DOS,
    GUIDE_TASK_FIELDS,
    OPPORTUNITIES,
    TASKS,
    Entity,
    entity_at,
    wire_name,
)
from partner_portal.autotask.kept_fields import kept_fields

REPOSITORY = Path(__file__).parents[2]
FACTS = Path(os.environ.get("PORTAL_AUTOTASK_FACTS", REPOSITORY.parent / "shared" / "autotask"))
FIELDS = FACTS / "entity-fields.json"
KINDS = {"integer": int, "string": str, "boolean": bool, "number": Decimal}

needs_facts = pytest.mark.skipif(
    not FIELDS.is_file(), reason="the vendor's field list (entity-fields.json) is not here; set PORTAL_AUTOTASK_FACTS"
)


@cache
def vendor_fields() -> dict[str, dict[str, dict[str, Any]]]:
    return json.loads(FIELDS.read_text())


def vendor_kind(field: dict[str, Any]) -> type:
    return datetime if field.get("format") == "date-time" else KINDS[field["type"]]


@needs_facts
@pytest.mark.parametrize("entity", CATALOG, ids=lambda entity: entity.path)
def test_every_kept_field_is_the_vendors_and_of_its_type(entity: Entity[Any]) -> None:
    kept = {field.wire: field.kind for field in kept_fields(entity).values()}
    if entity is TASKS:
        kept = {name: kind for name, kind in kept.items() if name not in GUIDE_TASK_FIELDS}
    vendor = vendor_fields()[entity.path]
    assert kept == {name: vendor_kind(vendor[name]) for name in kept if name in vendor}


@needs_facts
def test_the_guides_task_fields_are_not_the_vendors() -> None:
    assert not GUIDE_TASK_FIELDS & vendor_fields()["Tasks"].keys()


@pytest.mark.parametrize("entity", CATALOG, ids=lambda entity: entity.path)
def test_a_change_stamp_is_a_kept_instant(entity: Entity[Any]) -> None:
    kinds = {field.wire: field.kind for field in kept_fields(entity).values()}
    assert entity.change_stamp is None or kinds[entity.change_stamp] is datetime
    assert entity.field_names[0] == "id"


def test_the_opportunity_stamp_is_last_activity() -> None:
    assert OPPORTUNITIES.change_stamp == "lastActivity"


def test_wire_names_are_written_as_the_vendor_writes_them() -> None:
    assert wire_name("company_id") == "companyID"
    assert wire_name("start_date_time") == "startDateTime"
    assert COMPANY_TO_DOS.table == "company_to_dos"


def test_an_entity_is_found_in_any_case() -> None:
    assert entity_at("companytodos") is COMPANY_TO_DOS
    with pytest.raises(KeyError):
        entity_at("SalesActivities")
