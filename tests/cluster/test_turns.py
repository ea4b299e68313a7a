"""Turns that several processes share."""

from __future__ import annotations

import threading

import pytest

from partner_portal.cluster.membership import ClusterUnreachable
from partner_portal.cluster.turns import SharedTurns
from partner_portal.lib.turns import NoTurn


def test_one_process_at_a_time_has_the_turn(new_line):
    here, there = SharedTurns(new_line(), "doubts", 0.01), SharedTurns(new_line(), "doubts", 0.01)
    with here.turn(1):
        with pytest.raises(NoTurn), there.turn(1):
            pytest.fail("a second")
        with there.turn(2):
            pass  # another key
    with there.turn(1):
        pass  # it came back


def test_different_turns_do_not_wait_for_each_other(new_line):
    line = new_line()
    with SharedTurns(line, "doubts").turn(1), SharedTurns(new_line(), "others").turn(1):
        pass


def test_who_waits_gets_the_turn_that_another_process_gives_back(new_line):
    here, there = SharedTurns(new_line(), "handed on"), SharedTurns(new_line(), "handed on")
    came = threading.Event()

    def wait() -> None:
        with there.turn(1):
            came.set()

    waiting = threading.Thread(target=wait)
    with here.turn(1):
        waiting.start()
        assert not came.is_set()
    waiting.join(20)
    assert came.is_set()


def test_a_turn_is_over_though_the_line_broke_meanwhile(new_line, break_lines):
    here = SharedTurns(new_line(), "broken")
    with here.turn(1):
        break_lines()
    with here.turn(1):
        pass


def test_where_nobody_can_tell_there_is_no_turn():
    class Broken:
        def ask(self, _act):
            raise ClusterUnreachable

    with pytest.raises(NoTurn), SharedTurns(Broken(), "nobody").turn(1):
        pytest.fail("a turn")
