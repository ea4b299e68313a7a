"""Unusual use: told to the operator when it happens, and marked for administrators when they read the audit log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db.models import IntegerField, Min, Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, TruncDate

from partner_portal.audit.account_events import LoggedIn
from partner_portal.audit.events import AutotaskQueried, RecordsExported, RecordsRead
from partner_portal.audit.models import Entry
from partner_portal.audit.trail import Result, entries_beside, entries_of, own_entries, recorded
from partner_portal.audit.unusual import (
    FAILED_LOG_INS,
    FAILURES_WITHIN,
    HABIT,
    REFUSALS_WITHIN,
    FirstLogIn,
    Marks,
    Refusal,
    Taken,
    mark_new_addresses,
    mark_refusals,
    mark_volume,
    most_usual,
)
from partner_portal.lib.zone import first_instant, local_date, zone_named
from partner_portal.organizations.models import Organization
from partner_portal.usecases.measures import UNUSUAL_USE

TAKING = (RecordsExported.action, RecordsRead.action, AutotaskQueried.action)

_ROWS = Cast(KT("details__rows"), IntegerField())

log = structlog.get_logger(__name__)


def listen() -> None:
    """Watch what is written to the trail from now on; asking twice changes nothing."""
    recorded.connect(_watch, dispatch_uid="audit.unusual_use")


def marks_of(organization: Organization, since: datetime, until: datetime) -> Marks:
    """The marks of what happened in `organization`, and to its members' accounts, from `since` to before `until`.

    Only what its administrators may read counts: failed log-ins elsewhere never make one here unusual. Takes three
    queries, and a fourth when somebody took unusually much.
    """
    members = organization.memberships.values_list("person", flat=True)
    seen = entries_of(organization.scope, members)
    refused = seen.filter(result=Result.REFUSED, at__gte=since - REFUSALS_WITHIN, at__lt=until)
    marks = mark_refusals(_refusals(refused))
    log_ins = Entry.objects.filter(person_id__in=members, action=LoggedIn.action, at__lt=until)
    marks |= mark_new_addresses(_first_log_ins(log_ins))
    return marks | _marks_of_volume(organization, since, until)


def _watch(entry: Entry, **_: Any) -> None:
    """Tell the operator when the new `entry` is unusual."""
    for mark in _marks_of_new(entry).get(entry.pk, ()):
        UNUSUAL_USE.labels(mark.rule.value).inc()
        log.warning(
            "unusual use",
            rule=mark.rule.value,
            reason=mark.reason,
            action=entry.action,
            address=entry.address,
            person=entry.person_id,
        )


def _marks_of_new(entry: Entry) -> Marks:
    """The marks of the newest entry, as far as they are told at once: by everything in the installation."""
    if entry.action == LoggedIn.action:
        log_ins = Entry.objects.filter(person_id=entry.person_id, action=LoggedIn.action)
        return mark_new_addresses(_first_log_ins(log_ins))
    if entry.result != Result.REFUSED:
        return {}
    if entry.action in FAILED_LOG_INS:
        account = _account(entry.actor, entry.details.get("email"))
        alike = Q(address=entry.address) | Q(details__email__iexact=account) | Q(actor__iexact=account)
        recent = entries_beside(entry).filter(alike, action__in=FAILED_LOG_INS)
        return mark_refusals(_refusals(recent.filter(result=Result.REFUSED, at__gte=entry.at - FAILURES_WITHIN)))
    if entry.person_id is None:
        return {}
    recent = entries_beside(entry).filter(person_id=entry.person_id, at__gte=entry.at - REFUSALS_WITHIN)
    return mark_refusals(_refusals(recent.filter(result=Result.REFUSED)))


def _refusals(refused: QuerySet[Entry]) -> Iterator[Refusal]:
    told = refused.order_by("at", "pk").values_list(
        "pk", "at", "action", "person_id", "actor", "address", KT("details__email")
    )
    for key, at, action, person_id, actor, address, email in told.iterator():
        yield Refusal(key, at, action, person_id, _account(actor, email), address)


def _account(actor: str, email: str | None) -> str:
    """The account that a failed log-in was for: as it was claimed, else the person's who had got half way in."""
    return actor if email is None else email


def _first_log_ins(log_ins: QuerySet[Entry]) -> Iterator[FirstLogIn]:
    """The first log-in of each person from each address."""
    grouped = log_ins.order_by().values_list("person_id", "address").annotate(first=Min("pk"))
    return (FirstLogIn(first, person_id, address) for person_id, address, first in grouped)


def _marks_of_volume(organization: Organization, since: datetime, until: datetime) -> Marks:
    """Where persons took unusually much on the local days from that of `since` to that of `until`."""
    zone = zone_named(organization.time_zone)
    first = local_date(since, zone)
    own = own_entries(organization.scope)
    taken = own.filter(action__in=TAKING, result=Result.DONE, person_id__isnull=False)
    counted = taken.filter(at__gte=first_instant(first - HABIT, zone), at__lt=until).order_by()
    days = counted.values_list("person_id", TruncDate("at", tzinfo=zone))
    by_person: defaultdict[int, dict[date, int]] = defaultdict(dict)
    for person_id, day, rows in days.annotate(rows=Sum(_ROWS)):
        by_person[person_id][day] = rows or 0
    most = {
        (person_id, day): limit
        for person_id, rows in by_person.items()
        for day in rows
        if day >= first and rows[day] > (limit := most_usual(day, rows))
    }
    return _crossings(taken.filter(at__lt=until), most, zone) if most else {}


def _crossings(taken: QuerySet[Entry], most: dict[tuple[int, date], int], zone: ZoneInfo) -> Marks:
    """The entries with which the persons and days of `most`, of which there are some, went beyond it."""
    persons = {person_id for person_id, _ in most}
    since = first_instant(min(day for _, day in most), zone)
    found = taken.filter(person_id__in=persons, at__gte=since).order_by("at", "pk")
    days: defaultdict[tuple[int, date], list[Taken]] = defaultdict(list)
    for key, person_id, at, rows in found.values_list("pk", "person_id", "at", _ROWS).iterator():
        which = person_id, local_date(at, zone)
        if which in most:
            days[which].append(Taken(key, rows or 0))
    return _joined(mark_volume(most[which], entries) for which, entries in days.items())


def _joined(found: Iterable[Marks]) -> Marks:
    return {key: marks for each in found for key, marks in each.items()}
