"""The ASVS table is whole and cannot rot: every item stands in it once, and every test that it names exists."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "security" / "asvs.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (met|partly|operator|n/a) \| (.+) \|$", re.MULTILINE)
ITEMS = """
1.1: 2; 1.2: 9; 1.3: 11; 1.4: 3; 1.5: 2; 2.1: 3; 2.2: 3; 2.3: 4; 2.4: 1; 3.2: 2; 3.3: 4; 3.4: 6; 3.5: 5; 3.7: 2; 4.1: 3;
4.2: 1; 4.3: 2; 4.4: 4; 5.1: 1; 5.2: 3; 5.3: 2; 5.4: 3; 6.1: 3; 6.2: 12; 6.3: 4; 6.4: 4; 6.5: 5; 6.6: 3; 6.8: 4; 7.1: 3;
7.2: 4; 7.3: 2; 7.4: 5; 7.5: 2; 7.6: 2; 8.1: 2; 8.2: 3; 8.3: 1; 8.4: 1; 9.1: 3; 9.2: 4; 10.1: 2; 10.2: 2; 10.3: 4;
10.4: 11; 10.5: 5; 10.6: 2; 10.7: 3; 11.1: 2; 11.2: 3; 11.3: 3; 11.4: 4; 11.5: 1; 11.6: 1; 12.1: 3; 12.2: 2; 12.3: 4;
13.1: 1; 13.2: 5; 13.3: 2; 13.4: 5; 14.1: 2; 14.2: 4; 14.3: 3; 15.1: 3; 15.2: 3; 15.3: 7; 16.1: 1; 16.2: 5; 16.3: 4;
16.4: 3; 16.5: 3; 17.1: 1; 17.2: 4; 17.3: 2
"""
"""How many items of levels 1 and 2 each section of ASVS 5.0.0 has; they come first and are numbered from 1."""
NAMED = re.findall(r"`([a-z_/]+/test_\w+\.py)(?:::(test_\w+))?`", TABLE)


def expected() -> list[str]:
    sections = (section.strip().split(": ") for section in ITEMS.strip().split(";"))
    return [f"{section}.{number}" for section, most in sections for number in range(1, int(most) + 1)]


@cache
def declared_in(name: str) -> set[str]:
    return set(re.findall(r"^(?:async )?def (test_\w+)", (ROOT / "tests" / name).read_text("utf-8"), re.MULTILINE))


def test_every_item_stands_in_the_table_once_and_in_order() -> None:
    assert [number for number, *_ in ROW.findall(TABLE)] == expected()
    assert TABLE.count("\n| ") == len(expected()) + TABLE.count("| Item |")


def test_every_test_that_is_named_exists() -> None:
    assert len(NAMED) > 200
    missing = [f"{file}::{name}" for file, name in NAMED if not (ROOT / "tests" / file).exists()]
    missing += [f"{file}::{name}" for file, name in NAMED if name and name not in declared_in(file)]
    assert missing == []


@pytest.mark.parametrize("page", ["docs/security/asvs.md", "SECURITY.md"])
def test_every_file_that_is_named_exists(page: str) -> None:
    named = re.findall(r"`((?:src|docs)/[\w./-]+|[\w-]+\.(?:md|toml)|Makefile)`", (ROOT / page).read_text("utf-8"))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_what_is_met_says_where_and_what_is_not_says_what_is_missing() -> None:
    for number, _, words, state, shown in ROW.findall(TABLE):
        assert len(words) < 80, number
        if state == "met":
            assert "`" in shown or len(shown) > 10, number
        if state == "partly":
            assert len(shown) > 30, number
