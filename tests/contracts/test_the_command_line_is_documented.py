"""Every command stands in the README, and its help names every option."""

from __future__ import annotations

from pathlib import Path

import typer.main

from partner_portal.cli.main import app

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")


def commands(group: object, prefix: str = "portal") -> list[str]:
    found = []
    for name, command in group.commands.items():
        full = f"{prefix} {name}"
        found += commands(command, full) if hasattr(command, "commands") else [full]
    return found


def test_every_command_is_in_the_readme() -> None:
    known = commands(typer.main.get_command(app))
    assert len(known) > 5
    assert [command for command in known if f"`{command}" not in README] == []


def test_every_command_and_option_says_what_it_does() -> None:
    root = typer.main.get_command(app)
    stack = [root]
    while stack:
        command = stack.pop()
        assert command.help, command.name
        stack.extend(getattr(command, "commands", {}).values())
        assert [option.name for option in command.params if not getattr(option, "help", None)] == []
