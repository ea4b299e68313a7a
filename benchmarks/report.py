"""The whole report document against one bare query over the same rows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from benchmarks.timing import print_ratios, side_by_side
from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.mirror.sync import sync
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.reports.document import sales_report
from partner_portal.reports.question import OrganizationFacts, Question
from partner_portal.sandbox.app import build
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.world import generate
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import OrganizationStore

ACTIVITIES = 100_000
FACTS = OrganizationFacts(slug="bench", name="Bench", time_zone="America/New_York", currency="USD")
FLOOR = """
SELECT action_type, count(*) FROM company_notes
WHERE start_date_time >= date_trunc('month', $now) GROUP BY action_type
"""


def run() -> None:
    """The document over 100,000 activities, This Month and This Year, against a bare count of the month's notes."""
    store = asyncio.run(filled_store())
    now = datetime.now(UTC)

    def document(period: str) -> None:
        with store.snapshot() as view:
            sales_report(view, Question(organization=FACTS, period_name=period, now=now))

    medians = side_by_side(
        {
            "one bare query": lambda: store.rows(FLOOR, {"now": now.replace(tzinfo=None)}),
            "document, this month": lambda: document("this_month"),
            "document, this year": lambda: document("this_year"),
        },
        rounds=15,
    )
    print_ratios(medians, against="one bare query")


async def filled_store() -> OrganizationStore:
    """A warehouse in memory with one synced organization."""
    app = build(generate(seed=3, activities=ACTIVITIES))
    app.state.options.release_seconds = 0
    store = open_warehouse(":memory:").organization(OrganizationScope(1))
    credentials = Credentials(USERNAME, SECRET, INTEGRATION_CODE)
    transport = AsgiTransport(app)
    entry = "http://127.0.0.1:8100"
    async with await AutotaskClient.connect(credentials, entry_url=entry, transport=transport) as client:
        await sync(store, client, started_at=datetime.now(UTC), full=True)
    return store
