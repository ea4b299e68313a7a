"""What every template may use of the settings."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def portal(_request: HttpRequest) -> dict[str, object]:
    """`is_demo`: the data is made up, and every page must say so. `sends_mail`: passwords can be reset by mail.

    `company_account`: what the OpenID provider is called, empty where none is offered.
    """
    return {
        "is_demo": settings.PORTAL_DEMO,
        "sends_mail": settings.PORTAL_SENDS_MAIL,
        "company_account": settings.PORTAL_OIDC_NAME if settings.PORTAL_OIDC_ISSUER else "",
    }
