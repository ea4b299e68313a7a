"""One thing that a test of a connection looked at."""

from __future__ import annotations

from dataclasses import dataclass

OK, EMPTY, WARNING, FAILED, SKIPPED = "ok", "empty", "warning", "failed", "skipped"


@dataclass(frozen=True)
class CheckItem:
    """One thing that was looked at; `message` is one line with a remedy.

    `outcome` is ok, empty (an entity that may be read and shows no rows), warning, failed or skipped.
    """

    key: str
    title: str
    outcome: str
    message: str
