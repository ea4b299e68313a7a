"""The generated documents say what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "documents.py"


def test_generated_documents_are_current() -> None:
    spec = importlib.util.spec_from_file_location("documents", TOOL)
    documents = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(documents)
    assert documents.stale() == [], "run: .venv/bin/python tools/documents.py"
