"""What the MSP sells and writes down about it: products, quotes, orders, contract services, deletion logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from partner_portal.sandbox.generation.calendar import DAY
from partner_portal.sandbox.generation.names import DEALS
from partner_portal.sandbox.generation.people import ADMINISTRATOR_ID
from partner_portal.sandbox.generation.plan import Plan, Row, ids_from

_DELETED_TICKETS = 12


def make_products(plan: Plan) -> Iterator[Row]:
    """One product for each thing that deals are about."""
    random = plan.random("products")
    for number, name in enumerate(DEALS):
        cost = round(random.uniform(20, 900), 2)
        yield {
            "id": 500 + number * 3,
            "name": name,
            "isActive": number % 7 != 6,
            "isSerialized": False,
            "unitCost": cost,
            "unitPrice": round(cost * 1.4, 2),
            "sku": f"SKU-{number:03d}" if number % 3 else None,
        }


def make_quotes(plan: Plan, deals: Sequence[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """A quote for every sixth deal, with its items."""
    random = plan.random("quotes")
    item_ids = ids_from(8_000, random)
    for number, deal in enumerate(deals[::6]):
        quote_id = 600 + number * 2
        quote = {
            "id": quote_id,
            "opportunityID": deal["id"],
            "companyID": deal["companyID"],
            "contactID": deal["contactID"],
            "name": deal["title"],
            "isActive": True,
            "primaryQuote": True,
            "createDate": deal["createDate"],
            "effectiveDate": deal["createDate"],
            "expirationDate": deal["projectedCloseDate"],
            "lastActivityDate": deal["lastActivity"],
            "quoteNumber": number + 1,
        }
        items = [
            {
                "id": next(item_ids),
                "quoteID": quote_id,
                "name": random.choice(DEALS),
                "quantity": float(random.randrange(1, 40)),
                "unitPrice": round(random.uniform(15, 400), 2),
                "unitDiscount": 0.0,
                "lineDiscount": 0.0,
                "percentageDiscount": 0.0,
                "isOptional": random.random() < 0.1,
                "quoteItemType": random.choice((1, 2, 3)),
                "sortOrderID": order,
            }
            for order in range(random.randrange(1, 4))
        ]
        yield quote, items


def make_sales_orders(won: Sequence[Row]) -> Iterator[Row]:
    """Winning a deal makes a sales order."""
    for number, deal in enumerate(won):
        yield {
            "id": 300 + number,
            "title": deal["title"],
            "companyID": deal["companyID"],
            "contactID": deal["contactID"],
            "opportunityID": deal["id"],
            "ownerResourceID": deal["ownerResourceID"],
            "salesOrderDate": deal["closedDate"],
            "status": 3 if number % 5 else 1,
        }


def make_contract_services(plan: Plan, contracts: Sequence[Row]) -> Iterator[Row]:
    """Monthly services of recurring contracts."""
    random = plan.random("contract services")
    ids = ids_from(2_000, random)
    for contract in contracts:
        if contract["contractType"] == 5:
            price = round(random.uniform(20, 180), 2)
            yield {
                "id": next(ids),
                "contractID": contract["id"],
                "serviceID": random.randrange(1, 12),
                "unitPrice": price,
                "unitCost": round(price * 0.6, 2),
                "internalCurrencyUnitPrice": price,
                "invoiceDescription": random.choice((None, "Per user and month")),
            }


def make_deleted_tickets(plan: Plan) -> Iterator[Row]:
    """What the log of deleted tickets holds from earlier days."""
    random = plan.random("deleted tickets")
    now = plan.calendar.now
    for number in range(_DELETED_TICKETS):
        day = plan.calendar.day_of(now - (200 - 15 * number) * DAY)
        yield {
            "id": number + 1,
            "ticketID": 6_000 + number * 5,
            "ticketNumber": f"T{day:%Y%m%d}.{number:04d}",
            "ticketTitle": "Spam",
            "deletedByResourceID": ADMINISTRATOR_ID,
            "deletedDateTime": plan.stamp(random, plan.calendar.midnight(day) + 40_000),
        }
