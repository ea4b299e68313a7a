"""Answers that are good for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from partner_portal.lib.passing_answers import PassingAnswers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_an_answer_serves_until_it_is_too_old():
    answers = PassingAnswers()
    answers.keep("a", NOW, b"x")
    assert answers.get("a", NOW + MINUTE / 2, MINUTE) == (b"x", MINUTE / 2)
    assert answers.get("a", NOW + MINUTE, MINUTE) is None
    assert answers.get("a", NOW, timedelta(0)) is None
    assert answers.get("b", NOW, MINUTE) is None


def test_an_answer_from_the_future_does_not_serve():
    """The clock was set back meanwhile."""
    answers = PassingAnswers()
    answers.keep("a", NOW, b"x")
    assert answers.get("a", NOW - MINUTE, MINUTE) is None


def test_room_is_bounded():
    answers = PassingAnswers(room_bytes=10)
    answers.keep("a", NOW, b"x" * 6)
    answers.keep("b", NOW, b"x" * 6)
    answers.keep("c", NOW, b"x" * 11)
    assert answers.get("a", NOW, MINUTE) is None
    assert answers.get("b", NOW, MINUTE) is not None
    assert answers.get("c", NOW, MINUTE) is None
