"""The line: carries questions, hears the others, and mends itself."""

from __future__ import annotations

import psycopg
import pytest

from cluster.conftest import PATIENCE_SECONDS, Ups
from partner_portal.cluster import line as line_module
from partner_portal.cluster.line import CHANNEL, Line
from partner_portal.cluster.membership import ClusterUnreachable


def number_of_backend(line: Line) -> int:
    [(number,)] = line.ask(lambda session: session.execute("SELECT pg_backend_pid()").fetchall())
    return number


def test_all_questions_go_over_one_connection(new_line):
    line = new_line()
    assert number_of_backend(line) == number_of_backend(line)


def test_operators_can_tell_whose_connection_it_is(new_line):
    [(name,)] = new_line().ask(lambda session: session.execute("SHOW application_name").fetchall())
    assert name.startswith("portal host:")


def test_a_question_that_fails_fails_the_asker_only(new_line):
    line = new_line()
    first = number_of_backend(line)
    with pytest.raises(psycopg.errors.UndefinedTable):
        line.ask(lambda session: session.execute("SELECT * FROM nothing_of_that_name"))
    assert number_of_backend(line) == first


def test_the_others_hear_what_is_said_and_the_speaker_does_not(new_line):
    speaker, other = new_line(), new_line()
    of_speaker, of_other = Ups(speaker), Ups(other)
    other.open()
    speaker.ask(lambda session: session.execute("SELECT pg_notify(%s, 'hello')", (CHANNEL,)))
    assert of_other.heard_some.wait(PATIENCE_SECONDS)
    assert of_other.words == ["hello"]
    number_of_backend(speaker)  # by now its own words have come back
    assert of_speaker.words == []


def test_a_broken_line_mends_itself(new_line, break_lines):
    line = new_line()
    ups = Ups(line)
    first = number_of_backend(line)
    assert ups.up.acquire(timeout=PATIENCE_SECONDS)
    break_lines()
    assert ups.down.acquire(timeout=PATIENCE_SECONDS)
    assert ups.up.acquire(timeout=PATIENCE_SECONDS)
    assert number_of_backend(line) != first
    assert line.silent_seconds < PATIENCE_SECONDS


def test_a_server_that_is_not_there_is_told_in_one_line(monkeypatch):
    monkeypatch.setattr(line_module, "PATIENCE_SECONDS", 0.01)
    line = Line("postgresql://127.0.0.1:9/nowhere", "host:0")
    with pytest.raises(ClusterUnreachable, match="DATABASE_URL"):
        line.open()
    assert line.silent_seconds == float("inf")
    line.close()


def test_a_closed_line_answers_nobody(new_line, monkeypatch):
    line = new_line()
    line.open()
    line.close()
    line.wake()
    monkeypatch.setattr(line_module, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(ClusterUnreachable):
        number_of_backend(line)
