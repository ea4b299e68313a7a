"""Reading the audit log, taking it away as a file, and checking that nobody changed it behind the portal's back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, NotPermitted, require
from partner_portal.audit.events import EVENTS, ActRefused, AuditExported
from partner_portal.audit.models import Entry
from partner_portal.audit.trail import Result, entries_of, record
from partner_portal.audit.unusual import Marks
from partner_portal.audit.verification import Noted, noted_from, verify_chains
from partner_portal.lib.zone import first_instant, zone_named
from partner_portal.organizations.models import Organization
from partner_portal.reports.rendering.files import File
from partner_portal.reports.rendering.text import BYTE_ORDER_MARK, safe_cell
from partner_portal.reports.wire import instant_text
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.unusual_use import marks_of

PAGE = 100
MOST_EXPORTED = 100_000
MOST_MARKED = 10_000
"""Unusual entries that are found, the newest: a database takes so many keys in one query."""
MOST_UNUSUAL = 10
"""Unusual entries above a page of the log; the filter has all of them."""
LATELY = timedelta(days=30)
"""Where unusual entries are looked for, unless a date is asked for."""
ONE_DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)
EARLIEST = date(2000, 1, 1)
"""No entry is as old; arithmetic with dates has room before it."""
ACTIONS = tuple(sorted(event.action for event in EVENTS))
RESULTS = tuple(Result.values)
COLUMNS = ("at", "actor", "action", "result", "reason", "address", "details", "number", "hash", "unusual")


@dataclass(frozen=True)
class Wanted:
    """Which entries: by a part of the actor's name, by action, by result, by the first and last local date.

    With `unusual` only those that are marked: of the last LATELY, unless `start` is given.
    """

    actor: str = ""
    action: str = ""
    result: str = ""
    start: date | None = None
    end: date | None = None
    unusual: bool = False

    def document(self) -> dict[str, str]:
        """What is asked for, JSON-able; what is not, is left out."""
        return {name: "yes" if value is True else str(value) for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class ChainState:
    """What the check of a chain found: whose it is, its end to be noted outside, and what is wrong first, if anything.

    `name` is the organization's slug; of a chain that belongs to none it says so.
    """

    name: str
    end: Noted
    problem: str | None


def read_audit(
    parts: Parts, organization: Organization, wanted: Wanted | None = None, *, page: int = 1, actor: Actor = SHELL
) -> dict[str, Any]:
    """One page of the organization's entries, newest first, JSON-able, with the number of all that are wanted.

    `unusual` has the newest marked entries of the last LATELY, whatever is wanted; each entry's own `unusual` says why.
    Log-ins and the like belong to no organization: those of its members are among them. Raises InputRefused for a
    page or filter that cannot be, OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.SEE_AUDIT, organization)
    asked, lately = wanted or Wanted(), _Marked(organization, parts.clock.now())
    found = _wanted(organization, asked, lately)
    total = found.count()
    pages = max(1, -(-total // PAGE))
    if not 1 <= page <= pages:
        raise InputRefused("page", f"There are {pages} pages. Ask for one of them.")
    shown = list(found[(page - 1) * PAGE : page * PAGE])
    return {
        "total": total,
        "page": page,
        "pages": pages,
        "entries": lately.documents(shown),
        "unusual": lately.documents(lately.newest()),
    }


def export_audit(
    parts: Parts, organization: Organization, wanted: Wanted | None = None, *, actor: Actor = SHELL
) -> File:
    """All wanted entries as CSV, newest first, MOST_EXPORTED at most; and an entry that they were taken.

    Raises as `read_audit` does.
    """
    require(actor, Act.SEE_AUDIT, organization)
    asked = wanted or Wanted()
    marked = _Marked(organization, parts.clock.now())
    entries = marked.documents(list(_wanted(organization, asked, marked)[:MOST_EXPORTED].iterator()))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(entry) for entry in entries)
    record(AuditExported(asked.document(), len(entries)), actor, parts.clock.now(), organization.scope)
    content = f"{BYTE_ORDER_MARK}{out.getvalue()}".encode()
    return File(f"audit-log-{organization.slug}.csv", "text/csv; charset=utf-8", content)


def verify_audit(noted: Iterable[str] = ()) -> Iterator[ChainState]:
    """Check every chain of the installation: an act of the machine's own shell.

    `noted` are ends as an earlier check told them. Raises InputRefused for one that cannot be read.
    """
    try:
        ends = tuple(noted_from(text) for text in noted)
    except ValueError:
        raise InputRefused(
            "noted", "A noted end is written chain:count:hash, as portal audit verify prints it."
        ) from None
    slugs = dict(Organization.objects.values_list("pk", "slug"))
    for finding in verify_chains(ends):
        name = slugs.get(finding.end.chain) or (
            "no organization" if finding.end.chain == 0 else f"organization {finding.end.chain}"
        )
        yield ChainState(name, finding.end, finding.problem)


def note_refusal(parts: Parts, actor: Actor, refusal: NotPermitted) -> None:
    """Write down that somebody asked for what their role does not allow."""
    event = ActRefused(refusal.act.value)
    record(event, actor, parts.clock.now(), refusal.organization.scope, result=Result.REFUSED, reason=str(refusal))


class _Marked:
    """Which of the organization's entries are unusual: found once for the last LATELY, anew for what is older."""

    def __init__(self, organization: Organization, now: datetime) -> None:
        self._organization = organization
        self._now = now
        self._since = now - LATELY

    @cached_property
    def _lately(self) -> Marks:
        return marks_of(self._organization, self._since, self._now + MOMENT)

    def newest(self) -> Sequence[Entry]:
        """The newest unusual entries of the last LATELY."""
        return list(self._keep(_entries(self._organization), self._lately, self._since)[:MOST_UNUSUAL])

    def among(self, entries: QuerySet[Entry], wanted: Wanted) -> QuerySet[Entry]:
        """The unusual ones of `entries`, which are those that are `wanted`."""
        if wanted.start is None:
            return self._keep(entries, self._lately, self._since)
        zone, until = zone_named(self._organization.time_zone), self._now + MOMENT
        since = first_instant(max(wanted.start, EARLIEST), zone)
        if wanted.end and wanted.end < date.max:
            until = min(until, first_instant(max(wanted.end, EARLIEST) + ONE_DAY, zone))
        return self._keep(entries, marks_of(self._organization, since, until), since)

    def documents(self, entries: Sequence[Entry]) -> list[dict[str, Any]]:
        """`entries`, JSON-able, with their marks."""
        marks = self._marks_over(entries)
        return [_document(entry) | {"unusual": [mark.reason for mark in marks.get(entry.pk, ())]} for entry in entries]

    def _marks_over(self, entries: Sequence[Entry]) -> Marks:
        if not entries:
            return {}
        oldest, newest = min(entry.at for entry in entries), max(entry.at for entry in entries)
        if oldest >= self._since:
            return self._lately
        return marks_of(self._organization, oldest, newest + MOMENT)

    @staticmethod
    def _keep(entries: QuerySet[Entry], marks: Marks, since: datetime) -> QuerySet[Entry]:
        return entries.filter(pk__in=sorted(marks)[-MOST_MARKED:], at__gte=since)


def _wanted(organization: Organization, wanted: Wanted, marked: _Marked) -> QuerySet[Entry]:
    entries = _entries(organization).filter(_wish(organization, wanted))
    return marked.among(entries, wanted) if wanted.unusual else entries


def _entries(organization: Organization) -> QuerySet[Entry]:
    members = organization.memberships.values_list("person", flat=True)
    return entries_of(organization.scope, members).order_by("-at", "-pk")


def _wish(organization: Organization, wanted: Wanted) -> Q:
    if wanted.action and wanted.action not in ACTIONS:
        raise InputRefused("action", f"There is no action {wanted.action!r}. Choose one from the list.")
    if wanted.result and wanted.result not in RESULTS:
        raise InputRefused("result", f"There is no result {wanted.result!r}. Choose one of: {', '.join(RESULTS)}.")
    zone, wish = zone_named(organization.time_zone), Q()
    if wanted.actor:
        wish &= Q(actor__icontains=wanted.actor.strip())
    if wanted.action:
        wish &= Q(action=wanted.action)
    if wanted.result:
        wish &= Q(result=wanted.result)
    if wanted.start:
        wish &= Q(at__gte=first_instant(wanted.start, zone))
    if wanted.end and wanted.end < date.max:
        wish &= Q(at__lt=first_instant(wanted.end + ONE_DAY, zone))
    return wish


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "at": instant_text(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "result": entry.result,
        "reason": entry.reason,
        "address": entry.address,
        "details": entry.details,
        "number": entry.number,
        "hash": entry.hash,
    }


def _cells(entry: dict[str, Any]) -> list[object]:
    details = json.dumps(entry["details"], ensure_ascii=False, sort_keys=True)
    told = entry | {"details": details, "unusual": "; ".join(entry["unusual"])}
    return [safe_cell(told[column]) for column in COLUMNS]
