"""Doing several things at once, where the first failure ends them all."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def together(*acts: Coroutine[Any, Any, T]) -> list[T]:
    """What `acts` give, in their order. Raises the first error of any, plain; nothing is under way any more then.

    The first begins at once, before anything else gets its turn: what it asks for is asked first.
    """
    if not acts:
        return []
    first, *others = acts
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(act) for act in others]
            result = await first
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [result, *(task.result() for task in tasks)]
