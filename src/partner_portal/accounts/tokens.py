"""Access tokens: keys with which a person's programs ask the API in one organization.

A key is `portal_`, 256 random bits and a checksum, so that it can be told from other text (by scanners that look for
lost secrets, and by us before the database is asked). It is shown once and kept as its SHA-256: a slow hash is for
what people make up, 256 random bits cannot be guessed however quick the hash is.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.models import AccessToken, Membership, Person
from partner_portal.accounts.policy import role_of

PREFIX = "portal_"
LONGEST_LIFE = timedelta(days=365)
USE_IS_KEPT_TO = timedelta(hours=1)
HINT_LENGTH = 4

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LENGTH, _CHECK_LENGTH = 43, 6
_KEY = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{_RANDOM_LENGTH}}})([0-9A-Za-z]{{{_CHECK_LENGTH}}})")


class Scope(Enum):
    """What a token is good for; the value is its name on the wire, beside it what it allows in words."""

    REPORT = "report"
    RECORDS = "records"
    PROXY = "proxy"
    REFRESH = "refresh"

    @property
    def meaning(self) -> str:
        """What the scope allows."""
        return {
            Scope.REPORT: "read the sales report and its files, the metrics, and how the connection stands",
            Scope.RECORDS: "read and export the records behind the numbers",
            Scope.PROXY: "query Autotask through the portal",
            Scope.REFRESH: "ask for a refresh",
        }[self]


@dataclass(frozen=True)
class NewToken:
    """A token that was just made, and the only look at its key there will ever be."""

    token: AccessToken
    key: str

    def __repr__(self) -> str:
        return f"NewToken({self.token!r})"


def make_token(
    membership: Membership, name: str, scopes: frozenset[Scope], created_at: datetime, expires_at: datetime
) -> NewToken:
    """Make and keep a token of `membership`. Raises ValidationError for a name that cannot be kept."""
    key = _new_key()
    token = AccessToken(
        membership=membership,
        name=name,
        digest=_digest(key),
        hint=key[-HINT_LENGTH:],
        scopes=sorted(scope.value for scope in scopes),
        created_at=created_at,
        expires_at=expires_at,
    )
    token.full_clean(exclude=["last_used_at", "revoked_at"])
    token.save()
    return NewToken(token, key)


def find_token(key: str, now: datetime) -> AccessToken | None:
    """The token whose key is `key`, if it is in force: not revoked, not expired, its person still a member."""
    if not _is_key(key):
        return None
    found = AccessToken.objects.select_related("membership__person", "membership__organization")
    token = found.filter(digest=_digest(key), revoked_at=None, expires_at__gt=now).first()
    if token is None:
        return None
    held = token.membership
    return token if role_of(Actor.of(held.person), held.organization) is not None else None


def note_use(token: AccessToken, now: datetime) -> None:
    """Remember that `token` was used, to the hour: a program that asks every second is not a write every second."""
    if token.last_used_at is None or now - token.last_used_at >= USE_IS_KEPT_TO:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=now.replace(minute=0, second=0, microsecond=0))


def revoke_tokens_of(whom: Person | Membership, at: datetime) -> int:
    """Revoke every token of a person or a membership, for good: who is let in again makes new ones. How many were."""
    held = AccessToken.objects.filter(revoked_at=None)
    theirs = held.filter(membership=whom) if isinstance(whom, Membership) else held.filter(membership__person=whom)
    return theirs.update(revoked_at=at)


def scopes_of(token: AccessToken) -> frozenset[Scope]:
    """What `token` is good for."""
    return frozenset(Scope(name) for name in token.scopes)


def _new_key() -> str:
    random = _in_digits(secrets.randbits(256), _RANDOM_LENGTH)
    return f"{PREFIX}{random}{_checksum(random)}"


def _is_key(text: str) -> bool:
    found = _KEY.fullmatch(text)
    return found is not None and found[2] == _checksum(found[1])


def _checksum(random: str) -> str:
    return _in_digits(zlib.crc32(random.encode()), _CHECK_LENGTH)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _in_digits(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
