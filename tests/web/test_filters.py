from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.lib.period import COMPARISONS, PRESETS
from partner_portal.reports.question import OrganizationFacts
from partner_portal.web.view.filters import Filters, FilterWrong, read_filters
from partner_portal.web.view.picker import GROUPS, KEYS, Offers, range_picker
from web import sample

TODAY = date(2025, 11, 20)
FACTS = OrganizationFacts("acme", "Acme IT", "Europe/Vienna", "USD")
OFFERS = Offers(sample.OWNERS_BY_NAME, ["North"], [(3, "Projects")])
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


def picker(filters):
    return range_picker(sample.document(), filters, OFFERS, TODAY, FACTS)


@st.composite
def any_filters(draw):
    period = draw(st.sampled_from(PRESETS))
    start, end = sorted((draw(DAYS), draw(DAYS))) if period == "custom" else (None, None)
    ids = st.none() | st.integers(0, 10**9)
    compare, owner = draw(st.sampled_from(COMPARISONS)), draw(ids | st.just("nobody"))
    return Filters(
        period, start, end, compare, owner, draw(st.sampled_from(("", "North", "A & B"))), draw(ids), draw(ids)
    )


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
    owners = picker(Filters(owner=12)).owners
    assert [(choice.name, choice.is_chosen) for choice in owners] == [
        ("Everyone", False),
        ("Ana Ruiz", False),
        ("Björn Åkesson", True),
        ("Chloé Martin", False),
        ("No owner", False),
    ]


@pytest.mark.parametrize("comparison", [None, {"name": "previous_period", "start": "2025-10-01", "end": "2025-10-20"}])
def test_both_ranges_are_printed(comparison):
    found = range_picker(sample.document(comparison=comparison), Filters(), OFFERS, TODAY, FACTS)
    assert (found.name, found.dates) == ("This month", "Nov 1 – 30")
    assert found.compared_with == ("" if comparison is None else "Oct 1 – 20")


def test_the_ranges_beside_are_offered_by_their_names():
    found = picker(Filters(owner=12))
    assert (found.earlier.name, found.earlier.href) == ("Last month, Oct 1 – 31", "?period=last_month&owner=12")
    assert (found.later.name, found.later.href) == (
        "Dec 1 – 31",
        "?period=custom&from=2025-12-01&to=2025-12-31&owner=12",
    )


def test_what_narrows_the_report_can_be_taken_away():
    filters = Filters(team="North", company_id=7, category_id=3)
    found = range_picker(
        sample.document(), filters, Offers(company="Acme Dental", categories=[(3, "Projects")]), TODAY, FACTS
    )
    assert [(choice.name, choice.href) for choice in found.chosen] == [
        ("Team North", "?company=7&category=3"),
        ("Acme Dental", "?team=North&category=3"),
        ("Projects", "?team=North&company=7"),
    ]


def test_forms_carry_along_what_they_do_not_change():
    hidden = picker(Filters("last_week", compare="none", owner=12, team="North", company_id=7)).hidden
    assert hidden["range"] == {"compare": "none", "owner": "12", "team": "North", "company": "7"}
    assert hidden["bar"] == {"period": "last_week", "team": "North", "company": "7"}
    assert hidden["more"] == {"period": "last_week", "compare": "none", "owner": "12", "company": "7"}
    assert hidden["company"] == {"period": "last_week", "compare": "none", "owner": "12", "team": "North"}


def test_no_key_is_given_twice():
    assert len(set(KEYS.values())) == len(KEYS)
    assert not set(KEYS.values()) & set("rcofux?/")
