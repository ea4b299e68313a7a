"""Which passwords may be set: long, not common, and not built from words that anybody would try first.

There are no rules of composition. The length follows NIST SP 800-63B-4 (15 characters where a password may be the only
factor), which OWASP ASVS 5.0 recommends in 6.2.1; long common passwords, repeats, keyboard runs, dates and words of the
context (6.2.4, 6.2.11) are found by zxcvbn, since lists of common passwords are mostly of short ones.
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

from partner_portal.accounts.models import Person

CONTEXT = ("partner", "portal", "partnerportal", "autotask", "datto", "kaseya", "psa", "sales", "report", "msp")
"""Words of the product that a guesser tries first."""

LOOKED_AT = 72
"""Characters that zxcvbn reads; what comes behind makes a password stronger only."""

SAFE_SCORE = 3
"""From this zxcvbn score on more than 10^8 guesses are needed."""

OWN_CHARACTERS = 8
"""Characters that a password must have besides words of the context."""


class GuessablePasswordValidator:
    """Refuses passwords that can be guessed, though they are long (a validator of AUTH_PASSWORD_VALIDATORS)."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raise ValidationError for a password that is easily guessed, knowing whom it belongs to."""
        from zxcvbn import zxcvbn  # its lists take a while to load, and passwords are seldom set

        words = sorted(_words(user), key=len, reverse=True)
        found = zxcvbn(password[:LOOKED_AT], user_inputs=words)
        is_repeat = [match["pattern"] for match in found["sequence"]] == ["repeat"]
        if is_repeat or found["score"] < SAFE_SCORE or len(_without(words, password.lower())) < OWN_CHARACTERS:
            raise ValidationError("This password is easily guessed. Take several unrelated words.", code="guessable")

    def get_help_text(self) -> str:
        """What the forms say."""
        return "Several unrelated words make a good password. Repeats, runs of keys and names are easily guessed."


def _without(words: list[str], password: str) -> str:
    for word in words:
        password = password.replace(word, "")
    return password


def _words(user: Person | None) -> set[str]:
    """Words of the product, of the person and of their organizations, in lower case."""
    told = " ".join([user.email, user.name, *_organizations(user)]) if user is not None else ""
    return {*CONTEXT, *(word for word in re.split(r"[\W_]+", told.lower()) if len(word) > 2)}


def _organizations(user: Person) -> list[str]:
    if user._state.adding:  # noqa: SLF001 (Django's documented way to tell)
        return []
    rows = user.memberships.values_list("organization__name", "organization__slug")
    return [word for row in rows for word in row]
