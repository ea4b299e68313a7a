"""Files that commands write: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from partner_portal.cli.output import write_file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_has_the_content_and_the_usual_rights(tmp_path: Path) -> None:
    write_file(tmp_path / "report.pdf", b"%PDF")
    other = tmp_path / "other"
    other.touch()
    assert (tmp_path / "report.pdf").read_bytes() == b"%PDF"
    assert (tmp_path / "report.pdf").stat().st_mode == other.stat().st_mode


def test_an_old_file_is_replaced_and_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("old")
    path.chmod(0o640)
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert names(tmp_path) == ["report.csv"]


def test_a_full_disk_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "report.csv"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_file(path, b"new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["report.csv"]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "here").symlink_to(tmp_path / "there" / "report.csv")
    write_file(tmp_path / "here", b"new")
    assert (tmp_path / "here").is_symlink()
    assert (tmp_path / "there" / "report.csv").read_bytes() == b"new"


def test_a_device_is_written_to(tmp_path: Path) -> None:
    write_file(Path("/dev/null"), b"gone")
    assert Path("/dev/null").is_char_device()
