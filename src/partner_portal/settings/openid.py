"""The OpenID provider of PORTAL_OIDC_ISSUER, as django-allauth wants it."""

from __future__ import annotations

from typing import Any

from partner_portal.settings import declared

MICROSOFT = "https://login.microsoftonline.com/"


def openid_provider(values: declared.Values) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS for the provider that `values` configure; without an application when there is none.

    Raises SettingError when it is configured by half: without a client, or for Microsoft without a tenant.
    """
    issuer, client_id = values[declared.OIDC_ISSUER], values[declared.OIDC_CLIENT_ID]
    if not issuer:
        return _providers()
    if not client_id or not values[declared.OIDC_CLIENT_SECRET]:
        raise declared.SettingError("PORTAL_OIDC_ISSUER needs PORTAL_OIDC_CLIENT_ID and PORTAL_OIDC_CLIENT_SECRET too.")
    if issuer.startswith(MICROSOFT) and values[declared.OIDC_TENANT] not in issuer.split("/")[3:4]:
        raise declared.SettingError("PORTAL_OIDC_TENANT must be the tenant id that PORTAL_OIDC_ISSUER names.")
    app = {
        "provider_id": "company",
        "name": values[declared.OIDC_NAME],
        "client_id": client_id,
        "secret": values[declared.OIDC_CLIENT_SECRET],
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True, "fetch_userinfo": False},
    }
    return _providers(app)


def _providers(*applications: dict[str, Any]) -> dict[str, Any]:
    provider = "partner_portal.accounts.openid.PortalOpenIdProvider"
    return {"openid_connect": {"provider_class": provider, "APPS": list(applications)}}
