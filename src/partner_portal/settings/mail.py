"""The mail server that PORTAL_EMAIL_URL names, as Django wants it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over. The password stays out of its repr."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    is_starttls: bool = False
    is_tls: bool = False


def mail(url: str) -> tuple[str, MailServer]:
    """Django's mail back end and its server; without `url` mail is dropped, as there is nowhere to send it."""
    if not url:
        return "django.core.mail.backends.dummy.EmailBackend", MailServer()
    parts = urlsplit(url)
    server = MailServer(
        host=parts.hostname or "",
        port=parts.port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_starttls=parts.scheme == "smtp+tls",
        is_tls=parts.scheme == "smtps",
    )
    return "django.core.mail.backends.smtp.EmailBackend", server
