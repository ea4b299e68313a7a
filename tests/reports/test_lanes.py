"""Reading in two lanes finds what reading in one finds."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from partner_portal.reports.figures import inquiry_of
from partner_portal.reports.inquiry import Inquiry
from partner_portal.reports.lanes import side_by_side
from partner_portal.reports.question import frame_of
from partner_portal.warehouse.store import WarehouseError
from reports.stocked import ask, stock

WAIT = 30


@pytest.fixture
def inquiry(duckdb_warehouse):
    with stock(duckdb_warehouse, {}).snapshot() as view:
        yield inquiry_of(view, frame_of(ask()), None)


def number(value: int):
    return lambda inquiry: inquiry.store.rows("SELECT CAST($value AS INTEGER)", {"value": value})[0][0]


def test_findings_come_in_the_order_of_their_readings(inquiry):
    assert side_by_side(inquiry, [number(value) for value in range(7)]) == list(range(7))


def test_two_lanes_read_at_the_same_time_each_through_a_view_of_its_own(inquiry):
    meeting = threading.Barrier(2, timeout=WAIT)

    def meet(lane: Inquiry) -> tuple[int, int]:
        meeting.wait()
        return threading.get_ident(), id(lane.store)

    (one, view), (other, twin) = side_by_side(inquiry, [meet, meet])
    assert one != other
    assert view != twin


def test_without_a_twin_everything_is_read_in_turn(duckdb_warehouse):
    store = stock(duckdb_warehouse, {})
    alone = inquiry_of(store, frame_of(ask()), None)
    here = threading.get_ident()
    assert side_by_side(alone, [lambda _: threading.get_ident()] * 3) == [here] * 3


@pytest.mark.parametrize("broken", [0, 1, 2])
def test_an_error_of_either_lane_reaches_whoever_asks(inquiry, broken):
    def refused(lane: Inquiry):
        return lane.store.rows("SELECT nothing FROM opportunities")

    readings = [number(value) for value in range(3)]
    readings[broken] = refused
    with pytest.raises(WarehouseError):
        side_by_side(inquiry, readings)
    assert side_by_side(replace(inquiry), [number(1)]) == [1]
