"""Makes the organizations and people of a portal to be measured, in a process of its own.

`python -m benchmarks.installation` reads an `Order` as JSON from standard input and prints what `made` returns. The
environment says which portal; nothing must serve it yet where it is embedded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.tenants import username


@dataclass(frozen=True)
class Order:
    """So many organizations, numbered from `first`, each connected to the tenant of its number, and so many sessions.

    The people of the sessions are spread over the organizations.
    """

    organizations: int
    first: int = 0
    sessions: int = 0


def made(order: Order, environment: Mapping[str, str]) -> list[dict[str, str]]:
    """Carry `order` out; the sessions, each with its organization's `slug` and its `cookie`."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.installation"],
        input=json.dumps(asdict(order)),
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the installation was not made: {done.stderr[-2000:]}")
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def slug_of(number: int) -> str:
    """The slug of the organization whose tenant has this number."""
    return f"organization-{number}"


def main() -> int:
    """Make what is ordered."""
    from partner_portal.bootstrap import portal

    portal.prepare()
    order = Order(**json.load(sys.stdin))
    parts = portal.parts(mirror=False)
    organizations = [_organization(parts, number) for number in range(order.first, order.first + order.organizations)]
    sessions = [_session(parts, organizations[n % len(organizations)], n) for n in range(order.sessions)]
    portal.close()
    json.dump(sessions, sys.stdout)
    return 0


def _organization(parts: Any, number: int) -> Any:
    from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET
    from partner_portal.usecases.connect_autotask import connect_autotask, enter_credentials
    from partner_portal.usecases.organizations import add_organization

    organization = add_organization(
        parts, slug=slug_of(number), name=f"Organization {number}", time_zone="America/New_York"
    )
    credentials = enter_credentials(username(number), SECRET, INTEGRATION_CODE)
    test = connect_autotask(parts, organization, credentials)
    if not test.passed:
        raise RuntimeError(test.problem)
    return organization


def _session(parts: Any, organization: Any, number: int) -> dict[str, str]:
    """A person who logged in just now; no password is hashed for it, which would take most of the time."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from partner_portal.bootstrap.session_limits import BEGAN_AT, SEEN_AT
    from partner_portal.usecases.add_person import add_person

    person = add_person(
        parts, organization=organization, email=f"person-{number}@{organization.slug}.example", role="manager"
    )
    now = parts.clock.now().timestamp()
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: person.get_session_auth_hash(),
            BEGAN_AT: now,
            SEEN_AT: now,
        }
    )
    session.create()
    return {"slug": organization.slug, "cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


if __name__ == "__main__":
    sys.exit(main())
