"""What needs attention: everything that keeps a number from being whole, and who can do something about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ENTITY_NAMES = {
    "CompanyToDos": "To-dos",
    "CompanyNotes": "Company notes",
    "ActionTypes": "Action types",
    "TimeEntries": "Time entries",
}
TONES = ("danger", "warning", "info")


@dataclass(frozen=True)
class Attention:
    """One thing to look at. `tone` is danger (figures are missing), warning (something is to be done) or info."""

    tone: str
    title: str
    text: str


def attention(document: Mapping[str, Any]) -> tuple[Attention, ...]:
    """Sources with a problem and the document's notes, the gravest first; a note that repeats a source is left out."""
    troubled = [source for source in document["data"]["sources"] if source["problem"]]
    notes = [note for note in document["notes"] if not any(_repeats(note, source) for source in troubled)]
    found = [*map(_of_source, troubled), *map(_of_note, notes)]
    return tuple(sorted(found, key=lambda item: TONES.index(item.tone)))


def entity_name(path: str) -> str:
    """The name of an Autotask entity as people say it."""
    return ENTITY_NAMES.get(path, path)


def _of_source(source: Mapping[str, Any]) -> Attention:
    name = entity_name(source["entity"])
    if source["as_of"] is None:
        return Attention("danger", f"{name} could not be read", source["problem"])
    return Attention("warning", f"{name}: not up to date", source["problem"])


def _of_note(note: str) -> Attention:
    return Attention("warning" if note.startswith("Unmapped") else "info", "", note)


def _repeats(note: str, source: Mapping[str, Any]) -> bool:
    return note.startswith(f"{source['entity']} ") and source["problem"].rstrip(".") in note
