"""What the audit trail tells of sessions, proofs of identity and access tokens."""

from __future__ import annotations

from dataclasses import dataclass

from partner_portal.audit.event import Event


@dataclass(frozen=True)
class LoggedIn(Event):
    """A person logged in; `methods` are the proofs of identity that were given, in their order."""

    action = "session.started"
    methods: list[str]


@dataclass(frozen=True)
class LogInFailed(Event):
    """Somebody tried to log in with the address `email` and did not get in."""

    action = "session.refused"
    email: str


@dataclass(frozen=True)
class LoggedOut(Event):
    """A person logged out."""

    action = "session.ended"


@dataclass(frozen=True)
class SessionExpired(Event):
    """A session was ended by its limits: without activity, or because it lasted too long."""

    action = "session.expired"


@dataclass(frozen=True)
class SessionsRevoked(Event):
    """A person ended sessions of their own, `count` of them."""

    action = "session.revoked"
    count: int


@dataclass(frozen=True)
class IdentityConfirmed(Event):
    """A person who was logged in confirmed who they are, by `method`."""

    action = "identity.confirmed"
    method: str


@dataclass(frozen=True)
class IdentityLinked(Event):
    """An account of an OpenID provider was tied to a person, who logs in with it from now on."""

    action = "identity.linked"
    provider: str


@dataclass(frozen=True)
class OpenIdRefused(Event):
    """An answer of the OpenID provider let nobody in; `email` is what it claimed, empty when it was not believed."""

    action = "identity.refused"
    email: str


@dataclass(frozen=True)
class PasswordChanged(Event):
    """A person changed their password, or set it by a link that was mailed (`by_mail`); other sessions ended."""

    action = "password.changed"
    by_mail: bool


@dataclass(frozen=True)
class PasswordResetAsked(Event):
    """Somebody asked for a link to set the password of the address `email`, known or not."""

    action = "password.reset_asked"
    email: str


@dataclass(frozen=True)
class NameChanged(Event):
    """A person goes by another name."""

    action = "person.renamed"
    before: str
    after: str


@dataclass(frozen=True)
class SecondFactorAdded(Event):
    """A person set up a second factor of this kind: totp, webauthn or recovery_codes."""

    action = "second_factor.added"
    kind: str


@dataclass(frozen=True)
class SecondFactorRemoved(Event):
    """A person gave up a second factor of this kind."""

    action = "second_factor.removed"
    kind: str


@dataclass(frozen=True)
class RecoveryCodesRenewed(Event):
    """A person took new recovery codes; the old ones are void."""

    action = "second_factor.recovery_codes_renewed"


@dataclass(frozen=True)
class SecondFactorRefused(Event):
    """A wrong code was entered for a person whose first proof was right."""

    action = "second_factor.refused"


@dataclass(frozen=True)
class TokenMade(Event):
    """An access token was made for a person; `hint` is what its key ends in."""

    action = "token.made"
    email: str
    name: str
    hint: str
    scopes: list[str]
    expires_at: str


@dataclass(frozen=True)
class TokenRevoked(Event):
    """An access token of a person was revoked."""

    action = "token.revoked"
    email: str
    name: str
    hint: str


ACCOUNT_EVENTS: tuple[type[Event], ...] = (
    LoggedIn,
    LogInFailed,
    LoggedOut,
    SessionExpired,
    SessionsRevoked,
    IdentityConfirmed,
    IdentityLinked,
    OpenIdRefused,
    PasswordChanged,
    PasswordResetAsked,
    NameChanged,
    SecondFactorAdded,
    SecondFactorRemoved,
    RecoveryCodesRenewed,
    SecondFactorRefused,
    TokenMade,
    TokenRevoked,
)
