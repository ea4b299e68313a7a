"""Remembering what was read, for as long as one look lasts: what is asked for again is the same, and costs nothing.

A request that changes nothing is such a look. Whoever changes what they read must not be within one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

T = TypeVar("T")

_held: ContextVar[dict[Hashable, Any] | None] = ContextVar("remembered", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Remember within this block, in this thread; nothing is kept after it."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def remembered(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` gave for `key` within this look; outside of one it is read each time. Keys begin with a word."""
    held = _held.get()
    if held is None:
        return read()
    if key not in held:
        held[key] = read()
    return cast("T", held[key])


def remember(key: Hashable, value: Any) -> None:
    """Let `remembered` give `value` for `key` within this look, as something that was read on the way."""
    held = _held.get()
    if held is not None:
        held[key] = value
