"""What must hold of the pages' own sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import partner_portal.web

WEB = Path(partner_portal.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
ICONS = (WEB / "static" / "portal" / "icons.svg").read_text(encoding="utf-8")
STYLES = sorted((WEB / "frontend" / "src" / "styles").glob("*.scss"))


def names(pattern: str, paths: list[Path]) -> set[str]:
    return {name for path in paths for name in re.findall(pattern, path.read_text(encoding="utf-8"))}


def test_every_icon_that_is_used_is_drawn_and_every_drawn_one_is_used():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', ICONS))
    written = names(r'web/icon\.html" with name="([\w-]+)"', TEMPLATES)
    views = "".join(path.read_text(encoding="utf-8") for path in (WEB / "view").glob("*.py"))
    chosen = {name for name in drawn if f'"{name}"' in views or f'#{name}"' in views}
    assert written <= drawn
    assert drawn == written | chosen


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_names_no_other_host(path):
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", path.read_text(encoding="utf-8"))


def test_every_colour_is_a_token():
    loose = {
        f"{path.name}: {line.strip()}"
        for path in STYLES
        if path.name != "_tokens.scss"
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"#[0-9a-f]{3,8}\b|rgb\(", line)
    }
    assert loose == set()


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two colours written #rgb or #rrggbb."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


TOKENS = {
    name: colours
    for name, *colours in re.findall(
        r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", (WEB / "frontend/src/styles/_tokens.scss").read_text("utf-8")
    )
}
TEXT_ON_GROUND = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-muted", "accent", "good", "bad", "warn")
        for ground in ("ground", "surface")
    ),
    *((ink, "surface-sunk") for ink in ("ink", "ink-muted")),
    ("accent-ink", "accent"),
    ("accent", "accent-soft"),
    ("good", "good-soft"),
    ("bad", "bad-soft"),
    ("warn", "warn-soft"),
    ("ink", "warn-soft"),
    ("ink", "bad-soft"),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read(ink, ground, theme):
    assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("mark", ["series-calls", "series-emails", "series-meetings", "line-strong"])
def test_marks_and_borders_of_controls_can_be_seen(mark, theme):
    assert contrast(TOKENS[mark][theme], TOKENS["surface"][theme]) >= 3
