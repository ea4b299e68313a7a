"""A copy of the file is of one instant, whatever is read and written meanwhile."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest

from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.duckdb_store import DuckDBEngine
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import WarehouseError
from partner_portal.warehouse.tables import SCHEMA
from usecases.mapped import fill


def rows_in(path: Path) -> dict[str, int]:
    with duckdb.connect() as connection:
        literal = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{literal}' AS held (READ_ONLY)")
        names = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'held' AND schema_name = ?", [SCHEMA]
        ).fetchall()
        return {
            name: connection.execute(f'SELECT count(*) FROM held.{SCHEMA}."{name}"').fetchall()[0][0]
            for (name,) in names
        }


@pytest.mark.parametrize("name", ["warehouse.duckdb", f"{SCHEMA}.duckdb", "odd \"name's.duckdb"])
def test_a_copy_opens_as_a_warehouse_with_the_same_rows(tmp_path, name):
    warehouse = open_warehouse(str(tmp_path / name))
    fill(warehouse.organization(OrganizationScope(1)))
    version = warehouse.organization(OrganizationScope(1)).data_version()
    warehouse.copy_to(tmp_path / "copy.duckdb", lambda: None)
    assert (tmp_path / "copy.duckdb").stat().st_mode & 0o077 == 0
    warehouse.close()
    assert rows_in(tmp_path / "copy.duckdb") == rows_in(tmp_path / name)
    again = open_warehouse(str(tmp_path / "copy.duckdb"))
    assert again.organization(OrganizationScope(1)).data_version() == version > 0
    again.close()


def test_what_is_written_after_the_instant_is_not_in_it_and_nobody_waits_for_the_copy(tmp_path):
    engine = DuckDBEngine(str(tmp_path / "w.duckdb"))
    with engine.writing(1) as session:
        session.change(f"CREATE SCHEMA {SCHEMA}")
        session.change(f"CREATE TABLE {SCHEMA}.schema_version (version BIGINT)")
        session.change(f"INSERT INTO {SCHEMA}.schema_version VALUES (1)")
    tries: list[bool] = []
    begun, ended = threading.Event(), threading.Event()

    def write() -> None:
        begun.set()
        with engine.writing(1) as session:
            session.change(f"INSERT INTO {SCHEMA}.schema_version VALUES (2)")
        ended.set()

    writer = threading.Thread(target=write)

    def at_instant() -> None:
        writer.start()
        begun.wait(5)
        tries.append(ended.is_set())

    engine.copy_to(tmp_path / "copy.duckdb", at_instant)
    writer.join(5)
    assert tries == [False]
    assert ended.is_set()
    with engine.reading(1) as session:
        assert len(session.fetch(f"SELECT * FROM {SCHEMA}.schema_version")) == 2
    engine.close()
    assert rows_in(tmp_path / "copy.duckdb") == {"schema_version": 1}


def test_a_copy_that_fails_leaves_nothing_and_the_next_one_can_be_made(tmp_path):
    warehouse = open_warehouse(str(tmp_path / "w.duckdb"))

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        warehouse.copy_to(tmp_path / "copy.duckdb", fail)
    with pytest.raises(WarehouseError, match="cannot be copied: No such file"):
        warehouse.copy_to(tmp_path / "nowhere" / "copy.duckdb", lambda: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w.duckdb", "w.duckdb.rows", "w.duckdb.wal"]
    assert list((tmp_path / "w.duckdb.rows").iterdir()) == []
    warehouse.copy_to(tmp_path / "copy.duckdb", lambda: None)
    warehouse.close()
