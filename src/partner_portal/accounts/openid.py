"""Logging in by OpenID Connect (Microsoft Entra): django-allauth's provider, held to what is expected of one tenant.

On top of django-allauth (state, PKCE, the log-in's further stages) each ID token is checked in full, and a nonce ties
it to the browser that asked for it. Nobody signs up: the account is tied to a person who was added, once, by an e-mail
address that the provider vouches for; from then on issuer and subject say who it is.
"""

from __future__ import annotations

import functools
import hashlib
import secrets
import time
from typing import Any, NoReturn, cast
from urllib.parse import urlsplit

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from partner_portal.accounts.id_token import Expected, IdTokenRefused, check_id_token, verified_email
from partner_portal.accounts.models import Person

PROVIDER_ID = "company"
CONFIRM = "confirm"
"""The parameter that asks the provider to prove again who the person is."""
DECIDING = ("iss", "tid", "nonce", "auth_time", "name", "email", "email_verified", "xms_edov")
FRESH_SECONDS = 300
ANSWER_SECONDS = 10

openid_refused = Signal()
"""Sent with `request`, `reason` and `email` (what was claimed, empty when not believed) when nobody got in."""


def is_offered() -> bool:
    """Whether a provider is configured."""
    return bool(settings.PORTAL_OIDC_ISSUER)


def _expected() -> Expected:
    return Expected(settings.PORTAL_OIDC_ISSUER, settings.PORTAL_OIDC_CLIENT_ID, settings.PORTAL_OIDC_TENANT)


def callback_address() -> str:
    """The address that is registered with the provider, and to which it leads back."""
    path = reverse("openid_connect_callback", kwargs={"provider_id": PROVIDER_ID})
    return f"{settings.PORTAL_PUBLIC_URL}{path}"


