"""What a run asks for, decided from what is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from partner_portal.autotask.catalog import ACTION_TYPES, CATALOG, COMPANY_NOTES, OPPORTUNITIES, TASKS, Entity
from partner_portal.autotask.filters import Condition, Op, checked
from partner_portal.mirror.decide import (
    OVERLAP,
    Reading,
    awaiting_confirmation,
    by_size,
    dialect_of,
    entities_to_look_up,
    is_counting_due,
    is_fulfilled,
    is_worth_counting,
    kept_by,
    reading_before_metadata,
    reading_due,
    reading_of,
    rests_until,
    source_after,
    whole,
)
from partner_portal.warehouse.store import EntityFacts, Reconciliation, Source, Tenant

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
FIELDS = EntityFacts(("id", "title", "lastActivity"))
KNOWN = Source("Opportunities", AT, AT - OVERLAP, rows=3, complete=True)


def test_a_delta_asks_for_changed_rows_and_for_new_ones_without_a_stamp() -> None:
    reading = reading_of(OPPORTUNITIES, FIELDS, KNOWN, 40, full=False)
    assert not reading.replace
    assert reading.fields == FIELDS.fields
    assert reading.filter is not None
    assert checked(reading.filter, OPPORTUNITIES).wire() == {
        "op": "or",
        "items": [
            {"op": "gte", "field": "lastActivity", "value": "2026-03-02T08:25:00Z"},
            {"op": "gt", "field": "id", "value": 40},
        ],
    }


@pytest.mark.parametrize(
    ("entity", "facts", "source", "max_id", "full"),
    [
        (OPPORTUNITIES, FIELDS, None, 40, False),
        (OPPORTUNITIES, FIELDS, Source("Opportunities", problem="never came"), None, False),
        (OPPORTUNITIES, FIELDS, Source("Opportunities", AT, None, rows=3, complete=True), 40, False),
        (OPPORTUNITIES, FIELDS, KNOWN, 40, True),
        (OPPORTUNITIES, EntityFacts(("id", "title")), KNOWN, 40, False),
        (ACTION_TYPES, EntityFacts(("id", "name")), Source("ActionTypes", AT, AT, 3, complete=True), 40, False),
    ],
    ids=["first", "never came", "no watermark", "full", "tenant lacks the stamp", "no stamp"],
)
def test_everything_is_read_where_a_delta_would_miss_something(
    entity: Entity, facts: EntityFacts, source: Source | None, max_id: int | None, full: bool
) -> None:
    assert reading_of(entity, facts, source, max_id, full=full) == Reading(entity, facts.fields, None, replace=True)


def test_an_incomplete_run_is_followed_by_a_delta_from_the_last_complete_one() -> None:
    failed = Source("Opportunities", AT, AT - OVERLAP, rows=3, problem="page 2 failed")
    assert reading_of(OPPORTUNITIES, FIELDS, failed, 40, full=False) == reading_of(
        OPPORTUNITIES, FIELDS, KNOWN, 40, full=False
    )


def test_unknown_metadata_asks_for_whole_rows_and_trusts_the_stamp() -> None:
    reading = reading_of(OPPORTUNITIES, EntityFacts(), KNOWN, 40, full=False)
    assert reading.fields is None
    assert not reading.replace


def test_where_nothing_is_held_every_row_is_new() -> None:
    reading = reading_of(OPPORTUNITIES, FIELDS, KNOWN, None, full=False)
    assert reading.filter is not None
    assert reading.filter.wire()["items"][1] == {"op": "gt", "field": "id", "value": -1}


def test_the_next_delta_starts_before_this_run_began() -> None:
    kept = source_after(whole(OPPORTUNITIES, FIELDS.fields), AT)
    assert kept == Source("Opportunities", as_of=AT, watermark=AT - timedelta(minutes=5), complete=True, full_at=AT)


@pytest.mark.parametrize("reading", [whole(ACTION_TYPES, None), whole(OPPORTUNITIES, ("id", "title"))])
def test_without_a_stamp_there_is_no_watermark(reading: Reading) -> None:
    assert source_after(reading, AT) == Source(reading.entity.path, as_of=AT, complete=True, full_at=AT)


def test_fields_are_those_of_ours_that_the_tenant_has_in_any_case() -> None:
    assert kept_by(OPPORTUNITIES, ("Title", "LASTACTIVITY", "userDefined", "Id")) == ("id", "title", "lastActivity")
    assert kept_by(OPPORTUNITIES, ("title",)) == ("id", "title")
    assert kept_by(OPPORTUNITIES, ()) is None


def test_the_dialect_is_known_by_the_action_type_of_tasks() -> None:
    assert dialect_of(EntityFacts(("id", "actionType")), None) == "guide"
    assert dialect_of(EntityFacts(("id", "title")), Tenant("guide")) == "live"


@pytest.mark.parametrize("unread", [None, EntityFacts(), EntityFacts(refusal="no permission")])
def test_unread_metadata_leaves_the_dialect_as_it_was(unread: EntityFacts | None) -> None:
    assert dialect_of(unread, Tenant("guide")) == "guide"
    assert dialect_of(unread, None) == "live"


def known(**more: EntityFacts) -> Tenant:
    facts = {entity.path: EntityFacts(("id",)) for entity in CATALOG} | more
    return Tenant("live", entities=facts, read_at=AT)


def test_metadata_is_read_once_a_day() -> None:
    assert entities_to_look_up(None, AT, full=False) == CATALOG
    assert entities_to_look_up(known(), AT + timedelta(hours=23), full=False) == ()
    assert entities_to_look_up(known(), AT + timedelta(hours=24), full=False) == CATALOG
    assert entities_to_look_up(known(), AT - timedelta(hours=1), full=False) == CATALOG
    assert entities_to_look_up(known(), AT, full=True) == CATALOG
    assert entities_to_look_up(Tenant("live"), AT, full=False) == CATALOG


def test_refused_and_unread_entities_are_looked_up_in_every_run() -> None:
    tenant = known(Tasks=EntityFacts(refusal="no permission"), Opportunities=EntityFacts())
    assert set(entities_to_look_up(tenant, AT, full=False)) == {TASKS, OPPORTUNITIES}


def test_totals_are_asked_for_large_entities_read_whole() -> None:
    assert is_worth_counting(whole(OPPORTUNITIES, None))
    assert not is_worth_counting(whole(ACTION_TYPES, None))
    assert not is_worth_counting(reading_of(OPPORTUNITIES, FIELDS, KNOWN, 40, full=False))


DAY = timedelta(days=1)
FRESH = replace(KNOWN, full_at=AT)


@pytest.mark.parametrize(
    ("after", "is_whole"), [(timedelta(hours=23, minutes=59), False), (DAY, True), (-timedelta(minutes=1), True)]
)
def test_what_has_a_doubtful_stamp_is_read_whole_every_day(after: timedelta, is_whole: bool) -> None:
    reading = reading_due(OPPORTUNITIES, FIELDS, FRESH, 40, AT + after, full=False)
    assert reading is not None
    assert reading.replace is is_whole


def test_what_has_a_proven_stamp_is_not() -> None:
    facts = EntityFacts(("id", "lastActivityDateTime"))
    source = Source("Tasks", AT, AT - OVERLAP, rows=3, complete=True)
    reading = reading_due(TASKS, facts, source, 40, AT + 9 * DAY, full=False)
    assert reading == reading_of(TASKS, facts, source, 40, full=False)


ACTIONS = Source("ActionTypes", AT, None, rows=3, complete=True, full_at=AT)


@pytest.mark.parametrize(
    ("source", "after", "full", "rests"),
    [
        (ACTIONS, timedelta(minutes=59), False, True),
        (ACTIONS, timedelta(minutes=60), False, False),
        (ACTIONS, timedelta(minutes=5), True, False),
        (replace(ACTIONS, complete=False), timedelta(minutes=5), False, False),
        (None, timedelta(minutes=5), False, False),
    ],
)
def test_what_has_no_stamp_is_read_every_hour(source: Source | None, after: timedelta, full: bool, rests: bool) -> None:
    facts = EntityFacts(("id", "name"))
    due = reading_due(ACTION_TYPES, facts, source, 40, AT + after, full=full)
    assert due == (None if rests else whole(ACTION_TYPES, facts.fields))


def test_where_the_tenant_lacks_the_stamp_new_rows_come_each_time_and_all_every_hour() -> None:
    facts = EntityFacts(("id", "title"))
    reading = reading_due(TASKS, facts, replace(FRESH, watermark=None), 40, AT + timedelta(minutes=5), full=False)
    assert reading == Reading(TASKS, facts.fields, Condition("id", Op.GT, 40), replace=False)
    later = reading_due(TASKS, facts, replace(FRESH, watermark=None), 40, AT + timedelta(hours=1), full=False)
    assert later == whole(TASKS, facts.fields)


def test_rows_that_wait_for_a_word_go_on_waiting_after_a_delta_and_not_after_a_full_read() -> None:
    doubtful = awaiting_confirmation(FRESH, 60, 200)
    delta = reading_of(OPPORTUNITIES, FIELDS, doubtful, 40, full=False)
    after = source_after(delta, AT + timedelta(minutes=5), doubtful)
    assert (after.unconfirmed, after.complete, after.full_at) == (60, False, AT)
    assert "--accept-deletions" in str(after.problem)
    assert source_after(whole(OPPORTUNITIES, FIELDS.fields), AT, doubtful).complete


COMPARED = Reconciliation("Tasks", AT, 5, 5)


@pytest.mark.parametrize(
    ("last", "after", "was_read_whole", "is_due"),
    [
        (None, timedelta(0), False, True),
        (COMPARED, timedelta(minutes=59), False, False),
        (COMPARED, timedelta(minutes=60), False, True),
        (COMPARED, timedelta(minutes=5), True, True),
        (replace(COMPARED, theirs=4), timedelta(minutes=5), False, True),
        (COMPARED, -timedelta(minutes=5), False, True),
    ],
)
def test_when_counts_are_compared(
    last: Reconciliation | None, after: timedelta, was_read_whole: bool, is_due: bool
) -> None:
    assert is_counting_due(last, AT + after, was_read_whole=was_read_whole) is is_due


def test_before_metadata_what_is_known_is_asked_for_else_all_that_we_keep() -> None:
    first = reading_before_metadata(TASKS, None)
    again = reading_before_metadata(OPPORTUNITIES, FIELDS)
    assert (first, again) == (whole(TASKS, TASKS.field_names), whole(OPPORTUNITIES, FIELDS.fields))
    assert reading_before_metadata(OPPORTUNITIES, EntityFacts(refusal="no permission")) is None


def test_a_reading_that_left_out_a_field_of_the_tenant_is_not_enough() -> None:
    asked = whole(OPPORTUNITIES, ("id", "title"))
    assert not is_fulfilled(asked, FIELDS)
    assert is_fulfilled(asked, EntityFacts(("id",)))
    assert is_fulfilled(asked, EntityFacts())
    assert is_fulfilled(whole(OPPORTUNITIES, None), FIELDS)


@pytest.mark.parametrize(
    ("entity", "source", "until"),
    [
        (ACTION_TYPES, Source("ActionTypes", AT, rows=3, complete=True), AT + timedelta(hours=1)),
        (ACTION_TYPES, Source("ActionTypes", AT, rows=3), None),
        (ACTION_TYPES, Source("ActionTypes"), None),
        (OPPORTUNITIES, KNOWN, None),
    ],
)
def test_what_has_no_stamp_rests_for_an_hour_once_it_is_whole(
    entity: Entity[Any], source: Source, until: datetime | None
) -> None:
    assert rests_until(entity, source) == until
    if until is not None:
        assert reading_due(entity, FIELDS, source, 3, until - timedelta(seconds=1), full=False) is None
        assert reading_due(entity, FIELDS, source, 3, until, full=False) is not None


def test_the_largest_come_first_and_without_rows_those_that_are_large_elsewhere() -> None:
    assert by_size(CATALOG, {})[0] is COMPANY_NOTES
    assert set(by_size(CATALOG, {})) == set(CATALOG)
    held = {OPPORTUNITIES.path: Source(OPPORTUNITIES.path, rows=2), TASKS.path: Source(TASKS.path, rows=9)}
    assert by_size(CATALOG, held)[:3] == [TASKS, OPPORTUNITIES, COMPANY_NOTES]
