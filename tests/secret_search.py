"""A pytest plugin: no test may leave an API secret or an integration code anywhere in clear.

Every pair of credentials that any test makes is searched for in all that the portal gives away meanwhile: every answer
(status line, headers, cookies, body), every log line as it was asked for (before the log's own wall), every row that
Django's database holds at the end, every file below the test's `tmp_path` (archives unpacked), and everything that
commands print. A test that finds one fails, and names the place, not the value.

Marks: `leaks_on_purpose` for a test of the walls themselves.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from psycopg.pq import TransactionStatus

from stores import database_bytes

SHORTEST = 12
"""Shorter values of tests are words ("wrong"), and occur anyway."""
LARGEST_BYTES = 512 << 20
MADE_PUBLIC = {"demo.log", "sandbox.log"}
"""Files in which a sandbox names its own credentials, which open nothing but that sandbox."""


class Search:
    """What is searched for, and where it was found during the test that runs."""

    def __init__(self) -> None:
        self._forms: dict[bytes, None] = {}
        self.found: list[str] = []

    def add(self, value: str) -> None:
        """Search for `value` from now on, in every form in which it could be read."""
        if len(value) >= SHORTEST:
            self._forms |= dict.fromkeys(forms(value))

    def look(self, place: str, content: bytes | str) -> None:
        """Note `place` when any secret is in `content`."""
        held = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        if any(form in held for form in self._forms):
            self.found.append(place)

    def look_into_answer(self, response: Any) -> None:
        """Look through an answer of Django's test client."""
        place = f"the answer to {response.request.get('REQUEST_METHOD')} {response.request.get('PATH_INFO')}"
        self.look(f"{place} (headers)", f"{response.reason_phrase}\n{response.headers}\n{response.cookies}")
        if not response.streaming:
            self.look_into_bytes(f"{place} (body)", response.content)

    def look_into_file(self, path: Path) -> None:
        """Look through a file, and through what is packed in it."""
        if path.name not in MADE_PUBLIC and path.is_file() and path.stat().st_size <= LARGEST_BYTES:
            self.look_into_bytes(f"the file {path.name}", path.read_bytes())

    def look_into_bytes(self, place: str, content: bytes) -> None:
        """Look through `content`, unpacked where it is an archive or a PDF."""
        self.look(place, content)
        if content.startswith(b"PK"):
            try:
                with zipfile.ZipFile(io.BytesIO(content)) as packed:
                    for name in packed.namelist():
                        self.look_into_bytes(f"{place}: {name}", packed.read(name))
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
                return  # a test's own broken archive
        if content.startswith(b"%PDF"):
            for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, flags=re.DOTALL):
                self.look(f"{place} (a stream)", _inflated(stream))


def forms(value: str) -> set[bytes]:
    """`value` in clear, and in the ways of writing that anybody can undo."""
    raw = value.encode()
    written = {value, quote(value, safe=""), quote_plus(value), value.encode("unicode_escape").decode("ascii")}
    return {
        *(form.encode() for form in written),
        base64.b64encode(raw).rstrip(b"="),
        base64.urlsafe_b64encode(raw).rstrip(b"="),
        raw.hex().encode(),
    }


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


SEARCH = Search()


class Lines(logging.Handler):
    """Looks at every line that is logged, before the log's own wall has seen it."""

    def emit(self, record: logging.LogRecord) -> None:
        told = [str(record.msg), record.getMessage() if isinstance(record.msg, str) else ""]
        if record.exc_info:
            told.append(logging.Formatter().formatException(record.exc_info))
        SEARCH.look(f"a log line of {record.name}", "\n".join(told))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "leaks_on_purpose: plants secrets to test what must stop them")
    from partner_portal.sandbox import login

    for value in (login.SECRET, login.INTEGRATION_CODE):
        SEARCH.add(value)
    logging.getLogger().addHandler(Lines())
    _watch_credentials()
    _watch_answers()
    _watch_commands()


def _watch_credentials() -> None:
    from partner_portal.autotask.credentials import Credentials

    checked = Credentials.__post_init__

    def register(self: Credentials) -> None:
        checked(self)
        SEARCH.add(self.secret)
        SEARCH.add(self.integration_code)

    Credentials.__post_init__ = register  # type: ignore[method-assign]


def _watch_answers() -> None:
    from django.test import Client

    ask = Client.request

    def asked(self: Client, **request: Any) -> Any:
        response = ask(self, **request)
        SEARCH.look_into_answer(response)
        return response

    Client.request = asked  # type: ignore[method-assign]


def _watch_commands() -> None:
    from typer.testing import CliRunner

    invoke, run = CliRunner.invoke, subprocess.run

    def invoked(self: CliRunner, *args: Any, **kwargs: Any) -> Any:
        result = invoke(self, *args, **kwargs)
        SEARCH.look("what a command printed", result.output)
        return result

    def ran(*args: Any, **kwargs: Any) -> Any:
        done = run(*args, **kwargs)
        for printed in (done.stdout, done.stderr):
            SEARCH.look("what a process printed", printed or b"")
        return done

    CliRunner.invoke = invoked  # type: ignore[method-assign]
    subprocess.run = ran


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    SEARCH.found.clear()
    result = yield
    _look_into_what_is_left(item)
    found = list(dict.fromkeys(SEARCH.found))
    if found and item.get_closest_marker("leaks_on_purpose") is None:
        pytest.fail(f"an API credential is in clear in {'; '.join(found)}", pytrace=False)
    return result


def _is_given_up(connection: Any) -> bool:
    """Whether PostgreSQL refused something in the test's transaction: it answers nothing more, and keeps nothing."""
    if connection.vendor != "postgresql":
        return False
    is_refused = connection.connection.info.transaction_status == TransactionStatus.INERROR
    return bool(connection.needs_rollback or is_refused)


def _look_into_what_is_left(item: pytest.Item) -> None:
    """Django's database and the test's files, before they are gone."""
    fixtures = getattr(item, "funcargs", {})
    if "db" in getattr(item, "fixturenames", ()) or "transactional_db" in getattr(item, "fixturenames", ()):
        from django.db import connection

        if connection.connection is not None and not _is_given_up(connection):
            SEARCH.look("Django's database", database_bytes())
    folder = fixtures.get("tmp_path")
    for path in Path(folder).rglob("*") if folder else ():
        SEARCH.look_into_file(path)
