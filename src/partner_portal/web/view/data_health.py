"""Data health, `data-health/1` in words: what is held, how it compares, what the syncs did, what means nothing yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from partner_portal.usecases.data_health import RUNNING
from partner_portal.web.view import formats
from partner_portal.web.view.attention import entity_name
from partner_portal.web.view.budget import BudgetView, RequestsView, budget_view, requests_view
from partner_portal.web.view.figures import Figure, Figures
from partner_portal.web.view.moments import Moment, near_moment

MOST_IDS = 40
"""So many ids of a difference are printed; the others are counted."""
MOST_NAMES = 4
"""So many entities are named in one line; of more the number is told."""

OUTCOMES = {
    RUNNING: ("info", "Running"),
    "done": ("good", "Done"),
    "partial": ("warning", "Incomplete"),
    "failed": ("danger", "Failed"),
    "interrupted": ("warning", "Interrupted"),
}
UNCLEAR = (
    ("activities.unmapped", "Activities of unmapped types", "They count in no kind until their type is mapped."),
    ("calls.unspecified", "Calls without a direction", "Neither outbound nor inbound; they count as calls."),
    ("activities.merged", "Merged duplicates", "To-dos that came back as a note, each counted once."),
    ("activities.undated", "Undated activities", "They name no time and are in no period."),
)
"""The figures of the report that tell of unclear records, with what people must know of them."""

KINDS = (("action_types", "Action types"), ("stages", "Stages"), ("statuses", "Statuses"))


@dataclass(frozen=True)
class Sign:
    """A word with a tone: good, info, warning, danger, or "" for none."""

    tone: str
    text: str


@dataclass(frozen=True)
class Compared:
    """Our count beside Autotask's. `ids` are lines that name those concerned, as far as they were located."""

    sign: Sign
    at: Moment | None = None
    counts: str = ""
    ids: Sequence[str] = ()


@dataclass(frozen=True)
class EntityRow:
    """One entity; moments are None while nothing was read or is due."""

    name: str
    as_of: Moment | None
    rows: str
    sign: Sign
    problem: str
    compared: Compared
    next: Moment | None


@dataclass(frozen=True)
class RunRow:
    """One run; `progress` is set while it runs."""

    began: Moment
    took: str
    kind: str
    sign: Sign
    rows: str
    put_right: str
    requests: str
    problem: str
    parts: Sequence[str]
    progress: Progress | None


@dataclass(frozen=True)
class Progress:
    """How many entities are through, of how many, and what is being read."""

    done: int
    of: int
    text: str
    reading: str


@dataclass(frozen=True)
class UnmappedGroup:
    """Types, stages or statuses that mean nothing yet: each with how often it occurs."""

    title: str
    entries: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Unclear:
    """A figure that tells of unclear records of the month."""

    title: str
    figure: Figure
    meaning: str


@dataclass(frozen=True)
class Tally:
    """How many of how many entities are as they should be; None of either where that is not to be told."""

    good: int
    of: int

    @property
    def is_whole(self) -> bool:
        """Whether all are."""
        return self.good == self.of


@dataclass(frozen=True)
class HealthPage:
    """What the page prints. `unmapped` is None, as are `requests` and `agreeing`, where the visitor may not know.

    With `is_told_above` a notice says already why entities were not read; each then has its own reason on demand.
    """

    is_confined: bool
    upshot: Sign
    is_told_above: bool
    as_of: Moment | None
    next: Moment | None
    pause: str
    complete: Tally
    agreeing: Tally | None
    compared_at: Moment | None
    history_since: Moment | None
    entities: Sequence[EntityRow]
    runs: Sequence[RunRow]
    budget: BudgetView | None
    requests: RequestsView | None
    unmapped: Sequence[UnmappedGroup] | None
    unclear: Sequence[Unclear]


