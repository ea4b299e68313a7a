"""What several processes need: refused in one line where the embedded stores belong to one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.refused import said_of_wrong_use
from partner_portal.cli.main import app
from partner_portal.cli.serve import counting_together
from partner_portal.settings import declared


@pytest.fixture
def embedded(monkeypatch, tmp_path):
    monkeypatch.setattr(declared, "current", lambda: {declared.DATABASE_URL: "", declared.DATA_DIR: tmp_path})


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["serve", "--workers", "2"], "portal migrate-store"),
        (["serve", "--no-jobs"], "leave out --no-jobs"),
        (["worker"], "`portal serve` runs the jobs itself"),
    ],
    ids=["workers", "no jobs", "worker"],
)
def test_the_embedded_stores_are_for_one_process(embedded, command, said, capsys):
    refused = CliRunner().invoke(app, command)
    line = said_of_wrong_use(refused.exception, capsys)
    assert "DATABASE_URL" in line
    assert said in line


@pytest.mark.parametrize("command", [["serve", "--workers", "0"], ["worker", "--metrics-port", "0"]], ids=" ".join)
def test_numbers_that_nobody_means_are_refused(command):
    assert CliRunner().invoke(app, command).exit_code == 2


def test_several_web_processes_count_in_one_folder_that_goes_with_them(monkeypatch):
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    with counting_together(1):
        assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    with counting_together(2):
        folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
        assert folder.is_dir()
    assert not folder.exists()
