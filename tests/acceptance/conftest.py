"""Portals in processes of their own, on the store that the tests are to run on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from acceptance.portal_cli import NewPortal, Portal
from postgres import fresh_database
from stores import ON_POSTGRES


@pytest.fixture(scope="session")
def new_portal(request: pytest.FixtureRequest) -> Iterator[NewPortal]:
    """Makes the portal of a data directory, an Autotask address and further settings.

    On PostgreSQL each data directory has a database of its own, as it has files of its own otherwise.
    """
    addresses: dict[Path, str] = {}

    with ExitStack() as databases:

        def make(data_dir: Path, entry_url: str, settings: dict[str, str]) -> Portal:
            if not ON_POSTGRES:
                return Portal(data_dir, entry_url, settings)
            if data_dir not in addresses:
                server = request.getfixturevalue("postgres_server")
                addresses[data_dir] = databases.enter_context(fresh_database(server))
            return Portal(data_dir, entry_url, settings | {"DATABASE_URL": addresses[data_dir]})

        yield make
