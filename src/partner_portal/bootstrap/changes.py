"""Whether anything that an answer was made of can have changed since: the stores themselves are asked.

SQLite tells each connection by `PRAGMA data_version` whether another one committed, and counts what this one changed
itself. Of PostgreSQL, two snapshots with the same text see the same transactions, and so the same rows. The embedded
warehouse, which belongs to this process alone, counts its own writes; on PostgreSQL it lies in the same database.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any

from django.db import DatabaseError, connection

from partner_portal.bootstrap import portal


class Changes:
    """Makes marks. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commits = 0
        self._seen = threading.local()

    def mark(self) -> Hashable:
        """A mark of what can be read from now on: equal to one made before only if nothing changed in between.

        None, which is no mark, within a transaction, whose own changes others do not see. Raises DatabaseError where
        the store does not answer.
        """
        if connection.in_atomic_block:
            return None
        at = self._of_server() if connection.vendor == "postgresql" else self._of_file()
        return at, portal.parts().warehouse.changes()

    def _of_server(self) -> str:
        """The snapshot; asking for it shows as well whether the connection is sound, which is a question spared."""
        connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs do not know it
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_snapshot()::text")
                return str(cursor.fetchone()[0])
        except DatabaseError:
            connection.close()  # whoever comes next opens another one
            raise

    def _of_file(self) -> int:
        """How often a thread has found a commit that it did not know of.

        Each looks through its own connection. Whoever finds one moves the mark for all, so that a mark that did not
        move holds for everybody: between two equal ones, nobody committed.
        """
        connection.ensure_connection()
        held: Any = connection.connection
        (version,) = held.execute("PRAGMA data_version").fetchone()
        found = (held, version, held.total_changes)
        with self._lock:
            if getattr(self._seen, "found", None) != found:
                self._seen.found = found
                self._commits += 1
            return self._commits
