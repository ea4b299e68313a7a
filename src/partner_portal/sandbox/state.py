"""What one running sandbox keeps besides its world: switches, faults, counters, logins, limits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from starlette.datastructures import Headers

from partner_portal.sandbox.faults import FaultQueue
from partner_portal.sandbox.limits import HourMeter, ThreadGate
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.refusals import LoginRefused
from partner_portal.sandbox.world import World


@dataclass(frozen=True)
class Login:
    """The credentials of the sandbox's API user."""

    username: str = USERNAME
    secret: str = field(default=SECRET, repr=False)
    integration_code: str = field(default=INTEGRATION_CODE, repr=False)

    def names(self, user: str | None) -> bool:
        """Whether `user` is this user's name; case does not matter."""
        return user is not None and user.casefold() == self.username.casefold()


@dataclass
class Counters:
    """What was asked of the sandbox since the start or the last reset, by entity noun and by act."""

    requests: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    failed_logins: Counter[str] = field(default_factory=Counter)
    writes: int = 0


@dataclass
class State:
    """Everything behind one sandbox app. Change it in place from tests, or through the control plane."""

    world: World
    options: Options = field(default_factory=Options)
    login: Login = field(default_factory=Login)

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start counting anew, with no fault waiting and nobody locked."""
        self.counters = Counters()
        self.faults = FaultQueue()
        self.gate = ThreadGate(self.options)
        self.hour = HourMeter(self.options, self._seconds)
        self.bad_logins_in_a_row = 0
        self.locked = False

    def _seconds(self) -> float:
        """Time for the hour's count: it passes even where the world's clock stands, and can be advanced with it."""
        return monotonic() + self.world.clock.ahead.total_seconds()

    def authenticate(self, headers: Headers) -> str:
        """The integration code of a caller with the right credentials. Raises `LoginRefused` for every other.

        Bad logins of the API user count towards its lock; a locked user is refused with good credentials too.
        """
        user = headers.get("username")
        good = (
            self.login.names(user)
            and headers.get("secret") == self.login.secret
            and headers.get("apiintegrationcode") == self.login.integration_code
        )
        if not good:
            self.counters.failed_logins[user or ""] += 1
            if self.login.names(user):
                self.bad_logins_in_a_row += 1
                self.locked = self.locked or self.bad_logins_in_a_row >= self.options.lock_after
            raise LoginRefused
        if self.locked:
            raise LoginRefused
        self.bad_logins_in_a_row = 0
        return self.login.integration_code

    def summary(self) -> dict[str, Any]:
        """Counters and state as the control plane shows them."""
        return {
            "requests": dict(self.counters.requests),
            "routes": dict(self.counters.routes),
            "statuses": dict(self.counters.statuses),
            "faults": dict(self.counters.faults),
            "failedLogins": dict(self.counters.failed_logins),
            "locked": self.locked,
            "writes": self.counters.writes,
            "highestInFlight": dict(self.gate.highest),
            "hourUsed": self.hour.used,
            "faultsWaiting": len(self.faults.waiting),
        }
