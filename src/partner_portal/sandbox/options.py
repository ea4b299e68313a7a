"""The switches of a sandbox: how fast, how strict, how far it follows the API's limits."""

from __future__ import annotations

from typing import Literal

import msgspec

Permission = Literal["granted", "forbidden", "error", "empty"]
"""What the API user may do with an entity: read it; 403; 500 with the permission text; empty lists."""


class Options(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Every switch, with the behaviour of a real tenant as its default.

    Times are seconds. An answer, a refused login too, takes `latency_seconds`, or longer where making it does.
    `band_scale` multiplies the delays that the API adds from 50 % of the hour on (0 switches them off); a slot of the
    thread gate is freed `release_seconds` after the answer; `lock_after` failed logins in a row lock the user;
    `zone_host` is the host (and port) that the tenant has moved to: every other host then answers 401;
    `user_may_write` only changes what the metadata says, a write is refused either way.
    """

    latency_seconds: float = 0.0
    band_scale: float = 1.0
    thread_limit: int = 3
    release_seconds: float = 0.05
    hourly_limit: int = 10_000
    suspended_status: int = 429
    refuse_unknown_operators: bool = False
    lock_after: int = 10
    zone_host: str | None = None
    user_may_write: bool = False
    permissions: dict[str, Permission] = {}

    def permission(self, entity: str) -> Permission:
        """What holds for `entity`, named in any case."""
        wanted = entity.casefold()
        for noun, permission in self.permissions.items():
            if noun.casefold() == wanted:
                return permission
        return "granted"
