"""Reading the audit log, taking it away as a file, and checking that nobody changed it behind the portal's back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, NotPermitted, require
from partner_portal.audit.events import EVENTS, ActRefused, AuditExported
from partner_portal.audit.models import Entry
from partner_portal.audit.trail import Result, entries_of, record
from partner_portal.audit.verification import Noted, noted_from, verify_chains
from partner_portal.lib.zone import first_instant, zone_named
from partner_portal.organizations.models import Organization
from partner_portal.reports.rendering.files import File
from partner_portal.reports.rendering.text import BYTE_ORDER_MARK, safe_cell
from partner_portal.reports.wire import instant_text
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.parts import Parts

PAGE = 100
MOST_EXPORTED = 100_000
ACTIONS = tuple(sorted(event.action for event in EVENTS))
RESULTS = tuple(Result.values)
COLUMNS = ("at", "actor", "action", "result", "reason", "address", "details", "number", "hash")


@dataclass(frozen=True)
class Wanted:
    """Which entries: by a part of the actor's name, by action, by result, by the first and last local date."""

    actor: str = ""
    action: str = ""
    result: str = ""
    start: date | None = None
    end: date | None = None

    def document(self) -> dict[str, str]:
        """What is asked for, JSON-able; what is not, is left out."""
        return {name: str(value) for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class ChainState:
    """What the check of a chain found: whose it is, its end to be noted outside, and what is wrong first, if anything.

    `name` is the organization's slug; of a chain that belongs to none it says so.
    """

    name: str
    end: Noted
    problem: str | None


def read_audit(
    organization: Organization, wanted: Wanted | None = None, *, page: int = 1, actor: Actor = SHELL
) -> dict[str, Any]:
    """One page of the organization's entries, newest first, JSON-able, with the number of all that are wanted.

    Log-ins and the like belong to no organization: those of its members are among them. Raises InputRefused for a
    page or filter that cannot be, OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.SEE_AUDIT, organization)
    found = _entries(organization, wanted or Wanted())
    total = found.count()
    pages = max(1, -(-total // PAGE))
    if not 1 <= page <= pages:
        raise InputRefused("page", f"There are {pages} pages. Ask for one of them.")
    shown = found[(page - 1) * PAGE : page * PAGE]
    return {"total": total, "page": page, "pages": pages, "entries": [_document(entry) for entry in shown]}


def export_audit(
    parts: Parts, organization: Organization, wanted: Wanted | None = None, *, actor: Actor = SHELL
) -> File:
    """All wanted entries as CSV, newest first, MOST_EXPORTED at most; and an entry that they were taken.

    Raises as `read_audit` does.
    """
    require(actor, Act.SEE_AUDIT, organization)
    asked = wanted or Wanted()
    entries = [_document(entry) for entry in _entries(organization, asked)[:MOST_EXPORTED].iterator()]
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
        name = slugs.get(finding.chain) or (
            "no organization" if finding.chain == 0 else f"organization {finding.chain}"
        )
        yield ChainState(name, finding.end, finding.problem)


def note_refusal(parts: Parts, actor: Actor, refusal: NotPermitted) -> None:
    """Write down that somebody asked for what their role does not allow."""
    event = ActRefused(refusal.act.value)
    record(event, actor, parts.clock.now(), refusal.organization.scope, result=Result.REFUSED, reason=str(refusal))


def _entries(organization: Organization, wanted: Wanted) -> QuerySet[Entry]:
    members = organization.memberships.values_list("person", flat=True)
    return entries_of(organization.scope, members).filter(_wish(organization, wanted)).order_by("-at", "-pk")


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
        wish &= Q(at__lt=first_instant(wanted.end + timedelta(days=1), zone))
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
    told = entry | {"details": json.dumps(entry["details"], ensure_ascii=False, sort_keys=True)}
    return [safe_cell(told[column]) for column in COLUMNS]
