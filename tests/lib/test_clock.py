from datetime import UTC, datetime, timedelta, timezone

import pytest

from partner_portal.lib.clock import FixedClock, SystemClock


def test_the_system_clock_tells_aware_utc_and_moves_forward():
    first, second = SystemClock().now(), SystemClock().now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second


def test_a_fixed_clock_stands_still_and_answers_in_utc():
    clock = FixedClock(datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == clock.now() == datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    assert clock.now().utcoffset() == timedelta(0)


def test_a_clock_refuses_a_naive_instant():
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 3, 2))  # noqa: DTZ001
