"""The deployment files, read."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import yaml

from partner_portal.settings.declared import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CONTAINERFILE = DEPLOY / "Containerfile"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OURS = re.compile(r"(?:PORTAL|AUTOTASK)_[A-Z_]+|DATABASE_URL(?:_FILE)?")
OF_THE_PROXY = {"PORTAL_HOST", "PORTAL_PAGES"}
"""Names that only the proxy and compose read."""


def compose() -> dict[str, Any]:
    """The compose file, with what it repeats filled in."""
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return read


def known_names() -> set[str]:
    """Everything that the portal reads of its environment."""
    names = {setting.name for setting in SETTINGS}
    return names | {f"{setting.name}_FILE" for setting in SETTINGS if setting.is_secret or setting.may_be_file}


def instructions() -> list[tuple[str, str]]:
    """The container file's instructions, each with its words on one line."""
    text = re.sub(r"\\\n\s*", "", CONTAINERFILE.read_text("utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(name, words) for name, _, words in (line.partition(" ") for line in lines)]


def unit(path: Path) -> configparser.RawConfigParser:
    """A unit's sections; of a setting that is given twice the last one."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser
