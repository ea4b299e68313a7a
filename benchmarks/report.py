"""The whole report document over a large mirror, against one bare query over the same rows."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.catalog import COMPANIES
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.mirror.sync import sync
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.reports.document import sales_report
from partner_portal.reports.question import OrganizationFacts, Question
from partner_portal.reports.records import records_document
from partner_portal.sandbox.app import build
from partner_portal.sandbox.generation.plan import Sizes
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.world import generate
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import OrganizationStore

ACTIVITIES = 1_000_000
SIZES = Sizes(opportunities=20_000, appointments=50_000)
ROUNDS = 30
FACTS = OrganizationFacts(slug="bench", name="Bench", time_zone="America/New_York", currency="USD")
FLOOR = """
SELECT action_type, count(*) FROM activities
WHERE happened_at >= date_trunc($unit, CAST($now AS TIMESTAMP)) AND NOT is_echo GROUP BY action_type
"""


def run(scale: float = 1.0) -> None:
    """The document over 1,000,000 activities, 20,000 opportunities and 50,000 appointments in a DuckDB file."""
    with tempfile.TemporaryDirectory() as folder:
        store = asyncio.run(filled_store(str(Path(folder, "warehouse.duckdb")), round(ACTIVITIES * scale)))
        print_periods(store, datetime.now(UTC))


def print_periods(store: OrganizationStore, now: datetime) -> None:
    """One line for each of two periods: the document, the first one of a state, a bare query, a page of records."""
    for period, unit in (("this_month", "month"), ("this_year", "year")):
        question = Question(organization=FACTS, period_name=period, now=now)
        floor = timed(partial(store.rows, FLOOR, {"now": now.replace(tzinfo=None), "unit": unit}))
        document = timed(partial(sales_report, store, question))
        first = timed(partial(sales_report, store, question), before=partial(_read_again, store))
        listed = timed(partial(records_document, store, question, "calls"))
        print(
            f"  {period:<12} document median {median(document):>7.1f} ms, 99 % within {last_of(document):>7.1f} ms"
            f"   first of a state {median(first):>7.1f} ms, 99 % within {last_of(first):>7.1f} ms"
            f"   bare query {median(floor):>6.1f} ms   ratio {median(document) / median(floor):>5.1f}"
            f"   page of records {median(listed):>6.1f} ms"
        )


def _read_again(store: OrganizationStore) -> None:
    """Move the state on as a refresh does that finds nothing new."""
    at = datetime.now(UTC)
    store.confirm([COMPANIES], as_of=at, watermark=at)


def timed(act: Callable[[], object], *, before: Callable[[], object] = lambda: None) -> list[float]:
    """Milliseconds of each of many rounds, after one that is not counted; what comes `before` each does not count."""
    taken = []
    for turn in range(ROUNDS + 1):
        before()
        began = time.perf_counter()
        act()
        if turn:
            taken.append((time.perf_counter() - began) * 1000)
    return taken


def last_of(taken: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(taken, n=100, method="inclusive")[98]


async def filled_store(location: str, activities: int) -> OrganizationStore:
    """A warehouse file with one synced organization."""
    app = build(generate(seed=3, activities=activities, sizes=SIZES))
    app.state.options.release_seconds = 0
    store = open_warehouse(location).organization(OrganizationScope(1))
    credentials = Credentials(USERNAME, SECRET, INTEGRATION_CODE)
    entry = "http://127.0.0.1:8100"
    transport = AsgiTransport(app)
    async with await AutotaskClient.connect(credentials, entry_url=entry, transport=transport) as client:
        await sync(store, client, started_at=datetime.now(UTC), full=True)
    return store
