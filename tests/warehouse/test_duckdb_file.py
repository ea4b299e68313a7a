"""The embedded store as a file: who may open it, what survives, what a killed process leaves."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from partner_portal.autotask.catalog import OPPORTUNITIES
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.duckdb_store import PARSED
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import WarehouseError, WarehouseLocked
from warehouse.filling import fill_deals, held

OURS = OrganizationScope(1)
NAMES = ["warehouse.duckdb", "mirror.duckdb"]
"""The second is the name of the schema as well, which DuckDB would confuse with the database."""
ODD_NAMES = ["mirror.duckdb", "MIRROR.db", "mirror", "main.duckdb", "temp.duckdb", "system.duckdb"]
ODD_NAMES += ["warehouse_file.duckdb", "our mirror.duckdb", 'Ada\'s "best".duckdb', "select;.duckdb"]

HOLDER = """
import sys
from partner_portal.autotask.catalog import OPPORTUNITIES, Opportunity
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.opening import open_warehouse

load = open_warehouse(sys.argv[1]).organization(OrganizationScope(1)).load(OPPORTUNITIES)
load.append([Opportunity(id=i, title="half") for i in range(1, 1000)])
print("holding", flush=True)
sys.stdin.read()
"""


def test_rows_outlive_the_process_and_are_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "warehouse.duckdb"
    first = open_warehouse(str(path))
    fill_deals(first.organization(OURS), 1, 2)
    first.organization(OURS).load(OPPORTUNITIES).append([OPPORTUNITIES.record(id=3)])
    first.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    again = open_warehouse(str(path))
    assert held(again.organization(OURS)) == {1: "Deal", 2: "Deal"}
    assert again.organization(OURS).sources()["Opportunities"].complete
    again.close()


@pytest.mark.parametrize("name", ODD_NAMES)
def test_the_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "it's here" / name
    first = open_warehouse(str(path))
    fill_deals(first.organization(OURS), 1, 2)
    assert held(first.organization(OURS)) == {1: "Deal", 2: "Deal"}
    first.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = open_warehouse(str(path))
    assert held(again.organization(OURS)) == {1: "Deal", 2: "Deal"}
    again.close()
    assert [file.name for file in path.parent.iterdir()] == [name]


@pytest.mark.parametrize("name", NAMES)
def test_one_process_owns_the_file_and_its_death_leaves_the_earlier_data(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    first = open_warehouse(str(path))
    fill_deals(first.organization(OURS), 1)
    first.close()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "holding\n"
        with pytest.raises(WarehouseLocked) as refusal:
            open_warehouse(str(path))
        assert str(refusal.value) == (
            f"The warehouse {path} is in use by another process (PID {holder.pid}). Stop it, or ask it over its API."
        )
        holder.send_signal(signal.SIGKILL)
    again = open_warehouse(str(path))
    assert held(again.organization(OURS)) == {1: "Deal"}
    again.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_no_warehouse_is_left_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("not a database")
    with pytest.raises(WarehouseError) as refusal:
        open_warehouse(str(path))
    assert "\n" not in str(refusal.value)
    assert path.read_text() == "not a database"


def test_a_place_that_cannot_hold_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WarehouseError, match=r"file/warehouse\.duckdb cannot be opened"):
        open_warehouse(str(tmp_path / "file" / "warehouse.duckdb"))


def test_a_closed_warehouse_answers_with_one_line() -> None:
    closed = open_warehouse(":memory:")
    closed.close()
    with pytest.raises(WarehouseError):
        closed.organization(OURS).sources()


def test_parsed_statements_are_bounded_by_their_length() -> None:
    warehouse = open_warehouse(":memory:")
    store = warehouse.organization(OURS)
    for first in range(0, 100_000, 5_000):
        ids = ", ".join(map(str, range(first, first + 5_000)))
        assert store.rows(f"SELECT 1 WHERE {first} IN ({ids})") == [(1,)]
        assert store.rows("SELECT 2") == [(2,)]
    warehouse.close()
    assert "SELECT 2" in PARSED
    assert PARSED.currsize == sum(map(len, PARSED)) <= PARSED.maxsize == 2**19
