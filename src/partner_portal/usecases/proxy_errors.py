"""What comes of a query that Autotask did not answer, in words for whoever asked.

ProxyError
├── ProxyBusy         not now: a pause, a full hour, too much under way; `seconds` says how long to wait
├── ProxyRefused      Autotask refuses this question
├── ProxyForbidden    the API user may not read the entity
├── ProxyMissing      the tenant does not have the entity
└── ProxyFailed       no usable answer
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil

from partner_portal.autotask.errors import (
    AutotaskError,
    CallBudgetReserved,
    EntityMissing,
    PermissionMissing,
    QueryRefused,
    Throttled,
    explain,
)
from partner_portal.usecases.errors import UseCaseError

USUAL_WAIT_SECONDS = 30


class ProxyError(UseCaseError):
    """A query that was not answered."""


class ProxyBusy(ProxyError):
    """A query that cannot be sent now; it may be repeated in `seconds`."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = max(1, seconds)

    @classmethod
    def until(cls, message: str, at: datetime | None, now: datetime) -> ProxyBusy:
        """A query that cannot be sent before the instant `at`."""
        return cls(message, USUAL_WAIT_SECONDS if at is None else ceil((at - now).total_seconds()))


class ProxyRefused(ProxyError):
    """Autotask refuses this question."""


class ProxyForbidden(ProxyError):
    """The API user may not read the entity."""


class ProxyMissing(ProxyError):
    """The tenant does not have the entity."""


class ProxyFailed(ProxyError):
    """Autotask gave no answer that can be used, or refused the portal's credentials."""


def in_proxy_words(error: AutotaskError) -> ProxyError:
    """The same for whoever asked through the proxy; none of them holds a secret."""
    message = explain(error)
    match error:
        case CallBudgetReserved():
            return ProxyBusy.until(message, error.resumes_at, datetime.now(UTC))
        case Throttled():
            return ProxyBusy(message, round(error.retry_after_seconds or USUAL_WAIT_SECONDS))
        case PermissionMissing():
            return ProxyForbidden(message)
        case EntityMissing():
            return ProxyMissing(message)
        case QueryRefused():
            return ProxyRefused(message)
    return ProxyFailed(message)
