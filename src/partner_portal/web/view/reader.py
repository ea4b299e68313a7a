"""Who reads the page: in which locale its numbers, money and dates are written. The words stay English."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.localedata import exists
from django.utils.translation.trans_real import parse_accept_lang_header

AMERICAN = Locale("en", "US")
INTERNATIONAL = Locale.parse("en_001")
"""English for regions that CLDR has no English of."""

_reader: ContextVar[Locale] = ContextVar("reader", default=AMERICAN)


def locale() -> Locale:
    """The locale of whoever reads what is being written now; American where nobody said."""
    return _reader.get()


@contextmanager
def written_for(reader: Locale) -> Iterator[None]:
    """Let everything inside be written for `reader`."""
    token = _reader.set(reader)
    try:
        yield
    finally:
        _reader.reset(token)


@lru_cache(maxsize=256)
def locale_of(accept_language: str) -> Locale:
    """English as it is written where the person is, by the browser's Accept-Language: "de-AT, en" is en_AT.

    CLDR holds English for most regions, with the separators, currency signs and order of dates that are usual there.
    A language without a region stands for the region where most of its speakers live.
    """
    for tag, _ in parse_accept_lang_header(accept_language):
        if region := _region_of(tag):
            name = f"en_{region}"
            return Locale.parse(name) if exists(name) else INTERNATIONAL
    return AMERICAN


def _region_of(tag: str) -> str:
    subtags = tag.split("-")
    likely: str = get_global("likely_subtags").get(subtags[0], "")
    said = [subtag.upper() for subtag in subtags[1:] if len(subtag) == 2 and subtag.isalpha()]
    return said[0] if said else likely.rpartition("_")[2]
