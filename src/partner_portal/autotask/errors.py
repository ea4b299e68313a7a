"""What can go wrong between us and Autotask, and what a person can do about it.

    AutotaskError
    ├── CredentialsUnusable      a value is empty or cannot be sent
    ├── FilterInvalid            our own filter makes no sense; nothing was sent
    ├── WriteRefused             somebody tried to build a writing request
    ├── HostRefused              an address outside the allowed hosts
    ├── RedirectRefused          an answer that points elsewhere
    ├── HostUnreachable *        no connection, no answer in time, connection lost
    │   └── TlsFailed            the certificate cannot be trusted
    ├── ServerFailed *           a 5xx that says nothing about the question
    ├── Throttled *              429
    │   ├── ThreadLimitReached * too many calls at once on one entity
    │   └── CallBudgetSpent *    the tenant's shared hour is used up
    ├── CallBudgetReserved       most of that hour is used up; we leave the rest to others
    ├── UnknownUser              zone discovery knows no such API user
    ├── ZoneRefused              zone discovery answered 401
    ├── ZoneMissing              zone discovery answered 404: not an Autotask address
    ├── CredentialsRefused       401
    ├── PermissionMissing        the API user may not read the entity
    ├── EntityMissing            404: the tenant does not have the entity
    ├── QueryRefused             500 with a reason that concerns the question
    │   └── UnknownField         a field the entity does not have
    └── MalformedAnswer          an answer that cannot be what was asked for
        ├── AnswerCutShort *     not JSON, or not all of it
        └── AnswerTooLarge       beyond the size we are ready to hold

`*` = retryable. Texts are one line and hold neither secrets nor values of records. Constructor arguments are
`Exception.args`, so that an error survives pickling.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar


class AutotaskError(Exception):
    """Something went wrong between us and Autotask."""

    retryable: ClassVar[bool] = False
    remedy: ClassVar[str] = "Try again later; if it persists, look at the sync log."


def explain(error: AutotaskError) -> str:
    """What happened and what to do, as two sentences on one line."""
    return f"{error}. {error.remedy}"


class CredentialsUnusable(AutotaskError):
    """A credential that cannot be sent at all."""

    remedy = "Enter the value again as Autotask shows it, without quotes or line breaks."

    def __init__(self, name: str, flaw: str) -> None:
        super().__init__(name, flaw)
        self.name = name
        self.flaw = flaw

    def __str__(self) -> str:
        return f"The API {self.name} {self.flaw}"


class FilterInvalid(AutotaskError, ValueError):
    """A filter that Autotask would refuse, or worse, ignore."""

    remedy = "Correct the filter; nothing was sent to Autotask."

    def __init__(self, flaw: str) -> None:
        super().__init__(flaw)
        self.flaw = flaw

    def __str__(self) -> str:
        return self.flaw


class WriteRefused(AutotaskError):
    """A request that could change something in Autotask."""

    remedy = "This client only reads: GET, and POST to /query and /query/count."

    def __init__(self, method: str, path: str) -> None:
        super().__init__(method, path)
        self.method = method
        self.path = path

    def __str__(self) -> str:
        return f"{self.method} {self.path} is not a reading request and was not sent"


class HostRefused(AutotaskError):
    """An address that may not be called."""

    remedy = "If the address is right, add its host to PORTAL_AUTOTASK_ALLOWED_HOSTS; plain http is for loopback only."

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(host, reason)
        self.host = host
        self.reason = reason

    def __str__(self) -> str:
        return f"The address at {self.host or 'an unnamed host'} was refused: {self.reason}"


class RedirectRefused(AutotaskError):
    """An answer that sends us to another address; it is never followed."""

    remedy = "Check the entry address: Autotask itself does not redirect, a proxy or captive portal may."

    def __init__(self, host: str, status: int) -> None:
        super().__init__(host, status)
        self.host = host
        self.status = status

    def __str__(self) -> str:
        return f"{self.host} answered with a redirect (HTTP {self.status}), which is not followed"


class HostUnreachable(AutotaskError):
    """No answer from the host."""

    retryable = True
    remedy = "Check the entry address, the network, DNS and firewall of the server that runs the portal."

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(host, reason)
        self.host = host
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.host} cannot be reached: {self.reason}"


class TlsFailed(HostUnreachable):
    """No connection that can be trusted."""

    retryable = False
    remedy = "Check the server's clock and certificate store, and whether a proxy replaces certificates."


class ServerFailed(AutotaskError):
    """Autotask failed without complaining about the question."""

    retryable = True
    remedy = "Wait a few minutes; Autotask's status page says whether an outage is known."

    def __init__(self, entity: str, status: int, retry_after_seconds: float | None = None) -> None:
        super().__init__(entity, status, retry_after_seconds)
        self.entity = entity
        self.status = status
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        return f"Autotask failed on {self.entity} (HTTP {self.status})"


class Throttled(AutotaskError):
    """Autotask asks us to slow down, for a reason it does not tell."""

    retryable = True
    remedy = "Wait a few minutes; fewer calls at once help when other integrations are busy."
    cause: ClassVar[str] = "Autotask asks for a pause"

    def __init__(self, entity: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(entity, retry_after_seconds)
        self.entity = entity
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        return f"{self.cause} ({self.entity}, HTTP 429)"


class ThreadLimitReached(Throttled):
    """Too many calls at once on one entity."""

    remedy = "Lower the calls at once per entity, or give each integration its own integration code."
    cause = "Too many calls at once with this integration code"


class CallBudgetSpent(Throttled):
    """The hourly call budget of this Autotask database is spent."""

    remedy = (
        "Wait until the hour has passed; Admin > API Activity by Hour in Autotask shows which integration spent it."
    )
    cause = "The hourly call budget of this Autotask database, shared by all its integrations, is spent"


class CallBudgetReserved(AutotaskError):
    """So much of the hourly call budget is used that the rest is left to the tenant's other integrations.

    `share` is the part that is used; `resumes_at` (aware UTC) is about when the budget will have room again.
    """

    remedy = "Earlier data stays in place; Admin > API Activity by Hour in Autotask shows which integration uses most."

    def __init__(self, share: float, resumes_at: datetime) -> None:
        super().__init__(share, resumes_at)
        self.share = share
        self.resumes_at = resumes_at

    def __str__(self) -> str:
        return (
            f"The hourly call budget of this Autotask database is {self.share * 100:.0f} % used; "
            f"the sync goes on at about {self.resumes_at:%H:%M} UTC"
        )


class UnknownUser(AutotaskError):
    """Autotask knows no such API user."""

    remedy = "Check the API username for typing errors; it is the full name of the API user, like an e-mail address."

    def __init__(self, username: str) -> None:
        super().__init__(username)
        self.username = username

    def __str__(self) -> str:
        return f"Autotask knows no API user {self.username!r}, so its zone could not be determined"


class ZoneRefused(AutotaskError):
    """Zone info request failed: 401."""

    remedy = (
        "Check that the API username is the one of an active, unlocked user of the security level API User (system), "
        "and that the entry address is Autotask's."
    )

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host

    def __str__(self) -> str:
        return f"{self.host} refused the zone info request (HTTP 401)"


class ZoneMissing(AutotaskError):
    """The entry address is not Autotask's."""

    remedy = "Check the entry address: https://webservices.autotask.net serves every tenant."

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host

    def __str__(self) -> str:
        return f"{self.host} has no Autotask zone information (HTTP 404)"


