"""Journeys of an API secret through the portal, and the search that watches every test of this suite.

The values are made anew for each test, so that nothing else can be mistaken for them.
"""

from __future__ import annotations

import io
import json
import logging
import secrets
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.backup import back_up
from partner_portal.bootstrap.stores import PORTAL, WAREHOUSE
from partner_portal.organizations.models import Connection
from partner_portal.sandbox.app import build
from partner_portal.sandbox.login import USERNAME
from partner_portal.sandbox.world import World
from partner_portal.settings.logs import line_formatter
from partner_portal.usecases.sync_organization import sync_organization
from partner_portal.vault.sealing import Keyring, new_key
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.tables import SCHEMA
from proofs import prove
from secret_search import SEARCH, Search, forms
from stores import ON_POSTGRES

ENTRY_URL = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Pair:
    """One API user's values, made for one test."""

    secret: str
    code: str

    @classmethod
    def made_up(cls) -> Pair:
        return cls(f"secret-{secrets.token_urlsafe(24)}", f"CODE{secrets.token_hex(12).upper()}")

    def form(self, **others: str) -> dict[str, str]:
        return {"username": USERNAME, "secret": self.secret, "integration_code": self.code, **others}


@pytest.fixture
def pair() -> Pair:
    made = Pair.made_up()
    for value in (made.secret, made.code):
        SEARCH.add(value)
    return made


@pytest.fixture
def sandbox(pair):
    world = World.empty(now=None)
    world.insert("Companies", {"companyName": "First"})
    app = build(world)
    allow(app, pair)
    yield app
    world.close()


def allow(app, pair: Pair) -> None:
    """Let the sandbox's API user sign in with `pair` from now on."""
    app.state.login = replace(app.state.login, secret=pair.secret, integration_code=pair.code)


@pytest.fixture
def wired(parts, sandbox, tmp_path):
    """The portal's parts with the sandbox as its Autotask, and where the warehouse is a file, with one on the disk."""

    async def open_client(credentials, limits, known=None):
        return await AutotaskClient.connect(
            credentials, entry_url=ENTRY_URL, transport=AsgiTransport(sandbox), limits=limits, known=known
        )

    (tmp_path / "data").mkdir()
    warehouse = parts.warehouse if ON_POSTGRES else open_warehouse(str(tmp_path / "data" / WAREHOUSE))
    made = replace(parts, warehouse=warehouse, open_client=open_client, entry_url=ENTRY_URL)
    portal.hold(made)
    yield made
    portal.hold(parts)
    warehouse.close()


@pytest.fixture
def administrator(wired, organization, member):
    person = member("administrator")
    client = Client(raise_request_exception=False)
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return prove(client, person)


