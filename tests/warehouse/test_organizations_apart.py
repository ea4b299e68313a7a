"""Two organizations in one warehouse: whatever one does, the other neither sees it nor loses by it."""

from __future__ import annotations

import pytest

from partner_portal.autotask.catalog import CATALOG, OPPORTUNITIES
from partner_portal.warehouse.store import OrganizationStore, PicklistValue, Tenant, WarehouseError
from warehouse.filling import deals, fill, fill_deals, held

TENANT = Tenant("live", "https://ww1.example", (PicklistValue("Opportunities", "stage", 1, "New"),))


@pytest.fixture
def filled(store: OrganizationStore) -> OrganizationStore:
    fill_deals(store, 1, 2, title="ours")
    store.save_tenant(TENANT)
    return store


def test_nothing_of_one_is_visible_to_the_other(filled: OrganizationStore, stranger: OrganizationStore) -> None:
    for entity in CATALOG:
        fill(filled, entity, [entity.record(id=1)])
    for table in (*(entity.table for entity in CATALOG), "picklists", "sources", "tenants", "data_versions"):
        assert filled.rows(f"SELECT count(*) FROM {table}") != [(0,)]
        assert stranger.rows(f"SELECT count(*) FROM {table}") == [(0,)]
        assert stranger.rows(f"WITH x AS (SELECT * FROM {table} AS t) SELECT count(*) FROM x") == [(0,)]
    assert stranger.sources() == {}
    assert stranger.tenant() is None
    assert stranger.data_version() == 0
    assert stranger.max_id(OPPORTUNITIES) is None


def test_the_same_ids_live_side_by_side(filled: OrganizationStore, stranger: OrganizationStore) -> None:
    assert fill_deals(stranger, 2, 3, title="theirs") == 2
    assert held(filled) == {1: "ours", 2: "ours"}
    assert held(stranger) == {2: "theirs", 3: "theirs"}


def test_a_full_read_of_one_removes_nothing_of_the_other(
    filled: OrganizationStore, stranger: OrganizationStore
) -> None:
    version = filled.data_version()
    fill_deals(stranger, 2, title="theirs")
    fill(stranger, OPPORTUNITIES, replace=True)
    stranger.forget(OPPORTUNITIES, "no permission")
    stranger.save_tenant(Tenant("guide"))
    assert held(filled) == {1: "ours", 2: "ours"}
    assert filled.sources()["Opportunities"].complete
    assert filled.tenant() == TENANT
    assert filled.data_version() == version


def test_clearing_one_leaves_the_other_as_it_is(filled: OrganizationStore, stranger: OrganizationStore) -> None:
    fill_deals(stranger, 2, title="theirs")
    stranger.save_tenant(TENANT)
    version = filled.data_version()
    filled.clear()
    assert held(filled) == {}
    assert filled.sources() == {}
    assert filled.tenant() is None
    assert filled.data_version() > version
    assert held(stranger) == {2: "theirs"}
    assert stranger.tenant() == TENANT
    assert stranger.sources()["Opportunities"].rows == 1
    assert fill_deals(filled, 5) == 1


def test_a_snapshot_belongs_to_its_organization(filled: OrganizationStore, stranger: OrganizationStore) -> None:
    with stranger.snapshot() as view:
        assert held(view) == {}
        assert view.sources() == {}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM mirror.opportunities",
        'SELECT * FROM "mirror"."opportunities"',
        "SELECT * FROM MIRROR . opportunities",
        "SELECT organization_id FROM opportunities",
        "SELECT id FROM opportunities WHERE id = $organization",
        "SELECT * FROM query('SELECT * FROM mirror.opportunities')",
        "SELECT * FROM query_table('mirror.opportunities')",
        "SELECT * FROM pg_stats",
        "SELECT * FROM duckdb_tables()",
        "SELECT 1; SELECT * FROM mirror.opportunities",
    ],
)
def test_no_way_leads_past_the_door(filled: OrganizationStore, stranger: OrganizationStore, sql: str) -> None:
    with pytest.raises(WarehouseError):
        stranger.rows(sql)


def test_a_report_cannot_pass_another_organization(filled: OrganizationStore, stranger: OrganizationStore) -> None:
    with pytest.raises(WarehouseError, match="may not pass"):
        stranger.rows("SELECT id FROM opportunities", {"organization": 1})


def test_tables_are_reached_by_no_bare_name_but_the_confined_one(
    filled: OrganizationStore, stranger: OrganizationStore
) -> None:
    assert stranger.rows('SELECT count(*) FROM "opportunities"') == [(0,)]
    assert stranger.rows("SELECT count(*) FROM OPPORTUNITIES") == [(0,)]
    with pytest.raises(WarehouseError):
        stranger.rows("SELECT * FROM schema_version")
    fill(stranger, OPPORTUNITIES, deals(9))
    assert stranger.rows("SELECT o.id FROM opportunities AS o JOIN opportunities AS p ON o.id = p.id") == [(9,)]
