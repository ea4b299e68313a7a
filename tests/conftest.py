"""Django for every test: quick, apart from any real data directory, with the people that a portal has."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings

# A busy machine is no reason to fail: timings are measured in benchmarks.
hypothesis.settings.register_profile("portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("portal")

DATA_DIR = tempfile.TemporaryDirectory(prefix="portal-tests-")
NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
"""A Wednesday in the middle of a month."""


def pytest_configure() -> None:
    settings.PORTAL_DATA_DIR = Path(DATA_DIR.name)
    settings.STATIC_ROOT = Path(DATA_DIR.name)
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass
class ListedJobs:
    """A queue in memory, with the rule of the real one: one sync of an organization waits at a time."""

    waiting: list[tuple[str, bool]] = field(default_factory=list)

    def enqueue_sync(self, slug: str, *, full: bool = False) -> bool:
        if any(slug == held for held, _ in self.waiting):
            return False
        self.waiting.append((slug, full))
        return True

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def parts(db) -> Iterator:
    """The parts of a portal whose warehouse is in memory, whose clock stands at NOW, and whose Autotask is nowhere."""
    from partner_portal.autotask.errors import HostUnreachable
    from partner_portal.bootstrap import portal
    from partner_portal.lib.clock import FixedClock
    from partner_portal.usecases.parts import Parts
    from partner_portal.vault.sealing import Keyring, new_key
    from partner_portal.vault.vault import Vault
    from partner_portal.warehouse.opening import open_warehouse

    async def nowhere(credentials, limits, known=None):
        raise HostUnreachable("127.0.0.1", "connection refused")

    made = Parts(
        warehouse=open_warehouse(":memory:"),
        clock=FixedClock(NOW),
        vault=Vault(Keyring([new_key()])),
        jobs=ListedJobs(),
        open_client=nowhere,
        entry_url="http://127.0.0.1:9",
    )
    portal.hold(made)
    yield made
    portal.hold(None)
    made.warehouse.close()


@pytest.fixture
def organization(parts):
    from partner_portal.usecases.add_organization import add_organization

    return add_organization(parts, slug="acme", name="Acme", time_zone="America/New_York")


@pytest.fixture
def member(parts, organization):
    """Makes a person with a role in the organization: `member("viewer")`."""
    from partner_portal.usecases.add_person import add_person

    def make(role: str):
        return add_person(
            parts,
            organization=organization,
            email=f"{role}@acme.example",
            role=role,
            password=f"a long {role} password",
        )

    return make


@pytest.fixture
def stranger(parts):
    """A person of another organization."""
    from partner_portal.usecases.add_organization import add_organization
    from partner_portal.usecases.add_person import add_person

    other = add_organization(parts, slug="other", name="Other")
    return add_person(parts, organization=other, email="stranger@other.example", role="administrator")
