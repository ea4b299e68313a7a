"""The subjects of activities: the first line of their titles or texts, read for those alone that are shown."""

# ruff: noqa: S608  (tables and columns are ours)

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from partner_portal.reports.statement import rows_of
from partner_portal.reports.subject import subject_of
from partner_portal.warehouse.store import OrganizationStore

TEXTS: Mapping[str, tuple[str, str | None, str]] = {
    "Tasks": ("tasks", "title", "description"),
    "CompanyNotes": ("company_notes", "name", "note"),
    "CompanyToDos": ("company_to_dos", None, "activity_description"),
}
"""Where a source keeps an activity's title, if it has any, and its text: the table and both columns."""


def subjects_of(store: OrganizationStore, activities: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str | None]:
    """The subject of each of `activities`, given by source and id. Joining the texts would read all of them."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for source, record_id in activities:
        wanted[source].append(record_id)
    found: dict[tuple[str, int], str | None] = {}
    for source, ids in wanted.items():
        table, title_column, text_column = TEXTS[source]
        texts = f"SELECT id, {title_column or 'NULL'}, {text_column} FROM {table}"
        for record_id, title, text in rows_of(store, texts, ids):
            found[source, record_id] = subject_of(title, text)
    return found
