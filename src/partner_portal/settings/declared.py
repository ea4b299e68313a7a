"""Every setting of the portal, declared once; nothing else reads the environment.

`SETTINGS` is the list that documentation and `read` share. A secret can also come from the file that `NAME_FILE`
names. A value that cannot be used raises `SettingError`, whose one line names the setting and what it wants.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar, cast
from urllib.parse import unquote, urlsplit

from partner_portal.lib.redaction import KNOWN

T = TypeVar("T")


class SettingError(ValueError):
    """A setting has a value that cannot be used. The message is one line; it never repeats a secret."""


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting: its name in the environment, how its text is understood, what holds when it is absent.

    `parse` raises ValueError with the words that complete "must be ...". `default` is a value, not a text. A secret may
    come from a file, and so may a setting that goes with one.
    """

    name: str
    parse: Callable[[str], T]
    default: T
    sentence: str
    is_secret: bool = False
    may_be_file: bool = False


def text(value: str) -> str:
    """Any text, without the white space around it."""
    return value.strip()


def texts(value: str) -> tuple[str, ...]:
    """A list parted by commas or white space; empty items are dropped."""
    return tuple(value.replace(",", " ").split())


def switch(value: str) -> bool:
    """A yes or a no."""
    match value.strip().lower():
        case "1" | "true" | "yes" | "on":
            return True
        case "0" | "false" | "no" | "off" | "":
            return False
    raise ValueError("1 or 0")


def path(value: str) -> Path:
    """A path of the file system; `~` is the home directory."""
    return Path(value.strip()).expanduser()


def seconds(value: str) -> int:
    """Whole seconds, ten at least."""
    if not value.strip().isdecimal() or int(value) < 10:
        raise ValueError("a whole number of seconds, 10 or more")
    return int(value)


def web_address(value: str) -> str:
    """An http or https address without user, query or fragment; a trailing slash is dropped."""
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("an address such as https://portal.example.com")
    return value.strip().rstrip("/")


def issuer_address(value: str) -> str:
    """The issuer of an OpenID provider for one tenant: https, or loopback; nothing for none."""
    parts = urlsplit(value.strip())
    wanted = "the https address of one tenant's issuer, such as https://login.microsoftonline.com/<tenant id>/v2.0"
    if not value.strip():
        return ""
    if parts.scheme != "https" and (parts.scheme, parts.hostname) not in {("http", "127.0.0.1"), ("http", "localhost")}:
        raise ValueError(wanted)
    if not parts.hostname or {"common", "organizations", "consumers"} & set(parts.path.split("/")):
        raise ValueError(wanted)
    return value.strip()


def one_of(*words: str) -> Callable[[str], str]:
    """One of `words`."""

    def parse(value: str) -> str:
        if value.strip() not in words:
            raise ValueError(f"{', '.join(words[:-1])} or {words[-1]}")
        return value.strip()

    return parse


def database_address(value: str) -> str:
    """A PostgreSQL address, or nothing for the embedded stores."""
    if value.strip() and not _names_database(value.strip()):
        raise ValueError("postgresql://user:password@host:5432/name, or unset for the embedded stores")
    return value.strip()


def _names_database(address: str) -> bool:
    try:
        parts = urlsplit(address)
        # Looked at here: what Python says of a port that is none repeats it, and it may be a piece of the password.
        return parts.scheme in {"postgresql", "postgres"} and bool(parts.path.strip("/")) and parts.port != 0
    except ValueError:
        return False


def mail_address(value: str) -> str:
    """Where mail is handed over: smtp (plain), smtp+tls (STARTTLS) or smtps."""
    parts = urlsplit(value.strip())
    if value.strip() and (parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname):
        raise ValueError("smtp+tls://user:password@host:587, smtps://... or smtp://...")
    return value.strip()


