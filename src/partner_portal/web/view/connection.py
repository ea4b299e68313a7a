"""The connection page: how the connection stands, and what a test of it said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from partner_portal.usecases.connection_state import ConnectionState
from partner_portal.usecases.connection_test import CheckItem, ConnectionTest
from partner_portal.usecases.secret_age import secret_due_in_words
from partner_portal.web.view import formats
from partner_portal.web.view.attention import entity_name

ROTATION_TONES = {"reminder": "info", "warning": "warning"}
TONES = {"ok": "passed", "empty": "info", "warning": "warning", "failed": "failed", "skipped": "info"}
DIALECTS = {
    "guide": "Tasks with an action type",
    "live": "Company notes and completed to-dos",
}


@dataclass(frozen=True)
class Fact:
    """One line about the connection; `iso` and `title` belong to instants."""

    name: str
    text: str
    iso: str = ""
    title: str = ""


@dataclass(frozen=True)
class Standing:
    """How the connection stands. `facts` are empty when there is none; `kept_in` is empty for the own vault."""

    facts: Sequence[Fact] = ()
    tone: str = "good"
    label: str = ""
    problem: str = ""
    rotation: str = ""
    rotation_tone: str = ""
    kept_in: str = ""


def standing(state: ConnectionState, now: datetime, zone: ZoneInfo) -> Standing:
    """`state` at `now` (aware), in words; times in `zone`."""
    if state.connected_at is None:
        return Standing(kept_in=state.kept_in or "")
    facts = (
        Fact("API username", state.username or formats.UNKNOWN),
        Fact("Zone", state.zone or formats.UNKNOWN),
        Fact("Activities are", DIALECTS.get(state.dialect or "", "Known after the first sync")),
        _instant("Connected", state.connected_at, now, zone),
        Fact("Age of the secret", _age(state.secret_age_days)),
        _instant("Data as of", state.synced_at, now, zone),
        _instant("Next refresh", state.next_sync_at, now, zone),
    )
    return Standing(
        facts,
        tone="danger" if state.problem else "good",
        label="Not working" if state.problem else "Working",
        problem=state.problem or "",
        rotation=rotation(state),
        rotation_tone=ROTATION_TONES.get(state.secret_due, ""),
        kept_in=state.kept_in or "",
    )


def rotation(state: ConnectionState) -> str:
    """What to do about the age of the secret; empty while nothing is."""
    if not state.secret_due or state.secret_age_days is None:
        return ""
    return secret_due_in_words(state.secret_age_days)


def _instant(name: str, moment: datetime | None, now: datetime, zone: ZoneInfo) -> Fact:
    if moment is None:
        return Fact(name, formats.UNKNOWN)
    text = formats.near_instant(moment, now, zone)
    return Fact(name, text, formats.iso(moment), formats.full_instant(moment, zone))


def _age(days: int | None) -> str:
    if days is None:
        return formats.UNKNOWN
    return "1 day" if days == 1 else f"{formats.count(days)} days"


@dataclass(frozen=True)
class Check:
    """One thing that a test looked at; `tone` names its icon."""

    tone: str
    title: str
    outcome: str
    message: str


@dataclass(frozen=True)
class Findings:
    """A test of the connection, item by item, with its upshot in one line; `rights` are the items of entities."""

    summary: str
    tone: str
    checks: Sequence[Check]
    rights: Sequence[Check]


def findings(test: ConnectionTest) -> Findings:
    """What `test` said, for the page."""
    warnings = [item for item in test.items if item.outcome == "warning"]
    if not test.passed:
        summary, tone = "The connection does not work", "failed"
    elif warnings:
        word = "warning" if len(warnings) == 1 else "warnings"
        summary, tone = f"The connection works, with {len(warnings)} {word}", "warning"
    else:
        summary, tone = "The connection works", "passed"
    rights = [item for item in test.items if item.key.startswith("entity:")]
    checks = [item for item in test.items if item not in rights]
    return Findings(summary, tone, tuple(map(_check, checks)), tuple(map(_check, rights)))


def _check(item: CheckItem) -> Check:
    return Check(TONES[item.outcome], entity_name(item.title), item.outcome, item.message)
