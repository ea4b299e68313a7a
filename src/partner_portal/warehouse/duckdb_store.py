"""The embedded warehouse: one DuckDB file, owned by one process.

Tables have no index: a merge joins the staged ids against the column itself, which DuckDB does faster than it
keeps an index (measured on 200,000 rows: first merge 0.36 s against 0.52 s, and half the file).
"""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

import os
import re
import shutil
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import duckdb
from cachetools import LRUCache, cached

from partner_portal.autotask.catalog import Entity, Record
from partner_portal.warehouse.engine import BATCH, DEFECT, Parameters, Session
from partner_portal.warehouse.migration import NOBODY, migrate
from partner_portal.warehouse.payload import WITH_ZONE, json_lines, wire_columns
from partner_portal.warehouse.store import WarehouseError, WarehouseLocked
from partner_portal.warehouse.tables import ENTITY_TABLES, SCHEMA, Column, Table

IN_MEMORY = ":memory:"
ALIAS = "warehouse_file"
"""What the database is called where its file's name cannot serve."""

COPY = "warehouse_copy"
"""What a copy is called while it is made."""

MEMORY_LIMITS = {False: "144MB", True: "1GB"}
"""What DuckDB may take for a file, where it can spill, and without one.

Measured with a file of 1.2 million rows: the process that loads them stays below 300 MB, and a report of a year
takes about as long as with 1 GB.
"""