def health_page(document: Mapping[str, Any], figures: Figures | None, now: datetime, zone: ZoneInfo) -> HealthPage:
    """The page over `document` (`data-health/1`) at `now` (aware); times in `zone`.

    `figures` are this month's, None where the visitor has none.
    """
    near = _Near(now, zone)
    compared = [entity["reconciled"] for entity in document["entities"] if entity["reconciled"]]
    is_confined, unmapped = document["is_confined"], document["unmapped"]
    return HealthPage(
        is_confined=is_confined,
        upshot=_upshot(document, compared),
        is_told_above=bool(document["connection"]["problem"] or document["connection"]["pause"]),
        as_of=near(document["data"]["as_of"]),
        next=near(document["connection"]["next_sync_at"]),
        pause=document["connection"]["pause"] or "",
        complete=Tally(sum(entity["complete"] for entity in document["entities"]), len(document["entities"])),
        agreeing=None if is_confined else Tally(sum(_agrees(last) for last in compared), len(compared)),
        compared_at=near(max((last["at"] for last in compared), default=None)),
        history_since=near(document["history_since"]),
        entities=tuple(_entity(entity, near, is_confined=is_confined) for entity in document["entities"]),
        runs=tuple(_run(run, document, near) for run in document["runs"]),
        budget=budget_view(document["budget"], now, zone),
        requests=requests_view(document["requests"], now, zone),
        unmapped=None if unmapped is None else tuple(_unmapped(unmapped)),
        unclear=() if figures is None else tuple(_unclear(figures)),
    )


@dataclass(frozen=True)
class _Near:
    """Makes moments of the document's instants."""

    now: datetime
    zone: ZoneInfo

    def __call__(self, text: str | None) -> Moment | None:
        return None if text is None else near_moment(text, self.now, self.zone)


def _agrees(last: Mapping[str, Any]) -> bool:
    return bool(last["ours"] == last["theirs"])


def _upshot(document: Mapping[str, Any], compared: Sequence[Mapping[str, Any]]) -> Sign:
    """All in one line; what the notices above the page say is not said again."""
    connection = document["connection"]
    incomplete = [entity_name(entity["entity"]) for entity in document["entities"] if not entity["complete"]]
    differing = [
        entity_name(entity["entity"])
        for entity in document["entities"]
        if entity["reconciled"] and not _agrees(entity["reconciled"])
    ]
    if document["data"]["as_of"] is None:
        return Sign("info", "Nothing has been read yet, so there is nothing to compare.")
    if incomplete or differing:
        told = [
            _named(incomplete, "not read to the end last time; what was read before stays"),
            _named(differing, "not as many as Autotask counts"),
        ]
        return Sign("warning", " ".join(part for part in told if part))
    if connection["is_stale"] or connection["problem"] or connection["pause"]:
        return Sign("warning", "What is held is complete, and not up to date.")
    if connection["stage"] == "not_connected":
        return Sign("info", "What is held is complete, and no longer read.")
    agree = f", and {len(compared)} of {len(compared)} agree with Autotask's own counts" if compared else ""
    unmapped = sum(len((document["unmapped"] or {}).get(kind, ())) for kind, _ in KINDS)
    if unmapped:
        waits = f"{unmapped} {_plural('entry', unmapped)} of the mapping {'waits' if unmapped == 1 else 'wait'}"
        return Sign("info", f"Every entity was read to its end{agree}. {waits} for a meaning.")
    return Sign("good", f"Nothing is wrong: every entity was read to its end{agree}.")


def _named(names: Sequence[str], what: str) -> str:
    if not names:
        return ""
    return f"{', '.join(names) if len(names) <= MOST_NAMES else f'{len(names)} entities'}: {what}."


def _entity(entity: Mapping[str, Any], near: _Near, *, is_confined: bool) -> EntityRow:
    return EntityRow(
        name=entity_name(entity["entity"]),
        as_of=near(entity["as_of"]),
        rows=formats.count(entity["rows"]),
        sign=_state(entity),
        problem=entity["problem"] or "",
        compared=_compared(entity, near, is_confined=is_confined),
        next=near(entity["next_at"]),
    )


def _state(entity: Mapping[str, Any]) -> Sign:
    if entity["complete"]:
        return Sign("good", "Complete")
    if entity["as_of"] is None:
        return Sign("danger", "Not read") if entity["problem"] else Sign("", "Not read yet")
    return Sign("warning", "Incomplete")


