"""Turns: so many at once, and nobody waits for ever."""

from __future__ import annotations

import threading

import pytest

from partner_portal.lib.turns import NoTurn, Turns


def test_the_place_after_the_last_is_not_given():
    turns = Turns(2, longest_wait_seconds=0.01)
    with turns.turn(1), turns.turn(1):
        with pytest.raises(NoTurn), turns.turn(1):
            pytest.fail("a third")
        with turns.turn(2):
            pass  # another key
    with turns.turn(1), turns.turn(1):
        pass  # both came back


def test_who_waits_gets_the_turn_that_comes_free():
    turns = Turns(1, longest_wait_seconds=10)
    came = threading.Event()

    def wait() -> None:
        with turns.turn(1):
            came.set()

    waiting = threading.Thread(target=wait)
    with turns.turn(1):
        waiting.start()
        assert not came.is_set()
    waiting.join(10)
    assert came.is_set()


def test_a_turn_comes_back_from_whoever_fails():
    turns = Turns(1, longest_wait_seconds=0.01)
    with pytest.raises(RuntimeError, match="broken"), turns.turn(1):
        raise RuntimeError("broken")
    with turns.turn(1):
        pass
