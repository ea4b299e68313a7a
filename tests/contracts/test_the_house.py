"""What must hold of the project's files as a whole."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "partner_portal"
MAY_SPELL_ORGANIZATION_ID = {"organizations", "warehouse", "vault", "audit", "accounts"}
LONGEST_FILE = 500


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_only_the_door_and_the_tables_spell_organization_id() -> None:
    spelled = {
        path.relative_to(SRC).parts[0] for path in SRC.rglob("*.py") if "organization_id" in path.read_text("utf-8")
    }
    assert spelled <= MAY_SPELL_ORGANIZATION_ID


def test_no_source_file_is_longer_than_500_lines() -> None:
    sources = tracked("*.py", "*.ts", "*.css", "*.html")
    assert sources
    assert [path.name for path in sources if len(path.read_text("utf-8").splitlines()) > LONGEST_FILE] == []


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda path: path.name)
def test_a_lock_names_no_host_and_hashes_everything(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text
    blocks = re.findall(r"^[a-z0-9][^\n]*==.*?(?=^[a-z0-9]|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_npm_lock_names_no_host() -> None:
    locks = tracked("*package-lock.json")
    assert locks
    for lock in locks:
        packages = json.loads(lock.read_text("utf-8"))["packages"]
        assert [name for name, entry in packages.items() if "resolved" in entry] == []
        assert all("integrity" in entry for name, entry in packages.items() if name)


def test_the_two_commands_of_the_readme_exist() -> None:
    commands = re.findall(r"^make (\w+)", (ROOT / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    assert {"demo", "test"} <= set(commands) <= set(targets)


def test_ci_calls_the_readmes_test_command() -> None:
    assert (ROOT / ".ci" / "run").read_text("utf-8").splitlines()[-1] == "exec make test"


def test_the_sandbox_may_import_nothing_of_the_client_but_the_catalogue() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    [forbidden] = [set(one["forbidden_modules"]) for one in contracts if one["name"].startswith("The sandbox")]
    modules = {path.stem for path in (SRC / "autotask").glob("*.py")} - {"__init__", "catalog"}
    assert {f"partner_portal.autotask.{name}" for name in modules} <= forbidden


def test_every_package_has_its_place_on_the_architecture_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    packages = {path.name for path in SRC.iterdir() if (path / "__init__.py").exists()}
    assert packages
    assert {name for name in packages if f"`{name}`" not in page} == set()


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in tracked("*.md")
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
