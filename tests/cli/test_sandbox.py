"""`portal sandbox`: the sizes of the world it serves, and sizes that it cannot make."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from partner_portal.cli.failure import failures_explained
from partner_portal.cli.main import app
from partner_portal.sandbox import server
from partner_portal.sandbox.world import World

BAD_NUMBERS = ("", "-1", "many", "1.5", " 5", "1e3", "2000001")


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[World]:
    """The worlds that were handed to the server, which is not started."""
    worlds: list[World] = []
    monkeypatch.setattr(server, "serve", lambda world, *_args, **_kwargs: worlds.append(world))
    monkeypatch.setattr("partner_portal.cli.sandbox.refuse_taken_port", lambda *_: None)
    yield worlds
    for world in worlds:
        world.close()


def run(*options: str) -> int:
    with failures_explained():
        return CliRunner().invoke(app, ["sandbox", "--activities", "5", *options], catch_exceptions=False).exit_code


@pytest.mark.leaks_on_purpose  # the command says how to log in to the sandbox
def test_the_world_has_the_sizes_that_were_asked_for(served: list[World]) -> None:
    assert run("--size", "opportunities=7", "--size", "appointments=0", "--size", "tickets=3") == 0
    (world,) = served
    counts = {entity: len(world.table(entity).ids()) for entity in ("Opportunities", "Appointments", "Tickets")}
    assert counts == {"Opportunities": 7, "Appointments": 0, "Tickets": 3}


@pytest.mark.parametrize(
    "size",
    ["deals=5", "Opportunities=5", "=5", "", "opportunities", *(f"opportunities={bad}" for bad in BAD_NUMBERS)],
)
def test_any_other_size_is_wrong_use_with_its_remedy(
    served: list[World], size: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("--size", size)
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{size!r} is no size. Write name=number, at most 2000000, with one of: companies, ")
    assert served == []


def test_an_unknown_time_zone_is_wrong_use_with_its_remedy(
    served: list[World], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("--time-zone", "Mars/Olympus")
    assert stopped.value.code == 2
    assert (
        capsys.readouterr().err == "Unknown time zone 'Mars/Olympus': use an IANA name such as Europe/Berlin or UTC.\n"
    )
