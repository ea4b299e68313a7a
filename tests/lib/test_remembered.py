"""What was read is remembered for one look, and no longer."""

from __future__ import annotations

from itertools import count

from partner_portal.lib.remembered import one_look, remember, remembered


def test_within_a_look_everything_is_read_once() -> None:
    numbers = count()
    with one_look():
        assert [remembered("a", numbers.__next__) for _ in range(3)] == [0, 0, 0]
        assert remembered("b", numbers.__next__) == 1


def test_outside_of_a_look_it_is_read_each_time() -> None:
    numbers = count()
    assert [remembered("a", numbers.__next__) for _ in range(3)] == [0, 1, 2]
    remember("a", 7)
    assert remembered("a", numbers.__next__) == 3


def test_nothing_is_left_for_the_next_look() -> None:
    with one_look():
        remember("a", None)
        assert remembered("a", lambda: "read anew") is None
    with one_look():
        assert remembered("a", lambda: "read anew") == "read anew"
