"""Sessions whose person proved a while ago who they are."""

from __future__ import annotations

import time

from django.test import Client


def prove(client: Client, person, *, minutes_ago: float = 0) -> Client:
    """Let the logged-in `person` of `client` have proved `minutes_ago` who they are."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - minutes_ago * 60}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
