"""Activities derived from records: the same in their table as out of the records, whatever happens to these."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from partner_portal.autotask.catalog import COMPANY_NOTES, COMPANY_TO_DOS, TASKS, CompanyNote, CompanyToDo, Entity, Task
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse import activities
from partner_portal.warehouse.duckdb_store import DuckDBEngine, DuckDBSession
from partner_portal.warehouse.organization_store import MirrorWarehouse
from partner_portal.warehouse.store import OrganizationStore, Tenant
from warehouse.filling import complete, fill

READ = (
    "SELECT source, id, action_type, told_direction, owner_id, company_id, contact_id, opportunity_id, happened_at, "
    "is_echo FROM activities"
)
NINE, TEN, NOON = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 10, 12))


def derived(store: OrganizationStore) -> list[tuple[Any, ...]]:
    return sorted(store.rows(READ), key=lambda row: row[:2])


def touched(store: OrganizationStore) -> set[tuple[str, int]]:
    return {(entity, row_id) for entity, row_id in store.rows("SELECT entity, id FROM touched_activities")}


@dataclass
class Truth:
    """What one organization's records are, and what activities they make by plain loops."""

    notes: dict[int, CompanyNote] = field(default_factory=dict)
    to_dos: dict[int, CompanyToDo] = field(default_factory=dict)
    tasks: dict[int, Task] = field(default_factory=dict)
    dialect: str | None = None

    def rows_of(self, entity: Entity[Any]) -> dict[int, Any]:
        return {COMPANY_NOTES.path: self.notes, COMPANY_TO_DOS.path: self.to_dos, TASKS.path: self.tasks}[entity.path]

    def activities(self) -> list[tuple[Any, ...]]:
        rows = self._guide() if self.dialect == "guide" else self._live()
        return sorted(rows, key=lambda row: row[:2])

    def _live(self) -> Iterator[tuple[Any, ...]]:
        done = [to_do for to_do in self.to_dos.values() if to_do.completed_date]
        for note in self.notes.values():
            at = note.start_date_time or note.completed_date_time or note.create_date_time
            is_echo = any(echoes(note, to_do) for to_do in done)
            yield row_of(COMPANY_NOTES, note, None, note.assigned_resource_id, at, is_echo=is_echo)
        for to_do in done:
            at = to_do.start_date_time or to_do.completed_date or to_do.create_date_time
            yield row_of(COMPANY_TO_DOS, to_do, None, to_do.assigned_to_resource_id, at)

    def _guide(self) -> Iterator[tuple[Any, ...]]:
        for task in self.tasks.values():
            yield row_of(TASKS, task, told(task), task.assigned_resource_id, task.create_date_time)


def echoes(note: CompanyNote, to_do: CompanyToDo) -> bool:
    if note.id == to_do.id:
        return True
    if note.start_date_time is None:
        return False
    said = (note.company_id, note.contact_id, note.action_type, note.assigned_resource_id, note.start_date_time)
    return said == (
        *(to_do.company_id, to_do.contact_id, to_do.action_type),
        *(to_do.assigned_to_resource_id, to_do.start_date_time),
    )


def told(task: Task) -> str:
    if task.direction is not None:
        return {1: "outbound", 2: "inbound"}.get(task.direction, "unspecified")
    said = {word for word in ("outbound", "inbound") if word in (task.description or "").lower()}
    return said.pop() if len(said) == 1 else "unspecified"


def row_of(
    entity: Entity[Any],
    record: Any,
    direction: str | None,
    owner: int | None,
    at: datetime | None,
    is_echo: bool = False,
) -> tuple[Any, ...]:
    ids = (owner, record.company_id, record.contact_id, record.opportunity_id)
    return (entity.path, record.id, record.action_type, direction, *ids, at and at.replace(tzinfo=None), is_echo)


@dataclass(frozen=True)
class Loaded:
    """A full read or a delta of one entity."""

    entity: Entity[Any]
    records: tuple[Any, ...]
    replace: bool = False
    remove: tuple[int, ...] = ()

    def happen(self, store: OrganizationStore, truth: Truth) -> None:
        load = store.load(self.entity)
        load.append(self.records)
        load.commit(complete(self.entity), replace=self.replace, remove=self.remove)
        held = truth.rows_of(self.entity)
        arrived = {record.id: record for record in self.records}
        for row_id in set(held) if self.replace else self.remove:
            held.pop(row_id, None)
        held.update(arrived)


@dataclass(frozen=True)
class Spoken:
    """The tenant's dialect is found out, or changes."""

    dialect: str

    def happen(self, store: OrganizationStore, truth: Truth) -> None:
        store.save_tenant(Tenant(self.dialect))
        truth.dialect = self.dialect


@dataclass(frozen=True)
class Cleared:
    """The organization is connected to another tenant."""

    def happen(self, store: OrganizationStore, truth: Truth) -> None:
        store.clear()
        truth.__init__()  # type: ignore[misc]


@dataclass(frozen=True)
class Settled:
    """A run ends."""

    def happen(self, store: OrganizationStore, truth: Truth) -> None:
        before, version = derived(store), store.data_version()
        store.settle_activities()
        assert touched(store) == set()
        assert derived(store) == before == truth.activities()
        assert store.data_version() == version


