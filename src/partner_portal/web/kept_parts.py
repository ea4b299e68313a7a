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


class Part(msgspec.Struct, frozen=True):
    """What was written, texts by name, and the last instant (aware) that it is good for; None where time alone changes
    nothing.
    """

    texts: Mapping[str, str]
    good_until: datetime | None = None


_PART = msgspec.json.Decoder(Part)  # here, while there is one thread: see `autotask.decoding`


class _Passing(Exception):
    """What was written while the things that it is made of changed: good for this once."""

    def __init__(self, part: bytes) -> None:
        super().__init__()
        self.part = part


def kept_part(
    kept: KeptAnswers,
    made_of: Sequence[Any],
    now: datetime,
    write: Callable[[datetime], Part],
    *,
    is_so: Callable[[], bool],
) -> dict[str, str]:
    """The texts that `write` gives at `now` (aware), as they were written of the same things for the same locale.

    `made_of` is JSON-able. `is_so` tells afterwards whether these things are as they were before; what was written of
    others is not kept.
    """

    def make() -> bytes:
        part = msgspec.json.encode(write(now), enc_hook=str.__str__)  # without the mark of being safe
        if not is_so():
            raise _Passing(part)
        return part

    first = name = hashlib.sha256(msgspec.json.encode([made_of, str(locale())])).hexdigest()
    while True:
        try:
            part = _PART.decode(kept.get(name, make))
        except _Passing as passing:
            part = _PART.decode(passing.part)
        if part.good_until is None or now <= part.good_until:
            return {**part.texts, **{name: SafeString(part.texts[name]) for name in PRINTED}}
        name = f"{first} {part.good_until.isoformat()}"  # what came next has its own name
