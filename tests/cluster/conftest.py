"""Processes of one installation, as far as the others see them: lines to the same PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from partner_portal.cluster.line import Line
from postgres import postgres_url

__all__ = ["postgres_url"]

PATIENCE_SECONDS = 20

_numbers = count(1)


@pytest.fixture
def new_line(postgres_url) -> Iterator:
    """Makes the line of another process, with whatever shall listen on it: `new_line()`; all are closed afterwards."""
    made: list[Line] = []

    def make() -> Line:
        made.append(Line(postgres_url, f"host:{next(_numbers)}"))
        return made[-1]

    yield make
    for line in made:
        line.close()


@pytest.fixture
def break_lines(postgres_url):
    """Ends every line's connection at the server, as its restart would."""

    def break_them() -> None:
        with psycopg.connect(postgres_url, autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name LIKE 'portal host:%'"
            )

    return break_them


class Ups:
    """Counts how often a line came up and went down."""

    def __init__(self, line: Line) -> None:
        self.up = threading.Semaphore(0)
        self.down = threading.Semaphore(0)
        self.words: list[str] = []
        self.heard_some = threading.Event()
        line.listen(self)

    def line_is_up(self, _session) -> None:
        self.up.release()

    def line_is_down(self) -> None:
        self.down.release()

    def heard(self, _session, words: str) -> None:
        self.words.append(words)
        self.heard_some.set()

    def tick(self, _session) -> float:
        return float("inf")
