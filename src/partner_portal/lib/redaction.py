"""Taking secrets out of what is about to be written: by the names of fields, by known values, by their shape.

The last wall, not the first: secrets are kept away from logs where they are handled. Whoever opens a secret tells
`KNOWN` of it, and from then on its value cannot be written by this process.
"""

from __future__ import annotations

import base64
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

STARS = "********"
NAMES = (
    "secret",
    "password",
    "passwd",
    "integrationcode",
    "authorization",
    "cookie",
    "token",
    "credential",
    "vaultkey",
    "apikey",
    "sessionkey",
    "csrf",
    "recoverycode",
)
"""Parts of names, in lower case and without separators, whose values are never written."""

SHORTEST = 8
"""Values shorter than this are words that occur anyway."""
MOST = 10_000
DEEPEST = 8

_ADDRESS_WITH_PASSWORD = re.compile(r"(\b[a-z][a-z0-9+.-]{0,20}://[^/\s:@]{0,200}:)[^@\s]{1,200}@", re.IGNORECASE)
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest)\s+[\w.~+/=-]{6,}", re.IGNORECASE)
_NAMED = re.compile(
    r"""(?P<name>["']?\b[\w-]{0,40}?(?:secret|passw(?:or)?d|integration[_-]?code|authorization|token|credentials?|vault[_-]?key"""
    r"""|api[_-]?key|session[_-]?key|csrf\w*|recovery[_-]?codes?)["']?\s?[=:]\s?)"""
    r"""(?P<value>"[^"]*"|'[^']*'|[^\s"'&,;)}\]]+)""",
    re.IGNORECASE,
)
_PORTAL_TOKEN = re.compile(r"\bportal_[0-9A-Za-z]{24,}")


class KnownSecrets:
    """The secrets that this process has opened, in the forms in which they might turn up. Prints none of them."""

    def __init__(self) -> None:
        self._forms: OrderedDict[str, None] = OrderedDict()
        self._longest_first: tuple[str, ...] = ()
        self._guard = threading.Lock()

    def __repr__(self) -> str:
        return f"KnownSecrets({len(self._forms)} forms)"

    def add(self, value: str) -> None:
        """Never write `value` from now on; the oldest are given up where there are very many."""
        if len(value) < SHORTEST or value in self._forms:
            return
        with self._guard:
            for form in _forms(value):
                self._forms[form] = None
            while len(self._forms) > MOST:
                self._forms.popitem(last=False)
            self._longest_first = tuple(sorted(self._forms, key=len, reverse=True))

    def without(self, text: str) -> str:
        """`text` with stars in the place of every known secret."""
        for form in self._longest_first:
            if form in text:
                text = text.replace(form, STARS)
        return text


KNOWN = KnownSecrets()
"""Those of this process."""


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a field called `name` holds a secret: `apiSecret`, `X-Integration-Code`, `AUTHORIZATION`."""
    plain = "".join(letter for letter in name.lower() if letter.isalnum())
    return any(part in plain for part in NAMES)


def redacted(text: str, known: KnownSecrets = KNOWN) -> str:
    """`text` without known secrets, without passwords in addresses, and without what follows a telling name."""
    # Every line of the log passes here: a pattern is looked for only where what it cannot do without occurs.
    text = known.without(text)
    if "@" in text:
        text = _ADDRESS_WITH_PASSWORD.sub(rf"\g<1>{STARS}@", text)
    text = _SCHEME.sub(rf"\g<1> {STARS}", text)
    if "portal_" in text:
        text = _PORTAL_TOKEN.sub(STARS, text)
    if "=" in text or ":" in text:
        text = _NAMED.sub(rf"\g<name>{STARS}", text)
    return text


def without_secrets(value: Any, known: KnownSecrets = KNOWN, depth: int = 0) -> Any:
    """`value` as it may be written: texts redacted, values under telling names starred, however deep they lie.

    Numbers, truth values and None stay; bytes and other objects become text.
    """
    if isinstance(value, str):
        return redacted(value, known)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if depth >= DEEPEST:
        return STARS
    if isinstance(value, Mapping):
        return {
            key: STARS if is_secret_name(str(key)) and held is not None else without_secrets(held, known, depth + 1)
            for key, held in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [without_secrets(held, known, depth + 1) for held in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return redacted(bytes(value).decode("utf-8", "replace"), known)
    return redacted(str(value), known)


def _forms(value: str) -> set[str]:
    """`value`, and as it looks in an address, in JSON, in a repr, and in base64."""
    escaped = value.replace("\\", "\\\\")
    forms = {value, quote(value), quote(value, safe=""), quote_plus(value)}
    forms |= {escaped.replace('"', '\\"'), repr(value)[1:-1]}
    forms.add(base64.b64encode(value.encode()).decode("ascii").rstrip("="))
    forms.add(base64.urlsafe_b64encode(value.encode()).decode("ascii").rstrip("="))
    return {form for form in forms if len(form) >= SHORTEST}
