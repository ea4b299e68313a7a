"""What a report's SELECT may say, and what it sees."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from partner_portal.autotask.catalog import OPPORTUNITIES, Opportunity
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import EntityFacts, OrganizationStore, PicklistValue, Tenant, WarehouseError
from warehouse.filling import AT, fill, fill_deals, held

STAGES = (
    PicklistValue("Opportunities", "stage", 1, "New lead", sort_order=1),
    PicklistValue("Opportunities", "stage", 2, "Won % 'quoted'", sort_order=2, is_active=False, is_system=True),
)


def test_parameters_are_named_and_typed_by_their_use(store: OrganizationStore) -> None:
    fill(store, OPPORTUNITIES, [Opportunity(id=1, title="A'%s", amount=Decimal("1.50"), create_date=AT)])
    sql = (
        "SELECT id FROM opportunities WHERE title = $title AND amount > $least AND create_date >= $from_day "
        "AND create_date < $until AND ($owner IS NULL OR owner_resource_id = $owner) AND id = ANY($ids)"
    )
    until = datetime(2026, 3, 3)  # noqa: DTZ001
    given = {"title": "A'%s", "least": Decimal(1), "from_day": date(2026, 3, 1), "until": until}
    assert store.rows(sql, {**given, "owner": None, "ids": [1, 2]}) == [(1,)]
    assert store.rows(sql, {**given, "owner": 5, "ids": [1]}) == []


def test_parameters_that_the_statement_does_not_name_are_ignored(store: OrganizationStore) -> None:
    assert store.rows("SELECT 1", {"unused": 2}) == [(1,)]


def test_a_missing_parameter_is_named(store: OrganizationStore) -> None:
    with pytest.raises(WarehouseError, match=r"\$owner"):
        store.rows("SELECT 1 WHERE 1 = $owner")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT '$x; -- /* 100%' AS opportunities", [("$x; -- /* 100%",)]),
        ("SELECT 7 % 4", [(3,)]),
        ("SELECT 1 -- a remark; DROP TABLE x\n + 1", [(2,)]),
        ("SELECT 'it''s' AS \"update\"", [("it's",)]),
        ("with a as (select 1 as n), b as (select n + 1 as n from a) select n from b, opportunities", [(2,)]),
        ("with recursive n as (select 1 as i union all select i + 1 from n, tasks) select i from n", [(1,)]),
        ("SELECT 2 * 3 * count(*) FROM opportunities", [(6,)]),
        ("SELECT o.* FROM (SELECT id, title FROM opportunities) AS o", [(1, "Deal")]),
        ("SELECT TITLE FROM Opportunities", [("Deal",)]),
        ("SELECT count(*) FROM opportunities NATURAL JOIN (SELECT 'Deal' AS title) AS t", [(1,)]),
        ("SELECT count(*) AS appointments FROM opportunities", [(1,)]),
        ("SELECT CASE WHEN title LIKE 'De%' THEN 1 ELSE 0 END FROM opportunities", [(1,)]),
    ],
)
def test_plain_selects_pass_as_they_are_written(
    store: OrganizationStore, sql: str, expected: list[tuple[object]]
) -> None:
    fill_deals(store, 1)
    assert store.rows(sql) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "DELETE FROM opportunities",
        "INSERT INTO opportunities VALUES (1)",
        "WITH gone AS (DELETE FROM opportunities RETURNING id) SELECT * FROM gone",
        "SELECT id INTO copied FROM opportunities",
        "DROP TABLE opportunities",
        "PRAGMA database_list",
        "ATTACH 'other.duckdb'",
        "COPY (SELECT 1) TO 'out.csv'",
        "EXPLAIN SELECT 1",
        "SELECT 1;",
        "SELECT /* hidden */ 1",
        "SELECT $$text$$",
        "SELECT e'\\'' AS x",
        "SELECT 'open",
        "SELECT * FROM read_csv('x.csv')",
        "SELECT * FROM 'x.csv'",
        "SELECT * FROM nowhere",
    ],
)
def test_anything_else_is_refused(store: OrganizationStore, sql: str) -> None:
    fill_deals(store, 1)
    with pytest.raises(WarehouseError) as refusal:
        store.rows(sql)
    assert "\n" not in str(refusal.value)
    assert held(store) == {1: "Deal"}


def test_a_snapshot_sees_one_state_while_others_write(store: OrganizationStore) -> None:
    fill_deals(store, 1, 2)
    with store.snapshot() as view:
        version = view.data_version()
        writer = threading.Thread(target=fill_deals, args=(store, 3), kwargs={"replace": True})
        writer.start()
        writer.join()
        assert held(view) == {1: "Deal", 2: "Deal"}
        assert view.sources()["Opportunities"].rows == 2
        assert view.data_version() == version
        assert view.max_id(OPPORTUNITIES) == 2
    assert held(store) == {3: "Deal"}
    assert store.data_version() > version


@pytest.fixture
def embedded() -> Iterator[OrganizationStore]:
    opened = open_warehouse(":memory:")
    yield opened.organization(OrganizationScope(1))
    opened.close()


def test_a_twin_sees_what_its_snapshot_sees(embedded: OrganizationStore) -> None:
    fill_deals(embedded, 1)
    with embedded.snapshot() as view, view.twin() as twin:
        fill_deals(embedded, 2)
        assert twin is not None
        assert held(twin) == held(view) == {1: "Deal"}


def test_no_twin_sees_another_state_than_its_snapshot(embedded: OrganizationStore) -> None:
    fill_deals(embedded, 1)
    with embedded.snapshot() as view:
        assert held(view) == {1: "Deal"}
        fill_deals(embedded, 2)
        with view.twin() as twin:
            assert twin is None


def test_only_a_snapshot_has_a_twin_and_only_where_that_is_quicker(store: OrganizationStore) -> None:
    with store.twin() as twin:
        assert twin is None
    with store.snapshot() as view, view.twin() as twin:
        assert twin is None or held(twin) == held(view)


def titles_of(view: OrganizationStore) -> dict[int, str | None]:
    return view.kept("titles", lambda: held(view))


def test_what_was_read_of_a_state_is_kept_until_the_state_changes(store: OrganizationStore) -> None:
    fill_deals(store, 1)
    with store.snapshot() as view:
        first = titles_of(view)
        assert titles_of(view) is first
    with store.snapshot() as view:
        assert titles_of(view) is first
        fill_deals(store, 2)
        assert titles_of(view) is first
    with store.snapshot() as view:
        assert titles_of(view) == {1: "Deal", 2: "Deal"}


def test_what_is_kept_is_each_organizations_own(store: OrganizationStore, stranger: OrganizationStore) -> None:
    for each, number in ((store, 1), (stranger, 2)):
        fill_deals(each, number)
    for each, number in ((store, 1), (stranger, 2), (store, 1)):
        with each.snapshot() as view:
            assert titles_of(view) == {number: "Deal"}


def test_outside_of_a_snapshot_nothing_is_kept(store: OrganizationStore) -> None:
    asked: list[int] = []
    for _ in range(2):
        store.kept("anything", lambda: asked.append(1))
    assert asked == [1, 1]


def test_a_refused_statement_does_not_spoil_the_store(store: OrganizationStore) -> None:
    fill_deals(store, 1)
    with pytest.raises(WarehouseError), store.snapshot() as view:
        view.rows("SELECT nothing FROM opportunities")
    assert held(store) == {1: "Deal"}


def test_a_tenant_is_kept_with_its_picklists(store: OrganizationStore) -> None:
    assert store.tenant() is None
    store.save_tenant(Tenant("guide", None, STAGES[:1]))
    version = store.data_version()
    store.save_tenant(Tenant("live", "https://ww1.example", STAGES))
    assert store.tenant() == Tenant("live", "https://ww1.example", STAGES)
    assert store.data_version() > version
    assert store.rows("SELECT value, label FROM picklists WHERE field = 'stage' AND NOT is_active") == [
        (2, "Won % 'quoted'")
    ]


def test_what_the_metadata_told_is_kept_and_its_age_is_no_news(store: OrganizationStore) -> None:
    facts = {"Tasks": EntityFacts(("id", "title")), "Contracts": EntityFacts(refusal="no"), "Tickets": EntityFacts()}
    store.save_tenant(Tenant("live", None, STAGES, facts, AT))
    version = store.data_version()
    later = Tenant("live", None, STAGES, facts, AT + timedelta(days=1))
    store.save_tenant(later)
    assert store.tenant() == later
    assert store.data_version() == version


def test_saving_the_same_tenant_again_changes_nothing(store: OrganizationStore) -> None:
    store.save_tenant(Tenant("live", None, STAGES))
    version = store.data_version()
    store.save_tenant(Tenant("live", None, STAGES[::-1]))
    assert store.data_version() == version


def test_reports_can_read_the_sources(store: OrganizationStore) -> None:
    fill_deals(store, 1, 2)
    assert store.rows("SELECT entity, held_rows, complete, as_of FROM sources") == [
        ("Opportunities", 2, True, AT.replace(tzinfo=None))
    ]
