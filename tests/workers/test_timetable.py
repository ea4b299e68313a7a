"""The timetable looks often enough for the refresh time that is set."""

from __future__ import annotations

import pytest
from croniter import croniter

from partner_portal.workers.timetable import ask_for_due_syncs, clear_finished_jobs, tick_seconds, timetable


@pytest.mark.parametrize("refresh_seconds", [10, 30, 60, 119, 120, 300, 3600])
def test_no_refresh_is_late_by_more_than_half_of_its_time(refresh_seconds):
    assert tick_seconds(refresh_seconds) <= max(10, refresh_seconds / 2)


@pytest.mark.parametrize("refresh_seconds", [10, 300])
def test_the_schedule_keeps_the_pace_that_is_told(refresh_seconds):
    [often] = [entry["schedule"] for entry in timetable(refresh_seconds) if entry["workflow_fn"] is ask_for_due_syncs]
    turns = croniter(often, 1_800_000_000.0, second_at_beginning=True)
    first, second = turns.get_next(), turns.get_next()
    assert second - first == tick_seconds(refresh_seconds)


def test_finished_jobs_are_cleared_away_by_themselves():
    assert clear_finished_jobs in [entry["workflow_fn"] for entry in timetable(300)]