THREADS = max(1, (os.cpu_count() or 1) // 2)
"""How many threads work on one statement: half of the machine's cores.

Several statements run at once, and so do the sync's own threads. With two threads on two cores a first load takes a
fifth more processor time than with one, and a report no less time.
"""

CHECKPOINT_THRESHOLD = "64MB"
"""How large the file's log may grow before a commit brings it into the file, which takes some tenths of a second.

The log of a first load of 200,000 rows stays below it; opening the file after a crash reads it in a second.
"""


PARSED: LRUCache[str, duckdb.Statement] = LRUCache(2**19, getsizeof=lambda statement: len(statement.query))
"""Parsed statements by their text: parsing it again is a fifth of what a report takes.

Bounded by characters, each of which takes some 25 bytes: a list of 5,000 ids takes 1.3 MB, all of them 13 MB.
"""


@cached(PARSED, key=lambda _cursor, sql: sql, lock=threading.Lock())
def _parsed(cursor: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The one statement in `sql`. It belongs to no connection, and running it leaves it as it is."""
    (only,) = cursor.extract_statements(sql)
    return only


class DuckDBSession:
    """SQL over one cursor."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def fetch(self, sql: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run a SELECT and return its rows."""
        with _translated():
            return self._cursor.execute(_parsed(self._cursor, sql), dict(parameters or {})).fetchall()

    def change(self, sql: str, parameters: Parameters | None = None) -> int:
        """Run any other statement and return how many rows it touched."""
        with _translated():
            counted = self._cursor.execute(sql, dict(parameters or {})).fetchone()
        return int(counted[0]) if counted else 0


class DuckDBStaging:
    """A temporary table of one cursor; it spills to the temporary directory when memory runs short."""

    def __init__(self, engine: DuckDBEngine, entity: Entity[Any]) -> None:
        self.name = f"staged_{entity.table}"
        self._engine = engine
        self._cursor = engine.cursor()
        self._file = engine.folder / f"{uuid4().hex}.ndjson"
        columns = wire_columns(entity)
        shape = ", ".join(f"'{wire}': '{_type_in_json(column)}'" for wire, column in columns)
        taken = ", ".join(_taken(wire, column) for wire, column in columns)
        self._taking_in = (
            f'INSERT INTO "{self.name}" SELECT {taken}, $batch '
            f"FROM read_json($file, format = 'newline_delimited', columns = {{{shape}}})"
        )
        definitions = ENTITY_TABLES[entity.path].definitions
        self._session = DuckDBSession(self._cursor)
        self._session.change(f'CREATE TEMP TABLE "{self.name}" ({definitions}, {BATCH} BIGINT)')

    def append(self, pages: Sequence[bytes], batch: int) -> None:
        """Take rows, one JSON object a line, through a file: four times as fast as by a parameter."""
        try:
            with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.writelines(pages)
            with self._engine.reading_json:
                self._session.change(self._taking_in, {"file": str(self._file), "batch": batch})
        except OSError as error:
            raise WarehouseError(
                f"The rows cannot be written beside the warehouse: {error.strerror}. Check free disk space and rights."
            ) from error
        finally:
            self._file.unlink(missing_ok=True)

    @contextmanager
    def ahead(self, _organization_id: int, /) -> Iterator[None]:
        """None: writers queue up, and taking rows out of the staging table is quick."""
        yield None

    def learn(self, _session: Session, /) -> None:
        """Do nothing: DuckDB counts as it writes."""

    @contextmanager
    def writing(self, _organization_id: int, /) -> Iterator[DuckDBSession]:
        """A write transaction that also sees the staged rows."""
        with self._engine.transaction(self._cursor) as session:
            yield session

    def close(self) -> None:
        """Drop the table by closing its cursor."""
        self._cursor.close()


def _type_in_json(column: Column) -> str:
    return "VARCHAR" if column.type == WITH_ZONE else column.type


def _taken(wire: str, column: Column) -> str:
    """The value of a column; an instant in UTC, as nearly all are, without the calendar that other zones need."""
    if column.type != WITH_ZONE:
        return f'"{wire}"'
    in_utc, in_its_zone = f'CAST("{wire}" AS TIMESTAMP)', f'CAST(CAST("{wire}" AS {WITH_ZONE}) AS TIMESTAMP)'
    return f"CASE WHEN ends_with(\"{wire}\", 'Z') THEN {in_utc} ELSE {in_its_zone} END"


class DuckDBEngine:
    """One database instance; every use takes a cursor of its own, which costs about 10 microseconds."""

    def __init__(self, location: str, *, memory_limit: str | None = None) -> None:
        self.folder = _folder_of(location)
        """Where rows lie for a moment on their way in; SQL can reach no other files."""
        self._connection = _connect(location, memory_limit or MEMORY_LIMITS[location == IN_MEMORY], self.folder)
        self._is_attached = _name_of(self._connection) == ALIAS
        self._removing = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.reading_json = threading.Lock()
        """Held by one load at a time: DuckDB takes 32 MiB for each file that it reads JSON from."""
        self._opening = threading.Lock()
        self._copying = threading.Lock()
        self._writing = threading.Lock()
        self._changes = 0
        self._cursors: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the same database, closed with the engine at the latest."""
        with self._opening, _translated():
            cursor = self._connection.cursor()
            self._cursors.add(cursor)
            if self._is_attached:
                cursor.execute(f"USE {ALIAS}")
            return cursor

    def migrate(self) -> None:
        """Bring the tables up to date. Without indexes: DuckDB joins faster than it keeps one."""
        with self.writing(NOBODY) as session:
            migrate(session, on_server=False)

    @contextmanager
    def reading(self, _organization_id: int, /) -> Iterator[DuckDBSession]:
        """A read-only transaction in which every read sees the same state."""
        cursor = self.cursor()
        try:
            with _translated():
                cursor.execute("BEGIN TRANSACTION READ ONLY")
                yield DuckDBSession(cursor)
        finally:
            cursor.close()

    def reading_beside(self, organization_id: int, /) -> AbstractContextManager[DuckDBSession]:
        """A second reading: planning a statement takes as long as running it, and one thread."""
        return self.reading(organization_id)

    @contextmanager
    def writing(self, _organization_id: int, /) -> Iterator[DuckDBSession]:
        """A write transaction; all writers of the file queue up, since DuckDB refuses overlapping changes."""
        cursor = self.cursor()
        try:
            with self.transaction(cursor) as session:
                yield session
        finally:
            cursor.close()

    @contextmanager
    def transaction(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[DuckDBSession]:
        """A write transaction on `cursor`."""
        with self._writing, _translated():
            cursor.execute("BEGIN TRANSACTION")
            try:
                yield DuckDBSession(cursor)
            except BaseException:
                _roll_back(cursor)
                raise
            try:
                cursor.execute("COMMIT")
            finally:
                self._changes += 1

    def changes(self) -> int:
        """How many writes have come as far as their commit."""
        return self._changes

    def packed(self, records: Sequence[Record], /) -> bytes:
        """JSON lines, which DuckDB reads itself, and which take a third of the memory that records take."""
        return json_lines(records)

    def staging(self, entity: Entity[Any]) -> DuckDBStaging:
        """A new, empty staging table for rows of `entity`."""
        return DuckDBStaging(self, entity)

    def wrote(self, _table: Table, _rows: int, /) -> None:
        """Do nothing: DuckDB counts as it writes."""

    def learn(self) -> None:
        """Do nothing, for the same reason."""

    def copy_to(self, target: Path, at_instant: Callable[[], None]) -> None:
        """Write what is held at one instant into a new file, without what was deleted or is not committed.

        Readers and writers go on meanwhile; writers wait for `at_instant` only.
        """
        aside = self.folder / f"{uuid4().hex}.copy"
        cursor = self.cursor()
        try:
            with self._copying, _translated():
                self._copy(cursor, aside, at_instant)
            aside.chmod(0o600)
            aside.replace(target)
        except OSError as error:
            raise WarehouseError(
                f"The warehouse cannot be copied: {error.strerror}. Check free disk space and rights."
            ) from error
        finally:
            cursor.close()
            aside.unlink(missing_ok=True)

    def _copy(self, cursor: duckdb.DuckDBPyConnection, aside: Path, at_instant: Callable[[], None]) -> None:
        name = _name_of(cursor).replace('"', '""')
        literal = str(aside).replace("'", "''")
        cursor.execute(f"ATTACH '{literal}' AS {COPY} (TYPE duckdb)")
        try:
            with self._writing:
                cursor.execute("BEGIN TRANSACTION")
                # a transaction sees the store as it is at its first look
                cursor.execute(f"SELECT version FROM {SCHEMA}.schema_version").fetchall()
                at_instant()
            cursor.execute(f'COPY FROM DATABASE "{name}" TO {COPY}')
            cursor.execute("COMMIT")
        except BaseException:
            _roll_back(cursor)
            raise
        finally:
            cursor.execute(f"DETACH {COPY}")

    def close(self) -> None:
        """Close every cursor and the file, so that another process can open it."""
        for cursor in list(self._cursors):
            cursor.close()
        self._connection.close()
        self._removing()


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error:
        # A failed commit or a full disk has already undone the transaction; the first error is the one to tell.
        return


def _folder_of(location: str) -> Path:
    """The folder for rows on their way in, for this user only; beside a file it has a fixed name, to be found again."""
    if location == IN_MEMORY:
        return Path(mkdtemp(prefix="warehouse-"))
    path = Path(location)
    return path.with_name(f"{path.name}.rows").absolute()


def _connect(location: str, memory_limit: str, folder: Path) -> duckdb.DuckDBPyConnection:
    config: dict[str, Any] = {
        "memory_limit": memory_limit,
        "threads": THREADS,
        "preserve_insertion_order": False,
        "checkpoint_threshold": CHECKPOINT_THRESHOLD,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
    if location == IN_MEMORY:
        config["temp_directory"] = ""
        return _confined(duckdb.connect(IN_MEMORY, config=config), folder)
    path = Path(location)
    try:
        # The file's log and spilled pages lie beside it: a new directory is for its owner only.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_new = not path.exists()
        connection = _open(path, config)
        if is_new:
            path.chmod(0o600)
        # Only now: as long as another process owned the file, so it did the folder.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    except (duckdb.Error, OSError) as error:
        raise cannot_open(path, error) from error
    return _confined(connection, folder)


def _open(path: Path, config: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """The database in the file at `path`.

    DuckDB calls it by the file's name, and could not tell a database from a schema of the same name: such a file is
    attached under an alias.
    """
    connection = duckdb.connect(str(path), config=config)
    if _name_of(connection).casefold() != SCHEMA:
        return connection
    connection.close()
    connection = duckdb.connect(IN_MEMORY, config={**config, "temp_directory": f"{path}.tmp"})
    literal = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{literal}' AS {ALIAS} (TYPE duckdb)")
    connection.execute(f"USE {ALIAS}")
    return connection


def _name_of(connection: duckdb.DuckDBPyConnection) -> str:
    (name,) = connection.execute("SELECT current_database()").fetchall()[0]
    return str(name)


def _confined(connection: duckdb.DuckDBPyConnection, folder: Path) -> duckdb.DuckDBPyConnection:
    """Neither other files, nor the network, nor Python's variables can be reached from SQL; its clock is in UTC."""
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET GLOBAL allowed_directories = [$folder]", {"folder": str(folder)})
    connection.execute("SET GLOBAL enable_external_access = false")
    return connection


def cannot_open(path: Path, error: Exception) -> WarehouseError:
    """The refusal of a file that DuckDB would not open, `WarehouseLocked` where another process owns it."""
    message = str(error)
    if "Could not set lock on file" in message:
        holder = re.search(r"PID (\d+)", message)
        who = f" (PID {holder.group(1)})" if holder else ""
        return WarehouseLocked(
            f"The warehouse {path} is in use by another process{who}. Stop it, or ask it over its API."
        )
    reason = message.splitlines()[0] if message else type(error).__name__
    return WarehouseError(
        f"The warehouse {path} cannot be opened: {reason} Check its path and rights, or move it away and sync again."
    )


_PASSING = (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.InterruptException)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        remedy = "Check free disk space and memory, then try again." if isinstance(error, _PASSING) else DEFECT
        raise WarehouseError(f"The DuckDB warehouse answered: {reason} {remedy}") from error
