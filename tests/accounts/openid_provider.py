"""A real OpenID provider on a port of this machine (oidc-provider-mock), whose tokens can be tampered with."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from django.test import Client, override_settings

from partner_portal.settings import declared
from partner_portal.settings.openid import openid_provider

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT_ID = "portal-at-the-provider"
LOGIN = "/accounts/oidc/company/login/"

Forge = Callable[[str, dict[str, Any]], str]


class Provider:
    """The provider: whom it knows, what it was asked, and what becomes of its ID tokens (`forge`)."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.forge: Forge | None = None
        self.discovery: dict[str, Any] = {}
        self.exchanged: list[dict[str, str]] = []

    def know(self, subject: str = "ada-at-the-provider", **claims: Any) -> str:
        """Let the provider know somebody; without claims, as Entra tells of a person of the tenant."""
        told = {"tid": TENANT, "email": "viewer@acme.example", "xms_edov": True, **claims}
        requests.put(f"{self.issuer}/users/{subject}", json=told, timeout=5).raise_for_status()
        return subject

    def settings(self) -> override_settings:
        """The portal's settings for this provider."""
        values = declared.read(
            {
                "PORTAL_OIDC_ISSUER": self.issuer,
                "PORTAL_OIDC_CLIENT_ID": CLIENT_ID,
                "PORTAL_OIDC_CLIENT_SECRET": "a secret of the portal",
                "PORTAL_OIDC_TENANT": TENANT,
            }
        )
        return override_settings(
            PORTAL_OIDC_ISSUER=self.issuer,
            PORTAL_OIDC_CLIENT_ID=CLIENT_ID,
            PORTAL_OIDC_TENANT=TENANT,
            SOCIALACCOUNT_PROVIDERS=openid_provider(values),
        )

    def visit(self, client: Client, query: str = "") -> str:
        """Let the browser leave for the provider; returns the address that the portal led it to."""
        return client.get(f"{LOGIN}{query}")["Location"]

    def answer(self, visited: str, subject: str) -> str:
        """Log in as `subject` at the provider; returns path and query that it leads back to."""
        back = requests.post(visited, data={"sub": subject}, allow_redirects=False, timeout=5)
        parts = urlsplit(back.headers["Location"])
        return f"{parts.path}?{parts.query}"

    def log_in(self, client: Client, subject: str, query: str = "") -> Any:
        """The whole way there and back; returns the portal's answer."""
        return client.get(self.answer(self.visit(client, query), subject))


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Start the provider, and stop it in the end."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    with warnings.catch_warnings():
        import authlib.deprecate  # noqa: F401 (asks for its warnings to be shown when it is imported)

        warnings.simplefilter("ignore")
        import oidc_provider_mock
        from flask import json, request
        from werkzeug.serving import make_server

        app = oidc_provider_mock.app()
    server = make_server("localhost", 0, app, threaded=True)
    provider = Provider(f"http://localhost:{server.server_port}")

    @app.after_request
    def tamper(response):
        told = response.get_json(silent=True)
        if request.path == "/oauth2/token" and told and "id_token" in told:
            provider.exchanged.append(request.form.to_dict())
            if provider.forge:
                claims = jwt.decode(told["id_token"], options={"verify_signature": False})
                response.data = json.dumps(told | {"id_token": provider.forge(told["id_token"], claims)})
        if request.path.endswith("openid-configuration") and provider.discovery:
            response.data = json.dumps(told | provider.discovery)
        return response

    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
