"""The subjects of activities: the first line of their titles or texts, read for those alone that are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from partner_portal.reports.statement import rows_of
from partner_portal.reports.subject import subject_of
from partner_portal.warehouse.store import OrganizationStore

_TEXTS: Mapping[str, str] = {
    "Tasks": "SELECT id, title, description FROM tasks",
    "CompanyNotes": "SELECT id, name, note FROM company_notes",
    "CompanyToDos": "SELECT id, NULL, activity_description FROM company_to_dos",
}
"""Where a source keeps an activity's title and its text."""


def subjects_of(store: OrganizationStore, activities: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str | None]:
    """The subject of each of `activities`, given by source and id. Joining the texts would read all of them."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for source, record_id in activities:
        wanted[source].append(record_id)
    found: dict[tuple[str, int], str | None] = {}
    for source, ids in wanted.items():
        for record_id, title, text in rows_of(store, _TEXTS[source], ids):
            found[source, record_id] = subject_of(title, text)
    return found
