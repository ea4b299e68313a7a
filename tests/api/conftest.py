"""People who are logged in."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client


@pytest.fixture
def browser():
    """Makes a client that is logged in as a person."""

    def log_in(person, **options) -> Client:
        client = Client(**options)
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return log_in
