"""Django's settings (DJANGO_SETTINGS_MODULE), made from the declared ones. Reading them touches no file but keys."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from partner_portal.settings import declared
from partner_portal.settings.database import database
from partner_portal.settings.keyfile import SECRET_KEY_FILE
from partner_portal.settings.logs import logging_configuration
from partner_portal.settings.mail import mail
from partner_portal.settings.openid import openid_provider

_values = declared.current()
_package = Path(__file__).resolve().parent.parent
_public = urlsplit(_values[declared.PUBLIC_URL])
_is_https = _public.scheme == "https"


def _secret_key(data_dir: Path) -> str:
    """The declared key, else the one that `bootstrap.prepare` made; a passing one for tools that serve nobody."""
    kept = data_dir / SECRET_KEY_FILE
    return _values[declared.SECRET_KEY] or (kept.read_text().strip() if kept.exists() else secrets.token_urlsafe(50))


PORTAL_DATA_DIR: Path = _values[declared.DATA_DIR]
PORTAL_DEMO: bool = _values[declared.DEMO]
PORTAL_PUBLIC_URL: str = _values[declared.PUBLIC_URL]
PORTAL_SENDS_MAIL: bool = bool(_values[declared.EMAIL_URL])
PORTAL_METRICS_ADDRESSES: tuple[str, ...] = _values[declared.METRICS_ADDRESSES]

SECRET_KEY = _secret_key(PORTAL_DATA_DIR)
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", _public.hostname or "", *_values[declared.ALLOWED_HOSTS]]
ROOT_URLCONF = "partner_portal.settings.urls"
DATABASES = {"default": database(_values[declared.DATABASE_URL], PORTAL_DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# What log-ins are throttled by, and which codes were used: shared by all processes, and kept over a restart.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "partner_portal.organizations",
    "partner_portal.accounts",
    "partner_portal.vault",
    "partner_portal.audit",
    "partner_portal.bootstrap",
]
MIDDLEWARE = [
    # sets also what Django's own middleware for security and clickjacking would, on answers that never reach those
    "partner_portal.bootstrap.requests.RequestMiddleware",
    "partner_portal.bootstrap.repeats.RepeatedAnswers",
    "csp.middleware.CSPMiddleware",
    "partner_portal.api.guard.ApiGuard",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partner_portal.web.reader.ReadersLocale",
    "partner_portal.bootstrap.delivery.PageCompression",
    "partner_portal.bootstrap.delivery.PageTags",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partner_portal.bootstrap.session_limits.SessionLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_package / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"reading": "partner_portal.web.reading_tags"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partner_portal.settings.context.portal",
            ],
        },
    },
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

# Accounts: an e-mail address and a password, a passkey, or the company's OpenID provider; nobody signs up.
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "partner_portal.accounts.passwords.GuessablePasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_ADAPTER = "partner_portal.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"reset_password": "partner_portal.accounts.forms.PasswordResetForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Partner Portal: "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    # of one network address, and for one account
    "login_failed": "10/m/ip,5/5m/key",
    "login": "30/m/ip",
    "reauthenticate": "10/m/user",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _values[declared.BEHIND_PROXY] else 0

# Second factors. A code of an app is good for its 30 seconds, and once: with more tolerance it could be used again.
MFA_ADAPTER = "partner_portal.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"add_webauthn": "partner_portal.accounts.forms.AddPasskeyForm"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people's addresses are the ones that they were added with
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Partner Portal"

PORTAL_OIDC_ISSUER: str = _values[declared.OIDC_ISSUER]
PORTAL_OIDC_CLIENT_ID: str = _values[declared.OIDC_CLIENT_ID]
PORTAL_OIDC_TENANT: str = _values[declared.OIDC_TENANT]
PORTAL_OIDC_NAME: str = _values[declared.OIDC_NAME]
SOCIALACCOUNT_ADAPTER = "partner_portal.accounts.openid.PortalSocialAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form's way to the provider would need form-action opened; see web.openid
SOCIALACCOUNT_PROVIDERS = openid_provider(_values)

# Sessions end with the browser, after a time without activity, and at the latest after a fixed time.
PORTAL_SESSION_SECONDS: int = _values[declared.SESSION_SECONDS]
PORTAL_SESSION_IDLE_SECONDS: int = _values[declared.SESSION_IDLE_SECONDS]
SESSION_COOKIE_AGE = PORTAL_SESSION_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_NAME = "__Host-session" if _is_https else "portal_session"
SESSION_COOKIE_SECURE = _is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if _is_https else "portal_csrf"
CSRF_COOKIE_SECURE = _is_https
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _values[declared.BEHIND_PROXY] else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _is_https else 0
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Static files: collected, hashed and compressed into the data directory by `bootstrap.prepare`.
STATIC_URL = "/static/"
STATIC_ROOT = PORTAL_DATA_DIR / "static"
STATICFILES_DIRS = [_package / "web" / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "partner_portal.settings.static.PortalStaticStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

DEFAULT_FROM_EMAIL = _values[declared.EMAIL_FROM]
EMAIL_BACKEND, _mail = mail(_values[declared.EMAIL_URL])
EMAIL_HOST = _mail.host
EMAIL_PORT = _mail.port
EMAIL_HOST_USER = _mail.user
EMAIL_HOST_PASSWORD = _mail.password
EMAIL_USE_TLS = _mail.is_starttls
EMAIL_USE_SSL = _mail.is_tls
EMAIL_TIMEOUT = 10

LOGGING = logging_configuration(_values[declared.LOG_FORMAT])
