"""The units start commands that exist, as an account of their own, with next to nothing to reach."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from deploy.described import DEPLOY, OURS, UNITS, known_names, unit

HIGHEST_EXPOSURE = 15
"""Tenths of systemd's own measure of what a unit can reach: 100 is everything."""
ANALYZE = shutil.which("systemd-analyze")


def commands() -> list[list[str]]:
    texts = [path.read_text("utf-8") for path in sorted((DEPLOY / "systemd").iterdir())]
    return [line.split() for text in texts for line in re.findall(r"^ExecStart=(\S.*)$", text, flags=re.MULTILINE)]


def test_every_command_and_option_exists() -> None:
    from typer.main import get_command

    from partner_portal.cli.main import app

    assert len(commands()) == len(UNITS) + 1
    for program, name, *options in commands():
        assert program == "/opt/partner-portal/bin/portal"
        parameters = get_command(app).commands[name].params
        known = {option for each in parameters for option in (*each.opts, *each.secondary_opts)}
        assert {option for option in options if option.startswith("--")} <= known


def test_every_setting_of_the_example_exists_and_can_be_read() -> None:
    from partner_portal.settings.declared import read

    lines = (DEPLOY / "portal.env.example").read_text("utf-8").splitlines()
    written = dict(line.lstrip("#").split("=", 1) for line in lines if OURS.match(line.lstrip("#")))
    assert written
    assert set(written) <= known_names()
    read({name: value.strip('"') for name, value in written.items() if not name.endswith("_FILE")})


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_as_the_portals_account_and_writes_its_state_only(path) -> None:
    service = unit(path)["Service"]
    assert service["User"] == service["Group"] == "partner-portal"
    assert service["EnvironmentFile"] == "/etc/partner-portal/portal.env"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert "ReadWritePaths" not in service


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_that_serves_has_the_time_it_needs_to_stop(path) -> None:
    from partner_portal.cli.worker import LONGEST_STOP_SECONDS

    service = unit(path)["Service"]
    assert service["Type"] == "oneshot" or int(service["TimeoutStopSec"]) > LONGEST_STOP_SECONDS


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not here")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_the_unit_and_calls_it_safe(path, tmp_path) -> None:
    for unit_file in (path, *(each for each in UNITS if each != path and "@" not in each.name)):
        text = unit_file.read_text("utf-8").replace("/opt/partner-portal/bin/portal", "/bin/true")
        (tmp_path / unit_file.name.replace("@", "@1")).write_text(text, "utf-8")
    made = tmp_path / path.name.replace("@", "@1")
    verified = subprocess.run([ANALYZE, "verify", made], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    threshold = f"--threshold={HIGHEST_EXPOSURE}"
    asked = [ANALYZE, "security", "--offline=true", "--no-pager", threshold, made]
    judged = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout
