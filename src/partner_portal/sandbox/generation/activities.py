"""Activities of the live dialect: notes (done) and to-dos (planned or completed), in one run of ids."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from partner_portal.sandbox.generation.calendar import DAY, HOUR, instant_text
from partner_portal.sandbox.generation.deeds import (
    CALL,
    CALL_IN,
    CALL_OUT,
    EMAIL,
    GENERAL,
    MEETING,
    OLD_DEMO,
    QUICK,
    REVIEW,
    TOUCH,
    UPDATE,
    Deed,
    Desk,
)
from partner_portal.sandbox.generation.plan import Plan, Row, ids_from

_LABELS = {
    CALL_OUT: "Outbound call",
    CALL_IN: "Inbound call",
    CALL: "Phone Call",
    EMAIL: "Email",
    MEETING: "Meeting",
    REVIEW: "Account Management Meeting",
    GENERAL: "General",
    QUICK: "Quick Note",
    TOUCH: "Touch base",
    UPDATE: "Opportunity Update",
    OLD_DEMO: "Demo (old)",
}
_BATCH = 5_000
_TODO_SHARE = 0.42
_FUTURE_SHARE = 0.015
_ECHO_SHARE = 0.6


def make_activities(plan: Plan, desk: Desk, count: int) -> Iterator[tuple[str, list[Row]]]:
    """Batches of CompanyNotes and CompanyToDos, `count` rows in all plus the echoes of completed to-dos."""
    random = plan.random("activities")
    ahead = min(count // 2, max(3, int(count * _FUTURE_SHARE))) if count else 0
    instants = plan.calendar.past(random, count - ahead) + plan.calendar.ahead(random, ahead)
    writer = _Writer(plan, random)
    for deed in desk.deeds(random, instants):
        writer.write(deed)
        if len(writer.notes) >= _BATCH or len(writer.to_dos) >= _BATCH:
            yield from writer.batches()
    yield from writer.batches()


class _Writer:
    def __init__(self, plan: Plan, random: Random) -> None:
        self.notes: list[Row] = []
        self.to_dos: list[Row] = []
        self._control_character_written = False
        self._plan = plan
        self._random = random
        self._now = plan.calendar.now
        self._ids = ids_from(30_010_000 + plan.seed % 1_000, random)
        tenant = plan.tenant
        self._types = {kind: tenant.value("CompanyNotes", "actionType", label) for kind, label in _LABELS.items()}

    def batches(self) -> Iterator[tuple[str, list[Row]]]:
        if self.notes:
            yield "CompanyNotes", self.notes
        if self.to_dos:
            yield "CompanyToDos", self.to_dos
        self.notes, self.to_dos = [], []

    def write(self, deed: Deed) -> None:
        if deed.starts_at > self._now or self._random.random() < _TODO_SHARE:
            self._write_to_do(deed)
        else:
            self._write_note(deed)

    def _write_note(self, deed: Deed) -> None:
        chance = self._random.random
        ends_at = deed.starts_at + deed.minutes * 60
        written_at = ends_at + chance() * 900 if chance() < 0.9 else ends_at + chance() * 2 * DAY
        text = deed.text
        if text and not self._control_character_written:
            text += " \x00"  # the API has been seen to pass control characters on
            self._control_character_written = True
        row = self._shared(deed, "assignedResourceID")
        row["id"] = next(self._ids)
        row["name"] = None if chance() < 0.2 else f"{_LABELS[deed.kind]} – {(text or 'no text')[:24]}"
        row["note"] = text
        row["createDateTime"] = row["lastModifiedDate"] = self._plan.stamp(self._random, written_at)
        row["completedDateTime"] = None if chance() < 0.5 else instant_text(min(ends_at, self._now - 1))
        if chance() < 0.004:
            row["startDateTime"] = row["endDateTime"] = None
        if chance() < 0.004:
            row["assignedResourceID"] = None
        self.notes.append(row)

    def _write_to_do(self, deed: Deed) -> None:
        chance = self._random.random
        created_at = deed.starts_at - chance() * 6 * DAY
        if created_at > self._now - 60:  # planned some time ago, not all in this minute
            created_at = self._now - HOUR - (deed.starts_at - self._now) % (6 * DAY)
        row = self._shared(deed, "assignedToResourceID")
        row["id"] = next(self._ids)
        row["activityDescription"] = deed.text
        row["createDateTime"] = self._plan.stamp(self._random, created_at)
        row["creatorResourceID"] = deed.rep_id
        row["ticketID"] = None
        done_at = self._done_at(deed)
        row["completedDate"] = None if done_at is None else instant_text(done_at)
        row["lastModifiedDate"] = self._plan.stamp(self._random, created_at if done_at is None else done_at + 2)
        self.to_dos.append(row)
        if done_at is not None and self._plan.echo != "none" and chance() < _ECHO_SHARE:
            self._echo(row, done_at)

    def _done_at(self, deed: Deed) -> float | None:
        """When a to-do was ticked off; some of the past never are, none of the future is."""
        chance = self._random.random
        done_at = deed.starts_at + deed.minutes * 60 + (chance() * 1_800 if chance() < 0.8 else chance() * 9 * DAY)
        return None if chance() < 0.12 or done_at >= self._now - 5 else int(done_at)

    def _echo(self, to_do: Row, done_at: float) -> None:
        """The vendor shows a completed to-do among the notes as well."""
        self.notes.append(
            {
                "id": to_do["id"] if self._plan.echo == "same_id" else next(self._ids),
                "actionType": to_do["actionType"],
                "assignedResourceID": to_do["assignedToResourceID"],
                "companyID": to_do["companyID"],
                "contactID": to_do["contactID"],
                "opportunityID": to_do["opportunityID"],
                "startDateTime": to_do["startDateTime"],
                "endDateTime": to_do["endDateTime"],
                "completedDateTime": to_do["completedDate"],
                "createDateTime": to_do["createDateTime"],
                "lastModifiedDate": self._plan.stamp(self._random, done_at + 3),
                "name": None,
                "note": to_do["activityDescription"],
            }
        )

    def _shared(self, deed: Deed, owner: str) -> dict[str, Any]:
        return {
            "actionType": self._types[deed.kind],
            owner: deed.rep_id,
            "companyID": deed.company_id,
            "contactID": deed.contact_id,
            "opportunityID": deed.opportunity_id,
            "startDateTime": instant_text(deed.starts_at),
            "endDateTime": instant_text(deed.starts_at + deed.minutes * 60),
        }