@pytest.fixture
def written():
    """All log lines of the test, as they are written."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(line_formatter("json"))
    loggers = [logging.getLogger(), logging.getLogger("partner_portal")]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    loggers[1].setLevel(logging.DEBUG)
    yield handler.stream
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def looked_through(client: Client) -> None:
    """Ask for everything that tells of the connection; the watch looks at every answer."""
    pages = ("/", "/settings/connection/", "/settings/audit/", "/settings/people/", "/definitions/", "/metrics")
    data = ("connection", "sales-report", "mapping", "openapi.json", "export?format=csv", "export?format=xlsx")
    for address in (*pages, *(f"/api/v1/{name}" for name in data)):
        assert client.get(address).status_code < 500, address


def in_warehouse(warehouse, organization, tmp_path: Path) -> str:
    """Every value of every table of the warehouse, as text; behind PostgreSQL's walls, of the organization's rows."""
    if ON_POSTGRES:
        with warehouse._engine.reading(organization.scope.organization_id) as session:
            tables = session.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $schema", {"schema": SCHEMA})
            return repr([session.fetch(f'SELECT * FROM {SCHEMA}."{table}"') for (table,) in tables])
    warehouse.copy_to(tmp_path / "looked.duckdb", lambda: None)
    told = []
    with duckdb.connect(str(tmp_path / "looked.duckdb"), read_only=True) as look:
        for schema, table in look.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
            told += look.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall()
    return repr(told)


def test_connecting_testing_and_rotating_leave_no_trace(
    administrator, wired, organization, pair, sandbox, written, tmp_path
):
    wrong = Pair.made_up()
    SEARCH.add(wrong.secret)
    client = administrator
    assert client.post("/settings/connection/", wrong.form(act="test")).status_code < 500
    assert client.post("/settings/connection/", pair.form(act="test")).status_code < 500
    assert client.post("/settings/connection/", pair.form(act="save"), follow=True).status_code < 500
    looked_through(client)
    body = {"username": USERNAME, "secret": pair.secret, "integration_code": pair.code}
    for path in ("/api/v1/connection/test", "/api/v1/connection"):
        assert client.post(path, json.dumps(body), content_type="application/json").status_code < 500
        assert client.put(path, json.dumps(body), content_type="application/json").status_code < 500
    assert connection_of(organization)
    sync_organization(wired, organization)
    later = Pair.made_up()
    for value in (later.secret, later.code):
        SEARCH.add(value)
    allow(sandbox, later)
    sync_fails(wired, organization)
    client.post("/settings/connection/", later.form(act="save"), follow=True)
    looked_through(client)
    told = in_warehouse(wired.warehouse, organization, tmp_path)
    for value in (pair.secret, pair.code, later.secret, wrong.secret):
        assert value not in written.getvalue()
        assert value not in told
    assert "First" in told, "the sync was to have brought something"


def connection_of(organization) -> bool:
    return Connection.objects.filter(organization=organization).exists()


def sync_fails(wired, organization) -> None:
    summary = None
    try:
        summary = sync_organization(wired, organization)
    except Exception as refused:  # noqa: BLE001 - whichever way it is refused, its words are looked at
        SEARCH.look("the words of a refused sync", str(refused))
    assert summary is None or any(part.problem for part in summary.entities)


def test_a_fault_in_the_middle_shows_no_value_anywhere(administrator, wired, pair, written, monkeypatch):
    """The worst of faults: an exception whose message holds the secret, at the place where it is handled."""

    def fail(*_args, **_kwargs):
        held = Credentials(USERNAME, pair.secret, pair.code)
        raise RuntimeError(f"could not seal {held.secret!r} of {held.headers()}")

    monkeypatch.setattr(type(wired.vault), "keep", fail)
    monkeypatch.setattr("secret_search.Lines.emit", lambda *_: None)  # what is asked for holds it; what is written not
    answer = administrator.post("/settings/connection/", pair.form(act="save"))
    assert answer.status_code in {409, 500}
    assert pair.secret not in written.getvalue()
    assert pair.code not in written.getvalue()
    assert answer.content
    answer = administrator.post("/settings/connection/", pair.form(act="nonsense", secret=pair.secret + "\n"))
    assert answer.status_code < 500


@pytest.mark.embedded
def test_a_backup_holds_no_value(administrator, wired, organization, pair, tmp_path):
    administrator.post("/settings/connection/", pair.form(act="save"), follow=True)
    sync_organization(wired, organization)
    (tmp_path / "data" / PORTAL).write_bytes(connection.connection.serialize())
    with closing(sqlite3.connect(tmp_path / "data" / PORTAL)) as file:
        assert file.execute("SELECT count(*) FROM sealed_secrets").fetchone()[0] >= 2
    back_up(wired, tmp_path / "data", tmp_path / "b.zip", keyring=Keyring([new_key()]))
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    for form in forms(pair.secret) | forms(pair.code):
        assert form not in everything


# Whether the search would find a leak.


@pytest.fixture
def search(pair):
    made = Search()
    made.add(pair.secret)
    return made


def answer_with(body: bytes = b"", **headers: str) -> HttpResponse:
    response = HttpResponse(body, headers=headers)
    response.request = {"REQUEST_METHOD": "GET", "PATH_INFO": "/planted"}
    return response


def packed(name: str, content: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.leaks_on_purpose
@pytest.mark.parametrize("way", range(7))
def test_a_secret_in_an_answer_is_found_in_every_form(search, pair, way):
    form = sorted(forms(pair.secret + "/ü"))[way % len(forms(pair.secret + "/ü"))]
    other = Search()
    other.add(pair.secret + "/ü")
    other.look_into_answer(answer_with(b"before " + form + b" after"))
    assert other.found == ["the answer to GET /planted (body)"]


@pytest.mark.leaks_on_purpose
def test_a_secret_in_a_header_a_cookie_an_archive_or_a_file_is_found(search, pair, tmp_path):
    search.look_into_answer(answer_with(**{"X-Told": pair.secret}))
    with_cookie = answer_with()
    with_cookie.set_cookie("told", pair.secret)
    search.look_into_answer(with_cookie)
    search.look_into_answer(answer_with(packed("sheet.xml", f"<t>{pair.secret}</t>")))
    (tmp_path / "b.zip").write_bytes(packed("a.sqlite", f"row {pair.secret}"))
    search.look_into_file(tmp_path / "b.zip")
    assert search.found == [
        "the answer to GET /planted (headers)",
        "the answer to GET /planted (headers)",
        "the answer to GET /planted (body): sheet.xml",
        "the file b.zip: a.sqlite",
    ]


@pytest.mark.leaks_on_purpose
def test_a_harmless_answer_is_not_accused(search):
    search.look_into_answer(answer_with(b"The secret was accepted.", ETag='"abc"'))
    assert search.found == []


PLANTED = """
import logging
from partner_portal.autotask.credentials import Credentials

SECRET = "a-secret-that-only-this-test-knows"
Credentials("u", SECRET, "a-code-that-only-this-test-knows")

def test_in_a_file(tmp_path):
    (tmp_path / "dump.txt").write_text(f"row: {SECRET}")

def test_in_a_log_line():
    logging.getLogger("x").warning("signing in with %s", SECRET)

def test_in_the_database(db):
    from partner_portal.organizations.models import Organization
    Organization.objects.create(slug="x", name=f"told {SECRET}")

def test_in_an_answer(db, client):
    client.get("/nowhere/" + SECRET)
    client.get("/api/v1/nowhere/" + SECRET)

def test_nothing(tmp_path):
    (tmp_path / "dump.txt").write_text("row")
"""


@pytest.mark.slow
def test_a_planted_leak_fails_its_test(tmp_path):
    """The whole watch, in a run of its own: four tests that leak fail with the place, one that does not passes."""
    root = Path(__file__).resolve().parents[2]
    planted = tmp_path / "test_planted.py"
    planted.write_text(PLANTED)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "secret_search", "-p", "no:cacheprovider", "-W", "ignore", "-c",
         root / "pyproject.toml", f"--rootdir={root}", "--basetemp", tmp_path / "run", planted],
        capture_output=True, text=True, timeout=120, check=False, cwd=root,
    )  # fmt: skip
    said = done.stdout
    assert "4 failed, 1 passed" in said, said + done.stderr
    for place in ("the file dump.txt", "a log line of x", "Django's database", "the answer to GET /api/v1/nowhere/"):
        assert place in said
    planted.unlink()
