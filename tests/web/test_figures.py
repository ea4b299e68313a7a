from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.web.view.change import change, change_in_points
from partner_portal.web.view.figures import Figure, Figures
from partner_portal.web.view.sparkline import HEIGHT, WIDTH, sparkline
from web import sample
from web.reading import read


def known(value: object) -> Figure:
    return Figure("somewhere", str(value), str(value))


UNKNOWN = Figure("somewhere", "", "--")


def test_a_figure_prints_its_place_and_its_raw_value():
    figure = Figures(sample.document()).money("pipeline.open.amount")
    element = read(str(figure)).one("data")
    assert (element["data-figure"], element["data-value"]) == ("pipeline.open.amount", "1284500.75")
    assert (element.text, element["title"]) == ("$1,284,501", "$1,284,500.75")


def test_what_the_document_does_not_hold_is_unknown():
    figures = Figures(sample.document(calls__total=None))
    assert figures.count("calls.total").text == figures.count("nowhere.at.all").text == "--"
    assert not figures.count("calls.total").is_known
    assert figures.count("funnel.2.count").text == "44"


def test_a_hostile_value_cannot_leave_its_attribute():
    element = read(str(Figure("a", '"><script>', "<b>"))).one("data")
    assert element["data-value"] == '"><script>'
    assert element.text == "<b>"


@pytest.mark.parametrize(
    ("now", "before", "text", "direction"),
    [
        (112, 100, "+12%", "up"),
        (90, 100, "−10%", "down"),
        (100, 100, "0%", "flat"),
        (5, 0, "new", "up"),
        (0, 0, "0%", "flat"),
        (0, 8, "−100%", "down"),
        (1200, 100, "12x", "up"),
        (1003, 1000, "+0.3%", "up"),
        ("236400.00", "201000.00", "+18%", "up"),
    ],
)
def test_a_change_is_told_in_percent(now, before, text, direction):
    told = change(known(now), known(before), is_compared=True)
    assert told is not None
    assert (told.text, told.direction) == (text, direction)


def test_a_change_from_something_unknown_is_unknown_with_its_reason():
    told = change(known(3), UNKNOWN, is_compared=True)
    assert told is not None
    assert (told.text, told.direction) == ("--", "unknown")
    assert told.reason


def test_without_comparison_or_without_figure_there_is_no_change():
    assert change(known(3), known(2), is_compared=False) is None
    assert change(UNKNOWN, known(2), is_compared=True) is None
    assert change_in_points(UNKNOWN, known(1), is_compared=True) is None


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (0.72, 0.65, "+7 pts"),
        (0.5, 0.51, "−1 pt"),
        (0.504, 0.5, "+0.4 pts"),
        (0.5, 0.5001, "−<0.1 pts"),
        (0.5, 0.5, "0 pts"),
        (0, 1, "−100 pts"),
    ],
)
def test_rates_change_in_points(now, before, text):
    told = change_in_points(known(now), known(before), is_compared=True)
    assert told is not None
    assert told.text == text


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_the_direction_follows_the_difference(now, before):
    told = change(known(now), known(before), is_compared=True)
    assert told is not None
    expected = {True: "up", False: "down"}[now > before] if now != before else "flat"
    assert told.direction == expected
    assert ("+" in told.text or "x" in told.text) == (Decimal(now) > before)


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=92))
def test_a_sparkline_stays_in_its_box(values):
    drawn = sparkline(values, "Calls")
    assert drawn is not None
    points = [tuple(map(float, point.split(","))) for point in drawn.line.split()]
    assert len(points) == len(values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert min(y for _, y in points) == points[values.index(max(values))][1]


def test_a_long_range_is_drawn_by_weeks():
    drawn = sparkline([1] * 3 + [2] * 364, "Calls")
    assert drawn is not None
    assert len(drawn.line.split()) == 53
    assert drawn.label == "Calls per week: lowest 3, highest 14, latest 14"


def test_one_day_has_no_shape():
    assert sparkline([4], "Calls") is None