_ids = st.integers(1, 4)
_few = st.sampled_from([None, 1])
_at = st.sampled_from([None, NINE, TEN])
_about = {"action_type": st.just(1), "company_id": _few, "contact_id": st.none(), "opportunity_id": _few}
_notes = st.builds(
    CompanyNote, id=_ids, assigned_resource_id=_few, start_date_time=_at, completed_date_time=_at, **_about
)
_to_dos = st.builds(
    CompanyToDo,
    id=_ids,
    assigned_to_resource_id=_few,
    start_date_time=_at,
    completed_date=_at,
    **_about,
)
_tasks = st.builds(
    Task,
    id=_ids,
    direction=st.sampled_from([None, None, 1, 2, 3]),
    description=st.sampled_from([None, "Inbound", "an OUTBOUND call", "inbound, outbound"]),
    create_date_time=_at,
    **_about,
)


def _loads(entity: Entity[Any], records: st.SearchStrategy[Any]) -> st.SearchStrategy[Loaded]:
    some = st.lists(records, max_size=3, unique_by=lambda record: record.id).map(tuple)
    return st.builds(Loaded, st.just(entity), some, st.booleans(), st.lists(_ids, max_size=2).map(tuple))


def _first(entity: Entity[Any], records: st.SearchStrategy[Any]) -> st.SearchStrategy[Loaded]:
    return st.tuples(*(records.map(partial(msgspec.structs.replace, id=n)) for n in range(1, 4))).map(
        lambda rows: Loaded(entity, rows)
    )


_begun = st.tuples(_first(COMPANY_NOTES, _notes), _first(COMPANY_TO_DOS, _to_dos), _first(TASKS, _tasks))
_steps = st.one_of(
    _loads(COMPANY_NOTES, _notes),
    _loads(COMPANY_TO_DOS, _to_dos),
    _loads(COMPANY_TO_DOS, _to_dos),
    _loads(TASKS, _tasks),
    st.builds(Spoken, st.sampled_from(["live", "guide"])),
    st.just(Cleared()),
)
_lives = st.lists(st.tuples(st.sampled_from([0, 0, 0, 1]), _steps, st.booleans()), min_size=1, max_size=5)


def _noted(**what: Any) -> Loaded:
    return Loaded(COMPANY_NOTES, (CompanyNote(id=1, **what), CompanyNote(id=7, create_date_time=TEN)))


def _done(row_id: int, **what: Any) -> Loaded:
    return Loaded(COMPANY_TO_DOS, (CompanyToDo(id=row_id, completed_date=NOON, **what),))


_TOLD = _noted(start_date_time=NINE, action_type=1)
_APART = _done(2, start_date_time=TEN, action_type=1)
_ALIKE = _done(2, start_date_time=NINE, action_type=1)


@settings(deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begun=_begun, life=_lives, followed=st.sampled_from([activities.TOUCHED_AT_MOST, 2]))
@example(begun=(_TOLD, _APART), life=[(0, _ALIKE, True), (0, _APART, True)], followed=9)
@example(begun=(_TOLD, _APART), life=[(0, _done(1), True), (0, _done(3), True)], followed=9)
@example(
    begun=(_TOLD, _APART), life=[(0, _ALIKE, True), (0, Loaded(COMPANY_TO_DOS, (), remove=(2,)), True)], followed=9
)
@example(begun=(_TOLD, _APART), life=[(0, _ALIKE, True), (0, _noted(completed_date_time=NINE), True)], followed=9)
@example(begun=(_TOLD, _ALIKE), life=[(0, Spoken("guide"), True), (0, Spoken("live"), True)], followed=9)
def test_the_table_holds_what_the_records_say(
    store: OrganizationStore,
    stranger: OrganizationStore,
    monkeypatch: pytest.MonkeyPatch,
    begun: tuple[Loaded, ...],
    life: list[tuple[int, Any, bool]],
    followed: int,
) -> None:
    monkeypatch.setattr(activities, "TOUCHED_AT_MOST", followed)
    stores, truths = (store, stranger), (Truth(), Truth())
    for each in stores:
        each.clear()
    for step in (*begun, Settled()):
        step.happen(store, truths[0])
    for who, step, is_the_last_of_a_run in life:
        step.happen(stores[who], truths[who])
        assert derived(stores[who]) == truths[who].activities()
        if is_the_last_of_a_run:
            Settled().happen(stores[who], truths[who])
    for each, truth in zip(stores, truths, strict=True):
        Settled().happen(each, truth)


