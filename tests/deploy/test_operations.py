"""What the operations guide names exists: commands, options, settings, measures, files."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from deploy.described import OF_THE_PROXY, OURS, ROOT, compose, known_names
from partner_portal.cli.main import app
from partner_portal.usecases.measures import MEASURES

GUIDE = (ROOT / "docs" / "operations.md").read_text("utf-8")
OF_PYTHON = {"process_cpu_seconds_total", "process_resident_memory_bytes"}


def parted(words: list[str]):
    """The command that `words` begin with, and the words after it; None for prose."""
    command = get_command(app)
    while words and hasattr(command, "commands") and words[0] in command.commands:
        command, words = command.commands[words[0]], words[1:]
    return (None if hasattr(command, "commands") else command), words


def quoted_commands() -> list[list[str]]:
    spans = re.findall(r"`([^`\n]+)`", GUIDE) + re.findall(r"```\n(.*?)```", GUIDE, flags=re.DOTALL)
    return [
        [word for word in re.split(r"[\s'|;]+", found) if word]
        for span in spans
        for found in re.findall(r"(?:^|[\s/])portal ([a-z][^\n#`;&|]*)", span)
    ]


def test_the_guide_names_commands() -> None:
    assert len(quoted_commands()) > 15


@pytest.mark.parametrize("words", quoted_commands(), ids=" ".join)
def test_every_command_and_option_exists(words) -> None:
    command, rest = parted(words)
    assert command is not None, words
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
    assert {word for word in rest if word.startswith("--")} <= known


def test_every_setting_exists() -> None:
    named = set(OURS.findall(GUIDE))
    assert named
    assert {name for name in named if not name.endswith("_")} <= known_names() | OF_THE_PROXY


def test_every_measure_exists() -> None:
    families = [family for measure in MEASURES for family in measure.collect()]
    known = {f"{each.name}_total" if each.type == "counter" else each.name for each in families}
    named = set(re.findall(r"(?<![/\w-])(?:portal|process)_[a-z_]+(?![\w-]*[./-]\w)", GUIDE))
    assert len(named) > 10
    assert named <= known | OF_PYTHON


def test_every_file_exists() -> None:
    named = set(re.findall(r"(?<![\w/])(?:deploy|benchmarks|tools)/[\w./@-]+\w", GUIDE)) - {"deploy/secrets"}
    assert named
    assert {name for name in named if not (ROOT / name).exists()} == set()
    for program in re.findall(r"python -m benchmarks\.(\w+)", GUIDE):
        assert (ROOT / "benchmarks" / f"{program}.py").exists()


def test_every_secret_of_the_compose_file_is_explained() -> None:
    assert {name for name in compose()["secrets"] if f"`{name}`" not in GUIDE} == set()
