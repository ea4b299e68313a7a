"""Starting: keys, tables and static files are made where they are missing; what is wrong is one line."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage

from partner_portal.bootstrap.requests import actor_of
from partner_portal.bootstrap.tables import collect_static_when_needed
from partner_portal.settings import declared

SETTING_UP = """
import sys
from partner_portal.bootstrap import portal
from partner_portal.settings.declared import SettingError
try:
    portal.prepare()
    parts = portal.parts()
except SettingError as wrong:
    sys.exit(str(wrong))
assert portal.parts() is parts
portal.close()
portal.close()
"""


def start(**settings):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return subprocess.run(
        [sys.executable, "-c", SETTING_UP], env=kept | settings, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.slow
def test_the_first_start_makes_what_is_missing_and_the_second_keeps_it(tmp_path):
    data = tmp_path / "data"
    first = start(PORTAL_DATA_DIR=str(data))
    assert (first.returncode, first.stderr) == (0, "")
    keys = {name: (data / name).read_text() for name in ("secret.key", "vault.key")}
    assert (data / "portal.sqlite").exists()
    assert (data / "warehouse.duckdb").exists()
    assert start(PORTAL_DATA_DIR=str(data)).returncode == 0
    assert keys == {name: (data / name).read_text() for name in keys}


def test_a_data_directory_that_cannot_be_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    failed = start(PORTAL_DATA_DIR=str(tmp_path / "file" / "data"))
    assert failed.returncode == 1
    assert failed.stderr.startswith("PORTAL_DATA_DIR cannot be used: Not a directory")
    assert failed.stderr.count("\n") == 1


def test_a_wrong_setting_stops_the_start(tmp_path):
    failed = start(PORTAL_DATA_DIR=str(tmp_path), PORTAL_REFRESH_SECONDS="soon")
    assert failed.returncode == 1
    assert failed.stderr == "PORTAL_REFRESH_SECONDS must be a whole number of seconds, 10 or more, not 'soon'.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_wrong_vault_key_stops_the_start_and_is_not_repeated(tmp_path):
    failed = start(PORTAL_DATA_DIR=str(tmp_path), PORTAL_VAULT_KEYS="hunter2")
    assert failed.returncode == 1
    assert failed.stderr == "A vault key must be 32 bytes in base64. Check PORTAL_VAULT_KEYS.\n"


def test_static_files_are_collected_once_and_served_by_name_until_then(tmp_path, settings, monkeypatch):
    values = declared.read({"PORTAL_DATA_DIR": str(tmp_path)})
    monkeypatch.setattr(declared, "current", lambda: values)
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("body { color: black }\n" * 100)
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "collected"
    assert staticfiles_storage.url("page.css") == "/static/page.css"
    collect_static_when_needed()
    hashed = [path.name for path in (tmp_path / "collected").glob("page.*.css*")]
    assert any(name.endswith(".br") for name in hashed)
    (tmp_path / "collected" / "left.txt").write_text("stays while nothing changed")
    collect_static_when_needed()
    assert (tmp_path / "collected" / "left.txt").exists()
    (source / "page.css").write_text("body { color: white }")
    collect_static_when_needed()
    assert not (tmp_path / "collected" / "left.txt").exists()


def test_nobody_is_no_actor(rf, db):
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/")
    request.user = AnonymousUser()
    with pytest.raises(TypeError):
        actor_of(request)
