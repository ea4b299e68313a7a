"""Two changes of one mapping, made without knowing of each other, joined into one. Pure: reads and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def join_documents(base: Mapping[str, Any], theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """What `theirs` and `ours` both made of `base`, all of them documents `mapping/1`, entry by entry.

    An entry that only one side changed is as that side has it; one that both changed otherwise is as `ours` has it.
    """
    return {section: _joined(base.get(section), theirs[section], ours[section]) for section in theirs}


def _joined(base: Any, theirs: Any, ours: Any) -> Any:
    if not isinstance(theirs, list):
        return theirs if ours == base else ours
    was, other, own = _by_id(base or ()), _by_id(theirs), _by_id(ours)
    joined = {
        key: other.get(key) if own.get(key) == was.get(key) else own.get(key)
        for key in sorted(was.keys() | other.keys() | own.keys())
    }
    return [entry for entry in joined.values() if entry is not None]


def _by_id(entries: Iterable[Any]) -> dict[int, Any]:
    """The entries of a section by id; in a list of mere ids each is its own entry."""
    return {entry["id"] if isinstance(entry, Mapping) else entry: entry for entry in entries}
