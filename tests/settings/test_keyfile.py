"""Keys that the portal makes for itself."""

from __future__ import annotations

import stat

from partner_portal.settings.keyfile import read_or_make


def test_a_key_is_made_once_for_the_owner_only(tmp_path):
    path = tmp_path / "fresh" / "vault.key"
    made = read_or_make(path, lambda: "first")
    assert made == "first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_or_make(path, lambda: "second") == "first"


def test_nothing_is_left_beside_the_key(tmp_path):
    read_or_make(tmp_path / "secret.key", lambda: "first")
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_the_one_who_comes_second_takes_the_first_ones_key(tmp_path):
    path = tmp_path / "secret.key"

    def make_while_another_does() -> str:
        read_or_make(path.with_name("other"), lambda: "theirs")
        path.with_name("other").rename(path)
        return "ours"

    assert read_or_make(path, make_while_another_does) == "theirs"