class CredentialsRefused(AutotaskError):
    """Autotask refused the credentials."""

    remedy = (
        "Check username, secret and integration code, and that the API user is active and not locked; "
        "nothing more is sent with them, because further attempts would lock the user."
    )

    def __str__(self) -> str:
        return "Autotask refused the API credentials (HTTP 401)"


class PermissionMissing(AutotaskError):
    """The API user may not read an entity."""

    remedy = "Give the API user's security level the right to read this entity in Autotask's admin pages."

    def __init__(self, entity: str) -> None:
        super().__init__(entity)
        self.entity = entity

    def __str__(self) -> str:
        return f"The API user has no permission to read {self.entity}"


class EntityMissing(AutotaskError):
    """The tenant's API does not have an entity."""

    remedy = "Check that the Autotask module it belongs to is switched on."

    def __init__(self, entity: str) -> None:
        super().__init__(entity)
        self.entity = entity

    def __str__(self) -> str:
        return f"This Autotask database has no {self.entity} (HTTP 404)"


class QueryRefused(AutotaskError):
    """Autotask refused the question itself."""

    remedy = "Asking again would not help; report the text above with the portal's version."

    def __init__(self, entity: str, status: int, text: str) -> None:
        super().__init__(entity, status, text)
        self.entity = entity
        self.status = status
        self.text = text

    def __str__(self) -> str:
        return f"Autotask refused the query of {self.entity} (HTTP {self.status}): {self.text.rstrip('.')}"


class UnknownField(QueryRefused):
    """A field that the entity does not have."""

    remedy = "Test the connection again, so that the tenant's fields are read anew."

    def __init__(self, entity: str, field: str) -> None:
        super().__init__(entity, 500, f"unknown field {field}")
        self.args = (entity, field)
        self.field = field

    def __str__(self) -> str:
        return f"{self.entity} has no field {self.field!r}"


class MalformedAnswer(AutotaskError):
    """An answer that cannot be what was asked for."""

    remedy = "Nothing of the answer was used; if it persists, report it with the portal's version."

    def __init__(self, entity: str, flaw: str) -> None:
        super().__init__(entity, flaw)
        self.entity = entity
        self.flaw = flaw

    def __str__(self) -> str:
        return f"Autotask's answer is unusable ({self.entity}): {self.flaw}"


class AnswerCutShort(MalformedAnswer):
    """An answer that is not JSON, or not all of it."""

    retryable = True


class AnswerTooLarge(MalformedAnswer):
    """An answer beyond the size we are ready to hold."""
