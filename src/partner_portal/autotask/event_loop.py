"""Turns in the event loop: what only costs processor time waits for what keeps requests under way."""

from __future__ import annotations

import asyncio

TURNS = 4
"""How many turns it takes from an answer on the socket to the next request on it, with one to spare."""


async def others_first() -> None:
    """Let answers that are there be fetched, and requests that are ready be sent, before the caller goes on.

    A page takes milliseconds to decode. Were each decoded as soon as its turn came, a slot would stand empty for
    several of them.
    """
    for _ in range(TURNS):
        await asyncio.sleep(0)
