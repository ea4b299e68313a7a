"""Rate limits, also when many ask at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from partner_portal.accounts.models import RequestWindow
from partner_portal.accounts.rates import Rate, TooManyRequests, take

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RATE = Rate("questions", 3, 60)

pytestmark = pytest.mark.django_db


def refusal(whose: int, now: datetime, rate: Rate = RATE) -> TooManyRequests:
    with pytest.raises(TooManyRequests) as caught:
        take(rate, whose, now)
    return caught.value


def test_the_limit_can_be_reached_and_not_passed():
    for _ in range(3):
        take(RATE, 1, NOW)
    refused = refusal(1, NOW + timedelta(seconds=20))
    assert refused.seconds == 40
    assert "40 seconds" in str(refused)


def test_a_new_window_begins_when_the_old_one_has_passed():
    for _ in range(3):
        take(RATE, 1, NOW)
    refusal(1, NOW + timedelta(seconds=59))
    take(RATE, 1, NOW + timedelta(seconds=60))
    take(RATE, 1, NOW + timedelta(seconds=60))
    take(RATE, 1, NOW + timedelta(seconds=60))
    refusal(1, NOW + timedelta(seconds=60))


def test_others_and_other_limits_count_apart():
    for _ in range(3):
        take(RATE, 1, NOW)
    take(RATE, 2, NOW)
    take(Rate("other questions", 1, 60), 1, NOW)
    refusal(1, NOW)


def test_of_a_flood_the_first_refusal_is_marked():
    for _ in range(3):
        take(RATE, 1, NOW)
    assert [refusal(1, NOW).is_first for _ in range(3)] == [True, False, False]
    assert RequestWindow.objects.get().used == 4


def test_the_wait_is_never_nothing():
    for _ in range(3):
        take(RATE, 1, NOW)
    assert refusal(1, NOW + timedelta(seconds=59.999)).seconds >= 1


def test_a_last_place_that_was_taken_meanwhile_is_not_given_twice(monkeypatch):
    """Between the look and the update somebody else takes the last one: the update itself must notice."""
    take(RATE, 1, NOW)
    take(RATE, 1, NOW)
    looked = RequestWindow.objects.get_or_create

    def interleaved(**asked):
        row = looked(**asked)
        RequestWindow.objects.update(used=3)
        return row

    monkeypatch.setattr(RequestWindow.objects, "get_or_create", interleaved)
    refusal(1, NOW)
