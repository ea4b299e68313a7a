"""Opening a store that an older or a newer portal wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest

from partner_portal.autotask.catalog import COMPANY_NOTES, OPPORTUNITIES, TASKS
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import Source, WarehouseError
from partner_portal.warehouse.tables import TABLES
from postgres import OWNER, fresh_database
from warehouse.filling import AT, fill, fill_deals

OURS = OrganizationScope(1)


@pytest.fixture(params=["duckdb", "postgres"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "duckdb":
        yield str(tmp_path / "warehouse.duckdb")
    else:
        with fresh_database(request.getfixturevalue("postgres_server")) as address:
            yield address


def alter(location: str, sql: str) -> None:
    """Change the tables behind the portal's back, as an older or newer version would have made them."""
    if location.startswith("postgresql:"):
        with psycopg.connect(location) as connection:
            connection.execute(sql.encode())
    else:
        with duckdb.connect(location) as connection:
            connection.execute(sql)


@pytest.fixture
def written(location: str) -> str:
    warehouse = open_warehouse(location)
    fill_deals(warehouse.organization(OURS), 1, 2)
    warehouse.organization(OURS).load(TASKS).commit(Source("Tasks", AT, AT, complete=True), replace=True)
    warehouse.close()
    return location


def test_opening_again_changes_nothing(written: str) -> None:
    warehouse = open_warehouse(written)
    assert warehouse.organization(OURS).sources()["Opportunities"] == Source("Opportunities", AT, AT, 2, complete=True)
    warehouse.close()


@pytest.mark.parametrize(
    "older",
    [
        "ALTER TABLE mirror.opportunities DROP COLUMN lead_source",
        "ALTER TABLE mirror.opportunities ALTER COLUMN lead_source TYPE VARCHAR",
    ],
)
def test_a_new_attribute_becomes_a_column_and_its_entity_is_read_anew(written: str, older: str) -> None:
    alter(written, older)
    warehouse = open_warehouse(written)
    store = warehouse.organization(OURS)
    assert store.rows("SELECT id, title, lead_source + 1 FROM opportunities ORDER BY id") == [
        (1, "Deal", None),
        (2, "Deal", None),
    ]
    sources = store.sources()
    assert sources["Opportunities"] == Source("Opportunities", AT, None, 2, complete=True)
    assert sources["Tasks"].watermark == AT
    load = store.load(OPPORTUNITIES)
    load.append([OPPORTUNITIES.record(id=1, lead_source=4)])
    load.commit(Source("Opportunities", AT, AT, complete=True), replace=True)
    assert store.rows("SELECT lead_source FROM opportunities") == [(4,)]
    warehouse.close()


def test_a_new_entity_becomes_a_table(written: str) -> None:
    alter(written, "DROP TABLE mirror.contracts")  # of which the store has never heard in a source
    warehouse = open_warehouse(written)
    assert warehouse.organization(OURS).rows("SELECT count(*) FROM contracts") == [(0,)]
    warehouse.close()


def test_a_dropped_attribute_does_no_harm(written: str) -> None:
    alter(written, "ALTER TABLE mirror.opportunities ADD COLUMN once_kept BIGINT")
    warehouse = open_warehouse(written)
    assert fill_deals(warehouse.organization(OURS), 3) == 3
    warehouse.close()


def test_a_store_from_the_future_is_refused_and_left_alone(written: str) -> None:
    alter(written, "UPDATE mirror.schema_version SET version = 99")
    with pytest.raises(WarehouseError, match=r"newer portal.*Upgrade this portal"):
        open_warehouse(written)
    alter(written, "UPDATE mirror.schema_version SET version = 1")
    warehouse = open_warehouse(written)
    assert warehouse.organization(OURS).sources()["Opportunities"].rows == 2
    warehouse.close()


def test_a_store_of_before_the_history_begins_it_with_what_it_holds(written: str) -> None:
    for table in ("opportunity_changes", "reconciliations", "differences"):
        alter(written, f"DROP TABLE mirror.{table}")
    for column in ("full_at", "unconfirmed"):
        alter(written, f"ALTER TABLE mirror.sources DROP COLUMN {column}")
    for _ in range(2):
        warehouse = open_warehouse(written)
        store = warehouse.organization(OURS)
        assert store.rows("SELECT opportunity_id, kind, seen_at FROM opportunity_changes ORDER BY 1") == [
            (1, "appeared", AT.replace(tzinfo=None)),
            (2, "appeared", AT.replace(tzinfo=None)),
        ]
        source = store.sources()["Opportunities"]
        assert (source.full_at, source.unconfirmed, source.watermark) == (None, 0, AT)
        assert store.reconciliations() == {}
        warehouse.close()
    warehouse = open_warehouse(written)
    fill_deals(warehouse.organization(OURS), 1, 2, 3)
    assert warehouse.organization(OURS).rows("SELECT count(*) FROM opportunity_changes") == [(3,)]
    warehouse.close()