def _compared(entity: Mapping[str, Any], near: _Near, *, is_confined: bool) -> Compared:
    last = entity["reconciled"]
    if last is None:
        return Compared(Sign("", "" if is_confined else "Not compared yet"))
    if _agrees(last):
        return Compared(Sign("good", "Agrees"), near(last["at"]))
    counts = f"{formats.count(last['ours'])} here, {formats.count(last['theirs'])} in Autotask"
    lines = (_ids("Only here", last["gone"]), _ids("Only in Autotask", last["missing"]))
    return Compared(Sign("warning", "Differs"), near(last["at"]), counts, tuple(line for line in lines if line))


def _ids(where: str, ids: Sequence[int]) -> str:
    """The first of `ids` by number; "" without any."""
    if not ids:
        return ""
    others = len(ids) - MOST_IDS
    more = f" and {formats.count(others)} more" if others > 0 else ""
    return f"{where}: {', '.join(str(record) for record in ids[:MOST_IDS])}{more}"


def _run(run: Mapping[str, Any], document: Mapping[str, Any], near: _Near) -> RunRow:
    tone, word = OUTCOMES[run["outcome"]]
    return RunRow(
        began=near_moment(run["started_at"], near.now, near.zone),
        took=duration(run["seconds"]),
        kind="Everything" if run["full"] else "What was due",
        sign=Sign(tone, word),
        rows=formats.count(None if run["rows"] is None else run["rows"] + run["added"]),
        put_right=_put_right(run),
        requests=formats.count(run["requests"]),
        problem=run["problem"] or "",
        parts=tuple(_part(part) for part in run["entities"]),
        progress=_progress(document) if run["outcome"] == RUNNING else None,
    )


def duration(seconds: float | None) -> str:
    """A length of time: "0.4 s", "12 s", "3 min 10 s", "1 h 5 min"."""
    if seconds is None:
        return formats.UNKNOWN
    if seconds < 10:
        return f"{formats.number(Decimal(str(seconds)), 1)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _put_right(run: Mapping[str, Any]) -> str:
    """What comparing counts led to."""
    if run["removed"] is None:
        return formats.UNKNOWN
    told = [f"{formats.count(run[name])} {name}" for name in ("removed", "added") if run[name]]
    return ", ".join(told) or "Nothing"


def _part(part: Mapping[str, Any]) -> str:
    rows, requests = formats.count(part["rows"]), formats.count(part["requests"])
    told = f"{entity_name(part['entity'])}: {rows} {_plural('row', part['rows'])}, {requests} "
    told += _plural("request", part["requests"])
    if part["removed"] or part["added"]:
        told += f", {_put_right(part)} after comparing counts"
    return f"{told}. {part['problem']}" if part["problem"] else told


def _plural(word: str, number: int) -> str:
    if number == 1:
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def _progress(document: Mapping[str, Any]) -> Progress:
    entities, of = document["connection"]["progress"], len(document["entities"])
    done = sum(entity["state"] != "running" for entity in entities)
    reading = ", ".join(_reading(entity) for entity in entities if entity["state"] == "running")
    return Progress(done, of, f"{done} of {of} entities", f"Reading {reading}" if reading else "")


def _reading(entity: Mapping[str, Any]) -> str:
    name = entity_name(entity["entity"])
    if not entity["rows"]:
        return name
    of = f" of {formats.count(entity['expected'])}" if entity["expected"] else ""
    return f"{name} ({formats.count(entity['rows'])}{of} rows)"


def _unclear(figures: Figures) -> Iterator[Unclear]:
    for path, title, meaning in UNCLEAR:
        yield Unclear(title, figures.count(path), meaning)


def _unmapped(unmapped: Mapping[str, Any]) -> Iterator[UnmappedGroup]:
    for kind, title in KINDS:
        if unmapped[kind]:
            yield UnmappedGroup(title, tuple((_label(entry), _occurs(entry)) for entry in unmapped[kind]))


def _label(entry: Mapping[str, Any]) -> str:
    return f"{entry['label']} (id {entry['id']})" if entry["label"] else f"Id {entry['id']}"


def _occurs(entry: Mapping[str, Any]) -> str:
    """How often it occurred in the last 90 days."""
    if entry.get("recent", entry.get("open")) is None:
        return "Not counted yet"
    if "recent" in entry:
        return f"{formats.count(entry['recent'])} activities in 90 days"
    return f"{formats.count(entry['open'])} open, {formats.count(entry['created'])} created in 90 days"
