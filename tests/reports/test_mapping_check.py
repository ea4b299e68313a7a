"""Which ids a mapping may name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from partner_portal.autotask.catalog import Company, CompanyNote, Opportunity, Resource
from partner_portal.reports.labels import suggested_mapping
from partner_portal.reports.mapping import ActionMapping, ActionMeaning, Kind, Outcome, StageMapping, TenantMapping
from partner_portal.reports.mapping_check import check_mapping
from partner_portal.reports.mapping_document import MappingError
from partner_portal.reports.sources import ground_of
from reports.stocked import stages, stock

EMPTY = TenantMapping(ActionMapping({}), StageMapping({}, frozenset()), outcomes={})


@pytest.fixture(scope="module")
def store(duckdb_warehouse):
    rows = {
        "Companies": [Company(id=0), Company(id=4)],
        "Resources": [Resource(id=8)],
        "CompanyNotes": [CompanyNote(id=1, action_type=99)],
        "Opportunities": [Opportunity(id=1, stage=77, status=9)],
    }
    return stock(duckdb_warehouse, rows, picklists=stages("Lead", "Won"))


def actions(*ids: int) -> ActionMapping:
    return ActionMapping(dict.fromkeys(ids, ActionMeaning(Kind.CALL)))


def test_what_is_proposed_can_be_confirmed(store):
    ground = ground_of(store)
    check_mapping(store, ground, suggested_mapping(store, ground), EMPTY)


def test_ids_of_labels_and_rows_are_known(store):
    named = replace(
        EMPTY,
        actions=actions(99),
        stages=StageMapping({11: 0, 77: 1}, frozenset()),
        outcomes={9: Outcome.LOST},
        excluded_companies=frozenset({0, 4}),
        excluded_resources=frozenset({8}),
    )
    check_mapping(store, ground_of(store), named, EMPTY)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"actions": actions(1234)}, "action_types: this tenant has no id 1234"),
        ({"stages": StageMapping({55: 1}, frozenset())}, "stages: this tenant has no id 55"),
        ({"outcomes": {66: Outcome.WON}}, "statuses: this tenant has no id 66"),
        ({"neutral_statuses": frozenset({67})}, "statuses: this tenant has no id 67"),
        ({"excluded_companies": frozenset({5})}, "excluded_companies: this tenant has no id 5"),
        ({"excluded_resources": frozenset({0})}, "excluded_resources: this tenant has no id 0"),
        ({"stages": StageMapping({}, frozenset(), is_by_id=True)}, "stages: id 11 is no rank"),
    ],
)
def test_an_id_that_the_tenant_does_not_have_is_refused(store, change, words):
    with pytest.raises(MappingError, match=words):
        check_mapping(store, ground_of(store), replace(EMPTY, **change), EMPTY)


def test_what_is_in_force_stays_allowed_though_autotask_forgot_it(store):
    kept = replace(EMPTY, actions=actions(1234), excluded_companies=frozenset({5}))
    check_mapping(store, ground_of(store), kept, kept)


def test_the_guides_deals_are_won_by_stage_alone(duckdb_warehouse):
    store = stock(duckdb_warehouse, {"Opportunities": [Opportunity(id=1, status=1)]}, dialect="guide")
    check_mapping(store, ground_of(store), replace(EMPTY, outcomes={1: Outcome.LOST}), EMPTY)
    with pytest.raises(MappingError, match="wins by stage"):
        check_mapping(store, ground_of(store), replace(EMPTY, outcomes={1: Outcome.WON}), EMPTY)
