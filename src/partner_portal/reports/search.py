"""Searching a list of records for a text: in their titles, and in the names of whom and what they refer to.

An activity's title is made when it is shown, out of texts that lie apart (`texts`). Searched are these texts as
Autotask keeps them, whole: so a record may be found by a line of its text that the list does not show. Upper and lower
case are the same, as far as the store knows the alphabet. The text is a parameter, and no pattern: `%` is a `%`.
"""

# ruff: noqa: S608  (tables and columns are ours, the text is a parameter)

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from partner_portal.reports.metric import Subject
from partner_portal.reports.question import QuestionError
from partner_portal.reports.texts import TEXTS

LONGEST_SEARCH = 200
"""Characters of a search."""

_UNKEPT = ("Cc", "Cs")
"""Control characters and lone surrogates: no text that came from Autotask has them."""

_FULL_NAME = "COALESCE(first_name, '') || ' ' || COALESCE(last_name, '')"
_NAMED = {
    "owner_id": ("resources", _FULL_NAME),
    "company_id": ("companies", "company_name"),
    "contact_id": ("contacts", _FULL_NAME),
}
"""Where the name of what a column refers to lies."""
_SHOWN = {
    Subject.ACTIVITIES: ("owner_id", "company_id", "contact_id"),
    Subject.APPOINTMENTS: ("title", "owner_id"),
    Subject.DEALS: ("title", "owner_id", "company_id"),
    Subject.STALE_DEALS: ("title", "owner_id", "company_id"),
    Subject.CHANGES: ("title", "owner_id", "company_id"),
}
"""The columns that are searched, titles themselves and the others by the names that they stand for."""


def search_text(text: str | None) -> str | None:
    """What is searched for: `text` with its runs of space made one; None where nothing is left.

    Raises `QuestionError` for one that is too long.
    """
    kept = "".join(
        character for character in " ".join((text or "").split()) if unicodedata.category(character) not in _UNKEPT
    )
    if len(kept) > LONGEST_SEARCH:
        raise QuestionError(f"The search is longer than {LONGEST_SEARCH} characters: search for fewer words.")
    return kept or None


def search_sql(subject: Subject, sources: Iterable[str]) -> str:
    """SQL for "a record of `subject` has the text `$search`"; of activities there may be those of `sources`."""
    conditions = [_found_in(column) if column == "title" else _named(column) for column in _SHOWN[subject]]
    if subject is Subject.ACTIVITIES:
        conditions += [_in_texts(source) for source in sources]
    return f"({' OR '.join(conditions)})"


def _found_in(text: str) -> str:
    return f"strpos(lower({text}), lower(CAST($search AS VARCHAR))) > 0"


def _named(column: str) -> str:
    table, name = _NAMED[column]
    return f"{column} IN (SELECT id FROM {table} WHERE {_found_in(name)})"


def _in_texts(source: str) -> str:
    table, *columns = TEXTS[source]
    found = " OR ".join(_found_in(column) for column in columns if column is not None)
    return f"source = '{source}' AND id IN (SELECT id FROM {table} WHERE {found})"