@pytest.fixture
def talking(store: OrganizationStore) -> OrganizationStore:
    """A store with two notes and a done to-do, settled."""
    fill(store, COMPANY_NOTES, [CompanyNote(id=1, start_date_time=NINE), CompanyNote(id=2, start_date_time=TEN)])
    fill(store, COMPANY_TO_DOS, [CompanyToDo(id=3, completed_date=NOON)])
    store.settle_activities()
    return store


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda store: fill(store, COMPANY_NOTES, [CompanyNote(id=1, start_date_time=NINE)]), set()),
        (lambda store: fill(store, COMPANY_NOTES, [CompanyNote(id=1, start_date_time=NINE, note="New text")]), set()),
        (lambda store: fill(store, COMPANY_NOTES, [CompanyNote(id=1, start_date_time=NOON)]), {("CompanyNotes", 1)}),
        (
            lambda store: fill(
                store, COMPANY_NOTES, [CompanyNote(id=n, start_date_time=NINE) for n in (1, 5)], replace=True
            ),
            {("CompanyNotes", 2), ("CompanyNotes", 5)},
        ),
        (
            lambda store: store.load(COMPANY_TO_DOS).commit(complete(COMPANY_TO_DOS), replace=False, remove=[3, 4]),
            {("CompanyToDos", 3)},
        ),
        (lambda store: fill(store, TASKS, [Task(id=1)]), {("*", 0)}),
        (lambda store: store.save_tenant(Tenant("live")), set()),
        (lambda store: store.save_tenant(Tenant("guide")), {("*", 0)}),
        (lambda store: store.clear(), set()),
    ],
    ids=["same", "text", "moved", "full read", "removed", "first load", "known dialect", "new dialect", "cleared"],
)
def test_only_what_may_change_an_activity_is_touched(
    talking: OrganizationStore, change: Callable[[OrganizationStore], object], expected: set[tuple[str, int]]
) -> None:
    change(talking)
    assert touched(talking) == expected


def test_a_load_that_fails_touches_nothing(talking: OrganizationStore) -> None:
    load = talking.load(COMPANY_NOTES)
    load.append([CompanyNote(id=1, start_date_time=NOON)])
    with pytest.raises(AttributeError):
        load.commit(complete(COMPANY_NOTES, "no instant"), replace=False)  # type: ignore[arg-type]
    assert touched(talking) == set()


def test_a_snapshot_keeps_its_activities_while_others_change_and_settle_them(talking: OrganizationStore) -> None:
    def others() -> None:
        fill(talking, COMPANY_NOTES, [CompanyNote(id=9)], replace=True)
        talking.settle_activities()

    before = derived(talking)
    with talking.snapshot() as settled:
        settled.data_version()
        in_a_thread(others)
        assert derived(settled) == before
        assert derived(settled) == before
    after = derived(talking)
    assert [row[:2] for row in after] == [("CompanyNotes", 9), ("CompanyToDos", 3)]
    fill(talking, COMPANY_NOTES, [CompanyNote(id=8)])
    with talking.snapshot() as unsettled:
        seen = derived(unsettled)
        in_a_thread(others)
        assert derived(unsettled) == seen
    assert derived(talking) == after


def in_a_thread(act: Callable[[], None]) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def test_activities_stand_beside_other_tables_in_one_select(talking: OrganizationStore) -> None:
    sql = """WITH said AS (SELECT * FROM activities AS a WHERE a.happened_at >= $since)
    SELECT said.id, note.start_date_time FROM said JOIN company_notes AS note ON note.id = said.id"""
    since = {"since": TEN.replace(tzinfo=None)}
    answer = [(2, TEN.replace(tzinfo=None))]
    assert talking.rows(sql, since) == answer
    fill(talking, COMPANY_NOTES, [CompanyNote(id=1)])
    assert talking.rows(sql, since) == answer


class CountingEngine(DuckDBEngine):
    """Counts the write transactions."""

    writes = 0

    def writing(self, organization_id: int, /) -> AbstractContextManager[DuckDBSession]:
        self.writes += 1
        return super().writing(organization_id)


@pytest.fixture
def counting() -> Iterator[CountingEngine]:
    engine = CountingEngine(":memory:")
    engine.migrate()
    yield engine
    engine.close()


def test_a_settled_store_answers_from_its_table_and_is_not_written_again(counting: CountingEngine) -> None:
    store = MirrorWarehouse(counting).organization(OrganizationScope(1))
    fill(store, COMPANY_NOTES, [CompanyNote(id=1)])
    store.settle_activities()
    with counting.writing(1) as session:
        session.change("UPDATE mirror.activities SET id = 77")
    counting.writes = 0
    store.settle_activities()
    assert counting.writes == 0
    assert [row[1] for row in derived(store)] == [77]
    fill(store, COMPANY_NOTES, [CompanyNote(id=1, company_id=5)])
    assert [row[1] for row in derived(store)] == [1]


def test_a_settling_that_fails_leaves_everything_to_the_next(
    talking: OrganizationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(talking, COMPANY_NOTES, [CompanyNote(id=4)])
    expected = derived(talking)

    def breaking(*_: object, **__: object) -> str:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(activities, "deriving_sql", breaking)
        with pytest.raises(OSError):
            talking.settle_activities()
    assert touched(talking) == {("CompanyNotes", 4)}
    Settled().happen(talking, _same(expected))


def _same(rows: list[tuple[Any, ...]]) -> Truth:
    class Fixed(Truth):
        def activities(self) -> list[tuple[Any, ...]]:
            return rows

    return Fixed()
