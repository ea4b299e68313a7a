"""Several things at once: the first begins at once, and the first failure ends them all."""

from __future__ import annotations

import asyncio

import pytest

from partner_portal.mirror.together import together


async def test_the_first_begins_before_the_others_have_their_turn_and_results_keep_their_order() -> None:
    begun: list[str] = []

    async def act(name: str) -> str:
        begun.append(name)
        await asyncio.sleep(0)
        return name

    waiting = asyncio.create_task(act("waiting before"))
    assert await together(act("a"), act("b"), act("c")) == ["a", "b", "c"]
    assert begun == ["a", "waiting before", "b", "c"]
    assert await together() == []
    await waiting


@pytest.mark.parametrize("failing", [0, 1])
async def test_the_first_failure_is_raised_plain_and_nothing_is_under_way_any_more(failing: int) -> None:
    ended: list[str] = []

    async def fail() -> None:
        await asyncio.sleep(0)
        raise ValueError("broken")

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")

    acts = [wait(), wait()]
    acts.insert(failing, fail())
    with pytest.raises(ValueError, match="broken"):
        await together(*acts)
    assert ended == ["ended", "ended"]
