"""The declared settings: one list, clear refusals, secrets that are not repeated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from partner_portal.settings import declared
from partner_portal.settings.declared import SETTINGS, SettingError, read

SOURCE = Path(declared.__file__).parent.parent


def test_an_empty_environment_gives_the_defaults():
    values = read({})
    assert values[declared.DATA_DIR] == Path("data")
    assert values[declared.ENTRY_URL] == "https://webservices.autotask.net"
    assert values[declared.AUTOTASK_HOSTS] == ("*.autotask.net",)
    assert values[declared.REFRESH_SECONDS] == 300
    assert values[declared.DEMO] is False
    assert values[declared.DATABASE_URL] == ""


def test_values_are_understood():
    values = read(
        {
            "PORTAL_DATA_DIR": "~/portal",
            "PORTAL_DEMO": "Yes",
            "PORTAL_REFRESH_SECONDS": "60",
            "PORTAL_VAULT_KEYS": "one, two\nthree",
            "PORTAL_PUBLIC_URL": "https://portal.example.com/",
        }
    )
    assert values[declared.DATA_DIR] == Path.home() / "portal"
    assert values[declared.DEMO] is True
    assert values[declared.REFRESH_SECONDS] == 60
    assert values[declared.VAULT_KEYS] == ("one", "two", "three")
    assert values[declared.PUBLIC_URL] == "https://portal.example.com"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_REFRESH_SECONDS", "often"),
        ("PORTAL_REFRESH_SECONDS", "9"),
        ("PORTAL_REFRESH_SECONDS", "-60"),
        ("PORTAL_DEMO", "perhaps"),
        ("PORTAL_PUBLIC_URL", "portal.example.com"),
        ("PORTAL_AUTOTASK_ENTRY_URL", "ftp://webservices.autotask.net"),
        ("PORTAL_AUTOTASK_ENTRY_URL", "https://user:word@webservices.autotask.net"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_setting(name, value):
    with pytest.raises(SettingError) as refused:
        read({name: value})
    line = str(refused.value)
    assert line.startswith(f"{name} must be ")
    assert value in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "gopher://somebody:hunter2@host"),
        ("DATABASE_URL", "postgresql://somebody:a/hunter2@host/name"),
        ("DATABASE_URL", "postgresql://somebody@host:hunter2/name"),
        ("PORTAL_EMAIL_URL", "gopher://somebody:hunter2@host"),
    ],
)
def test_a_wrong_secret_is_not_repeated(name, value):
    with pytest.raises(SettingError) as refused:
        read({name: value})
    assert "hunter2" not in str(refused.value)
    assert name in str(refused.value)


def test_a_secret_can_come_from_a_file(tmp_path):
    kept = tmp_path / "secret"
    kept.write_text("not for everybody\n")
    values = read({"AUTOTASK_SECRET_FILE": str(kept)})
    assert values[declared.AUTOTASK_SECRET] == "not for everybody"


def test_a_plain_setting_has_no_file_variant(tmp_path):
    kept = tmp_path / "name"
    kept.write_text("somebody")
    assert read({"PORTAL_EMAIL_FROM_FILE": str(kept)})[declared.EMAIL_FROM] == declared.EMAIL_FROM.default


def test_the_username_that_goes_with_a_secret_may_be_in_a_file_too(tmp_path):
    kept = tmp_path / "name"
    kept.write_text("somebody\n")
    assert read({"AUTOTASK_USERNAME_FILE": str(kept)})[declared.AUTOTASK_USERNAME] == "somebody"


def test_a_secret_given_twice_is_refused(tmp_path):
    with pytest.raises(SettingError, match="both set"):
        read({"AUTOTASK_SECRET": "x", "AUTOTASK_SECRET_FILE": str(tmp_path / "secret")})


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingError, match="PORTAL_SECRET_KEY_FILE cannot be read: No such file"):
        read({"PORTAL_SECRET_KEY_FILE": str(tmp_path / "absent")})


def test_the_values_print_no_value():
    values = read({"AUTOTASK_SECRET": "hunter2"})
    assert "hunter2" not in repr(values)


def test_every_setting_has_one_name_and_a_sentence():
    names = [setting.name for setting in SETTINGS]
    assert len(names) == len(set(names))
    assert all(setting.sentence.endswith(".") for setting in SETTINGS)


def test_every_declared_setting_is_in_the_list():
    declared_here = {value.name for value in vars(declared).values() if isinstance(value, declared.Setting)}
    assert declared_here == {setting.name for setting in SETTINGS}


HANDED_ON = "usecases/exposition.py"
"""Reads the folder that `portal serve` hands to its own processes, by the name that prometheus-client gave it."""


def test_nothing_else_reads_the_environment():
    reads = re.compile(r"os\.environ\[[^\]]+\](?! = )|environ\.get|getenv")
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if "node_modules" not in path.parts and reads.search(path.read_text(encoding="utf-8"))
    }
    assert found <= {"settings/declared.py", HANDED_ON}
