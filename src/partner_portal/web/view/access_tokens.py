"""Access tokens, as their page lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from partner_portal.accounts.models import AccessToken
from partner_portal.web.view import formats


@dataclass(frozen=True)
class TokenRow:
    """One token; the days are local ones in words, `state` is In force, Expired or Revoked."""

    id: int
    name: str
    hint: str
    scopes: str
    made: str
    expires: str
    used: str
    state: str
    is_in_force: bool


def token_rows(tokens: Iterable[AccessToken], now: datetime, zone: ZoneInfo) -> list[TokenRow]:
    """The rows of the list, in the order of `tokens`."""
    return [_row(token, now, zone) for token in tokens]


def _row(token: AccessToken, now: datetime, zone: ZoneInfo) -> TokenRow:
    state = "Revoked" if token.revoked_at else "Expired" if token.expires_at <= now else "In force"
    return TokenRow(
        id=token.pk,
        name=token.name,
        hint=token.hint,
        scopes=", ".join(token.scopes),
        made=_day(token.created_at, now, zone),
        expires=_day(token.expires_at, now, zone),
        used="Never" if token.last_used_at is None else _day(token.last_used_at, now, zone),
        state=state,
        is_in_force=state == "In force",
    )


def _day(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    return formats.day(at.astimezone(zone).date(), now.astimezone(zone).date())
