"""Whether an ID token of an OpenID provider is believed (OpenID Connect Core 1.0, 3.1.3.7).

The signature is always checked, though the token comes straight from the provider: then neither a provider's mistake
nor whoever sits between gets anybody in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jwt

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures of a key pair. Never `none`, and never one that a shared secret makes (HS...)."""
KEY_TYPES = ("RSA", "EC")
LEEWAY_SECONDS = 60
REQUIRED = ("iss", "aud", "sub", "exp", "iat", "nonce")


class IdTokenRefused(Exception):
    """An ID token is not believed. The message is one line that says why, for the log, not for the visitor."""


@dataclass(frozen=True)
class Expected:
    """What a token has to say: who issued it, for whom, and of which tenant (empty: whichever)."""

    issuer: str
    client_id: str
    tenant: str = ""


def check_id_token(token: str, keys: dict[str, Any], expected: Expected) -> dict[str, Any]:
    """The claims of `token`, signed with one of `keys` (a JSON Web Key Set). Raises IdTokenRefused.

    The nonce is there; whether it is the right one is for whoever sent it to say.
    """
    try:
        claims = jwt.decode(
            token,
            _key(token, keys),
            algorithms=list(ALGORITHMS),
            issuer=expected.issuer,
            audience=expected.client_id,
            leeway=LEEWAY_SECONDS,
            options={"require": list(REQUIRED)},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as wrong:
        raise IdTokenRefused(f"The ID token cannot be used: {wrong}.") from wrong
    _check_audience(claims, expected.client_id)
    if expected.tenant and claims.get("tid") != expected.tenant:
        raise IdTokenRefused("The ID token is of another tenant.")
    return dict(claims)


def verified_email(claims: dict[str, Any]) -> str:
    """The e-mail address that the provider vouches for; empty where it claims one without having checked it.

    Microsoft Entra lets administrators of any tenant write any address into `email`; `xms_edov` says that the domain
    is proved to be the tenant's. A missing mark counts as no.
    """
    vouched = any(claims.get(mark) in (True, 1, "1", "true", "True") for mark in ("email_verified", "xms_edov"))
    email = claims.get("email")
    return email.strip().lower() if vouched and isinstance(email, str) else ""


def _key(token: str, keys: dict[str, Any]) -> Any:
    kid = jwt.get_unverified_header(token).get("kid")
    usable = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.key_type in KEY_TYPES]
    for key in usable:
        if key.key_id == kid or (kid is None and len(usable) == 1):
            return key.key
    raise IdTokenRefused("The ID token is signed with a key that the provider does not publish.")


def _check_audience(claims: dict[str, Any], client_id: str) -> None:
    """A token for several audiences may have been handed on by one of them."""
    audience = claims["aud"]
    if audience not in (client_id, [client_id]) or claims.get("azp", client_id) != client_id:
        raise IdTokenRefused("The ID token is for somebody else too.")