class PortalOpenIdAdapter(OpenIDConnectOAuth2Adapter):
    """The exchange with the provider; believes the ID token and nothing else."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider tells of itself; refused when it names another issuer, or an address in clear."""
        try:
            config = super().openid_config
        except requests.RequestException as failed:
            raise OAuth2Error(f"The provider cannot be asked: {type(failed).__name__}.") from None
        if not isinstance(config, dict) or config.get("issuer") != settings.PORTAL_OIDC_ISSUER:
            raise OAuth2Error("The provider calls itself by another issuer than PORTAL_OIDC_ISSUER.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not _is_safe(str(config.get(name))):
                raise OAuth2Error(f"The provider's {name} is not an https address.")
        return config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:  # noqa: ARG002 (allauth passes both)
        """The registered address, whatever the request called this host."""
        return callback_address()

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:  # noqa: ARG002
        """The log-in that the checked ID token tells of; raises OAuth2Error for one that is not believed."""
        sent = kwargs["response"].get("id_token")
        try:
            claims = check_id_token(str(sent or ""), self._keys(), _expected())
        except IdTokenRefused as refused:
            raise OAuth2Error(str(refused)) from None
        provider = PortalSocialAdapter().get_provider(request, PROVIDER_ID)
        return cast("SocialLogin", provider.sociallogin_from_response(request, {"id_token": claims}))

    def _keys(self) -> dict[str, Any]:
        with PortalSocialAdapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
            keys: dict[str, Any] = response.json()
        return keys


class PortalOpenIdProvider(OpenIDConnectProvider):
    """The provider of PORTAL_OIDC_ISSUER."""

    package = "allauth.socialaccount.providers.openid_connect"  # where allauth finds the addresses
    oauth2_adapter_class = PortalOpenIdAdapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Issuer and subject in one: a subject is unique within its issuer only."""
        claims = data["id_token"]
        return hashlib.sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """What is kept of the claims: what `PortalSocialAdapter` decides by."""
        return {name: data["id_token"][name] for name in DECIDING if name in data["id_token"]}

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """How the visit to the provider begins. Of what the browser sends only `next` and `confirm` count."""
        asked: dict[str, Any] = super().get_redirect_from_request_kwargs(request)
        confirms = bool(request.GET.get(CONFIRM))
        nonce = secrets.token_urlsafe(32)
        again = {"prompt": "login", "max_age": "0"} if confirms else {}
        return {
            "process": "login",
            "next_url": asked.get("next_url"),
            "scope": self.get_scope(),  # type: ignore[no-untyped-call]
            "auth_params": {"nonce": nonce, **again},
            "nonce": nonce,
            CONFIRM: confirms,
        }


class PortalSocialAdapter(DefaultSocialAccountAdapter):
    """Who gets in with an answer of the provider."""

    def get_requests_session(self) -> requests.Session:
        """Sessions that wait a while, and follow no redirect: secrets are sent where they were meant to go."""
        session: requests.Session = requests.Session()
        session.max_redirects = 0
        session.request = functools.partial(session.request, timeout=ANSWER_SECONDS)  # type: ignore[method-assign]
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Never: people are added."""
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """Nobody, in allauth's way, which would take the person's password away; `pre_social_login` ties accounts."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let the known pass, tie an account to the person of its address the first time, refuse all others."""
        claims, state = sociallogin.account.extra_data, sociallogin.state
        if not secrets.compare_digest(str(claims["nonce"]).encode(), str(state.get("nonce", "")).encode()):
            _refuse(request, "The ID token was made for another log-in.", claims)
        if state.get(CONFIRM) and not _is_fresh(claims):
            _refuse(request, "The provider did not ask again who the person is.", claims)
        if not sociallogin.is_existing:
            sociallogin.connect(request, _person_of(request, claims))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """Write down why, and tell the visitor no more than that it did not work."""
        del provider, extra_context
        reason = str(exception) if exception else "The answer belongs to no log-in that this browser began."
        if str(getattr(error, "value", error)) != "cancelled":
            _refuse(request, reason[:300])


def begin(request: HttpRequest) -> HttpResponseBase:
    """Lead the browser to the provider."""
    try:
        view = OAuth2LoginView.adapter_view(PortalOpenIdAdapter(request, PROVIDER_ID))  # type: ignore[no-untyped-call]
        return cast("HttpResponseBase", view(request))
    except OAuth2Error as failed:
        openid_refused.send(sender=PortalSocialAdapter, request=request, reason=str(failed), email="")
        return _refusal(request)


def finish(request: HttpRequest) -> HttpResponseBase:
    """Take the browser back from the provider, and log the person in or refuse."""
    view = OAuth2CallbackView.adapter_view(PortalOpenIdAdapter(request, PROVIDER_ID))  # type: ignore[no-untyped-call]
    return cast("HttpResponseBase", view(request))


def _is_fresh(claims: dict[str, Any]) -> bool:
    """Whether the provider asked just now. One that was told to and does not say when is believed."""
    at = claims.get("auth_time")
    return at is None or (isinstance(at, int | float) and time.time() - at < FRESH_SECONDS)


def _person_of(request: HttpRequest, claims: dict[str, Any]) -> Person:
    """The person whom the account belongs to from now on."""
    email = verified_email(claims)
    if not email:
        _refuse(request, "The provider does not vouch for an e-mail address (email_verified or xms_edov).", claims)
    person = Person.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        _refuse(request, "Nobody with this address was added.", claims)
    if SocialAccount.objects.filter(user_id=person.pk, provider=PROVIDER_ID).exists():
        _refuse(request, "The person of this address logs in with another account of the provider.", claims)
    return person


def _refuse(request: HttpRequest, reason: str, claims: dict[str, Any] | None = None) -> NoReturn:
    openid_refused.send(sender=PortalSocialAdapter, request=request, reason=reason, email=_claimed(claims))
    raise ImmediateHttpResponse(_refusal(request))


def _claimed(claims: dict[str, Any] | None) -> str:
    return str((claims or {}).get("email") or "")


def _refusal(request: HttpRequest) -> HttpResponse:
    return render(request, "socialaccount/authentication_error.html", status=403)


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"})
