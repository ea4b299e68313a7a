"""Parts of pages that cost much to print and are the same for many: printed once, kept under all they are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.utils.safestring import SafeString

from partner_portal.lib.kept_answers import KeptAnswers
from partner_portal.web.view.reader import locale

PRINTED = ("bar", "report")
"""Texts that templates printed, escaped already."""


class _Passing(Exception):
    """What was written while the things that it is made of changed: good for this once."""

    def __init__(self, texts: bytes) -> None:
        super().__init__()
        self.texts = texts


def kept_part(
    kept: KeptAnswers,
    made_of: Sequence[Any],
    now: datetime,
    write: Callable[[datetime], Mapping[str, str]],
    *,
    is_so: Callable[[], bool],
) -> dict[str, str]:
    """What `write` gives, texts by name, as it was written of the same things, in the same minute and locale.

    `made_of` is JSON-able. `is_so` tells afterwards whether these things are as they were before; what was written of
    others is not kept. `now` is aware.
    """
    minute = now.replace(second=0, microsecond=0)
    name = hashlib.sha256(msgspec.json.encode([made_of, minute, str(locale())])).hexdigest()

    def make() -> bytes:
        texts = msgspec.json.encode(write(now), enc_hook=str.__str__)  # as it is without the mark of being safe
        if not is_so():
            raise _Passing(texts)
        return texts

    try:
        texts = kept.get(name, make)
    except _Passing as passing:
        texts = passing.texts
    found: dict[str, str] = msgspec.json.decode(texts)
    return found | {name: SafeString(found[name]) for name in PRINTED}
