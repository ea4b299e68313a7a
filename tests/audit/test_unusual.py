"""The rules of unusual use, each from both sides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.audit.unusual import (
    FirstLogIn,
    Refusal,
    Rule,
    Taken,
    mark_new_addresses,
    mark_refusals,
    mark_volume,
    most_usual,
)

AT = datetime(2026, 11, 18, 15, tzinfo=UTC)
DAY = date(2026, 11, 18)


def failure(key, minutes=0.0, account="ada@acme.example", address="", action="session.refused"):
    return Refusal(key, AT + timedelta(minutes=minutes), action, None, account, address)


def refusal(key, minutes=0.0, person=1, action="act.refused"):
    return Refusal(key, AT + timedelta(minutes=minutes), action, person, "", "10.0.0.1")


def marked(marks) -> dict:
    return {key: [mark.rule for mark in found] for key, found in marks.items()}


def test_the_fifth_failed_log_in_of_an_account_within_a_quarter_of_an_hour_is_marked():
    assert mark_refusals([failure(key, key) for key in range(4)]) == {}
    assert marked(mark_refusals([failure(key, key * 15 / 4) for key in range(5)])) == {4: [Rule.FAILED_LOG_INS]}
    assert mark_refusals([failure(key, key * 15.1 / 4) for key in range(5)]) == {}


def test_each_failure_after_the_fifth_is_marked_too_with_its_count():
    reasons = [mark.reason for [mark] in mark_refusals([failure(key) for key in range(7)]).values()]
    assert [reason.split()[0] for reason in reasons] == ["5", "6", "7"]


def test_failures_of_an_account_count_whatever_failed_and_however_it_is_written():
    actions = ("session.refused", "identity.refused", "second_factor.refused", "session.refused", "identity.refused")
    tried = [failure(key, account=("Ada" if key % 2 else "ada"), action=action) for key, action in enumerate(actions)]
    assert marked(mark_refusals(tried)) == {4: [Rule.FAILED_LOG_INS]}


def test_failures_from_one_network_address_count_across_accounts():
    spread = [failure(key, account=f"{key}", address="10.0.0.1") for key in range(5)]
    assert marked(mark_refusals(spread)) == {4: [Rule.FAILED_LOG_INS]}
    assert "network address" in mark_refusals(spread)[4][0].reason
    assert mark_refusals([failure(key, account=f"{key}", address=f"10.0.0.{key}") for key in range(5)]) == {}


def test_nobody_and_nowhere_are_no_account_and_no_address():
    assert mark_refusals([failure(key, account="", address="") for key in range(20)]) == {}


def test_the_tenth_refused_act_of_a_person_within_an_hour_is_marked():
    assert mark_refusals([refusal(key, key) for key in range(9)]) == {}
    assert marked(mark_refusals([refusal(key, key * 60 / 9) for key in range(10)])) == {9: [Rule.REFUSED_ACTS]}
    assert mark_refusals([refusal(key, key * 60.1 / 9) for key in range(10)]) == {}


def test_refused_acts_of_several_people_and_of_the_machine_are_not_added_up():
    assert mark_refusals([refusal(key, person=key % 2) for key in range(18)]) == {}
    assert mark_refusals([refusal(key, person=None) for key in range(20)]) == {}


def test_refused_acts_and_failed_log_ins_are_counted_apart():
    assert mark_refusals([refusal(key) for key in range(9)] + [failure(key) for key in range(9, 13)]) == {}


refusals = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["session.refused", "act.refused"]), st.sampled_from(["a", "b"]))
)


@given(refusals, st.integers(0, 60))
def test_what_follows_never_changes_a_mark(told, cut):
    minute, rows = 0, []
    for key, (later, action, who) in enumerate(told):
        minute += later / 4
        rows.append(Refusal(key, AT + timedelta(minutes=minute), action, ord(who), who, who))
    whole = mark_refusals(rows)
    assert mark_refusals(rows[:cut]) == {key: marks for key, marks in whole.items() if key < cut}


@given(refusals)
def test_many_failures_are_those_that_counting_anew_finds(told):
    minutes = accumulate(later / 4 for later, _, _ in told)
    rows = [failure(key, at, account) for key, (at, (_, _, account)) in enumerate(zip(minutes, told, strict=True))]
    anew = {
        each.key
        for each in rows
        if sum(
            other.account == each.account and timedelta(0) <= each.at - other.at <= timedelta(minutes=15)
            for other in rows[: each.key + 1]
        )
        >= 5
    }
    assert set(mark_refusals(rows)) == anew


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["10.0.0.1"], set()),
        (["10.0.0.1", "10.0.0.2"], {1}),
        (["10.0.0.1", "10.0.0.2", "2001:db8::1"], {1, 2}),
        (["2001:db8::1", "2001:db8::ffff:1"], set()),
        (["2001:db8::1", "2001:db8:0:1::1"], {1}),
        (["10.0.0.1", "::ffff:10.0.0.1"], set()),
        (["", "10.0.0.1"], set()),
        (["10.0.0.1", ""], set()),
        (["somewhere", "elsewhere"], {1}),
    ],
)
def test_a_log_in_from_an_address_that_is_new_to_the_person_is_marked(addresses, expected):
    first = [FirstLogIn(key, 1, address) for key, address in enumerate(addresses)]
    assert set(mark_new_addresses(first)) == expected
    assert set(mark_new_addresses(reversed(first))) == expected, "whatever the order they are given in"


def test_another_persons_addresses_are_new_to_this_one():
    first = [FirstLogIn(1, 1, "10.0.0.1"), FirstLogIn(2, 2, "10.0.0.2"), FirstLogIn(3, 2, "10.0.0.1")]
    assert marked(mark_new_addresses(first)) == {3: [Rule.NEW_ADDRESS]}


@pytest.mark.parametrize(
    ("before", "most"),
    [
        ({}, 1_000),
        ({1: 5}, 1_000),
        ({1: 200}, 2_000),
        ({1: 200, 2: 300}, 2_500),
        ({1: 100, 2: 200, 3: 90_000}, 2_000),
        ({1: 200, 2: 0}, 2_000),
        ({30: 200}, 2_000),
        ({31: 200}, 1_000),
        ({0: 90_000}, 1_000),
        ({-1: 90_000}, 1_000),
    ],
)
def test_the_most_usual_is_ten_times_the_median_of_the_days_with_any_in_the_month_before(before, most):
    assert most_usual(DAY, {DAY - timedelta(days=days): rows for days, rows in before.items()}) == most


def test_the_entry_that_goes_beyond_the_most_usual_is_marked_and_no_other():
    assert mark_volume(1_000, [Taken(1, 600), Taken(2, 400)]) == {}
    assert marked(mark_volume(1_000, [Taken(1, 600), Taken(2, 401), Taken(3, 9_000)])) == {2: [Rule.VOLUME]}


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_is_told_in_words(rule):
    assert rule.meaning.endswith(".")
