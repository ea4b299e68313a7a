from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.lib.period import COMPARISONS, PRESETS
from partner_portal.web.view.filters import GROUPS, Filters, FilterWrong, range_picker, read_filters
from web import sample

TODAY = date(2025, 11, 20)
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


def picker(filters):
    return range_picker(sample.document(), filters, sample.OWNERS_BY_NAME, TODAY)


@st.composite
def any_filters(draw):
    period = draw(st.sampled_from(PRESETS))
    start, end = sorted((draw(DAYS), draw(DAYS))) if period == "custom" else (None, None)
    return Filters(period, start, end, draw(st.sampled_from(COMPARISONS)), draw(st.none() | st.integers(0, 10**9)))


@given(any_filters())
def test_a_link_reproduces_the_filters(filters):
    query = {name: values[0] for name, values in parse_qs(filters.query().removeprefix("?")).items()}
    assert read_filters(query) == filters


def test_what_goes_without_saying_is_not_said():
    assert Filters().query() == ""
    assert read_filters({}) == Filters("this_month", None, None, "previous_period", None)
    assert read_filters({"period": "", "compare": "", "owner": ""}) == Filters()


def test_dates_alone_mean_a_custom_range():
    filters = read_filters({"from": "2025-11-02", "to": "2025-11-05"})
    assert filters == Filters("custom", date(2025, 11, 2), date(2025, 11, 5))


def test_a_preset_brings_its_own_dates():
    assert read_filters({"period": "last_week", "from": "2025-11-02", "to": "2025-11-05"}) == Filters("last_week")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"from": "tomorrow"}, "no date"),
        ({"owner": "me"}, "no owner"),
        ({"owner": "-3"}, "no owner"),
        ({"owner": "9" * 5000}, "no owner"),
    ],
)
def test_what_cannot_be_understood_is_explained(query, words):
    with pytest.raises(FilterWrong, match=words):
        read_filters(query)


def test_every_preset_can_be_picked():
    offered = [name for _, names in GROUPS for name in names]
    assert sorted([*offered, "custom"]) == sorted(PRESETS)
    choices = [choice for _, choices in picker(Filters()).groups for choice in choices]
    assert [choice.value for choice in choices] == offered
    assert [choice.value for choice in choices if choice.is_chosen] == ["this_month"]


def test_a_preset_keeps_comparison_and_owner():
    groups = picker(Filters("custom", TODAY, TODAY, "none", 12)).groups
    links = {choice.value: choice.href for _, choices in groups for choice in choices}
    assert links["today"] == "?period=today&compare=none&owner=12"


def test_owners_are_offered_after_everyone():
    owners = picker(Filters(owner_id=12)).owners
    assert [(choice.name, choice.is_chosen) for choice in owners] == [
        ("Everyone", False),
        ("Ana Ruiz", False),
        ("Björn Åkesson", True),
        ("Chloé Martin", False),
    ]
