"""Whether the person behind a request proved lately who they are; changes of connection or people ask for it.

django-allauth notes each proof (password, second factor, passkey, OpenID Connect) with its time in the session. Its
own check lets people without a password pass; the one here asks everybody.
"""

from __future__ import annotations

import time

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from partner_portal.accounts.models import Person


class ReauthenticationNeeded(Exception):
    """The person has to confirm who they are before this act. The message is one line."""

    def __init__(self) -> None:
        super().__init__("Confirm who you are at /accounts/reauthenticate/, then do this again.")


def was_authenticated_recently(request: HttpRequest) -> bool:
    """Whether the session's last proof of identity is younger than ACCOUNT_REAUTHENTICATION_TIMEOUT seconds.

    The log-in itself counts. False when nobody is logged in, and without a session (an access token proves nothing).
    """
    if not isinstance(request.user, Person):
        return False
    proofs = [float(record["at"]) for record in get_authentication_records(request, request.user)]
    return bool(proofs) and time.time() - max(proofs) < app_settings.REAUTHENTICATION_TIMEOUT


def require_recent_authentication(request: HttpRequest) -> None:
    """Let those pass who proved lately who they are; raise ReauthenticationNeeded for the others."""
    if not was_authenticated_recently(request):
        raise ReauthenticationNeeded