def test_a_history_without_whose_deal_it_was_takes_that_from_the_deals_held_and_reads_nothing_anew(
    location: str,
) -> None:
    warehouse = open_warehouse(location)
    for scope in (OURS, OrganizationScope(2)):
        store = warehouse.organization(scope)
        of = {"company_id": 40 + scope.organization_id, "opportunity_category_id": 9, "create_date": AT}
        for stage in (1, 2):
            fill(store, OPPORTUNITIES, [OPPORTUNITIES.record(id=n, title="Deal", stage=stage, **of) for n in (1, 2)])
        fill(store, OPPORTUNITIES, [OPPORTUNITIES.record(id=1, title="Deal", stage=2, **of)], replace=True)
    warehouse.close()
    for column in ("title", "company_id", "opportunity_category_id", "create_date"):
        alter(location, f"ALTER TABLE mirror.opportunity_changes DROP COLUMN {column}")
    for _ in range(2):
        warehouse = open_warehouse(location)
        for scope in (OURS, OrganizationScope(2)):
            store = warehouse.organization(scope)
            now = ("Deal", 40 + scope.organization_id, 9, AT.replace(tzinfo=None))
            assert store.rows(
                "SELECT opportunity_id, kind, stage, title, company_id, opportunity_category_id, create_date "
                "FROM opportunity_changes ORDER BY opportunity_id, version"
            ) == [
                (1, "appeared", 1, *now),
                (1, "changed", 2, *now),
                (2, "appeared", 1, None, None, None, None),
                (2, "changed", 2, None, None, None, None),
                (2, "vanished", 2, None, None, None, None),
            ]
            assert store.sources()["Opportunities"].watermark == AT
        warehouse.close()
    warehouse = open_warehouse(location)
    store = warehouse.organization(OURS)
    fill(store, OPPORTUNITIES, [OPPORTUNITIES.record(id=1, title="Deal", stage=2, company_id=50)])
    assert store.rows("SELECT company_id FROM opportunity_changes WHERE opportunity_id = 1 ORDER BY version") == [
        (41,),
        (41,),
        (50,),
    ]
    warehouse.close()


def test_a_history_keeps_what_it_recorded_when_it_gets_another_column(location: str) -> None:
    warehouse = open_warehouse(location)
    for company in (3, 4):
        row = OPPORTUNITIES.record(id=1, title="Deal", company_id=company)
        fill(warehouse.organization(OURS), OPPORTUNITIES, [row])
    warehouse.close()
    alter(location, "ALTER TABLE mirror.opportunity_changes DROP COLUMN title")
    warehouse = open_warehouse(location)
    kept = warehouse.organization(OURS).rows("SELECT company_id, title FROM opportunity_changes ORDER BY version")
    assert kept == [(3, "Deal"), (4, "Deal")]
    warehouse.close()


@pytest.mark.parametrize(
    "older",
    [
        "DROP TABLE mirror.activities; DROP TABLE mirror.touched_activities",
        "ALTER TABLE mirror.activities DROP COLUMN is_echo",
        "ALTER TABLE mirror.company_notes DROP COLUMN action_type",
    ],
    ids=["of before the activities", "with fewer columns", "with fewer columns of a record"],
)
def test_a_store_whose_activities_may_not_fit_derives_them_anew(location: str, older: str) -> None:
    warehouse = open_warehouse(location)
    for scope in (OURS, OrganizationScope(2)):
        fill(warehouse.organization(scope), COMPANY_NOTES, [COMPANY_NOTES.record(id=scope.organization_id)])
        warehouse.organization(scope).settle_activities()
    warehouse.close()
    for statement in older.split(";"):
        alter(location, statement)
    warehouse = open_warehouse(location)
    for scope in (OURS, OrganizationScope(2)):
        store = warehouse.organization(scope)
        for is_settled in (False, True):
            assert store.rows("SELECT count(*) = 0 FROM touched_activities") == [(is_settled,)]
            assert store.rows("SELECT id, is_echo FROM activities") == [(scope.organization_id, False)]
            store.settle_activities()
    warehouse.close()


def test_a_store_of_before_its_indexes_gets_them_and_one_half_built_anew(postgres_server: str) -> None:
    indexes = {table.index for table in TABLES if table.index}
    with fresh_database(postgres_server) as address:
        open_warehouse(address).close()
        alter(address, "DROP INDEX mirror.appointments_organization_id_start_date_time_idx")
        with psycopg.connect(address.replace(f"//{OWNER}:", "//postgres:")) as connection:
            connection.execute(
                "UPDATE pg_index SET indisvalid = FALSE "
                "WHERE indexrelid = 'mirror.activities_organization_id_happened_at_idx'::regclass"
            )
        open_warehouse(address).close()
        with psycopg.connect(address) as connection:
            valid = connection.execute(
                "SELECT relname FROM pg_index JOIN pg_class AS named ON named.oid = indexrelid "
                "WHERE indisvalid AND relname = ANY(%s)",
                [list(indexes)],
            ).fetchall()
    assert {name for (name,) in valid} == indexes