DATA_DIR = Setting("PORTAL_DATA_DIR", path, Path("data"), "Directory of everything that the portal keeps in files.")
DATABASE_URL = Setting(
    "DATABASE_URL",
    database_address,
    "",
    "PostgreSQL address for accounts, warehouse and jobs; unset keeps all three in files of the data directory.",
    is_secret=True,
)
SECRET_KEY = Setting(
    "PORTAL_SECRET_KEY",
    text,
    "",
    "Signs sessions and links; unset, one is made in the data directory on first start.",
    is_secret=True,
)
VAULT_KEYS: Setting[tuple[str, ...]] = Setting(
    "PORTAL_VAULT_KEYS",
    texts,
    (),
    "Keys that seal API credentials, each 32 bytes in base64; the first encrypts, all decrypt; unset, one is made in "
    "the data directory on first start.",
    is_secret=True,
)
ENTRY_URL = Setting(
    "PORTAL_AUTOTASK_ENTRY_URL",
    web_address,
    "https://webservices.autotask.net",
    "Where the zone of an Autotask API user is asked for.",
)
AUTOTASK_HOSTS: Setting[tuple[str, ...]] = Setting(
    "PORTAL_AUTOTASK_ALLOWED_HOSTS",
    texts,
    ("*.autotask.net",),
    "Hosts that may be sent API credentials; loopback is always allowed, and is the only place for plain http.",
)
VAULT = Setting(
    "PORTAL_VAULT",
    one_of("database", "environment", "aws"),
    "database",
    "Where API credentials are kept: database (sealed), environment (AUTOTASK_USERNAME and so on, for one "
    "organization), or aws (Secrets Manager; needs the extra `aws`).",
)
AWS_SECRET_PREFIX = Setting(
    "PORTAL_AWS_SECRET_PREFIX",
    text,
    "partner-portal/",
    "What the names of secrets in AWS begin with, before the organization's slug; each is a JSON object with username, "
    "secret and integration_code.",
)
AUTOTASK_USERNAME = Setting(
    "AUTOTASK_USERNAME",
    text,
    "",
    "API username that `portal connect` uses, and that PORTAL_VAULT=environment reads; AUTOTASK_USERNAME_FILE names a "
    "file instead.",
    may_be_file=True,
)
AUTOTASK_SECRET = Setting(
    "AUTOTASK_SECRET",
    text,
    "",
    "API secret that `portal connect` uses, and that PORTAL_VAULT=environment reads.",
    is_secret=True,
)
AUTOTASK_INTEGRATION_CODE = Setting(
    "AUTOTASK_INTEGRATION_CODE",
    text,
    "",
    "API integration code that `portal connect` uses, and that PORTAL_VAULT=environment reads.",
    is_secret=True,
)
PUBLIC_URL = Setting(
    "PORTAL_PUBLIC_URL",
    web_address,
    "http://127.0.0.1:8000",
    "Address under which people open the portal; https makes its cookies secure and asks browsers to insist on it.",
)
ALLOWED_HOSTS: Setting[tuple[str, ...]] = Setting(
    "PORTAL_ALLOWED_HOSTS",
    texts,
    (),
    "Further host names that the portal answers to, besides loopback and the one of PORTAL_PUBLIC_URL.",
)
METRICS_ADDRESSES: Setting[tuple[str, ...]] = Setting(
    "PORTAL_METRICS_ADDRESSES",
    texts,
    ("127.0.0.1", "::1"),
    "Network addresses that may read /metrics.",
)
BEHIND_PROXY = Setting(
    "PORTAL_BEHIND_PROXY",
    switch,
    False,  # noqa: FBT003 - the default, named by its place
    "Whether a reverse proxy of yours stands in front: its X-Forwarded-For and X-Forwarded-Proto are then believed.",
)
REFRESH_SECONDS = Setting(
    "PORTAL_REFRESH_SECONDS", seconds, 300, "Seconds between two refreshes of a connected organization."
)
DEMO = Setting(
    "PORTAL_DEMO",
    switch,
    False,  # noqa: FBT003 - the default, named by its place
    "Whether this is the demo; every page then says that its data is made up.",
)
EMAIL_URL = Setting(
    "PORTAL_EMAIL_URL", mail_address, "", "Mail server for password resets; unset, none can be sent.", is_secret=True
)
EMAIL_FROM = Setting("PORTAL_EMAIL_FROM", text, "portal@localhost", "Sender of the portal's mail.")
SESSION_SECONDS = Setting(
    "PORTAL_SESSION_SECONDS", seconds, 12 * 60 * 60, "Seconds after which a session ends, however much it is used."
)
SESSION_IDLE_SECONDS = Setting(
    "PORTAL_SESSION_IDLE_SECONDS", seconds, 60 * 60, "Seconds without activity after which a session ends."
)
OIDC_ISSUER = Setting(
    "PORTAL_OIDC_ISSUER",
    issuer_address,
    "",
    "Issuer of the OpenID provider that people may log in with, of one tenant: "
    "https://login.microsoftonline.com/<tenant id>/v2.0; unset, none is offered.",
)
OIDC_CLIENT_ID = Setting("PORTAL_OIDC_CLIENT_ID", text, "", "The portal's application (client) id at the provider.")
OIDC_CLIENT_SECRET = Setting(
    "PORTAL_OIDC_CLIENT_SECRET", text, "", "The portal's client secret at the provider.", is_secret=True
)
OIDC_TENANT = Setting(
    "PORTAL_OIDC_TENANT", text, "", "Tenant id that each ID token must carry as `tid`; set it for Microsoft Entra."
)
OIDC_NAME = Setting("PORTAL_OIDC_NAME", text, "Microsoft", "What people call the provider, on the log-in page.")
LOG_FORMAT = Setting(
    "PORTAL_LOG_FORMAT",
    one_of("auto", "json", "text"),
    "auto",
    "How log lines look: json, text, or auto, which is text on a terminal.",
)

