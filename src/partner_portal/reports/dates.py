"""Where the dates of deals lie that are instants to be taken locally, and not plain dates at 00:00Z."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from partner_portal.reports.localtime import is_plain_date_sql
from partner_portal.reports.statement import statement
from partner_portal.warehouse.store import OrganizationStore

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class DealSpans:
    """Between which instants (aware) such dates lie; None where all are plain dates.

    `recorded` are the projected dates in the history of deals, `first_seen` the dates of creation there.
    """

    created: Span | None = None
    projected: Span | None = None
    ended: Span | None = None
    recorded: Span | None = None
    first_seen: Span | None = None


def deal_spans(store: OrganizationStore) -> DealSpans:
    """Ask `store` for the spans: the less a statement has to work out, the sooner it is planned."""
    instants = {
        name: f"NOT {is_plain_date_sql(column)}"
        for name, column in (
            ("created", "create_date"),
            ("projected", "projected_close_date"),
            ("closed", "closed_date"),
            ("lost", "lost_date"),
        )
    }
    found = [_aware(at) for at in store.rows(statement("deal_instants", **instants))[0]]
    return DealSpans(
        *(
            None if first is None or last is None else (first, last)
            for first, last in zip(found[::2], found[1::2], strict=True)
        )
    )


def history_begins(store: OrganizationStore) -> datetime | None:
    """When the first state of a deal was recorded (aware); None before any."""
    return _aware(store.rows("SELECT MIN(seen_at) FROM opportunity_changes")[0][0])


def _aware(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)
