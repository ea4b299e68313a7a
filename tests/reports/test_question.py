from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from partner_portal.reports.question import Question, QuestionError, day_from, frame_of
from reports.stocked import NOW, ask, facts, utc


def test_the_default_question_is_this_month_against_the_one_before():
    frame = frame_of(Question(facts("Europe/Berlin"), now=NOW))
    assert (frame.period.start, frame.period.end) == (date(2026, 11, 1), date(2026, 11, 30))
    assert frame.comparison is not None
    assert (frame.comparison.start, frame.comparison.end) == (date(2026, 10, 1), date(2026, 10, 22))
    assert frame.instants == (utc(2026, 10, 31, 23), utc(2026, 11, 30, 23))


def test_today_is_the_organizations_not_the_servers():
    late = utc(2026, 10, 31, 23, 30)
    assert frame_of(ask("Europe/Berlin", now=late)).today == date(2026, 11, 1)
    assert frame_of(ask("America/New_York", now=late)).today == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (ask(period_name="fortnight"), "Unknown period 'fortnight': use one of today, "),
        (ask(period_name="custom", start=date(2026, 1, 1)), "both dates"),
        (ask(period_name="custom", start=date(2026, 1, 2), end=date(2026, 1, 1)), "before it starts"),
        (ask(period_name="custom", start=date(1826, 1, 1), end=date(2026, 1, 1)), "100 years"),
        (ask(compare="best_month"), "Unknown comparison"),
        (ask("Mars/Olympus"), "IANA"),
        (ask(now=datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)), "aware"),
    ],
)
def test_a_wrong_question_is_refused_in_one_line_with_a_remedy(question, words):
    with pytest.raises(QuestionError, match=words) as refusal:
        frame_of(question)
    assert "\n" not in str(refusal.value)


def test_days_are_read_as_iso_dates_only():
    assert day_from("2026-11-30") == date(2026, 11, 30)
    for wrong in ("30.11.2026", "2026-02-30", "", "yesterday"):
        with pytest.raises(QuestionError, match="write it like"):
            day_from(wrong)
