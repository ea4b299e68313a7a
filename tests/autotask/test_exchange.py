"""How requests and the reading of answers take turns."""

from __future__ import annotations

import asyncio

from partner_portal.autotask.exchange import Exchange
from partner_portal.autotask.limits import Limits
from partner_portal.autotask.transport import Request, Response

ASKED = Request("GET", "https://zone.autotask.net/Companies/entityInformation")


class Immediate:
    """Answers at once, and counts."""

    def __init__(self) -> None:
        self.sent = 0

    async def send(self, request: Request) -> Response:
        self.sent += 1
        return Response(200, {}, b"{}")

    async def close(self) -> None:
        return None


def exchange_over(transport: Immediate, limits: Limits) -> Exchange:
    return Exchange(transport, limits, pause=asyncio.sleep, chance=lambda: 0.0)


async def test_whoever_waits_for_the_slot_sends_before_the_answer_is_read() -> None:
    transport = Immediate()
    exchange = exchange_over(transport, Limits(per_entity=1))
    sent_when_read: list[int] = []

    def read(_response: Response) -> None:
        sent_when_read.append(transport.sent)

    await asyncio.gather(*[exchange.ask("Companies", ASKED, read) for _ in range(3)])
    assert sent_when_read[0] > 1
    assert transport.sent == 3


async def test_answers_of_one_moment_are_read_with_room_for_others_in_between() -> None:
    transport = Immediate()
    exchange = exchange_over(transport, Limits())
    turn = 0
    read_in: list[int] = []

    def read(_response: Response) -> None:
        read_in.append(turn)

    asking = asyncio.gather(*[exchange.ask(name, ASKED, read) for name in ("Companies", "Contacts", "Tickets")])
    while not asking.done():
        turn += 1
        await asyncio.sleep(0)
    assert len(set(read_in)) == 3
