"""Turns: few at once, one alone, and nobody waits for ever."""

from __future__ import annotations

import threading

import pytest

from partner_portal.lib.turns import NoTurn, Turns


def test_the_place_after_the_last_is_not_given():
    turns = Turns(2, longest_wait_seconds=0.01)
    with turns.one_of_few(1), turns.one_of_few(1):
        with pytest.raises(NoTurn), turns.one_of_few(1):
            pytest.fail("a third")
        with turns.one_of_few(2):
            pass  # another key
    with turns.one_of_few(1), turns.one_of_few(1):
        pass  # both came back


def test_one_is_alone():
    turns = Turns(5, longest_wait_seconds=0.01)
    with turns.alone(1):
        with pytest.raises(NoTurn), turns.alone(1):
            pytest.fail("two")
        with turns.alone(2):
            pass


def test_who_waits_gets_the_turn_that_comes_free():
    turns = Turns(1, longest_wait_seconds=10)
    came = threading.Event()

    def wait() -> None:
        with turns.one_of_few(1):
            came.set()

    waiting = threading.Thread(target=wait)
    with turns.one_of_few(1):
        waiting.start()
        assert not came.is_set()
    waiting.join(10)
    assert came.is_set()


def test_a_turn_comes_back_from_whoever_fails():
    turns = Turns(1, longest_wait_seconds=0.01)
    with pytest.raises(RuntimeError, match="broken"), turns.alone(1):
        raise RuntimeError("broken")
    with turns.alone(1):
        pass