SETTINGS: tuple[Setting[Any], ...] = (
    DATA_DIR,
    DATABASE_URL,
    SECRET_KEY,
    VAULT_KEYS,
    ENTRY_URL,
    AUTOTASK_HOSTS,
    VAULT,
    AWS_SECRET_PREFIX,
    AUTOTASK_USERNAME,
    AUTOTASK_SECRET,
    AUTOTASK_INTEGRATION_CODE,
    PUBLIC_URL,
    ALLOWED_HOSTS,
    METRICS_ADDRESSES,
    BEHIND_PROXY,
    REFRESH_SECONDS,
    DEMO,
    EMAIL_URL,
    EMAIL_FROM,
    SESSION_SECONDS,
    SESSION_IDLE_SECONDS,
    OIDC_ISSUER,
    OIDC_CLIENT_ID,
    OIDC_CLIENT_SECRET,
    OIDC_TENANT,
    OIDC_NAME,
    LOG_FORMAT,
)


class Values:
    """The values in force: `values[DATA_DIR]` is a Path. Prints no value."""

    def __init__(self, held: Mapping[str, Any]) -> None:
        self._held = dict(held)

    def __getitem__(self, setting: Setting[T]) -> T:
        return cast("T", self._held[setting.name])

    def __repr__(self) -> str:
        return f"Values({len(self._held)} settings)"


def read(environment: Mapping[str, str]) -> Values:
    """Understand `environment`; raise SettingError at the first setting that cannot be used."""
    return Values({setting.name: _value(setting, environment) for setting in SETTINGS})


@cache
def current() -> Values:
    """The settings of this process, read from its environment when first asked for."""
    return read(os.environ)


def _value(setting: Setting[Any], environment: Mapping[str, str]) -> Any:
    written = _text_of(setting, environment)
    if written is None:
        return setting.default
    if setting.is_secret:
        _remember(written)
    try:
        return setting.parse(written)
    except ValueError as wrong:
        shown = "" if setting.is_secret else f", not {written!r}"
        raise SettingError(f"{setting.name} must be {wrong}{shown}.") from None


def _remember(secret: str) -> None:
    """Let no line of a log repeat `secret`: as a whole, each of several keys, or the password of an address."""
    for value in (secret.strip(), *texts(secret)):
        KNOWN.add(value)
    with suppress(ValueError):  # not an address
        KNOWN.add(unquote(urlsplit(secret.strip()).password or ""))


def _text_of(setting: Setting[Any], environment: Mapping[str, str]) -> str | None:
    file_name = environment.get(f"{setting.name}_FILE") if setting.is_secret or setting.may_be_file else None
    if file_name is None:
        return environment.get(setting.name)
    if setting.name in environment:
        raise SettingError(f"{setting.name} and {setting.name}_FILE are both set; keep one of them.")
    try:
        return Path(file_name).read_text(encoding="utf-8").strip()
    except OSError as reason:
        raise SettingError(f"{setting.name}_FILE cannot be read: {reason.strerror}: {file_name}.") from None
