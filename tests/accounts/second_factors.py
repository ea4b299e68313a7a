"""Second factors for tests: an authenticator app, a log-in in its two steps."""

from __future__ import annotations

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

LOGIN = "/accounts/login/"
SECOND_STEP = "/accounts/2fa/authenticate/"


class App:
    """The authenticator app of one person."""

    def __init__(self, person) -> None:
        self.secret = generate_totp_secret()
        TOTP.activate(person, self.secret)
        self.recovery_codes = RecoveryCodes.activate(person).generate_codes()

    def code(self, *, steps: int = 0) -> str:
        """What it shows, `steps` half minutes from now."""
        return format_hotp_value(hotp_value(self.secret, int(time.time()) // 30 + steps))


def first_step(person, client: Client | None = None) -> Client:
    """A browser in which the person's password was entered."""
    client = client or Client()
    role = person.memberships.get().role
    client.post(LOGIN, {"login": person.email, "password": f"a long {role} password"})
    return client


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
