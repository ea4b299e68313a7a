"""The security headers that are on every answer, pages, API, files, errors, whatever made it; and those of downloads.

The content security policy itself, which pages need to know, is in the settings.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase

from partner_portal.reports.rendering.files import File

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
)
"""Nothing that the pages do not use; passkeys and the clipboard are not named, so that the portal itself may."""

FIXED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
UNSAID_CACHING = "no-store"
"""How long an answer may be kept that says nothing itself: files say so, reports do, nothing else may be kept."""


def add_security_headers(response: HttpResponseBase) -> None:
    """Put the headers on `response`, where it has no stricter ones of its own."""
    for name, value in FIXED.items():
        response.setdefault(name, value)
    response.setdefault("Cache-Control", UNSAID_CACHING)
    if settings.SECURE_HSTS_SECONDS:
        # over plain http browsers ignore it; behind a proxy that nobody declared it must not go missing
        response.setdefault("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains")


def download(file: File) -> HttpResponse:
    """`file` as an answer that browsers save and nobody caches."""
    response = HttpResponse(file.content, content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Cache-Control"] = "private, no-store"
    return response
