"""One readable line out of a record's title or its text, which may be HTML."""

from __future__ import annotations

import html
import re

LONGEST = 200
_READ_AT_MOST = 8000
_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*(?:>|\Z)")
_SPACE = re.compile(r"[^\S\n]+")
_LINE = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]+")


def subject_of(title: str | None, text: str | None) -> str | None:
    """The title's, else the text's first line with anything on it; None when there is none.

    Tags are dropped, entities decoded, runs of space made one; at most 200 characters.
    """
    for candidate in (title, text):
        line = _first_line(candidate or "")
        if line:
            return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"
    return None


def _first_line(text: str) -> str:
    seen = _BREAK.sub("\n", _UNSEEN.sub(" ", text[:_READ_AT_MOST]))
    plain = html.unescape(_TAG.sub("", seen))
    lines = (_SPACE.sub(" ", line).strip() for line in _LINE.split(plain))
    return next((line for line in lines if line), "")
