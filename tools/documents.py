"""Write the documents that the code itself knows best: docs/settings.md and docs/metrics.md.

`python tools/documents.py` writes them; a test fails while they differ from the code.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.settings.declared import SETTINGS

DOCS = Path(__file__).resolve().parent.parent / "docs"


def settings_page() -> str:
    """Every setting with its default and its sentence."""
    lines = [
        "# Settings",
        "",
        "Environment variables, read once at the start. A secret can also stand in a file that `NAME_FILE` names.",
        "",
        "| Name | Default | |",
        "|---|---|---|",
    ]
    for setting in SETTINGS:
        default = " ".join(setting.default) if isinstance(setting.default, tuple) else str(setting.default)
        shown = "" if default in ("", "False") else f"`{default}`"
        secret = " Secret." if setting.is_secret else ""
        lines.append(f"| `{setting.name}` | {shown} | {setting.sentence}{secret} |")
    return "\n".join(lines) + "\n"


def metrics_page() -> str:
    """Every metric with its formula, the fields it reads and what it leaves out."""
    lines = ["# Metrics", "", "Made from the metric catalogue, which the Definitions page shows too."]
    for metric in CATALOGUE:
        lines += ["", f"### {metric.title}", "", metric.formula, ""]
        lines.append(f"- Slug: `{metric.slug}`; unit: {metric.unit.value}")
        lines.append("- Reads: " + ", ".join(f"`{name}`" for name in metric.reads))
        if metric.exclusions:
            lines.append(f"- Leaves out: {metric.exclusions}")
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {"settings.md": settings_page, "metrics.md": metrics_page}


def stale() -> list[str]:
    """The names of the pages that differ from what the code says."""
    return [name for name, page in PAGES.items() if not (DOCS / name).exists() or (DOCS / name).read_text() != page()]


def main() -> int:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
