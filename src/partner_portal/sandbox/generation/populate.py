"""The whole MSP, entity by entity, in batches of rows that fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from partner_portal.sandbox.generation.activities import make_activities
from partner_portal.sandbox.generation.catalogue import (
    make_contract_services,
    make_deleted_tickets,
    make_products,
    make_quotes,
    make_sales_orders,
)
from partner_portal.sandbox.generation.deals import CLOSED, make_deals
from partner_portal.sandbox.generation.deeds import Desk
from partner_portal.sandbox.generation.diary import make_appointments
from partner_portal.sandbox.generation.guide_tasks import make_guide_tasks
from partner_portal.sandbox.generation.market import Market, open_market
from partner_portal.sandbox.generation.people import Staff, hire
from partner_portal.sandbox.generation.plan import Plan, Row
from partner_portal.sandbox.generation.service import (
    make_contracts,
    make_project_tasks,
    make_tickets,
    make_time_entries,
)

Batch = tuple[str, Iterable[Row]]

_STRAY_SHARE = 0.03
"""Notes and to-dos that a source of the guide's dialect has besides its tasks; they are no sales activities there."""


def populate(plan: Plan) -> Iterator[Batch]:
    """Every entity's rows. Equal plans give equal rows."""
    staff = hire(plan)
    market = open_market(plan, staff)
    deals = make_deals(plan, staff, market)
    yield "Resources", staff.rows
    yield "Companies", market.companies
    yield "Contacts", market.contacts
    yield "Opportunities", deals
    yield "Appointments", make_appointments(plan, staff)
    yield from _paperwork(plan, market, deals)
    tickets = make_tickets(plan, staff, market)
    yield "Tickets", tickets
    yield "TimeEntries", make_time_entries(plan, staff, tickets)
    yield "Tasks", make_project_tasks(plan, staff)
    yield "DeletedTicketLogs", make_deleted_tickets(plan)
    yield from _activities(plan, staff, market, deals)


def _activities(plan: Plan, staff: Staff, market: Market, deals: Sequence[Row]) -> Iterator[Batch]:
    desk = Desk.with_deals(staff, market, deals)
    if plan.tenant.dialect == "guide":
        yield from make_guide_tasks(plan, desk, plan.activities)
        yield from make_activities(plan, desk, int(plan.activities * _STRAY_SHARE))
    else:
        yield from make_activities(plan, desk, plan.activities)


def _paperwork(plan: Plan, market: Market, deals: Sequence[Row]) -> Iterator[Batch]:
    won = [deal for deal in deals if (deal["status"] or 0) >= CLOSED]
    contracts = make_contracts(plan, market, won)
    yield "Contracts", contracts
    yield "ContractServices", make_contract_services(plan, contracts)
    yield "SalesOrders", make_sales_orders(won)
    yield "Products", make_products(plan)
    for quote, items in make_quotes(plan, deals):
        yield "Quotes", [quote]
        yield "QuoteItems", items
