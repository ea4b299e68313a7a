"""The states of the demo stand in its document as the program tells them."""

from __future__ import annotations

from pathlib import Path

from partner_portal.cli.demo_states import STATES, told

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "demo.md").read_text("utf-8")


def test_every_state_is_in_the_document_and_no_other() -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{state}` | {told(state)} |" for state in STATES]
