"""What needs attention: everything that keeps a number from being whole, and who can do something about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ENTITY_NAMES = {
    "CompanyToDos": "To-dos",
    "CompanyNotes": "Company notes",
    "ActionTypes": "Action types",
    "TimeEntries": "Time entries",
}
DATA_HEALTH, MAPPING = "data_health", "mapping"
"""Pages where something can be done, as they are called in the urlconf."""
NAMED_AT_MOST = 3
TONES = ("danger", "warning", "info")


@dataclass(frozen=True)
class Attention:
    """One thing to look at. `tone` is danger (figures are missing), warning (something is to be done) or info.

    `page` is the page where something can be done about it, "" where nothing can.
    """

    tone: str
    title: str
    text: str
    page: str = ""


def attention(document: Mapping[str, Any]) -> tuple[Attention, ...]:
    """Sources with a problem and the document's notes, the gravest first; a note that repeats a source is left out."""
    troubled = [source for source in document["data"]["sources"] if source["problem"]]
    notes = [note for note in document["notes"] if not any(_repeats(note, source) for source in troubled)]
    found = [*_of_sources(troubled), *map(_of_note, notes)]
    return tuple(sorted(found, key=lambda item: TONES.index(item.tone)))


def troubled_sources(document: Mapping[str, Any], entities: Sequence[str]) -> tuple[Attention, ...]:
    """Those of `entities` that have a problem, the gravest first."""
    sources = document["data"]["sources"]
    troubled = [source for source in sources if source["problem"] and source["entity"] in entities]
    return tuple(sorted(_of_sources(troubled), key=lambda item: TONES.index(item.tone)))


def entity_name(path: str) -> str:
    """The name of an Autotask entity as people say it."""
    return ENTITY_NAMES.get(path, path)


def _of_sources(troubled: Sequence[Mapping[str, Any]]) -> Iterator[Attention]:
    """One thing for all sources with the same problem, such as a spent call budget."""
    alike: dict[tuple[bool, str], list[str]] = {}
    for source in troubled:
        alike.setdefault((source["as_of"] is None, source["problem"]), []).append(entity_name(source["entity"]))
    for (is_missing, problem), names in alike.items():
        if is_missing:
            yield Attention("danger", f"{_listed(names)} could not be read", problem, DATA_HEALTH)
        else:
            yield Attention("warning", f"{_listed(names)}: not up to date", problem, DATA_HEALTH)


def _listed(names: Sequence[str]) -> str:
    named = (
        names
        if len(names) <= NAMED_AT_MOST
        else [*names[: NAMED_AT_MOST - 1], f"{len(names) - NAMED_AT_MOST + 1} more"]
    )
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _of_note(note: str) -> Attention:
    is_unmapped = note.startswith("Unmapped")
    page = MAPPING if is_unmapped or note.startswith("The mapping") else ""
    return Attention("warning" if is_unmapped else "info", "", note, page)


def _repeats(note: str, source: Mapping[str, Any]) -> bool:
    return note.startswith(f"{source['entity']} ") and source["problem"].rstrip(".") in note
