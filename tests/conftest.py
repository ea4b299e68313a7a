"""Django for every test: quick, apart from any real data directory, with the people that a portal has."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings

from doubles import held_parts
from postgres import postgres_server, postgres_url
from stores import (
    django_db_keepdb,
    django_db_modify_db_settings,
    empty_warehouse,
    leave_out_embedded,
    shared_warehouse,
)

__all__ = [
    "django_db_keepdb",
    "django_db_modify_db_settings",
    "empty_warehouse",
    "postgres_server",
    "postgres_url",
    "shared_warehouse",
]

# A busy machine is no reason to fail: timings are measured in benchmarks.
hypothesis.settings.register_profile("portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("portal")

pytest_plugins = ["secret_search"]

DATA_DIR = Path(tempfile.mkdtemp(prefix="portal-tests-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
"""A Wednesday in the middle of a month."""


def pytest_configure() -> None:
    settings.PORTAL_DATA_DIR = DATA_DIR
    settings.STATIC_ROOT = DATA_DIR
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    leave_out_embedded(config, items)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Refuse sets: their order is another in every process, and parallel workers must collect the same tests."""
    for marker in metafunc.definition.iter_markers("parametrize"):
        if isinstance(marker.args[1], (set, frozenset)):
            pytest.fail(f"{metafunc.definition.nodeid} is parametrized by a set. Sort it.")


@pytest.fixture
def parts(db, empty_warehouse) -> Iterator:
    """The parts of a portal whose warehouse is empty, whose clock stands at NOW, and whose Autotask is nowhere."""
    with held_parts(empty_warehouse, NOW) as made:
        yield made


@pytest.fixture
def organization(parts):
    from partner_portal.usecases.organizations import add_organization

    return add_organization(parts, slug="acme", name="Acme", time_zone="America/New_York")


@pytest.fixture
def store(parts, organization):
    """The organization's mirror, with a few activities and deals in it."""
    from usecases.mapped import fill

    held = parts.warehouse.organization(organization.scope)
    fill(held)
    return held


@pytest.fixture
def member(parts, organization):
    """Makes a person with a role in the organization: `member("viewer")`; a second one of a role needs a name."""
    from partner_portal.usecases.add_person import add_person

    def make(role: str, name: str = ""):
        return add_person(
            parts,
            organization=organization,
            email=f"{name or role}@acme.example",
            role=role,
            password=f"a long {role} password",
        )

    return make


@pytest.fixture
def stranger(parts):
    """A person of another organization."""
    from partner_portal.usecases.add_person import add_person
    from partner_portal.usecases.organizations import add_organization

    other = add_organization(parts, slug="other", name="Other")
    return add_person(parts, organization=other, email="stranger@other.example", role="administrator")
