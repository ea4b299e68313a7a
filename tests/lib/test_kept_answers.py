from __future__ import annotations

import threading

import pytest

from partner_portal.lib.kept_answers import KeptAnswers


def test_an_answer_is_made_once_for_its_name():
    made: list[str] = []
    kept = KeptAnswers()

    def make() -> bytes:
        made.append("x")
        return b"answer"

    assert [kept.get("a", make), kept.get("a", make), kept.get("b", make)] == [b"answer"] * 3
    assert len(made) == 2


def test_the_least_recently_used_gives_way():
    kept = KeptAnswers(room_bytes=2)
    for name in ("a", "b"):
        kept.get(name, name.encode)
    kept.get("a", lambda: b"?")
    kept.get("c", lambda: b"c")
    assert kept.get("a", lambda: b"?") == b"a"
    assert kept.get("b", lambda: b"2") == b"2"


def test_what_is_larger_than_the_room_is_answered_and_not_kept():
    kept = KeptAnswers(room_bytes=2)
    assert kept.get("a", lambda: b"long") == b"long"
    assert kept.get("a", lambda: b"new!") == b"new!"


def test_those_who_ask_meanwhile_wait_for_the_one_who_makes_it():
    kept, begun, go_on = KeptAnswers(), threading.Event(), threading.Event()
    answers: list[bytes] = []

    def slowly() -> bytes:
        begun.set()
        go_on.wait(5)
        return b"once"

    first = threading.Thread(target=lambda: answers.append(kept.get("a", slowly)))
    first.start()
    begun.wait(5)
    second = threading.Thread(target=lambda: answers.append(kept.get("a", lambda: b"twice")))
    second.start()
    go_on.set()
    first.join(5)
    second.join(5)
    assert answers == [b"once", b"once"]


def test_a_failure_is_not_kept_and_the_next_one_tries_again():
    kept = KeptAnswers()
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: bytes(1 // 0))
    assert kept.get("a", lambda: b"well") == b"well"
